"""The pages of readers."""
