"""Tests: walks, the catalogue, outcomes and the desk."""
