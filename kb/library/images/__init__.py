"""Images of guides: checked, cleaned of what is no picture, and kept under the digest of their bytes."""
