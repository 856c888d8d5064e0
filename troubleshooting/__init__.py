"""Walks: from what a person sees, by a few questions, to a solution or a contact."""
