"""Writes the library into a folder, byte for byte as it was loaded, and over nobody's work."""
