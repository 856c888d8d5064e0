"""Puts what other tools write between the Markdown into the forms that guides have, line by line."""
