"""Links between guides: which lead nowhere, and which a change would break."""
