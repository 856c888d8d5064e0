"""Lint of folders of guides, and tests of the walks that lead through them."""
