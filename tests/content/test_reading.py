"""A file is read into a guide whose structure, HTML and addresses belong together, or into one clear error."""

from __future__ import annotations

import codecs
import inspect
import sys
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.document import ContentError
from kb.content.folder_links import FolderLinks
from kb.content.reading import read_contact, read_guide

if TYPE_CHECKING:
    from pathlib import Path


def ids_of(html: str) -> Counter[str]:
    ids: Counter[str] = Counter()

    class Reader(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            ids.update(value for name, value in attrs if name == "id" and value)

    Reader().feed(html)
    return ids


GUIDE = """\
---
title: Time-outs
category: Network
audience: staff
---
# Time-outs

Why calls end too soon.

## Connection time-out

### Symptoms

- `CONN_TIMEOUT` (always)

### Resolution

1. Read [the limits](../limits.md#time).
2. Do this:

   ```sh
   ping host
   ```

3. Look at [the plan][plan] and ![a chart](chart.png).[^1]

[plan]: plan.md
[^1]: A note.
"""


def test_a_guide_has_metadata_structure_and_html_of_one_text() -> None:
    document = read_guide(
        GUIDE, "network/time-outs.md", {"limits.md": "/guides/limits/", "network/plan.md": "/guides/plan/"}
    )
    assert document.metadata.title == "Time-outs"
    assert document.metadata.audience == "staff"
    (problem,) = document.structure.problems
    assert problem.anchor == "connection-time-out"
    assert [step.line for step in problem.steps] == [18, 19, 25]
    assert (
        '<ol class="steps" data-problem="connection-time-out">\n<li id="step-connection-time-out-1">' in document.html
    )
    assert document.html.count('href="/guides/limits/#time"') == 1
    assert document.html.count('href="/guides/plan/"') == 1
    assert "[Image: a chart]" in document.html
    assert "<h1" not in document.html
    assert [finding for finding in document.findings if finding.severity == "error"] == []


def test_each_step_has_its_own_html_with_the_links_of_the_guide() -> None:
    document = read_guide(GUIDE, "network/time-outs.md", {"network/plan.md": "/guides/plan/"})
    ((first, second, third),) = document.step_html
    assert first.startswith('<p>Read <span class="missing-link"')
    assert '<div class="highlight" data-language="Bash">' in second
    assert '<a href="/guides/plan/">the plan</a>' in third
    assert "[^1]" not in third
    assert " id=" not in first + second + third


def test_only_the_title_heading_is_left_out() -> None:
    assert "<h1" not in read_guide("# How to sign in\n\nText\n", "a.md").html
    assert '<h1 id="symptoms">' in read_guide("# Symptoms\n\n- It stops\n", "a.md").html


def test_windows_and_marked_files_read_the_same() -> None:
    expected = read_guide(GUIDE, "a.md")
    assert read_guide(GUIDE.encode(), "a.md") == expected
    assert read_guide(codecs.BOM_UTF8 + GUIDE.replace("\n", "\r\n").encode(), "a.md") == expected


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"fine\nfine\nna\xefve\n", 3, "This line is not UTF-8: save the file as UTF-8."),
        ("# T\n".encode("utf-16"), 1, "This file is UTF-16: save it as UTF-8."),
        (codecs.BOM_UTF16_BE + b"\0#", 1, "This file is UTF-16: save it as UTF-8."),
        (b"a" * 2_000_001, 1, "This file is larger than 2 MB: split it into several guides."),
        ("\u00e4" * 1_000_001, 1, "This file is larger than 2 MB: split it into several guides."),
        ("a\n\0", 2, "There is a NUL character in this line: remove it."),
        ("a\n\ud800", 2, "This line is not UTF-8: save the file as UTF-8."),
        (b"---\ntitle: [\n---\n", 2, None),
    ],
)
def test_a_file_that_is_no_guide_says_where_and_what_to_do(data: bytes | str, line: int, message: str | None) -> None:
    for read in (read_guide, read_contact):
        with pytest.raises(ContentError) as caught:
            read(data, "a.md")
        assert message is None or caught.value.message == message
        assert message is None or caught.value.line == line


def test_a_contact_has_the_html_of_its_body() -> None:
    text = (
        "---\nname: Ann\nrole: On call\ntier: 2\nemail: ann@example.org\n---\nHave [the log](../log.md) at **hand**.\n"
    )
    card = read_contact(text, "contacts/ann.md", {"log.md": "/guides/log/"})
    assert (card.name, card.tier) == ("Ann", 2)
    assert card.html == '<p>Have <a href="/guides/log/">the log</a> at <strong>hand</strong>.</p>'


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("auth/y.md", "../network/x.md", "/guides/x/"),
        ("auth/y.md", "./../network/./x.md", "/guides/x/"),
        ("auth\\y.md", "..\\network\\x.md", "/guides/x/"),
        ("auth/y.md", "/network/x.md", "/guides/x/"),
        ("network/y.md", "x.md", "/guides/x/"),
        ("network/y.md", "x", "/guides/x/"),
        ("network/y.md", "x.md?view=1", "/guides/x/"),
        ("y.md", "network/", "/guides/network/"),
        ("y.md", "network", "/guides/network/"),
        ("y.md", "auth", "/guides/auth/"),
        ("y.md", "x.md", "/guides/x/"),  # the only one of this name, as Obsidian writes it
        ("y.md", "z.md", None),
        ("y.md", "../network/x.md", None),
        ("y.md", "?page=2", None),
    ],
)
def test_targets_are_looked_up_from_the_folder_of_the_file(source: str, target: str, found: str | None) -> None:
    addresses = {
        "network/x.md": "/guides/x/",
        "network/index.md": "/guides/network/",
        "auth/README.md": "/guides/auth/",
    }
    links = FolderLinks(source, addresses)
    assert links.get(target) == found
    assert (len(links), set(links)) == (3, set(addresses))


@pytest.mark.slow
@given(st.text(alphabet=st.sampled_from("#-*>1.`|[](){}!:~_<>&\\ \n\tab^\"'=+"), max_size=200))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_guide_or_a_clear_error(text: str) -> None:
    try:
        document = read_guide(text, "a.md")
    except ContentError:
        return
    assert [len(steps) for steps in document.step_html] == [len(p.steps) for p in document.structure.problems]


def test_a_text_nested_too_deeply_is_a_clear_error() -> None:
    text = "---\nname: Ann\n---\n" + "> " * 50 + "deep\n"
    limit = sys.getrecursionlimit()
    for read in (read_guide, read_contact):
        read(text, "a.md")
        try:
            sys.setrecursionlimit(len(inspect.stack()) + 60)
            with pytest.raises(ContentError, match="nested too deeply"):
                read(text, "a.md")
        finally:
            sys.setrecursionlimit(limit)
        assert "deep" in read(text, "a.md").html


@pytest.mark.corpora
def test_all_guides_of_others_are_read_with_their_lists_of_steps_marked(corpora: Path) -> None:
    folder = corpora / "corpora"
    paths = [*folder.rglob("*.md"), *(corpora / "seeds").glob("*.md")]
    assert len(paths) >= 726
    for path in paths:
        document = read_guide(path.read_bytes(), path.relative_to(corpora).as_posix())
        assert document.html.count("data-problem=") == len(document.structure.step_lists), path
        assert max(ids_of(document.html).values(), default=1) == 1, path
