"""Synonyms from the worklist: tried beside what is found now, held to recorded searches, and added by editors."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from kb.models import AddedSynonyms, SearchRecord
from tests.conftest import WriteGuides
from tests.support.studio import person, signed_in
from troubleshooting.models import WorklistItem
from troubleshooting.worklist.refresh import refresh

pytestmark = pytest.mark.django_db

GUIDES = {
    "printer.md": "# Printer jams\n\nThe printer takes no sheet.\n",
    "lamps.md": "# Lamps\n\nThe lamp of a lamp post. A lamp is a lamp.\n",
    "lights.md": "# Lights\n\nThe light at the door.\n",
    "vault.md": "---\naudience: staff\n---\n# Vault\n\nThe printer of the vault.\n",
}


@pytest.fixture
def item(write_guides_once: WriteGuides, settings: Settings, folder: object) -> WorklistItem:
    """A search that finds nothing, as guides say it in another word."""
    settings.CONTENT_DIR = folder
    write_guides_once(GUIDES)
    for text, opened in (("gizmo", ""), ("gizmo", ""), ("light", "lights"), ("door", "lights")):
        SearchRecord.objects.create(
            text=text, hits=bool(opened), opened=opened, audience="public", searched_at=timezone.now()
        )
    refresh()
    found: WorklistItem = WorklistItem.objects.get()
    return found


def tried(user: User, item: WorklistItem, words: str) -> str:
    return signed_in(user).get(f"{item.get_absolute_url()}synonyms/", {"words": words}).content.decode()


def test_both_are_shown_side_by_side_and_nothing_is_kept(item: WorklistItem, ada: User) -> None:
    page = tried(ada, item, "gizmo, printer")
    before, after = page.split('id="page_after"')
    assert "Printer jams" not in before
    assert "Printer jams" in after
    assert "Vault" not in page
    assert "no other search gets worse" in page
    assert "ask an editor" in page
    assert not AddedSynonyms.objects.exists()
    assert "Printer jams" not in signed_in(ada).get("/search/?q=gizmo").content.decode()


def test_recorded_searches_that_would_fare_worse_are_named(item: WorklistItem, ada: User) -> None:
    page = tried(ada, item, "door, lamp")
    assert "Of the 1 recorded search with" in page
    assert "lower in <strong>1</strong>" in page
    assert "<td>Lights</td><td>1</td><td>2</td>" in page


def test_an_editor_adds_it_and_takes_it_out(item: WorklistItem, eve: User) -> None:
    client = signed_in(eve)
    address = f"{item.get_absolute_url()}synonyms/"
    assert client.post(address, {"words": "gizmo, printer"}).status_code == 302
    assert "Printer jams" in client.get("/search/?q=gizmo").content.decode()
    client.post(f"{address}out/", {"synonyms": str(AddedSynonyms.objects.get().pk)})
    assert "Printer jams" not in client.get("/search/?q=gizmo").content.decode()


@pytest.mark.parametrize("words", ["gizmo", "gizmo, a b c d e", "gizmo, gizmos", ""])
def test_what_can_not_be_a_synonym_is_told_with_what_was_typed(item: WorklistItem, eve: User, words: str) -> None:
    answer = signed_in(eve).post(f"{item.get_absolute_url()}synonyms/", {"words": words})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not AddedSynonyms.objects.exists()


def test_a_writer_who_may_not_publish_adds_none(item: WorklistItem) -> None:
    client = signed_in(person("wim", "writers"))
    address = f"{item.get_absolute_url()}synonyms/"
    assert client.post(address, {"words": "gizmo, printer"}).status_code == 422
    assert client.post(f"{address}out/", {"synonyms": "1"}).status_code == 403
    assert not AddedSynonyms.objects.exists()


@pytest.mark.parametrize("group", ["writers", "editors"])
def test_a_form_that_comes_without_words_asks_for_them(item: WorklistItem, group: str) -> None:
    answer = signed_in(person("eve", group)).post(f"{item.get_absolute_url()}synonyms/")
    assert answer.status_code == 422
    assert "Give two words or more" in answer.content.decode()
