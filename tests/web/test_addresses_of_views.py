"""Whoever reads a view is told by its docstring at which address its page is and who may open it, and that is so."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kb.models.roles import make_groups

RANKS = {
    "everyone": 0,
    "whoever is signed in": 1,
    "staff": 2,
    "writers": 3,
    "reviewers": 4,
    "editors": 4,
    "administrators": 5,
}
GROUPS = (None, None, "support", "writers", "editors", None)  # who is of which rank, from 0
SAID = re.compile(r"^(At|POST to) `([^`]+)`, for ([\w ]+)\.$", re.MULTILINE)


def _views(patterns: list[URLPattern | URLResolver], above: str = "/") -> Iterator[tuple[str, Callable[..., Any]]]:
    """The address of each page of this package, as docstrings write it, and its view without its decorators."""
    for pattern in patterns:
        address = f"{above}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, address)
            continue
        view = inspect.unwrap(pattern.callback)
        if inspect.isfunction(view) and re.match(r"kb\.web\.(?!api)", view.__module__):
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", address), view


def _client(rank: int) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    if rank:
        user = User.objects.create_user(f"person{rank}", is_superuser=rank == RANKS["administrators"])
        if group := GROUPS[rank]:
            user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
    return client


def test_each_view_says_its_address() -> None:
    views = dict(_views(get_resolver().url_patterns))
    assert len(views) > 50
    for address, view in views.items():
        assert [said[1] for said in SAID.findall(inspect.getdoc(view) or "")] == [address]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("rank", range(len(GROUPS)))
def test_whom_a_view_names_may_open_it_and_nobody_else(rank: int) -> None:
    make_groups()
    client = _client(rank)
    for _, view in _views(get_resolver().url_patterns):
        ((how, address, who),) = SAID.findall(inspect.getdoc(view) or "")
        path = re.sub(r"<(?:number|pk|before|now)>", "1", address)
        path = re.sub(r"<\w+>", "none", path)
        response = client.get(path) if how == "At" else client.post(path)
        asks_to_sign_in = response.headers.get("Location", "").startswith("/accounts/sign-in/?")
        may = response.status_code != HTTPStatus.FORBIDDEN and not asks_to_sign_in
        assert may == (rank >= RANKS[who]), (address, response)
