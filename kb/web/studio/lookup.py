"""A writer's request and what its address names in; the guide and the revision that the writer may see, out."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.shortcuts import redirect
from django.urls import reverse

from kb.content.numbers import whole_number
from kb.models import Guide, Revision
from kb.models.slugs import former_address
from kb.web.errors import NothingHere

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

Arguments = ParamSpec("Arguments")
NO_GUIDE = "There is no such guide, or it is not for this account."
NO_REVISION = "This guide has no such revision, or it is somebody else's draft."
UNPROCESSABLE = 422
PAGES = {
    "kb:write-guide": ("slug",),
    "kb:write-history": ("slug",),
    "kb:write-review": ("slug", "number"),
    "kb:write-conflict": ("slug", "number"),
}


def acts(
    page: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Arguments], HttpResponse]],
    Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
]:
    """A view that changes something, on POST alone: who comes by a link, as after signing in, is led to its `page`.

    What the link asks of the page is kept.
    """
    named = PAGES[page]

    def guard(
        view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            asked = request.META.get("QUERY_STRING", "")
            address = reverse(page, kwargs={name: kwargs[name] for name in named})
            return redirect(f"{address}?{asked}" if asked else address)

        return cast("Callable[Concatenate[HttpRequest, Arguments], HttpResponse]", checked)

    return guard


def guides_of(request: HttpRequest) -> QuerySet[Guide]:
    """The guides that a writer may see, drafts and retired ones among them."""
    found: QuerySet[Guide] = Guide.objects.in_studio_of(request.user)
    return found


def guide_at(request: HttpRequest, slug: str) -> Guide:
    """The guide that an address names, with what readers see of it. One query.

    A page that was open while its guide was renamed goes on with its old address.
    """
    guides = guides_of(request).select_related("revision").defer("html")
    guide = guides.filter(slug=slug).first() or guides.filter(former_addresses__address=former_address(slug)).first()
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
    if revision is None or is_private(revision, request.user):
        raise NothingHere(NO_REVISION)
    revision.guide = guide
    return revision


def numbered(guide: Guide, typed: str) -> Revision | None:
    """The revision whose number a form sent; None for what is none. It is not asked who may see it."""
    rows = guide.revisions.select_related("based_on")
    found: Revision | None = rows.filter(number=whole_number(typed) or 0).first()
    return found


def is_private(revision: Revision, reader: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether somebody else is still typing a text, who is not gone."""
    is_typed = revision.state == Revision.State.DRAFT and revision.proposed_at is None
    return is_typed and revision.author_id not in {reader.pk, None}
