"""Signing in by a password and a code, and what administrators are told of that."""
