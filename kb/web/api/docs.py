"""The page that describes the API and tries it: one of the site's own pages, which needs no JavaScript."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.core.handlers.wsgi import WSGIRequest
from django.shortcuts import render
from django.urls import get_script_prefix, resolve
from ninja.openapi.docs import DocsBase

from kb.web.api.openapi import Operation, as_html, operations, shapes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI

LONGEST_SHOWN = 100_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What the API answered at an address; `location` is where it leads to, '' for nowhere else."""

    address: str
    status: str
    text: str
    location: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class OperationForm:
    """An operation with what its form holds, what is missing of it, and what was answered (None: it was not tried)."""

    operation: Operation
    given: dict[str, str]
    missing: tuple[str, ...]
    trial: Trial | None

    @property
    def fields(self) -> list[dict[str, object]]:
        """The parameters as the form shows them."""
        return [
            {"parameter": parameter, "value": self.given[parameter.name], "is_missing": parameter.name in self.missing}
            for parameter in self.operation.parameters
        ]


class Docs(DocsBase):
    """The page; `?operation=` names what is tried, and further parameters say with what."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **_kwargs: Any) -> HttpResponse:
        """Every operation with its form, and the shapes of what they answer."""
        schema = api.get_openapi_schema()
        chosen = request.GET.get("operation", "")
        context = {
            "api": api,
            "lead": as_html(api.description),
            "forms": [_form_of(request, operation, operation.id == chosen) for operation in operations(schema)],
            "shapes": shapes(schema),
        }
        return render(request, "kb/api_docs.html", context)


def _form_of(request: HttpRequest, operation: Operation, is_chosen: bool) -> OperationForm:
    if not is_chosen:
        return OperationForm(
            operation, {parameter.name: parameter.default for parameter in operation.parameters}, (), None
        )
    given = {parameter.name: request.GET.get(parameter.name, "") for parameter in operation.parameters}
    missing = tuple(
        parameter.name
        for parameter in operation.parameters
        if parameter.is_needed and not given[parameter.name].strip()
    )
    return OperationForm(operation, given, missing, None if missing else _try(request, operation.address(given)))


def _try(request: HttpRequest, address: str) -> Trial:
    """What this reader gets at an address of the API."""
    path, query = urlsplit(address)[2:4]
    inside = unquote(path).removeprefix(get_script_prefix().rstrip("/"))
    inner = WSGIRequest(
        {
            **request.META,
            "REQUEST_METHOD": "GET",
            "PATH_INFO": inside.encode().decode("latin-1"),
            "QUERY_STRING": query,
        }
    )
    inner.user, inner.session = request.user, request.session
    match = resolve(inner.path_info)
    answer: HttpResponse = match.func(inner, *match.args, **match.kwargs)
    text = answer.content.decode()
    if text:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    status = f"{answer.status_code} {HTTPStatus(answer.status_code).phrase}"
    is_cut = len(text) > LONGEST_SHOWN
    return Trial(address, status, text[:LONGEST_SHOWN], answer.headers.get("Location", ""), is_cut)
