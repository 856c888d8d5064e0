"""Published guides as they are indexed, and the engine of a process that indexes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.models import Guide
from kb.search import configured
from kb.search.index.contract import Hits
from kb.search.index.documents import digests_for, documents_for
from kb.search.text.query import parse
from tests.support.indexed import EVERYONE

WriteGuide = Callable[..., Guide]

TIMEOUTS = """
    ---
    title: Time-outs
    category: Network/Slow
    tags: [latency]
    applies_to: [Gateway]
    summary: What to do when it takes too long.
    ---

    # Time-outs

    ## Symptoms

    - Requests end with `CONN_TIMEOUT`.

    ## Resolution

    1. Open port 443 in the firewall.
    2. Send the request again.

    ## Error codes

    | Code | Meaning | Action |
    | --- | --- | --- |
    | CONN_TIMEOUT | The server did not answer | Try again |
"""


def test_a_document_holds_all_that_is_searched(write_guide: WriteGuide) -> None:
    guide = write_guide(TIMEOUTS, "time-outs.md")
    (document,) = documents_for()
    assert (document.guide_id, document.slug, document.title) == (guide.pk, "time-outs", "Time-outs")
    assert (document.category, document.category_slug) == ("Network/Slow", "network/slow")
    assert (document.tags, document.applies_to, document.audience) == (("latency",), ("Gateway",), "public")
    sections = {section.anchor: section for section in document.sections}
    assert sections["symptoms"].symptoms == ("Requests end with CONN_TIMEOUT",)
    assert sections["error-codes"].codes == ("CONN_TIMEOUT",)
    assert "Open port 443" in sections["resolution"].text


def test_only_published_guides_become_documents(write_guide: WriteGuide) -> None:
    published = write_guide(TIMEOUTS, "a.md")
    retired = write_guide(TIMEOUTS, "b.md")
    Guide.objects.filter(pk=retired.pk).update(state=Guide.State.RETIRED)
    assert [document.guide_id for document in documents_for()] == [published.pk]
    assert [document.guide_id for document in documents_for([retired.pk])] == []
    assert digests_for().keys() == {published.pk}


def test_the_digest_of_a_document_can_be_had_without_reading_it(write_guide: WriteGuide) -> None:
    for name in ("a.md", "b.md"):
        write_guide(TIMEOUTS, name)
    assert digests_for() == {document.guide_id: document.digest for document in documents_for()}


@pytest.mark.parametrize("change", [{"title": "Other"}, {"audience": "staff"}, {"read_with": "newer"}, {"slug": "x"}])
def test_the_digest_changes_with_what_is_indexed(write_guide: WriteGuide, change: dict[str, str]) -> None:
    guide = write_guide(TIMEOUTS)
    before = digests_for()
    Guide.objects.filter(pk=guide.pk).update(**change)
    assert digests_for() != before


def test_documents_are_read_in_few_queries(write_guide: WriteGuide) -> None:
    for number in range(5):
        write_guide(TIMEOUTS, f"{number}.md")
    with CaptureQueriesContext(
        connection,
    ) as few:
        list(documents_for())
    write_guide(TIMEOUTS, "more.md")
    with CaptureQueriesContext(connection) as more:
        list(documents_for())
    assert len(more) == len(few) <= 7


# The engine of the process


def test_what_is_published_is_found_with_its_section(write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS, "time-outs.md")
    hits = configured.engine().search(parse("CONN_TIMEOUT"), EVERYONE)
    assert [(hit.slug, hit.anchor) for hit in hits.items] == [("time-outs", "error-codes")]


def test_a_lost_index_is_searched_in_the_database(write_guide: WriteGuide) -> None:
    write_guide(TIMEOUTS, "time-outs.md")
    engine = configured.engine()
    (engine.folder.path / "current").unlink()
    configured.forget()
    hits = configured.engine().search(parse("firewall"), EVERYONE)
    assert [hit.slug for hit in hits.items] == ["time-outs"]
    assert configured.engine().folder.rebuild_wanted()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each repair that was begun; each is done at once."""
    begun = []

    class AtOnce:
        def __init__(self, *, target: Callable[[], None], **_: object) -> None:
            self.target = target

        def start(self) -> None:
            begun.append(1)
            self.target()

    monkeypatch.setattr("kb.search.configured.threading.Thread", AtOnce)
    return begun


@pytest.mark.django_db(transaction=True)
def test_a_lost_index_is_built_again_beside_the_requests(folder: object, started: list[int]) -> None:
    assert configured.engine().search(parse("login"), EVERYONE) == Hits(0, ())
    assert started == [1]
    assert configured.engine().folder.stamp() is not None
    assert not configured.engine().folder.rebuild_wanted()


@pytest.mark.django_db(transaction=True)
def test_a_repair_that_fails_ends_nothing_and_is_tried_again(
    folder: object, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.search.whoosh.engine.WhooshEngine.repair", lambda _engine: 1 / 0)
    for number in (1, 2):
        assert configured.engine().search(parse("login"), EVERYONE) == Hits(0, ())
        assert len(started) == number
        assert not configured.is_mending()


def test_within_a_transaction_nothing_is_mended(folder: object, db: None, started: list[int]) -> None:
    assert configured.engine().search(parse("login"), EVERYONE) == Hits(0, ())
    assert started == []
    assert not configured.is_mending()


def test_a_guide_is_indexed_in_its_language_and_anew_when_that_changes(write_guide: WriteGuide) -> None:
    guide = write_guide("---\nlang: de-AT\n---\n# Drucker\n\nText", "printer.md")
    (document,) = documents_for()
    assert document.language == "de"
    assert digests_for() == {guide.pk: document.digest}
    Guide.objects.update(language="nl")
    assert digests_for() != {guide.pk: document.digest}
