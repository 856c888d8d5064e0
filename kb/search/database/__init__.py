"""Searches the plain database while there is no index that can be read."""
