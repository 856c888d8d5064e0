"""Lets operators and writers run the knowledge base from a shell, by `manage.py`; the work is done in the rooms."""
