"""Tests: mails and calls that are to leave."""
