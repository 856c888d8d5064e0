"""Django's PostgreSQL with connections that do not wait for ever; the name that `ENGINE` has in the settings."""
