"""Template filters of the knowledge base."""
