"""Attachments of guides: files that readers may download, checked by their content and kept under their digest."""
