"""Tests: drafts, reviews, merging."""
