"""Addresses of walks that are older than the library: what is gone is explained, and the walk goes on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from kb.library.folders import load
from kb.models.audience import INSIDERS
from tests.conftest import WriteGuide
from troubleshooting.catalogue import build, from_folder
from troubleshooting.catalogue.values import UNSURE, Problem
from troubleshooting.walk.address import QUESTIONS, Address, shortened

WALK = "/troubleshoot/"
GUIDE = """
# Kettle

## Hums

**Symptoms:**
- It hums loudly (always)

**Solution:**
1. Fill it.
2. Descale it.

## Drips

**Symptoms:**
- It drips on the table (always)

**Solution:**
1. Close it.
2. Dry it.
"""


@pytest.fixture
def walked(write_guide: WriteGuide) -> str:
    """The address of a walk in its middle: one answer given, one step tried."""
    write_guide(GUIDE, "kettle.md")
    write_guide(GUIDE.replace("Kettle", "Toaster").replace("It ", "The toaster "), "toaster.md")
    html = Client().get(f"{WALK}?guide=kettle").content.decode()
    href = next(tag.split('"')[0] for tag in html.split('href="')[1:] if "hums" in tag.split("</a>")[0])
    address = href.replace("&amp;", "&")
    step = next(
        problem.steps[0].id
        for problem in _known().values()
        if problem.title == "Hums" and problem.guide.slug == "kettle"
    )
    return f"{address}&tried={step}"


def _known() -> Mapping[str, Problem]:
    return build.current(INSIDERS).published.problems


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_walk_in_its_middle_has_nothing_to_explain(walked: str) -> None:
    html = page(walked)
    assert 'class="notice"' not in html
    assert "Descale it." in html


def test_a_guide_that_changes_says_which_step_changed_and_shows_it_again(walked: str, write_guide: WriteGuide) -> None:
    write_guide(GUIDE.replace("Fill it.", "Fill it to the mark."), "kettle.md")
    html = page(walked)
    assert "has been changed since, so it is shown again." in html
    assert "Fill it to the mark." in html


def test_a_symptom_that_is_reworded_is_left_out_and_the_walk_goes_on(walked: str, write_guide: WriteGuide) -> None:
    write_guide(GUIDE.replace("hums loudly", "sings"), "kettle.md")
    assert 'class="notice"' in page(walked)


def test_a_guide_that_is_renamed_is_left_out_and_the_walk_goes_on(
    walked: str, write_guide: WriteGuide, folder: Path
) -> None:
    (folder / "kettle.md").rename(folder / "boiler.md")
    write_guide(GUIDE.replace("# Kettle", "# Boiler"), "boiler.md")
    assert "<h1" in page(walked)


def test_a_guide_that_is_retired_is_explained_and_the_walk_goes_on(walked: str, folder: Path) -> None:
    (folder / "kettle.md").unlink()
    load.load([folder], prune=True)
    html = page(walked)
    assert "There is no guide “kettle” here" in html
    assert "has been changed since" in html
    assert "toaster" in html.lower()


@pytest.mark.corpora
@pytest.mark.slow
def test_addresses_stay_short_on_all_corpora_as_one_library(corpora: Path, tmp_path: Path) -> None:
    """The longest start, then 20 answers that say nothing, so that the questions go on, and 12 problems in vain."""
    for name in ("outlook", "openshift-runbooks", "technotes"):
        shutil.copytree(corpora / "corpora" / name, tmp_path / name)
    known = from_folder.read(tmp_path).catalogue(INSIDERS)
    assert len(known.published.problems) > 500
    planner, published = known.planner, known.published
    address = Address(
        symptom=shortened("Größe 失敗 " * 99),
        category=max(published.categories, key=len),
        guide=max(published.guides, key=len),
        start=QUESTIONS,
        embed=True,
    )
    for _ in range(20):
        beliefs = planner.beliefs(planner.evidence(address.answers, []))
        question = planner.next_question(beliefs, {asked for asked, _ in address.answers})
        if question is None:
            break
        address = address.answered(question.id, UNSURE)
    assert len(address.answers) == 20
    assert len(replace(address, tried=tuple(published.problems)[:12]).query()) < 2000
