"""Tests: how often somebody may do what costs something."""
