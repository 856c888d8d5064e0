"""Speaks to each reader in their language: what their browser asks for, or what the site has set for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
FOR_PROGRAMS = "/api/"  # whose answers are in English, whoever asks


def reader_language(get_response: GetResponse) -> GetResponse:
    """Have all that answers a request speak the reader's language; what it may not speak, it says in English."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with translation.override(language_of(request)):
            return get_response(request)

    return middleware


def language_of(request: HttpRequest) -> str:
    """One of the languages that are complete."""
    if request.path_info.startswith(FOR_PROGRAMS):
        return "en"
    return settings.READER_LANGUAGE or translation.get_language_from_request(request)
