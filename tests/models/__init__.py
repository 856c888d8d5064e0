"""Tests: the tables and what they answer."""
