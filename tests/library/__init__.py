"""Tests: publishing, loading, exporting."""
