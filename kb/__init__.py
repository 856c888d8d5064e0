"""The knowledge base: reads guides, and serves them as pages, by search and by an API."""
