"""Tests: the repository itself: documents, locks, rules."""
