"""Deletes what was stored of people when it is old enough, or when somebody asks for it: see `docs/privacy.md`."""
