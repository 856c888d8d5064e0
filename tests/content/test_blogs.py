"""Days, titles, tags and categories as blogs of Jekyll, Docusaurus and Material write them, and Confluence's day."""

from __future__ import annotations

import datetime as dt

import pytest

from kb.content.document import Metadata
from kb.content.reading import read_guide
from kb.content.source_dates import date_in_name


def _read(head: str, source: str = "gate.md", body: str = "It opens.\n") -> Metadata:
    return read_guide(f"---\n{head}\n---\n{body}", source).metadata


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("date: {created: 2023-01-02, updated: 2024-03-04}", dt.datetime(2024, 3, 4)),  # noqa: DTZ001
        ("date:\n  created: 2023-01-02", dt.datetime(2023, 1, 2)),  # noqa: DTZ001
        ("date: {}", None),
    ],
)
def test_dates_may_be_in_a_mapping(head: str, day: dt.datetime | None) -> None:
    assert _read(head).dated == day


@pytest.mark.parametrize(
    "line",
    [
        "Created by [Ann](/~ann), last modified on Mar 04, 2024",
        "Created by Ann Lee, last modified by Bob on Mar 04, 2024.",
        "Last modified on 4 March 2024",
        "Created by Ann on 2024-03-04",
    ],
)
def test_confluence_tells_the_day_below_the_title(line: str) -> None:
    assert read_guide(f"# Gate\n\n{line}\n\nIt opens.\n", "gate.md").metadata.dated == dt.datetime(2024, 3, 4)  # noqa: DTZ001
    assert read_guide(f"# Gate\n\nIt opens. {line}\n", "gate.md").metadata.dated is None


def test_the_day_in_the_name_of_a_file_is_known() -> None:
    day = dt.datetime(2023, 5, 6)  # noqa: DTZ001
    assert date_in_name("blog/2023-05-06-power-cut.md") == day
    assert date_in_name("blog/2023-05-06-power-cut/index.md") == day
    assert date_in_name("blog/2023/05/06/power-cut.md") == day
    assert date_in_name("blog/2023-15-06-power-cut.md") is None
    assert date_in_name("blog/12-05-06.md") is None


def test_the_day_is_no_part_of_a_title() -> None:
    assert _read("layout: post", "_posts/2020-02-03-past-post.md").title == "Past post"
    assert _read("layout: post", "2020-02-03.md").title == "2020 02 03"


def test_tags_may_have_labels_and_those_of_posts_are_parted_at_spaces() -> None:
    assert _read("tags: [{label: Power, permalink: /p}, plug]").tags == ("Power", "plug")
    assert _read("tags: heat cold", "_posts/2020-02-03-past.md").tags == ("heat", "cold")
    assert _read("tags: heat cold").tags == ("heat cold",)


def test_categories_of_posts_are_heeded() -> None:
    assert _read("categories: heating boiler", "_posts/2020-02-03-past.md").category == "heating/boiler"
    assert _read("categories: [heating, boiler]", "a/_posts/2020-02-03-past.md").category == "heating/boiler"
    assert _read("categories: heating boiler").category == ""
