"""Tests: of what the product does, by what a person can see of it."""
