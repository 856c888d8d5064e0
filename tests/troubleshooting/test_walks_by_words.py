"""The pages that follow a person's own words: cards, the wish for more words, a guide to read, and the honest end."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Contact, Guide
from tests.conftest import WriteGuide, WriteGuides
from tests.troubleshooting.test_walk_pages import follow, heading, link, page
from troubleshooting.catalogue import build
from troubleshooting.models import Outcome

pytestmark = pytest.mark.django_db

WALK = "/troubleshoot/"
PRINTER = """
    ---
    applies_to: [Inkwell 3, Inkwell 4, Inkwell 5]
    ---
    # Printing

    ## Paper jams in the lower tray

    **Symptoms:**

    - The lower tray blinks red and the paper is torn

    **Solution:**

    1. Open the lower tray.
    2. Take the paper out.

    ## Stripes on the page

    **Symptoms:**

    - Each page has grey stripes from top to bottom

    **Solution:**

    1. Clean the drum.
"""
BACKUP = """
    # How backups of the warehouse ledger are made

    Backups are made at night.

    ## Where they are kept

    The ledger is copied to two places by the [night job](#the-night-job).

    ## The night job

    It begins at two, and copies the warehouse ledger to the vault.
"""
FILLER = """
    # Room {number}

    The room {number} has a window, a door and a lamp with a switch.
"""


@pytest.fixture
def guides(write_guides_once: WriteGuides) -> None:
    rooms = {f"room{number}.md": FILLER.format(number=number) for number in range(12)}
    write_guides_once({"printer.md": PRINTER, "backup.md": BACKUP, **rooms})


def ask(client: Client, symptom: str, **parameters: str) -> str:
    return page(client.get(WALK, {"symptom": symptom, **parameters}))


def reading(slug: str) -> str:
    published = build.current(frozenset({"public"})).published
    return published.reading_of(slug).id


# Cards


def test_a_card_has_title_product_and_the_sentence_that_matches(client: Client, guides: None) -> None:
    text = ask(client, "grey stripes on each page of the printer")
    (card,) = re.findall(r'<li class="walk-card">.*?Stripes on the page</a>.*?</li>', text, re.DOTALL)
    assert "Inkwell 3, Inkwell 4 and 1 more · Printing" in card
    assert "<mark>grey</mark> <mark>stripes</mark>" in card
    assert heading(follow(client, text, "Stripes on the page")) == "Stripes on the page"


def test_below_the_cards_stand_none_of_these_and_not_sure(client: Client, guides: None) -> None:
    text = ask(client, "grey stripes on each page of the printer")
    assert text.index("walk-card") < text.index(">None of these</a>") < text.index(">Not sure</a>")
    assert "Why is this asked?" not in text
    assert "likely=none" in link(text, "None of these")


def test_a_card_that_was_picked_can_be_changed(client: Client, guides: None) -> None:
    text = follow(client, ask(client, "grey stripes on each page of the printer"), "Stripes on the page", "Change")
    assert "grey stripes on each page of the printer</textarea>" in text
    text = follow(client, ask(client, "grey stripes on each page of the printer"), "Stripes on the page")
    text = page(client.get(re.findall(r'class="said__change" href="([^"]*change=likely[^"]*)"', text)[0]))
    assert '<li class="walk-card walk-card--given">' in text


def test_no_guide_covers_it_is_a_candidate_and_the_number_left_is_not_told(client: Client, guides: None) -> None:
    text = ask(client, "grey stripes on each page of the printer")
    box = text.partition("What it may be")[2].partition("</details>")[0]
    named = re.findall(r'<li>.*?>([^<]*)</(?:a|span)> <span class="walk__chance">(?:under )?(\d+)%</span>', box)
    assert "No guide covers this" in dict(named)
    chances = [int(chance) for _, chance in named]
    assert chances == sorted(chances, reverse=True)
    assert 90 <= sum(chances) <= 110
    assert "walk-progress" not in text


# More words


def test_where_the_fit_is_weak_it_asks_for_more_words(client: Client, guides: None) -> None:
    text = ask(client, "zeppelin wobbles over the lamp")
    assert heading(text) == "I need more to go on"
    assert "zeppelin wobbles over the lamp</textarea>" in text
    for hint in ("What were you doing?", "What did you expect?", "What does the message say"):
        assert hint in text
    assert "Weak matches" in text
    assert text.index("Go on</button>") < text.index("Weak matches")
    follow(client, text, "Room ")


def test_more_words_begin_the_walk_anew_with_what_else_was_said(client: Client, guides: None) -> None:
    text = ask(client, "zeppelin wobbles over the lamp", **{"likely": "none", "likely-2": "none", "guide": "printer"})
    assert heading(text) == "I need more to go on"
    action, form = re.findall(r'<form class="walk-start" action="([^"]*)"(.*?)</form>', text, re.DOTALL)[0]
    kept = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    assert kept == {"guide": "printer"}
    response = client.post(action, kept | {"symptom": "grey stripes on each page"}, follow=True)
    assert heading(page(response)).startswith("Is it ")


def test_not_sure_leads_on_from_the_wish_for_words(client: Client, guides: None) -> None:
    text = follow(client, ask(client, "zeppelin wobbles over the lamp"), "Not sure")
    assert heading(text) in ("Is it one of these?", "Is it this?")


# A guide to read


def test_a_guide_without_a_problem_is_shown_as_it_was_rendered(client: Client, guides: None) -> None:
    text = ask(client, "warehouse ledger backups", likely=reading("backup"))
    assert "This guide may answer it" in text
    assert heading(text) == "How backups of the warehouse ledger are made"
    assert "<p>Backups are made at night.</p>" in text
    assert 'href="/guides/backup/#the-night-job">night job</a>' in text
    assert ' id="the-night-job"' not in text
    assert link(text, "Open the guide").startswith("/guides/backup/")


def test_a_guide_to_read_costs_one_query(client: Client, guides: None) -> None:
    ask(client, "warehouse ledger backups")
    with CaptureQueriesContext(connection) as queries:
        ask(client, "warehouse ledger backups", likely=reading("backup"))
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        ask(client, "grey stripes on each page of the printer")
    assert len(queries) == 0


def test_a_long_guide_is_shown_from_the_section_that_matches_on(client: Client, guides: None) -> None:
    guide = Guide.objects.get(slug="backup")
    guide.html = f"<p>{'Something else. ' * 300}</p>\n{guide.html}"
    guide.save()
    text = ask(client, "night job begins at two vault", likely=reading("backup"))
    assert "It begins at two" in text
    assert "Something else" not in text
    assert link(text, "Read on in the guide") == "/guides/backup/#the-night-job"


@pytest.mark.parametrize(
    ("button", "kind", "then"),
    [("It\u2019s fixed", "solved", "Good to hear that it works again"), ("It did not help", "failed", "")],
)
def test_whether_a_guide_helped_is_recorded(client: Client, guides: None, button: str, kind: str, then: str) -> None:
    text = follow(client, ask(client, "warehouse ledger backups", likely=reading("backup")), button)
    assert list(Outcome.objects.values_list("kind", "problem", "step", "guide__slug")) == [
        (kind, reading("backup"), "", "backup")
    ]
    assert then in text
    assert heading(text) != "How backups of the warehouse ledger are made"


def test_the_summary_says_that_a_guide_was_read(client: Client, guides: None) -> None:
    read = reading("backup")
    text = ask(client, "warehouse ledger backups", likely=read, tried=read, help="1")
    assert "Read without success: How backups of the warehouse ledger are made" in text


# The end


def test_what_no_guide_covers_ends_honestly_with_search_and_a_summary(client: Client, guides: None) -> None:
    text = ask(client, "zeppelin wobbles over the lamp", words="unsure", likely="none")
    assert heading(text) == "No guide here seems to cover this"
    assert parse_qs(urlsplit(link(text, "See all search results")).query) == {"q": ["zeppelin wobbles over the lamp"]}
    best = text.partition("What comes nearest")[2].partition("</section>")[0]
    assert 1 <= len(re.findall(r'<li><a href="/guides/room', best)) <= 3
    assert "No contacts are set up here." in text
    assert "Symptom, in my words: zeppelin wobbles over the lamp" in text


def test_what_a_person_said_no_to_is_neither_a_match_nor_what_comes_nearest(client: Client, guides: None) -> None:
    symptom = "each page has grey stripes from top to bottom"
    assert "Stripes on the page</a>" in ask(client, symptom)
    wish = ask(client, symptom, likely="none", **{"likely-2": "none"})
    assert heading(wish) == "I need more to go on"
    assert "Stripes on the page" not in wish.partition("walk-weak")[2].partition("</nav>")[0]
    end = ask(client, symptom, likely="none", **{"likely-2": "none"}, words="unsure")
    assert "See all search results" in end
    assert "Stripes on the page" not in end.partition("What comes nearest")[2].partition("</section>")[0]


def test_who_asks_for_help_sees_contacts_before_the_search(client: Client, guides: None) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com", tier=1)
    build.forget()
    text = ask(client, "zeppelin wobbles over the lamp", words="unsure", likely="none")
    assert text.index("See all search results") < text.index("Help desk")
    text = ask(client, "zeppelin wobbles over the lamp", help="1")
    assert text.index("Help desk") < text.index("See all search results")


# Other languages


@pytest.mark.parametrize(
    "symptom", ["der Drucker druckt nicht mehr und macht seltsame Streifen", "принтер печатает полосы на странице"]
)
def test_words_in_a_language_of_no_guide_are_told_so(client: Client, guides: None, symptom: str) -> None:
    assert "in a language that no guide here is written in" in ask(client, symptom)


@pytest.mark.parametrize("symptom", ["grey stripes on each page", "teh printr hsa gery strpes", "zeppelin Drachenfels"])
def test_mistyped_words_and_names_are_no_other_language(client: Client, guides: None, symptom: str) -> None:
    assert "in a language that no guide" not in ask(client, symptom)


def test_a_language_that_some_guide_is_written_in_is_none_of_that(
    client: Client, guides: None, write_guide: WriteGuide
) -> None:
    write_guide("# Drucker\n\nDer Drucker druckt nicht mehr und macht seltsame Streifen.\n", "drucker.md")
    assert "in a language that no guide" not in ask(client, "der Drucker druckt nicht mehr und macht Streifen")
