"""A page that is left while it saves: its last text is kept, in whichever order the two come, and no draft too many."""

from __future__ import annotations

import hashlib
from itertools import permutations

import pytest
from django.test import Client

from kb.models import Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, person

FIRST, LAST = f"{TEXT}\nTyped, and on its way.\n", f"{TEXT}\nTyped, and on its way. The last words.\n"
ADDRESS = "/write/guides/paper-jam/"
IN_FLIGHT = hashlib.sha256(FIRST.encode()).hexdigest()


@pytest.fixture
def writer(client: Client, db: None, publish_once: PublishGuide) -> Client:
    eve = person("eve", "editors")
    publish_once(eve, slug="paper-jam")
    client.force_login(eve)
    return client


def _send(writer: Client, text: str, saved: int, in_flight: str = "") -> dict[str, object]:
    # A browser sends each line with both characters.
    form = {"text": text.replace("\n", "\r\n"), "based_on": 1, "saved": saved, "into": "", "in_flight": in_flight}
    response = writer.post(f"{ADDRESS}draft/", form)
    assert response.status_code == 200
    return dict(response.json())


def _drafts() -> list[str]:
    return list(Revision.objects.filter(state=Revision.State.DRAFT).values_list("text", flat=True))


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("order", list(permutations(["on its way", "leaving"])))
def test_the_last_text_is_the_draft_in_either_order(writer: Client, before: int, order: tuple[str, ...]) -> None:
    for number in range(before):
        _send(writer, f"{TEXT}\nSaved {number}.\n", number)
    for which in order:
        told = _send(writer, FIRST, before) if which == "on its way" else _send(writer, LAST, before, IN_FLIGHT)
        assert told["state"] == "saved"
    assert _drafts() == [LAST]
    assert _send(writer, f"{LAST}More.\n", Revision.objects.get(text=LAST).saved)["state"] == "saved"
    assert _drafts() == [f"{LAST}More.\n"]


def test_a_text_on_its_way_that_never_comes_is_not_missed(writer: Client) -> None:
    _send(writer, LAST, 0, IN_FLIGHT)
    assert _drafts() == [LAST]


def test_what_another_page_has_saved_meanwhile_is_not_written_over(writer: Client) -> None:
    _send(writer, f"{TEXT}\nSaved.\n", 0)
    _send(writer, f"{TEXT}\nFrom another tab.\n", 1)
    assert _send(writer, LAST, 1, IN_FLIGHT)["state"] == "conflict"
    assert sorted(_drafts()) == sorted([f"{TEXT}\nFrom another tab.\n", LAST])


def test_what_was_overtaken_once_may_be_typed_again_later(writer: Client) -> None:
    _send(writer, LAST, 0, IN_FLIGHT)
    _send(writer, f"{LAST}More.\n", 1)
    _send(writer, FIRST, 2)
    assert _drafts() == [FIRST]
