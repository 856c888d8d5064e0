"""What leads to a section still leads there when its heading is reworded, and walks and counts keep to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kb.library.folders import load
from kb.models import Guide
from kb.models.audience import EVERYONE
from troubleshooting.catalogue import build

pytestmark = pytest.mark.django_db

TEXT = """
    # Mail

    ## Mail arrives late
    ### Symptoms
    - Mail arrives late
    ### Solution
    1. Restart the agent, wait for a minute, then send a test message to yourself.

    ## Mail is lost
    ### Symptoms
    - Mail is lost
    ### Solution
    1. Look at the queue on the server, and ask the desk when it holds more than ten.
"""


def test_an_old_anchor_leads_to_the_reworded_section(write_guide: Callable[..., Guide], client: Client) -> None:
    guide = write_guide(TEXT)
    write_guide(TEXT.replace("## Mail arrives late", "## Delayed mail"))
    again = write_guide(TEXT.replace("## Mail arrives late", "## Slow mail"))
    assert again.pk == guide.pk
    page = client.get(again.get_absolute_url()).content.decode()
    heading = page.index('id="slow-mail"')
    for anchor in ("mail-arrives-late", "delayed-mail"):
        assert page.count(f'id="{anchor}"') == 1
        assert page.index(f'id="{anchor}"') < heading


def test_a_problem_keeps_its_key(write_guide: Callable[..., Guide]) -> None:
    guide = write_guide(TEXT)
    keys = set(guide.problems.values_list("key", flat=True))
    write_guide(TEXT.replace("## Mail arrives late", "## Delayed mail"))
    assert set(guide.problems.values_list("key", flat=True)) == keys
    assert guide.problems.get(key="mail-arrives-late").anchor == "delayed-mail"


def test_an_anchor_that_comes_back_means_its_own_section(write_guide: Callable[..., Guide]) -> None:
    guide = write_guide(TEXT)
    write_guide(TEXT.replace("## Mail arrives late", "## Delayed mail"))
    write_guide(TEXT)
    assert guide.problems.get(key="mail-arrives-late").anchor == "mail-arrives-late"
    assert list(guide.former_anchors.values_list("anchor", flat=True)) == ["delayed-mail"]


def test_a_walk_under_way_goes_on_when_a_heading_is_reworded_and_the_guide_is_renamed(
    write_guide: Callable[..., Guide], folder: Path, client: Client
) -> None:
    write_guide(TEXT)
    problem = next(iter(build.current(EVERYONE).published.problems.values()))
    (folder / "guide.md").rename(folder / "mail-trouble.md")
    load.load([folder])
    write_guide(TEXT.replace("## Mail arrives late", "## Delayed mail"), "mail-trouble.md")
    again = build.current(EVERYONE).published.problems[problem.id]
    assert (again.title, again.guide.slug) == ("Delayed mail", "mail-trouble")
    page = client.get("/troubleshoot/", {"pick": problem.id}).content.decode()
    assert "Delayed mail" in page
    assert "Restart the agent" in page
