"""Heads without fences, as MultiMarkdown and Pelican read them, keep drafts from readers; prose is taken for none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from kb.content import front_matter
from kb.content.document import ContentError
from kb.content.head_values import with_values
from kb.content.withheld import withheld
from kb.library.export import export
from kb.library.folders import load
from kb.models import Guide
from troubleshooting.evaluation.checks import run

BODY = "\n# Lamp\n\n**Symptoms:**\n- The light blinks\n\n**Solution:**\n1. Unplug it.\n2. Plug it in.\n"
DRAFTS = (
    ("Title: Lamp\nStatus: draft\n", 2),
    ("title: Lamp\nDate: 2001-01-01\nstatus: Draft  \n", 3),
    ("Title:  Lamp\nAuthor: Ann\n    and Bob\nDraft: yes\n", 4),
    ("Title: Lamp\nPublished: no\n", 2),
    ("Title: Lamp\nStatus: unpublished\n", 2),
    ("Status: private\nTitle: Lamp\n", 1),
    ("Title: Lamp\nVisibility: internal\n", 2),
    ("Title: Lamp\nPublish Date: 2999-01-01\n", 2),
    ("Title: Lamp\nDate: 2999-01-01 10:00\n", 2),
    ("Title: Lamp\nDate: 9999-12-31T23:59:59-05:00\n", 2),
    ("Title: Lamp\nPrivate: true\n", 2),
)
PROSE = (
    "Title: Lamp\nStatus: published\n",
    "Title: Lamp\nDate: 2001-01-01\n",
    "Title: Lamp\nThe lamp is new.\nStatus: draft\n",
    "Title: Lamp\n\nStatus: draft\n",
    "Title: Lamp\nPrivate: networks such as 10.0.0.0/8\nInternal: 4711\nAccess: the private one\n",
    "Title: Lamp\nStatus: draft beer is out\n",
    "Note: Lamp\nStatus: draft\n",
    "Status: draft\n",
    "Title:\nStatus: draft\n",
    "The title: Lamp\nStatus: draft\n",
    "Title: Lamp\n- Status: draft\n",
    "Title: Lamp\n# Status: draft\n",
    "\nTitle: Lamp\nStatus: draft\n",
)


@pytest.mark.slow
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.django_db(transaction=True)
def test_a_draft_is_kept_from_readers_and_said_with_its_line(folder: Path, tmp_path: Path, newline: str) -> None:
    texts = {}
    for number, (head, _line) in enumerate(DRAFTS):
        texts[f"lamp-{number}.md"] = (head + BODY).replace("\n", newline).encode()
        (folder / f"lamp-{number}.md").write_bytes(texts[f"lamp-{number}.md"])
    report, checked = load.load([folder]), run.check([folder])
    assert (report.new, sorted(report.drafts), report.failed) == ([], sorted(texts), [])
    export.export(tmp_path / "out")
    for source, (head, line) in zip(texts, DRAFTS, strict=True):
        assert any(said.startswith(f"{source}:{line}: ") and "kept as a draft" in said for said in report.warnings), (
            head
        )
        found = [each.message for each in checked if (each.file, each.line) == (source, line)]
        assert any("kept as a draft" in message for message in found), head
        assert Client().get(Guide.objects.get(source=source).get_absolute_url()).status_code == 404, head
        assert (tmp_path / "out" / source).read_bytes() == texts[source]
        (folder / source).write_text(f"Title: Lamp\n{BODY}")
    load.load([folder])
    for source, text in texts.items():
        assert Client().get(Guide.objects.get(source=source).get_absolute_url()).status_code == 200, text


@pytest.mark.parametrize("head", PROSE)
def test_prose_is_no_head(head: str) -> None:
    parted = front_matter.split(head + BODY)
    assert (withheld(parted.fields), parted.body) == ((), head + BODY)


def test_the_text_stays_whole() -> None:
    for head, _line in DRAFTS:
        parted = front_matter.split(head + BODY)
        assert (parted.body, parted.body_line) == (head + BODY, 1)


def test_a_form_does_not_write_a_head_above_the_mark() -> None:
    for head, _line in DRAFTS:
        with pytest.raises(ContentError, match="put these around it"):
            with_values(head + BODY, {"owner": "Ann"})
    assert with_values(PROSE[0], {"owner": "Ann"}).startswith("---\nowner: Ann\n---\n")
