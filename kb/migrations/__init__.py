"""How the tables of the knowledge base came to be, step by step; a step that was released is never changed."""
