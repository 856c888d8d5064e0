"""How the tables of walks came to be, step by step; a step that was released is never changed."""
