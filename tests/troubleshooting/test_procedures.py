"""Alternatives, conditions and danger: what a guide says of its steps is there on walks, in the API, in transcripts."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from kb.content.document import Document
from kb.content.reading import read_guide
from kb.library.folders import known_documents
from kb.library.folders.source_files import SourceFile
from kb.models import Contact, Guide, Step
from kb.models import Problem as ProblemRow
from kb.search.index.documents import documents_for
from tests.conftest import WriteGuide
from tests.troubleshooting.test_walk_pages import follow, link, page
from troubleshooting.catalogue import build, from_folder
from troubleshooting.catalogue.identifiers import short_id
from troubleshooting.catalogue.values import Problem
from troubleshooting.models import Outcome
from troubleshooting.walk.address import Address
from troubleshooting.walk.entry import next_step, words_found
from troubleshooting.walk.transcript import transcript

pytestmark = pytest.mark.django_db

EVERYONE = frozenset({"public"})
WALK = "/troubleshoot/"
WARNING = "This can delete, reset or cost something: be sure first."
MAILBOX = """
    # Mailbox

    ## The mailbox does not open

    **Symptoms:**

    - The mailbox stays grey

    **Solution:**

    ### Method 1: New profile

    1. Delete the profile.
    2. Create a profile.

    ### Method 2: Restart

    1. Close the program.
    2. When it says that a proxy is used, press {button} to turn it off.

    ### Method 3: Repair

    1. Start the repair.
"""
TABLE = """
    # Printer

    ## Errors

    | Symptom | Solution |
    | --- | --- |
    | The printer is offline | Plug the cable in. |
    | Paper jams in tray 2 | Open tray 2. |

    ## Advice

    Dust the printer.
