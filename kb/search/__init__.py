"""Search: what a person typed becomes a query, an engine turns it into hits on sections."""
