"""A page that an export gave neither a head nor a heading is called what its comment or its table says."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide

ROWS = "| **Symptoms** | Mail waits |\n| **Resolution** | Restart |"
FIX = "## Symptoms\n\n- Mail waits\n\n## Solution\n\n1. Restart\n"


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- Title: Mail stays -->\n\n{FIX}",
        f"<!-- Space: SUP -->\n<!-- Parent: Mail -->\n<!-- Title: Mail stays -->\n{FIX}",
        f'<!--\ntitle: "Mail stays"\ntags: mail\n-->\n{FIX}',
        f"[//]: # (title: Mail stays)\n\n{FIX}",
        f"| Title | Mail stays |\n| --- | --- |\n{ROWS}\n",
        f"|  |  |\n| --- | --- |\n| **Title** | Mail stays |\n{ROWS}\n",
        f"| Mail stays |  |\n| --- | --- |\n{ROWS}\n",
        f"| **Mail** stays |  |\n| --- | --- |\n{ROWS}\n",
        '<table><tr><th colspan="2">Mail stays</th></tr><tr><td>Symptoms</td><td>It waits</td></tr></table>',
        "<table>\n<tr><td>Title</td><td>Mail stays</td></tr>\n<tr><td>Symptoms</td><td>It waits</td></tr>\n</table>",
    ],
)
def test_it_is_its_title(text: str) -> None:
    document = read_guide(text, "page_1.md")
    assert document.metadata.title == "Mail stays"
    assert not document.metadata.title_from_file


@pytest.mark.parametrize(
    "text",
    [
        f"# Door\n\n<!-- Title: Mail stays -->\n\n{FIX}",
        f"<!-- Title: Mail stays -->\n\n# Door\n\n{FIX}",
        f"---\ntitle: Door\n---\n<!-- Title: Mail stays -->\n\n{FIX}",
    ],
)
def test_a_head_and_a_heading_say_it_before(text: str) -> None:
    assert read_guide(text, "page_1.md").metadata.title == "Door"


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- We want another title: not this -->\n<!-- nothing -->\n{FIX}",
        f"<!-- TODO look here\ntitle: Mail stays -->\n\n{FIX}",
        f"Words.\n\n<!-- Title: Mail stays -->\n\n{FIX}",
        "| Symptoms |\n| --- |\n| Mail stays |\n",
        "| Mail | stays |\n| --- | --- |\n| a | b |\n",
        "| Mail |  |\n| --- | --- |\n| a | b |\n",
        "    | Mail |  |\n    | --- | --- |\n    | Symptoms | b |\n",
    ],
)
def test_other_comments_and_tables_are_no_title(text: str) -> None:
    assert read_guide(text, "page_1.md").metadata.title_from_file
