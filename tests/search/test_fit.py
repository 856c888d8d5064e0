"""How well hits fit what was asked is measured so that it means the same in small libraries as in large ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.models.audience import EVERYONE
from kb.search.index.contract import Fit, GuideDocument, SectionDocument
from kb.search.ranking import fit
from kb.search.text.query import parse
from kb.search.whoosh.engine import WhooshEngine

TOPICS = ("hinge", "boiler", "gutter", "chimney", "window", "cellar")


def document(number: int, title: str, text: str) -> GuideDocument:
    return GuideDocument(
        guide_id=number,
        slug=f"guide-{number}",
        title=title,
        summary="",
        category="",
        category_slug="",
        audience="public",
        applies_to=(),
        tags=(),
        digest="1",
        sections=(SectionDocument(anchor="", title=title, level=1, text=text),),
    )


def measured(folder: Path, text: str, guides: int) -> Fit:
    """How well guides that are all about a gadget fit a text."""
    engine = WhooshEngine(folder)
    engine.rebuild(
        document(
            number, f"{TOPICS[number % len(TOPICS)]} {number}", f"The gadget moves the {TOPICS[number % 6]} daily."
        )
        for number in range(guides)
    )
    found = engine.search(parse(text), EVERYONE, measured=True).fit
    assert found is not None
    return found


def test_a_word_that_all_guides_of_a_small_library_have_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fits = measured(tmp_path / "one", "moving the gadget", 6)
    monkeypatch.setattr(fit, "LEAST_SIZE", 0)
    by_itself = measured(tmp_path / "two", "moving the gadget", 6)
    assert fits.strength > 1.5 * by_itself.strength


def test_a_large_library_is_measured_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "LEAST_SIZE", 12)
    fits = measured(tmp_path / "one", "gadget hinge", 12)
    monkeypatch.setattr(fit, "LEAST_SIZE", 0)
    assert fits == measured(tmp_path / "two", "gadget hinge", 12)


def alikeness(folder: Path, *titles: str) -> float:
    """How much more alike than others the titles of guides are that all have the same text."""
    engine = WhooshEngine(folder)
    engine.rebuild(document(number, title, "The gadget moves.") for number, title in enumerate(titles))
    found = engine.search(parse("gadget"), EVERYONE, measured=True).fit
    assert found is not None
    return found.alike


def test_titles_that_share_telling_words_are_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "LEAST_SIZE", 3)
    same = alikeness(tmp_path / "one", "Boilers leak", "Why is the boiler leaking?", "A leaking boiler")
    near = alikeness(tmp_path / "two", "Boilers leak", "The boiler is loud", "The boiler won't start")
    apart = alikeness(tmp_path / "three", "The boiler leaks", "The gutter is blocked", "The hinge is loose")
    assert same > near > apart
    assert same > 0 > apart
    assert alikeness(tmp_path / "four", "The boiler leaks") == 0  # one title is like no other


def test_how_alike_titles_are_counts_less_in_a_smaller_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = ("The boiler leaks", "The gutter is blocked", "The hinge is loose")
    monkeypatch.setattr(fit, "LEAST_SIZE", 3)
    whole = alikeness(tmp_path / "one", *titles)
    monkeypatch.setattr(fit, "LEAST_SIZE", 30)
    assert alikeness(tmp_path / "two", *titles) == pytest.approx(whole / 10)


def test_what_no_guide_has_fits_nothing(tmp_path: Path) -> None:
    assert measured(tmp_path / "one", "zeppelin", 3) == Fit()
    assert measured(tmp_path / "two", "the zeppelin of the gadget", 3).strength < 1
