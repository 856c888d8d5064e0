"""Management commands: what an operator or a writer runs from a shell."""