"""


@pytest.fixture
def mailbox(write_guide: WriteGuide) -> Problem:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com", tier=1)
    write_guide(MAILBOX, "mailbox.md")
    problem = ProblemRow.objects.get(anchor="the-mailbox-does-not-open")
    Step.objects.filter(problem=problem, position=3).update(condition="If a proxy is used")
    build.forget()
    (found,) = build.read(EVERYONE).problems.values()
    return found


def walk(client: Client, **parameters: str) -> str:
    """The page of the steps, after the only card was picked."""
    cards = page(client.get(WALK, {"symptom": "The mailbox stays grey", **parameters}))
    return follow(client, cards, "The mailbox does not open")


def step_shown(text: str) -> str:
    found = re.search(r'<section class="walk-step walk-step--one.*?</section>', text, re.DOTALL)
    assert found, text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


# What is kept


def test_what_a_step_belongs_to_is_kept(mailbox: Problem) -> None:
    rows = Step.objects.order_by("position").values_list("text", "under", "dangerous", "procedure")
    assert list(rows)[:3] == [
        ("Delete the profile.", "New profile", True, 0),
        ("Create a profile.", "New profile", False, 0),
        ("Close the program.", "Restart", False, 1),
    ]


def test_a_way_that_begins_with_danger_comes_after_the_harmless_ones(mailbox: Problem) -> None:
    assert [way.title for way in mailbox.ways] == ["Restart", "Repair", "New profile"]
    assert not mailbox.steps[0].dangerous


def test_what_goes_for_all_ways_stays_first(mailbox: Problem) -> None:
    Step.objects.filter(procedure=0).update(under="")
    (found,) = build.read(EVERYONE).problems.values()
    assert [way.title for way in found.ways] == ["", "Restart", "Repair"]


def test_the_order_of_trying_changes_neither_ids_nor_what_was_learned(mailbox: Problem) -> None:
    Step.objects.update(dangerous=False, procedure=0, under="", condition="")
    (plain,) = build.read(EVERYONE).problems.values()
    assert [step.text for step in plain.steps][:2] == ["Delete the profile.", "Create a profile."]
    assert {step.id for step in plain.steps} == {step.id for step in mailbox.steps}
    assert {short_id(mailbox.id, step.text) for step in mailbox.steps} == {step.id for step in mailbox.steps}
    assert (plain.id, plain.digest) == (mailbox.id, mailbox.digest)


def test_a_folder_gives_the_same_ways_as_the_database(mailbox: Problem, folder: Path) -> None:
    (found,) = from_folder.read(folder).catalogue(EVERYONE).published.problems.values()
    assert [way.title for way in found.ways] == [way.title for way in mailbox.ways]


def test_what_was_read_before_is_known_with_its_ways_and_places(write_guide: WriteGuide, folder: Path) -> None:
    write_guide(TABLE + MAILBOX.replace("# Mailbox", "## Mailbox"), "mailbox.md")
    data = (folder / "mailbox.md").read_bytes()
    (known,) = known_documents.of_folder(folder, {"mailbox.md": SourceFile(folder, "mailbox.md", data)}).values()
    assert isinstance(known, Document)
    read = read_guide(data, "mailbox.md").structure
    assert known.structure.landmarks == read.landmarks
    assert [problem.anchor for problem in known.structure.problems] == [problem.anchor for problem in read.problems]
    ways = [[(way.title, way.condition, len(way.steps)) for way in p.procedures] for p in read.problems]
    assert [
        [(way.title, way.condition, len(way.steps)) for way in p.procedures] for p in known.structure.problems
    ] == ways


# The walk


def test_a_walk_shows_the_first_harmless_way_and_names_the_others(client: Client, mailbox: Problem) -> None:
    text = walk(client)
    assert step_shown(text) == "Restart Step 1 of 2 Close the program."
    assert WARNING not in text
    assert "Other ways to fix this" in text
    assert step_shown(follow(client, text, "Repair")) == "Another way: Repair Step 1 of 1 Start the repair."


def test_when_a_way_failed_the_next_one_is_offered(client: Client, mailbox: Problem) -> None:
    text = follow(client, walk(client), "Done, next", "Did not help")
    assert step_shown(text).startswith("Another way: Repair Step 1 of 1")
    text = follow(client, text, "Did not help")
    assert step_shown(text).startswith("Another way: New profile Step 1 of 2 Careful. " + WARNING)


def test_a_way_that_was_chosen_is_gone_to_its_end(client: Client, mailbox: Problem) -> None:
    text = follow(client, walk(client), "New profile", "Done, next")
    assert step_shown(text).startswith("Another way: New profile Step 2 of 2")
    text = follow(client, walk(client), "New profile", "Can\u2019t do this")
    assert step_shown(text).startswith("Another way: New profile Step 2 of 2")
    assert step_shown(follow(client, text, "Did not help")).startswith("Restart Step 1 of 2")


def test_a_condition_is_shown_with_its_step(client: Client, mailbox: Problem) -> None:
    text = follow(client, walk(client), "Done, next")
    assert step_shown(text).startswith("Restart Step 2 of 2 If a proxy is used: When it says")


def test_a_condition_that_the_step_says_itself_is_not_repeated(client: Client, mailbox: Problem) -> None:
    Step.objects.filter(position=3).update(condition="When it says that a proxy is used")
    build.forget()
    text = follow(client, walk(client), "Done, next")
    assert step_shown(text).startswith("Restart Step 2 of 2 When it says that a proxy is used, press")


def test_a_condition_of_a_whole_way_is_said_once(client: Client, mailbox: Problem) -> None:
    Step.objects.filter(procedure=1).update(condition="On Windows")
    build.forget()
    assert step_shown(walk(client)) == "Restart On Windows: Step 1 of 2 Close the program."
    assert walk(client, steps="all").count("On Windows:") == 1


def test_all_steps_stand_under_their_ways_and_a_way_fails_as_a_whole(client: Client, mailbox: Problem) -> None:
    text = walk(client, steps="all")
    assert re.findall(r'class="walk-way__title">([^<]*)', text) == [
        "Restart",
        "Another way: Repair",
        "Another way: New profile",
    ]
    assert text.count(WARNING) == 1
    assert text.index(WARNING) < text.index("Delete the profile.")
    text = follow(client, text, "This way did not help")
    assert text.count("Did not help</span>") == 2
    assert "(by “Restart”)" in text


def test_the_button_of_a_way_counts_steps_of_its_own_problem_only(client: Client, mailbox: Problem) -> None:
    first, second = mailbox.steps[:2]
    said = {"outcome": f"failed.{first.id}.{second.id}.aaaaaaa"}
    client.post(f"{WALK}outcome/", said, follow=True, headers={"Sec-Fetch-Site": "same-origin"})
    assert set(Outcome.objects.values_list("step", flat=True)) == {first.id, second.id}


def test_a_problem_with_one_way_looks_as_it_did(client: Client, write_guide: WriteGuide) -> None:
    write_guide("# Lamp\n\n**Symptoms:**\n\n- It is dark\n\n**Solution:**\n\n1. Turn it on.\n2. Wait.\n", "lamp.md")
    text = follow(client, page(client.get(WALK, {"symptom": "It is dark"})), "Lamp")
    assert step_shown(text) == "Step 1 of 2 Turn it on."
    assert "Other ways" not in text
    assert 'class="walk-way__title"' not in follow(client, text, "Show all 2 steps")


def test_the_transcript_names_the_way_that_was_tried(mailbox: Problem) -> None:
    restart, repair = mailbox.steps[0].id, mailbox.steps[2].id
    state = next_step(Address(symptom="grey", tried=(restart,), skipped=(repair,), help=True), EVERYONE)
    text = transcript(state, build.current(EVERYONE).published, "https://kb/walk")
    assert "By “Restart”:\n- Close the program.\n" in text
    assert "By “Repair”:\n- Start the repair.\n" in text


def test_the_page_says_when_it_was_solved_by_which_way(client: Client, mailbox: Problem) -> None:
    text = follow(client, walk(client), "Repair", "Fixed it")
    assert "This fixed it" in text
    assert text.index("Another way: Repair") < text.index("This fixed it") < text.index("Another way: New profile")


# Step by step


def test_whether_it_helped_is_asked_once_at_the_end_of_a_way(client: Client, mailbox: Problem) -> None:
    text = walk(client)
    assert "Did this fix it?" not in text
    assert "It\u2019s fixed already" in text
    assert "Did not help</button>" not in text
    assert "Can\u2019t do this" in text
    text = follow(client, text, "Done, next")
    assert "Did this fix it?" in text
    assert "Done, next" not in text
    assert not Outcome.objects.exists()


def test_what_was_done_is_no_failure_until_all_of_it_failed(client: Client, mailbox: Problem) -> None:
    first, second = (step.id for step in mailbox.steps[:2])
    text = follow(client, walk(client), "Done, next")
    done = Address(symptom="grey", done=(first,), pick=second)
    before = next_step(replace(done, done=(), pick=first), EVERYONE)
    assert next_step(done, EVERYONE).candidates == before.candidates
    follow(client, text, "Did not help")
    said = set(Outcome.objects.values_list("kind", "step"))
    assert said == {("failed", first), ("failed", second)}


def test_only_the_last_step_is_recorded_when_it_fixed_it(client: Client, mailbox: Problem) -> None:
    follow(client, walk(client), "Done, next", "Fixed it")
    assert list(Outcome.objects.values_list("kind", "step")) == [("solved", mailbox.steps[1].id)]


def test_it_may_be_fixed_before_the_end(client: Client, mailbox: Problem) -> None:
    text = follow(client, walk(client), "It\u2019s fixed already")
    assert "Good to hear that it works again" in text
    assert list(Outcome.objects.values_list("kind", "step")) == [("solved", mailbox.steps[0].id)]


def test_a_way_of_which_the_last_step_cant_be_done_is_left_and_counts_as_no_failure(
    client: Client, mailbox: Problem
) -> None:
    text = follow(client, walk(client), "Done, next", "Can\u2019t do this")
    assert step_shown(text).startswith("Another way: Repair Step 1 of 1")
    assert list(Outcome.objects.values_list("kind", "step")) == [("skipped", mailbox.steps[1].id)]
    assert "Done: 1 step of The mailbox does not open" in text


def test_what_goes_for_all_ways_leads_on_to_them(client: Client, mailbox: Problem) -> None:
    Step.objects.filter(procedure=0).update(under="", dangerous=False)
    build.forget()
    text = follow(client, walk(client), "Done, next")
    assert step_shown(text) == "Step 2 of 2 Create a profile."
    text = follow(client, text, "Done, next")
    assert step_shown(text) == "Restart Step 1 of 2 Close the program."
    follow(client, text, "Done, next", "Did not help")
    assert Outcome.objects.filter(kind="failed").count() == 4


def test_other_ways_are_a_choice_before_the_first_step_and_stand_below_it_later(
    client: Client, mailbox: Problem
) -> None:
    text = walk(client)
    assert text.index("Other ways to fix this") < text.index("Close the program.")
    assert "Choose the one that fits you" in text
    text = follow(client, text, "Done, next")
    assert text.index("turn it off") < text.index("Other ways to fix this")


@pytest.mark.parametrize(("said", "shown"), [("grey in Outlook 2016", "Outlook 2016"), ("grey", "Outlook 2013")])
def test_the_way_for_what_a_person_has_comes_first(
    client: Client, write_guide: WriteGuide, said: str, shown: str
) -> None:
    text = MAILBOX.replace("New profile", "Outlook 2010").replace("Restart", "Outlook 2013")
    write_guide(text.replace("Repair", "Outlook 2016"), "mailbox.md")
    problem = next(iter(build.read(EVERYONE).problems))
    text = page(client.get(WALK, {"symptom": said, "try": problem}))
    assert step_shown(text).startswith(f"{shown} Step 1")


@pytest.mark.parametrize(("said", "shown"), [("it fails behind a proxy", "If a proxy is used"), ("mailbox", "Restart")])
def test_a_way_whose_name_is_a_condition_comes_first_for_whom_it_is_true(
    client: Client, write_guide: WriteGuide, said: str, shown: str
) -> None:
    text = MAILBOX.replace("Method 3: Repair", "Method 3: If a proxy is used")
    write_guide(text.replace("Method 1: New profile", "Method 1: For a grey mailbox"), "mailbox.md")
    problem = next(iter(build.read(EVERYONE).problems))
    text = page(client.get(WALK, {"symptom": said, "try": problem}))
    assert step_shown(text).startswith(f"{shown} ")


def test_the_transcript_says_followed_of_what_was_done_alone(mailbox: Problem) -> None:
    first = mailbox.steps[0].id
    published = build.current(EVERYONE).published
    under_way = next_step(Address(symptom="grey", done=(first,), help=True), EVERYONE)
    text = transcript(under_way, published, "https://kb/walk")
    assert "Followed in part: The mailbox does not open\n" in text
    assert "- Close the program.\n" in text
    assert "proxy" not in text
    refused = next_step(Address(symptom="grey", ruled_out=(mailbox.id,), help=True), EVERYONE)
    text = transcript(refused, published, "https://kb/walk")
    assert "Not my problem, I said: The mailbox does not open\n" in text
    assert "Close the program" not in text
    assert mailbox.id not in {candidate.problem.id for candidate in refused.candidates}


# Programs


def test_programs_are_told_the_ways(client: Client, mailbox: Problem) -> None:
    (problem,) = client.get("/api/v1/guides/mailbox").json()["problems"]
    assert problem["steps"][0] == "Delete the profile."
    assert [procedure["title"] for procedure in problem["procedures"]] == ["New profile", "Restart", "Repair"]
    assert problem["procedures"][0]["steps"][0] == {"text": "Delete the profile.", "condition": "", "dangerous": True}
    grey = {"symptom": "The mailbox stays grey"}
    assert client.get("/api/v1/walk", grey).json()["question"]["id"] == "likely"
    solution = client.get("/api/v1/walk", grey | {"likely": mailbox.id}).json()["solution"]
    assert solution["steps"][0] == "Close the program."
    assert [procedure["title"] for procedure in solution["procedures"]] == ["Restart", "Repair", "New profile"]
    assert solution["procedures"][0]["steps"][1]["condition"] == "If a proxy is used"


# Problems that are no sections


def test_the_rows_of_a_table_are_problems_with_addresses_of_their_own(client: Client, write_guide: WriteGuide) -> None:
    guide: Guide = write_guide(TABLE, "printer.md")
    rows = ProblemRow.objects.order_by("position").values_list("anchor", "key", "section")
    assert list(rows) == [
        ("the-printer-is-offline", "#the-printer-is-offline", "errors"),
        ("paper-jams-in-tray-2", "#paper-jams-in-tray-2", "errors"),
    ]
    text = follow(client, page(client.get(WALK, {"symptom": "The printer is offline"})), "The printer is offline")
    assert link(text, "Printer") == "/guides/printer/#the-printer-is-offline"
    assert ' id="the-printer-is-offline"' in page(client.get(guide.get_absolute_url()))


def test_what_is_found_in_a_section_points_to_the_problems_in_it(write_guide: WriteGuide) -> None:
    write_guide(TABLE, "printer.md")
    catalogue = build.current(EVERYONE)
    rows = {"the-printer-is-offline", "paper-jams-in-tray-2"}
    assert {catalogue.published.problems[key].anchor for key in catalogue.published.within["printer", "errors"]} == rows
    found = words_found(catalogue, "paper jams", EVERYONE)
    assert {found.problems[key].anchor for key in found.shares} == rows
    assert len(set(found.shares.values())) == 1


def test_what_the_rows_say_is_indexed_with_their_section(write_guide: WriteGuide) -> None:
    write_guide(TABLE.replace("is offline", "is offline with `E_FAIL`"), "printer.md")
    (document,) = documents_for()
    sections = {section.anchor: section for section in document.sections}
    assert set(sections) == {"printer", "errors", "advice"}
    assert "E_FAIL" in sections["errors"].codes
    assert len(sections["errors"].symptoms) == 2


def test_an_old_anchor_of_a_section_gives_way_to_a_row(client: Client, write_guide: WriteGuide) -> None:
    write_guide(TABLE.replace("## Advice", "## Something burns"), "printer.md")
    write_guide(TABLE.replace("The printer is offline", "Something burns"), "printer.md")
    text = page(client.get("/guides/printer/"))
    assert text.count(' id="something-burns"') == 1
    assert '<tr id="something-burns">' in text
