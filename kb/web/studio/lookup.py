"""Finds the guide and the revision that an address of the studio names, if the writer may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from kb.content.numbers import whole_number
from kb.models import Guide, Revision
from kb.models.slugs import former_address
from kb.web.errors import NothingHere

if TYPE_CHECKING:
    from django.http import HttpRequest

NO_GUIDE = gettext_lazy("There is no such guide, or it is not for this account.")
NO_REVISION = gettext_lazy("This guide has no such revision, or it is somebody else's draft.")


def guide_at(request: HttpRequest, slug: str) -> Guide:
    """The guide that an address names, with what readers see of it. One query.

    A page that was open while its guide was renamed goes on with its old address.
    """
    guides = Guide.objects.in_studio_of(request.user).select_related("revision").defer("html")
    guide: Guide | None = (
        guides.filter(slug=slug).first() or guides.filter(former_addresses__address=former_address(slug)).first()
    )
    if guide is None:
        raise NothingHere(NO_GUIDE)
    return guide


def revision_at(request: HttpRequest, slug: str, number: int) -> Revision:
    """A revision by its guide and number, if it is for the writer to see. Two queries.

    A draft that was never proposed is its author's alone, and a text for staff is for staff, whatever readers see now.
    """
    guide = guide_at(request, slug)
    rows = guide.revisions.readable_by(request.user).select_related("based_on", "author")
    revision: Revision | None = rows.filter(number=number).first()
    if revision is None:
        raise NothingHere(NO_REVISION)
    is_being_typed = revision.state == Revision.State.DRAFT and revision.proposed_at is None
    if is_being_typed and revision.author_id not in {request.user.pk, None}:  # None: an account that is gone
        raise NothingHere(NO_REVISION)
    revision.guide = guide
    return revision


def revision_numbered(guide: Guide, typed: str) -> Revision | None:
    """The revision whose number a form sent; None for what is none. It is not asked who may see it."""
    rows = guide.revisions.select_related("based_on")
    found: Revision | None = rows.filter(number=whole_number(typed) or 0).first()
    return found
