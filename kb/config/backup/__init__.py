"""Copies all that the product holds into one file while it runs, and makes a library of such a file again."""
