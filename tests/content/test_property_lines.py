"""The lines that Notion writes below a title are a head, whatever the properties are called."""

from __future__ import annotations

import pytest

from kb.content.document import Document
from kb.content.reading import read_guide

NOTION = "Gate 0123456789abcdef0123456789abcdef.md"
DRAFTS = (
    "Status: Draft\nOwner: Bob\nFiles & media: x.pdf",
    "Status: Draft\nVerification: Unverified",
    "Status: Draft\nETA?: 4",
    "% done: 40\nStatus: Draft",
    "\N{CALENDAR} Date: March\nStatus: Draft",
    "负责人: 李\nStatus: Draft",
    "المالك: ليلى\nStatus: Draft",
    "状态: 草稿\n负责人: 李",
    "الحالة: مسودة\nالفريق: خدمة",  # noqa: RUF001
    "Owner: Bob\nVisibility: Internal",
    "Owner: Bob\nVisibility: Internal only",
    "Owner: Bob\nPublished: No",
    "Owner: Bob\nArchived: Yes",
    "Status: Not started\nOwner: Bob",
)
SAID = "The gate stays open in the cold."


def _read(rows: str, source: str = "gate.md") -> Document:
    return read_guide(f"# Gate\n\n{rows}\n\n{SAID}\n", source)


@pytest.mark.parametrize("source", ["gate.md", NOTION])
@pytest.mark.parametrize("rows", DRAFTS)
def test_a_property_that_keeps_a_text_from_readers_is_heeded_among_any_others(rows: str, source: str) -> None:
    metadata = _read(rows, source).metadata
    assert metadata.withheld
    assert metadata.summary == SAID


def test_below_a_title_of_notion_all_lines_of_a_name_and_a_value_are_properties() -> None:
    rows = "ETA?: 4\n% done: 40\nفريق: نعم"
    assert "done" not in _read(rows, NOTION).html
    assert "done" in _read(rows).html


@pytest.mark.parametrize("rows", ["Status: Draft\nCause: The fuse blew", "Status: Draft\nBob has the key"])
def test_a_draft_is_heeded_where_the_lines_are_no_head(rows: str) -> None:
    document = _read(rows, NOTION)
    assert [(mark.written, mark.line) for mark in document.metadata.withheld] == [("Status: Draft", 3)]
    assert rows.partition("\n")[2].partition(": ")[2] in document.html


@pytest.mark.parametrize(
    "rows", ["Note: Private lamps are red", "Cause: The fuse\nSolution: A fuse", "1. Status: Draft"]
)
def test_prose_below_a_title_stays_and_keeps_nothing_from_readers(rows: str) -> None:
    document = _read(rows, NOTION)
    assert document.metadata.withheld == ()
    assert rows.rpartition(": ")[2] in document.html
