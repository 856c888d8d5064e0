"""`load_guides --report` writes what was understood and what was left out, by kind, for who moves a library."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from lxml import html

from kb.management import load_page
from kb.models import Guide

pytestmark = pytest.mark.django_db

PUMP = """---
title: Pump
sidebar_position: 3
tool: x
---
# Pump

See [the manual](manual.pdf), [nothing](gone.md), [the tool](tool.exe) and [the other](other.md).
![The pump from above](absent.png)

{{< figure-of-ours name="<b>x</b>" >}}

## The pump stops

**Symptoms:**

- The pump is silent
- The light is red

**Solution:**

1. Push the button.
2. Wait a minute.
"""


@pytest.fixture
def moved(folder: Path) -> Path:
    """A folder that another tool wrote."""
    (folder / "sub").mkdir()
    for name, text in {
        "pump.md": PUMP,
        "other.md": "---\ntool: y\n---\n# Other\n\nNothing of trouble, and [nothing](nowhere.md).\n",
        "draft.md": "---\ndraft: true\n---\n# Draft\n\nNot yet.\n",
        "bad.md": "---\naudience: [\n---\n# Bad\n",
        "manual.pdf": "%PDF-1.7\n",
        "tool.exe": "MZ",
        "sub/notes.txt": "unasked",
        "sub/more.txt": "unasked",
    }.items():
        (folder / name).write_text(text)
    return folder


def told(page: Path) -> dict[str, dict[str, list[str]]]:
    """The rows of each heading by what they tell of: how often, and where the first is."""
    tables: dict[str, dict[str, list[str]]] = {}
    for region in html.fromstring(page.read_text()).iter("div"):
        rows = [[" ".join(cell.text_content().split()) for cell in row] for row in region.findall(".//tbody/tr")]
        tables[region.get("aria-label")] = {row[0]: row[1:] for row in rows}
    return tables


def report(folder: Path, *options: str) -> dict[str, dict[str, list[str]]]:
    """What the page says of a load."""
    page = folder.parent / "report.html"
    with pytest.raises(SystemExit):  # one file is bad
        call_command("load_guides", str(folder), "--report", str(page), *options, verbosity=0)
    return told(page)


def test_the_page_tells_what_was_understood_and_what_was_left_out(moved: Path) -> None:
    trial, first = report(moved, "--dry-run"), report(moved)
    assert not Guide.objects.filter(slug="nothing").exists()
    assert trial == first
    understood = {what: row[0] for what, row in first["What was understood"].items() if row[0] != "0"}
    assert understood == {
        "Guides for everyone": "2",
        "Drafts": "1",
        "Sections": "3 in 2 files",
        "Problems": "1",
        "Symptoms": "2 in 1 file",
        "Steps of solutions": "2 in 1 file",
        "Links within the library": "1",
        "Downloads": "1",
    }
    assert first["What was understood"]["Symptoms"][1] == "pump.md:17The pump is silent"
    assert first["Keys of heads that mean nothing here"] == {
        "tool": ["2", "other.md:2"],
        "sidebar_position": ["1", "pump.md:3"],
    }
    assert first["Files that are not read"] == {
        ".txt in sub/": ["2", "sub/more.txt"],
        ".exe in guides/": ["1", "tool.exe"],
    }
    assert first["Links that lead nowhere"] == {
        "The link leads to '…', which is no guide and no contact of this folder.": [
            "2",
            "other.md:6The link leads to 'nowhere.md', which is no guide and no contact of this folder.",
        ]
    }
    assert list(first["Files that are not offered for download"].values()) == [["1", "pump.md:8"]]
    assert list(first["Pictures that are not shown"].values()) == [["1", "pump.md:9"]]
    assert first["Forms of other tools, and HTML that no page shows"] == {
        "{{< figure-of-ours >}}": ["1", 'pump.md:11{{< figure-of-ours name="<b>x</b>" >}}']
    }
    assert next(iter(first["Files that were not loaded"].values()))[1].startswith("bad.md:")
    assert first["Texts that are kept from readers"]
    assert first["Guides of which walks know nothing"] == {"No problem was found in it": ["1", "other.md:1Other"]}


OTHERS = """# Fan

