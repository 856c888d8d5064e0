"""What a head says of a page in Markdown, or in a form of another tool, is shown in plain words."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide


def _head(*lines: str, body: str = "Words of it.") -> str:
    return "\n".join(["---", *lines, "---", body, ""])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The **lamp** is _off_ and `E-77` *blinks*.", "The lamp is _off_ and E-77 blinks."),
        ("See [the page](page.md) and [[Lamp|that]] or [[Door]].", "See the page and that or Door."),
        ("Lamps %%secret%% are {{< badge x >}} <b>hot</b>{% hint %} ==now==.", "Lamps are hot now."),
        ("Lamps <!-- secret --> are hot.", "Lamps are hot."),
        (
            "Take *.log and 2 * 3 * 4, a_b_c, 5 < 6, <name> and {x}.",
            "Take *.log and 2 * 3 * 4, a_b_c, 5 < 6, <name> and {x}.",
        ),
    ],
)
@pytest.mark.parametrize("key", ["description", "summary", "excerpt"])
def test_a_summary_is_in_plain_words(key: str, written: str, shown: str) -> None:
    document = read_guide(_head("title: Lamp", f"{key}: '{written}'"), "lamp.md")
    assert document.metadata.summary == shown


@pytest.mark.parametrize("written", ["true", "false", "", "[a, b]", "{a: b}"])
def test_an_excerpt_that_says_no_sentence_is_none(written: str) -> None:
    document = read_guide(_head("title: Lamp", f"excerpt: {written}", body="The lamp does not shine."), "lamp.md")
    assert document.metadata.summary == "The lamp does not shine."


@pytest.mark.parametrize(
    ("written", "heading", "title"),
    [
        ("`npm` **fails** %%why%%", "", "npm fails"),
        ("Sync stops - Product | Microsoft Docs", "Sync stops", "Sync stops"),
        ("Sync stops | Help centre", "Sync stops", "Sync stops"),
        ("Sync stops | Microsoft Learn", "", "Sync stops"),
        ("Sync stops - on Mondays", "Sync stops", "Sync stops - on Mondays"),
        ("a | b", "", "a | b"),
    ],
)
def test_a_title_is_that_of_the_page_without_its_site(written: str, heading: str, title: str) -> None:
    body = f"# {heading}\n\nWords." if heading else "Words."
    assert read_guide(_head(f"title: '{written}'", body=body), "lamp.md").metadata.title == title


def test_tags_are_words_without_the_signs_of_vaults() -> None:
    assert read_guide(_head("title: A", "tags: ['#net', '[[Lamp]]', net]"), "a.md").metadata.tags == ("net", "Lamp")


@pytest.mark.parametrize("head", ["params:\n  private: true", "extra:\n  hidden: true", "cascade:\n  draft: true"])
def test_what_stands_among_the_values_of_a_site_keeps_a_page_from_readers(head: str) -> None:
    assert read_guide(_head("title: A", head), "a.md").metadata.withheld
    assert not read_guide(_head("title: A", head.replace("true", "false")), "a.md").metadata.withheld
