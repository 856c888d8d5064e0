"""The studio: what writers, reviewers and editors do with guides in the browser."""
