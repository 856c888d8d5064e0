"""Tests: what is read out of texts."""
