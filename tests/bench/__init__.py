"""How quick the pages are, beside those of another knowledge base with the same guides: `make bench`."""
