"""Links that an export left to the tool itself lead to the file of that page, where there is one."""

from __future__ import annotations

import pytest

from kb.content.foreign import exported_links
from kb.content.foreign.lines import Lines

NOTION = "0123456789abcdef0123456789abcdef"
PATHS = {"space/Printer-is-offline_1000005.md": "", f"notes/Mail is slow {NOTION}.md": ""}


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("[it](https://w.example/wiki/pages/1000005/Printer)", "[it](Printer-is-offline_1000005.md)"),
        ("[it](https://w.example/view?pageId=1000005)", "[it](Printer-is-offline_1000005.md)"),
        ("https://w.example/wiki/pages/1000005", "[Printer is offline](<Printer-is-offline_1000005.md>)"),
        (f"[it](https://www.notion.so/Mail-{NOTION})", f"[it](../notes/Mail%20is%20slow%20{NOTION}.md)"),
        (
            f"[https://www.notion.so/a/Mail-{NOTION}](https://www.notion.so/a/Mail-{NOTION})",
            f"[Mail is slow](<../notes/Mail is slow {NOTION}.md>)",
        ),
        (f"[it](<https://www.notion.so/{NOTION}>)", f"[it](<../notes/Mail is slow {NOTION}.md>)"),
        ("[it](https://w.example/wiki/pages/9999999)", "[it](https://w.example/wiki/pages/9999999)"),
        ("`https://w.example/wiki/pages/1000005`", "`https://w.example/wiki/pages/1000005`"),
        ("[it](https://w.example/)", "[it](https://w.example/)"),
    ],
)
def test_an_address_becomes_the_path_of_the_file(written: str, becomes: str) -> None:
    lines = Lines(written, 1)
    exported_links.read(lines, "space/Door_1000008.md", PATHS)
    assert "\n".join(lines.rows) == becomes


def test_without_exported_files_nothing_is_changed() -> None:
    lines = Lines("https://w.example/wiki/pages/1000005", 1)
    exported_links.read(lines, "a.md", {"b.md": ""})
    assert lines.rows == ["https://w.example/wiki/pages/1000005"]
