"""Our way to connect to SQLite, as Django looks for it."""
