"""Finds sections of guides by what somebody typed, on one of several engines with one contract."""
