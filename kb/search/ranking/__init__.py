"""Plans a query, ranks what matches, and makes snippets, corrections and suggestions of it."""
