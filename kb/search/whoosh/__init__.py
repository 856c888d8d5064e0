"""The engine that keeps its index in Whoosh files in the data folder."""
