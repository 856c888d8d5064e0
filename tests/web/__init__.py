"""Tests: pages, the studio and the API."""