{% include a.md %}
{% include b.md %}
{% openapi src="x" %}

Version {{ site.version }} and {{ site.version | upcase }}.

:::note Never closed

{% if visitor.claims.x %}
For some.
{% endif %}

{jira:ABC-7} {jira:ABC-8}

> [!TIP] Good to know
> Dust it.

<details><summary>More</summary>

| a | b |
| --- | --- |
| c | d |

</details>

<aside>
**Staff only**

The key is below.
</aside>
"""


def test_forms_of_other_tools_are_told_by_their_names_with_what_becomes_of_them(folder: Path) -> None:
    (folder / "fan.md").write_text(OTHERS)
    page = folder.parent / "report.html"
    call_command("load_guides", str(folder), "--report", str(page), verbosity=0)
    tables = told(page)
    assert tables["Forms of other tools, and HTML that no page shows"] == {
        "{% include %}": ["2 in 1 file", "fan.md:3{% include a.md %}"],
        "{jira}": ["2 in 1 file", "fan.md:15{jira:ABC-7}"],
        "{% openapi %}": ["1", 'fan.md:5{% openapi src="x" %}'],
    }
    assert tables["What stays as another tool writes it"] == {
        "{{ site.version }}": ["2 in 1 file", "fan.md:7"],
    }
    assert tables["Boxes that nothing closes"] == {":::note": ["1", "fan.md:9:::note Never closed"]}
    assert [row[0] for row in tables["What is not for all readers"].values()] == ["1"]
    understood = {what: row for what, row in tables["What was understood"].items() if row[0] != "0"}
    assert understood["Guides with parts for staff only"] == ["1", "fan.md:28Fan"]
    assert understood["Boxes and folded parts"] == ["3 in 1 file", "fan.mdGood to know"]
    assert understood["Tables"] == ["1", "fan.mdFan"]


def test_what_is_unchanged_is_told_again(moved: Path) -> None:
    first, again = report(moved), report(moved)
    assert again["What became of the files"]["Unchanged"][0] == "3"
    for tables in (first, again):
        del tables["What became of the files"]
    counts = [
        {(name, what): row[0] for name, rows in tables.items() for what, row in rows.items()}
        for tables in (first, again)
    ]
    assert counts[0] == counts[1]


def test_the_page_runs_nothing_and_loads_nothing(folder: Path) -> None:
    name = '"><img src=x onerror=alert(1)>.md'
    (folder / name).write_text('---\n"<script>alert(1)</script>": 1\n---\n# <script>alert(2)</script>\n\n[x](<b>.md)\n')
    page = folder.parent / "report.html"
    call_command("load_guides", str(folder), "--report", str(page), verbosity=0)
    tags = {element.tag for element in html.fromstring(page.read_text()).iter("*")}
    assert not tags & {"script", "img", "link", "iframe", "b"}
    assert "&lt;script&gt;alert(1)" in page.read_text()


def test_the_page_is_bounded(folder: Path) -> None:
    for number in range(3):
        keys = "".join(f"key_{number}_{each}: 1\n" for each in range(100))
        (folder / f"{number}.md").write_text(f"---\n{keys}---\n# Guide {number} {'x' * 400}\n\nText.\n")
    page = folder.parent / "report.html"
    call_command("load_guides", str(folder), "--report", str(page), verbosity=0)
    assert len(told(page)["Keys of heads that mean nothing here"]) == load_page.MOST_ROWS
    assert "100 more kinds are not shown." in page.read_text()
    assert "x" * 301 not in page.read_text()


def test_a_page_that_can_not_be_written_is_told_before_anything_is_loaded(folder: Path) -> None:
    (folder / "a.md").write_text("# A\n\nText.\n")
    for name, reason in {
        "a.md": "ends in .html",
        "none/a.html": "folder that is there",
        "": "no name of a page",
    }.items():
        with pytest.raises(CommandError, match=reason):
            call_command("load_guides", str(folder), "--report", str(folder / name), verbosity=0)
    assert not Guide.objects.exists()
    assert (folder / "a.md").read_text().startswith("# A")
