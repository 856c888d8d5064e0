"""Whether a request is for a part of a page: the one thing that a header may ask of the pages."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, to put what it gets into the page that it has: yes or no, whatever else the header says."""
    return bool(HtmxDetails(request))
