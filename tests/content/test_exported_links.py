"""Links that an export left to the tool itself lead to the file of that page, where there is one."""

from __future__ import annotations

import pytest

from kb.content.file_names import exported_id, readable
from kb.content.foreign import exported_links
from kb.content.foreign.lines import Lines
from kb.content.reading import read_guide
from kb.models.slugs import slug_candidates

NOTION = "0123456789abcdef0123456789abcdef"
PATHS = {
    "space/Printer-is-offline_1000005.md": "",
    "space/Lost-key_65601.md": "",
    "space/Key_65602.md": "",
    f"notes/Mail is slow {NOTION}.md": "",
}


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
        ("[it](/pages/viewpage.action?pageId=1000005)", "[it](Printer-is-offline_1000005.md)"),
        ("[it](/pages/viewpage.action?pageId=65601)", "[it](Lost-key_65601.md)"),
        ("[it](/pages/viewpage.action?pageId=65602)", "[it](Key_65602.md)"),
        ('<a href="https://w.example/view?pageId=1000005">it</a>', '<a href="Printer-is-offline_1000005.md">it</a>'),
        ('<a href="/view?a=b&amp;pageId=65601">it</a>', '<a href="/view?a=b&amp;pageId=65601">it</a>'),
        ('<a href="/viewpage.action?a=b&amp;pageId=65601">it</a>', '<a href="Lost-key_65601.md">it</a>'),
        ("They lie in pages/65601 there.", "They lie in pages/65601 there."),
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


@pytest.mark.parametrize(
    ("name", "words", "number"),
    [
        ("Lost-key_65601", "Lost key", "65601"),
        ("Lost-key_1000005", "Lost key", "1000005"),
        ("error_10060", "Error 10060", ""),
        ("Key_65602", "Key 65602", ""),
    ],
)
def test_the_number_behind_a_name_is_none_of_its_words(name: str, words: str, number: str) -> None:
    assert readable(name) == words
    assert exported_id(name) == number
    assert slug_candidates(f"space/{name}.md")[0] == words.lower().replace(" ", "-")


@pytest.mark.parametrize("title", ["Lost key", "lost key", "Lost: key?", "TCP/IP"])
def test_a_wiki_link_finds_the_page_by_its_title(title: str) -> None:
    paths = {"Lost-key_65601.md": "/guides/a/", "TCP-IP_65602.md": "/guides/a/"}
    assert 'href="/guides/a/"' in read_guide(f"See [[{title}]].", "t.md", paths).html


def test_a_wiki_link_whose_signs_say_more_finds_no_file_of_a_vault() -> None:
    assert "missing-link" in read_guide("See [[C++]].", "t.md", {"C.md": "/guides/c/"}).html


@pytest.mark.parametrize(
    ("anchor", "leads_to"),
    [
        ("LostKey-FirstStep", "first-step"),
        ("Lost-Key-Co-pay", "co-pay"),
        ("LostKey-Nothing", "LostKey-Nothing"),
        ("first-step", "first-step"),
    ],
)
@pytest.mark.parametrize("link", ["[it](#{})", '<a href="#{}">it</a>'])
def test_a_link_to_a_heading_as_confluence_names_it_leads_there(link: str, anchor: str, leads_to: str) -> None:
    text = f"# Lost Key\n\n{link.format(anchor)}\n\n## First Step\n\na\n\n## Co-pay\n\nb\n"
    assert f'href="#{leads_to}"' in read_guide(text, "Lost-Key_65601.md").html
