"""Folders of files and the library: what lies in a folder, what is to become of it, and loading it."""
