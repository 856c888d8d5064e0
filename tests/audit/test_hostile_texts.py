"""Thousands of published vectors, as bodies of guides and in each place of one: none runs in Chromium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import markdown

from kb.content.document import ContentError
from kb.content.reading import read_contact, read_guide
from tests.support.hostile_texts import placed, tried, vectors
from tests.support.watching import Watcher

TOGETHER, FRAMES = 400, 100


def rendered(text: str) -> Iterator[str]:
    """All HTML that a text becomes; none where it is refused."""
    try:
        document = read_guide(text, "hostile.md")
        for form in (document, document.for_staff or document):
            yield form.html
            for steps in form.step_html:
                yield from steps
        yield read_contact(f"---\nname: Desk\n---\n{text}", "contacts/desk.md").html
    except ContentError:
        return


def together(texts: Sequence[str], most: int = TOGETHER) -> Iterator[Sequence[str]]:
    """The texts in parts that one page can show."""
    return (texts[start : start + most] for start in range(0, len(texts), most))


def page_of(texts: Sequence[str]) -> str:
    """A page that shows one text after another."""
    return "<!DOCTYPE html><html><head><title>x</title></head><body>" + "\n".join(texts) + "</body></html>"


def test_there_are_thousands_of_them() -> None:
    assert len(vectors()) > 6000


def test_none_runs_as_a_body_of_a_guide_or_in_a_place_of_one(watcher: Watcher) -> None:
    texts = list(dict.fromkeys(html for text in placed(tried()) for html in rendered(text)))
    assert len(texts) > len(tried())
    wrong = [one for part in together(texts) for one in watcher.wrong(page_of(part), texts_only=True)]
    assert not wrong, f"{len(wrong)}: " + "\n".join(wrong[:20])


def test_many_run_where_nothing_is_sanitised(watcher: Watcher) -> None:
    """The control: the same browser sees the same vectors run when Markdown is rendered as it is."""
    texts = tried()
    ran = sum(len(watcher.running([markdown.markdown(text) for text in part])) for part in together(texts, FRAMES))
    assert ran > len(texts) // 6, f"{ran} of {len(texts)}"


def test_the_browser_sees_what_would_run(watcher: Watcher) -> None:
    for text in (
        "<p onclick='alert(1)'>x</p>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<img src='http://evil.example/x.png'>",
        "<p style='background:url(//evil.example/)'>x</p>",
        "<a hx-get='/x'>x</a>",
    ):
        assert watcher.wrong(page_of([text]), texts_only=True), text
    assert not watcher.wrong(page_of(["<p>Harmless <a href='/x'>x</a></p>"]), texts_only=True)
