"""Tests: text in, structure out."""
