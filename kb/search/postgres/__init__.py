"""The engine that keeps its index in PostgreSQL, for several machines on one database."""
