"""Sends the policy of what pages may load; that of nearly all of them is the same, and is put together once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class RememberedPolicy(CSPMiddleware):
    """The middleware of django-csp, which puts the policy together anew for each answer.

    It still does where a page has a policy of its own or asked for a nonce: django-csp notes both under names that
    begin with `_csp`.
    """

    _of_the_settings = ""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer with its policy."""
        has_own = any(name.startswith("_csp") for name in (*vars(request), *vars(response)))
        if settings.DEBUG or has_own or HEADER in response.headers:
            return super().process_response(request, response)
        if self._of_the_settings:
            response.headers[HEADER] = self._of_the_settings
        else:
            response = super().process_response(request, response)
            self._of_the_settings = response.headers[HEADER]
        return response
