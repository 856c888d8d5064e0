"""Tests: settings, the server and what is around it."""
