"""A folder that is one page of Hugo's: what belongs to that page is not for readers where the page is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.library.folders import load
from kb.models import Guide

pytestmark = pytest.mark.django_db(transaction=True)


def _write(folder: Path, source: str, text: str) -> None:
    (folder / source).parent.mkdir(parents=True, exist_ok=True)
    (folder / source).write_text(text)


@pytest.mark.parametrize(
    "key", ["draft = true", "headless = true", "[build]\nrender = 'never'", "[build]\nlist='never'"]
)
def test_what_belongs_to_a_hidden_page_is_no_page_of_its_own(folder: Path, key: str) -> None:
    _write(folder, "a/b/index.md", f"+++\ntitle = 'Gate'\n{key}\n+++\n# Gate\n\nIt opens.\n")
    _write(folder, "a/b/part.md", "# Part\n\nIt closes.\n")
    _write(folder, "a/b/deep/part.md", "# Deep\n\nIt locks.\n")
    _write(folder, "a/other.md", "# Other\n\nIt rings.\n")
    report = load.load([folder])
    assert (sorted(report.drafts), report.new) == (["a/b/deep/part.md", "a/b/index.md", "a/b/part.md"], ["a/other.md"])
    assert any(line.startswith("a/b/part.md:1: ") and "(a/b/index.md)" in line for line in report.warnings)


def test_it_follows_its_page_although_it_says_the_same(folder: Path) -> None:
    _write(folder, "b/index.md", "+++\ntitle = 'Gate'\n+++\nIt opens.\n")
    _write(folder, "b/part.md", "# Part\n\nIt closes.\n")
    _write(folder, "b/own.md", "---\ndraft: true\n---\n# Own\n\nIt closes.\n")
    load.load([folder])
    part = Guide.objects.get(source="b/part.md")
    assert part.state == Guide.State.PUBLISHED
    _write(folder, "b/index.md", "+++\ntitle = 'Gate'\ndraft = true\n+++\nIt opens.\n")
    assert load.load([folder / "b/part.md"]).retired == ["b/part.md"]
    load.load([folder])
    part.refresh_from_db()
    assert part.state != Guide.State.PUBLISHED
    assert load.load([folder]).unchanged == ["b/index.md", "b/own.md", "b/part.md"]
    _write(folder, "b/index.md", "+++\ntitle = 'Gate'\n+++\nIt opens.\n")
    load.load([folder])
    part.refresh_from_db()
    assert part.state == Guide.State.PUBLISHED
    assert Guide.objects.get(source="b/own.md").state == Guide.State.DRAFT


def test_pages_beside_a_draft_of_another_tool_are_pages(folder: Path) -> None:
    _write(folder, "b/index.md", "---\ndraft: true\n---\n# Gate\n\nIt opens.\n")
    _write(folder, "b/part.md", "# Part\n\nIt closes.\n")
    assert load.load([folder]).new == ["b/part.md"]
    _write(folder, "_index.md", "# All\n\nAll gates.\n")
    assert load.load([folder]).retired == ["b/part.md"]


def test_what_others_include_is_no_page(folder: Path) -> None:
    _write(folder, "includes/part.md", "# Part\n\nIt closes.\n")
    assert load.load([folder]).drafts == ["includes/part.md"]


def test_a_page_alone_with_its_pictures_makes_no_category(folder: Path) -> None:
    _write(folder, "lift/rope/index.md", "# Rope\n\nIt slips.\n")
    _write(folder, "lift/drum.md", "# Drum\n\nIt turns.\n")
    _write(folder, "gate.md", "# Gate\n\nIt opens.\n")
    load.load([folder])
    assert set(Guide.objects.values_list("category", flat=True)) == {"", "Lift"}
    _write(folder, "lift/rope/more.md", "# More\n\nIt tears.\n")
    load.load([folder])
    assert Guide.objects.get(source="lift/rope/index.md").category == "Lift/Rope"


@pytest.mark.parametrize(
    "head",
    [
        "+++\ntitle = 'Gates'\n[cascade]\ndraft = true\n+++\n",
        "---\ntitle: Gates\ncascade:\n  draft: true\n---\n",
        "---\ntitle: Gates\ncascade:\n  - params:\n      internal: true\n---\n",
    ],
)
def test_what_a_section_says_of_all_below_it_holds_for_them(folder: Path, head: str) -> None:
    _write(folder, "a/_index.md", f"{head}# Gates\n\nThey open.\n")
    _write(folder, "a/b/part.md", "# Part\n\nIt closes.\n")
    _write(folder, "c.md", "# Other\n\nIt rings.\n")
    report = load.load([folder])
    assert (sorted(report.drafts), report.new) == (["a/_index.md", "a/b/part.md"], ["c.md"])
    _write(folder, "a/_index.md", "# Gates\n\nThey open.\n")
    load.load([folder])
    assert {guide.state for guide in Guide.objects.all()} == {Guide.State.PUBLISHED}


def test_what_it_says_of_some_pages_holds_for_no_others(folder: Path) -> None:
    _write(folder, "a/_index.md", "---\ncascade:\n  - target:\n      path: /x/**\n    draft: true\n---\n# Gates\n")
    _write(folder, "a/part.md", "# Part\n\nIt closes.\n")
    assert sorted(load.load([folder]).new) == ["a/_index.md", "a/part.md"]
