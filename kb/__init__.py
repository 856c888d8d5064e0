"""The knowledge base: guides in, pages, search and an API out."""
