"""What every template can name: the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, and whether someone is signed in (known without a query or a session)."""
    return {"site_name": settings.SITE_NAME, "signed_in": settings.SESSION_COOKIE_NAME in request.COOKIES}
