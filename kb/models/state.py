"""The state of the library, named by a token that changes with each publication."""

from __future__ import annotations

from django.db import models


class Generation(models.Model):
    """One row that names the library's state: whatever is derived from the guides is kept under its token."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
