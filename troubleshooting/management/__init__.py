"""Lets operators and writers check, measure and forget walks from a shell, by `manage.py`."""
