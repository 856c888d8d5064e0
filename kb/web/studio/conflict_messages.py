"""What people read where something else was published, or saved, while they wrote."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

CLASH = gettext_lazy(
    "Revision {number} was published meanwhile and changed the same lines. Nothing is lost: say what is to hold."
)
MERGEABLE = gettext_lazy("Revision {number} was published meanwhile. Nothing is lost: look at both, merged.")
AUTHOR_OVERTAKEN = gettext_lazy("Something else was published meanwhile: look at both texts.")
LOOK_FIRST = gettext_lazy("Another text was published meanwhile: look at it first.")
