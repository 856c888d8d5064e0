"""Tests: each engine, and what is searched for."""
