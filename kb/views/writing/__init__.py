"""The studio: what writers and reviewers do with guides in the browser."""
