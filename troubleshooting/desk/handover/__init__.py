"""Hands a walk over to a contact, and the desk on which staff take it up."""
