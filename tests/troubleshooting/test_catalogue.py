"""The catalogue: what is published becomes problems, questions with likelihoods, contacts and triggers for walks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.library import publication
from kb.models import Contact, Guide
from kb.models.audience import EVERYONE, INSIDERS
from tests.conftest import WriteGuide
from tests.support.walk_library import contact, guide, library, problem, question
from troubleshooting.catalogue import build, from_folder
from troubleshooting.catalogue.database_rows import guides_for
from troubleshooting.catalogue.identifiers import readable_id, short_id
from troubleshooting.walk.address import Address
from troubleshooting.walk.entry import next_step

LOGIN = """
    ---
    category: Access/Login
    applies_to: [Web, Phone]
    prevalence: common
    contacts: [desk]
    ---
    # Login

    Some words.

    ## Wrong password

    **Symptoms:**

    - Login is refused (always)
    - The password was changed (rarely)

    **Error codes:**

    - `E_PASS`: the password is wrong

    **Solution:**

    1. Reset the password.
    2. Log in again.

    ## Locked account

    ### Symptoms

    - Login is refused
    - The error code is `ACCOUNT_LOCKED`

    ### Solution

    1. Wait for an hour.

    ## When to escalate

    - Somebody else logged in: call the security desk
"""
SECRET = """
    ---
    audience: staff
    category: Vault
    ---
    # Opening the vault

    **Symptoms:**

    - Login is refused
    - The xylophone plays

    **Solution:**

    1. Turn the wheel.
"""

needs_database = pytest.mark.django_db


# From the database


@needs_database
def test_published_guides_become_problems_with_symptoms_and_steps(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    found = build.read(EVERYONE)
    wrong, locked = found.problems.values()
    assert (wrong.title, locked.title) == ("Wrong password", "Locked account")
    assert [s.text for s in wrong.symptoms] == ["Login is refused", "The password was changed"]
    assert [s.chance for s in wrong.symptoms] == [0.97, 0.2]
    assert [s.chance for s in locked.symptoms] == [0.8, 0.8]
    assert [s.text for s in wrong.steps] == ["Reset the password.", "Log in again."]
    assert "<p>" in wrong.steps[0].html or wrong.steps[0].html.startswith("Reset")
    assert wrong.url == "/guides/login/#wrong-password"
    assert wrong.symptoms[0].id == locked.symptoms[0].id
    assert wrong.guide.weight > 1


@needs_database
def test_error_codes_lead_to_the_problems_that_name_or_define_them(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    found = build.read(EVERYONE)
    wrong, locked = found.problems
    assert found.codes["e_pass"] == {wrong}
    assert found.codes["account_locked"] == {locked}
    assert found.code_names["e_pass"] == "E_PASS"


@needs_database
def test_a_code_in_the_title_leads_to_all_problems_of_the_guide_and_one_in_a_heading_to_its_own(
    write_guide: WriteGuide, folder: Path
) -> None:
    titled = LOGIN.replace("# Login", "# Login ends with 0x800CCC80", 1)
    titled = titled.replace("## Locked account", "## Locked account, error 1603")
    write_guide(titled, "login.md")
    found = build.read(EVERYONE)
    wrong, locked = found.problems
    assert found.codes["0x800ccc80"] == {wrong, locked}
    assert found.codes["1603"] == {locked}
    assert found.codes == from_folder.read(folder).catalogue(EVERYONE).published.codes


@needs_database
@pytest.mark.parametrize("audiences", [EVERYONE, INSIDERS])
def test_files_make_the_same_walks_as_what_is_published_of_them(
    write_guide: WriteGuide, folder: Path, audiences: frozenset[str]
) -> None:
    write_guide(f"{LOGIN}\n    > [!STAFF]\n    > - If the vault is open: call the guard\n", "login.md")
    published, of_files = build.read(audiences), from_folder.read(folder).catalogue(audiences).published
    for found, again in zip(published.problems.values(), of_files.problems.values(), strict=True):
        assert (found.title, found.anchor, found.codes, found.symptoms) == (
            again.title,
            again.anchor,
            again.codes,
            again.symptoms,
        )
        assert [step.text for step in found.steps] == [step.text for step in again.steps]
    assert published.code_names == of_files.code_names
    assert published.sections.keys() == of_files.sections.keys()
    triggers = [trigger.text for trigger in published.triggers.values()]
    assert triggers == [trigger.text for trigger in of_files.triggers.values()]
    assert ("If the vault is open: call the guard" in triggers) == (audiences == INSIDERS)


@needs_database
def test_a_code_that_leads_to_no_problem_is_searched_for(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    write_guide("# Codes\n\n| Code | Meaning |\n| --- | --- |\n| `E_LOCK` | Locked |\n", "codes.md")
    write_guide(
        "# Doors\n\n## Keys\n\n**Symptoms:**\n\n- It jams\n\n**Solution:**\n\n1. Oil it.\n   ```\n   E_LOCK\n   ```\n",
        "doors.md",
    )
    (keys,) = build.read(EVERYONE).of_guide["doors"]
    state = next_step(Address(code="E_LOCK"), EVERYONE)
    assert [candidate.problem.guide.slug for candidate in state.candidates[:2]] == ["codes", "doors"]
    assert state.candidates[1].problem.id == keys


@needs_database
def test_sections_of_a_problem_lead_to_it(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    found = build.read(EVERYONE)
    wrong, locked = found.problems
    assert found.sections["login", "wrong-password"] == wrong
    assert found.sections["login", "locked-account"] == locked
    assert found.sections["login", "symptoms"] == locked
    assert ("login", "when-to-escalate") not in found.sections
    assert found.of_guide == {"login": (wrong, locked)}


@needs_database
def test_staff_guides_are_in_the_catalogue_of_staff_only(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    write_guide(SECRET, "vault.md")
    public, inside = build.read(EVERYONE), build.read(INSIDERS)
    assert "xylophone" not in repr(public)
    assert "vault" not in repr(public).lower()
    assert "xylophone" in repr(inside)
    assert len(inside.problems) == len(public.problems) + 1


@needs_database
def test_it_is_read_in_four_queries_and_then_in_none(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    with CaptureQueriesContext(connection) as queries:
        first = build.current(EVERYONE)
    assert len(queries) == 4
    with CaptureQueriesContext(connection) as queries:
        assert build.current(EVERYONE) is first
    assert len(queries) == 0


@needs_database
def test_a_publication_makes_it_new(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    before = build.current(EVERYONE)
    write_guide(LOGIN.replace("Wait for an hour", "Wait for a day"), "login.md")
    after = build.current(EVERYONE)
    assert after is not before
    assert "Wait for a day." in repr(after.published)


@needs_database
def test_it_can_be_forgotten(write_guide: WriteGuide) -> None:
    before = build.current(EVERYONE)
    build.forget()
    assert build.current(EVERYONE) is not before


@needs_database
def test_ids_stay_the_same_through_unrelated_changes(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    before = build.read(EVERYONE)
    write_guide("# Printer\n\n## Jam\n\n**Symptoms:**\n\n- It hums\n\n**Solution:**\n\n1. Open it.\n", "printer.md")
    write_guide(LOGIN.replace("Some words", "Other words").replace("Wait for an hour", "Wait for a day"), "login.md")
    after = build.read(EVERYONE)
    assert before.problems.keys() < after.problems.keys()
    assert before.symptom_texts.keys() < after.symptom_texts.keys()
    wrong = next(iter(before.problems))
    assert [s.id for s in before.problems[wrong].steps] == [s.id for s in after.problems[wrong].steps]
    assert {q.id for q in before.table.questions} <= {q.id for q in after.table.questions}


@needs_database
def test_contacts_and_triggers_are_those_that_the_audience_may_see(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    Contact.objects.create(slug="desk", name="Help desk", tier=2)
    Contact.objects.create(slug="security", name="Security desk", tier=3)
    Contact.objects.create(slug="boss", name="Boss", tier=1, audience="staff")
    with publication.publication():
        pass
    found = build.current(EVERYONE).published
    assert list(found.contacts) == ["desk", "security"]
    (trigger,) = found.triggers.values()
    assert trigger.contacts == ("security", "desk")
    assert list(build.current(INSIDERS).published.contacts) == ["boss", "desk", "security"]


@needs_database
def test_a_retired_guide_is_gone(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    Guide.objects.update(state=Guide.State.RETIRED)
    assert build.read(EVERYONE).problems == {}


@needs_database
def test_rows_keep_the_order_of_the_guide(write_guide: WriteGuide) -> None:
    write_guide(LOGIN, "login.md")
    (row,) = guides_for(EVERYONE)
    assert [p.anchor for p in row.problems] == ["wrong-password", "locked-account"]
    assert [anchor for anchor, _ in row.sections][:2] == ["login", "wrong-password"]
    assert row.codes == [
        ("e_pass", "E_PASS", "wrong-password"),
        ("account_locked", "ACCOUNT_LOCKED", "locked-account"),
    ]
    assert row.triggers == ["Somebody else logged in: call the security desk"]


@needs_database
def test_what_is_published_while_it_is_read_is_left_to_the_next_catalogue(write_guide: WriteGuide) -> None:
    asked: list[str] = []

    def meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        if len(asked) == 2:
            write_guide(LOGIN, "login.md")
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert guides_for(EVERYONE) == []
    (row,) = guides_for(EVERYONE)
    assert row.problems[0].steps


# What is asked


def asked_about(category: str, *categories: str) -> dict[str, str]:
    guides = [guide(f"g{i}", problem(f"p{i}", f"Sign {i}"), category=c) for i, c in enumerate(categories)]
    return dict(library(*guides).published.wordings[category].answers)


def test_categories_become_a_question_when_there_are_several() -> None:
    assert asked_about("area", "Network", "Billing") == {"billing": "Billing", "network": "Network"}
    room = library(guide("a", problem("p"), category="One"), guide("b", problem("q"), category="One"))
    assert "area" not in room.published.wordings


def test_parts_of_a_category_become_a_question_of_their_own() -> None:
    several = ["Network/TLS", "Network/DNS", "Network", *(f"Other {n}" for n in range(20))]
    assert asked_about("area-network", *several) == {
        "network/dns": "DNS",
        "network": "Network: something else",
        "network/tls": "TLS",
    }


def test_a_category_that_outweighs_the_others_gives_way_to_its_parts() -> None:
    several = [f"Mail/{part}" for part in ("In", "Out", "Junk")] + ["Mail", "Phone/In", "Phone"]
    assert asked_about("area", *several) == {
        "mail/in": "In",
        "mail/junk": "Junk",
        "mail": "Mail: something else",
        "mail/out": "Out",
        "phone": "Phone",
    }


def test_parts_of_the_same_name_are_told_apart_by_what_they_are_parts_of() -> None:
    assert set(asked_about("area", "Mail/Setup", "Phone/Setup", "Mail/In", "Phone/In").values()) == {
        "Mail: Setup",
        "Mail: In",
        "Phone: Setup",
        "Phone: In",
    }


def test_products_become_a_question_and_a_guide_without_any_fits_all() -> None:
    room = library(
        guide("a", problem("p"), applies_to=["Laser 2000", "Inkjet"]),
        guide("b", problem("q"), applies_to=["Inkjet"]),
        guide("c", problem("r")),
    )
    asked = room.planner.question("product")
    p, q, r = (short_id(slug, anchor) for slug, anchor in (("a", "p"), ("b", "q"), ("c", "r")))
    assert room.published.wordings["product"].answers == {"inkjet": "Inkjet", "laser-2000": "Laser 2000"}
    assert asked.likelihood[p]["inkjet"] == asked.likelihood[p]["laser-2000"] < asked.likelihood[q]["inkjet"]
    assert r not in asked.likelihood


def test_a_symptom_that_several_problems_share_is_asked_for_by_yes_or_no() -> None:
    room = library(guide("a", problem("p", "It hums (always)"), problem("q", "It hums (rarely)", "It smells")))
    (shared,) = [q for q in room.planner.catalogue.questions if q.id.startswith("see-")]
    assert room.published.wordings[shared.id].detail == "It hums"
    assert [row["yes"] for row in shared.likelihood.values()] == [0.97, 0.2]
    assert shared.default["yes"] < 0.1


def test_a_problem_without_a_symptom_is_recognised_by_its_title() -> None:
    room = library(guide("a", problem("slow-printer"), problem("q", "It hums")))
    assert set(room.published.symptom_texts.values()) == {"Slow printer", "It hums"}


def test_the_same_symptom_twice_in_a_problem_counts_once() -> None:
    room = library(guide("a", problem("p", "It hums", "it  hums.", "It smells")))
    (only,) = room.published.problems.values()
    assert [s.text for s in only.symptoms] == ["It hums", "It smells"]


def test_steps_of_the_same_wording_have_ids_of_their_own() -> None:
    room = library(guide("a", problem("p", "It hums", steps=["Wait.", "Press it.", "Wait."])))
    (only,) = room.published.problems.values()
    assert len({step.id for step in only.steps}) == 3


def test_an_authored_tree_becomes_questions_with_targets() -> None:
    tree = question(
        "On?",
        Yes={"problem": ["a", "p"]},
        No=question("Plugged in?", Yes={"problem": ["b", ""]}, No={"contact": "desk"}, YES={"problem": ["a", "p"]}),
    )
    room = library(
        guide("a", problem("p", "It hums"), questions=[tree]), guide("b", problem("q", "x")), contacts=[contact("desk")]
    )
    (root,) = room.published.roots["a"]
    follow_up = room.published.leads_to[root]["no"].question
    assert room.published.follow_ups == {follow_up}
    targets = room.published.leads_to[follow_up]
    assert targets["yes"].problem == short_id("b", "q")
    assert targets["no"].contact == "desk"
    assert [t.problem for t in targets.values()].count(short_id("a", "p")) == 1
    assert len(targets) == 3
    assert room.planner.likeliest_answer(root, short_id("b", "q")) == "no"
    assert room.planner.question(root).likelihood[short_id("a", "p")] == {"yes": 0.475, "no": 0.475}


def test_a_trigger_goes_to_the_closest_match_then_to_the_guides_own_contacts() -> None:
    people = [contact("desk", 1), contact("security", 2, handles=["exposed credentials"]), contact("boss", 3)]
    room = library(
        guide("a", problem("p"), triggers=["Credentials were exposed", "All is lost"], contacts=["boss", "gone"]),
        contacts=people,
    )
    assert [t.contacts for t in room.published.triggers.values()] == [("security", "boss"), ("boss",)]


def test_ids_are_readable_where_that_is_short() -> None:
    assert readable_id("Outlook for Mac") == "outlook-for-mac"
    assert readable_id("失敗") == short_id("失敗")
    assert readable_id("x" * 60) == short_id("x" * 60)
    assert len(short_id("a", "b")) == 7
    assert short_id("a", "b") != short_id("ab")


def test_a_guide_says_what_its_steps_cost() -> None:
    dear = library(guide("a", problem("p", "Symptom"), step_cost=6.0), guide("b", problem("q", "Other")))
    costs = {each.id: each.cost for each in dear.published.table.problems}
    p, q = short_id("a", "p"), short_id("b", "q")
    assert costs[p] == 2 * costs[q]


def test_what_all_guides_lie_in_is_left_out_however_many_parts_it_has() -> None:
    parts = [f"Src/Part {number}" for number in range(25)]
    assert set(asked_about("area", *parts).values()) == {f"Part {number}" for number in range(25)}
    assert set(asked_about("area", "Docs/Client/Mail", "Docs/Client/Phone").values()) == {"Mail", "Phone"}


def test_folders_that_keep_things_together_are_never_asked_about() -> None:
    many = [f"Area {number}" for number in range(25)]
    several = [*many, "Client/Mail", "Client/Phone", "Client", "Network/docs/TLS", "Network/docs/DNS", "Network/docs"]
    guides = [guide(f"g{i}", problem(f"p{i}", f"Sign {i}"), category=c) for i, c in enumerate(several)]
    wordings = library(*guides).published.wordings
    texts = {key: wording.text for key, wording in wordings.items() if key.startswith("area")}
    assert texts == {"area": "Where is it going wrong?", "area-network.docs": "Which part of Network?"}
    answers = wordings["area"].answers
    assert (answers["client"], answers["client/mail"]) == ("Something else", "Mail")


@pytest.mark.django_db
def test_a_folder_is_called_what_its_index_file_is_called(write_guide: WriteGuide) -> None:
    body = "\n\n## Symptoms\n\n- {0} fails\n\n## Solution\n\n1. Mend {0}.\n"
    write_guide("# Working with mail" + body.format("Mail"), "client/README.md")
    write_guide("# Sending" + body.format("Sending"), "client/sending.md")
    write_guide("# Dialling" + body.format("Dialling"), "phone/dialling.md")
    found = build.read(EVERYONE)
    assert dict(found.wordings["area"].answers) == {"phone": "Phone", "working-with-mail": "Working with mail"}


@pytest.mark.django_db
def test_words_of_a_guide_that_is_a_problem_and_has_another_lead_to_its_own_steps(write_guide: WriteGuide) -> None:
    own = "# Printer jams\n\n**Symptoms:**\n- GAMMA_JAM is shown\n\n**Solution:**\n1. Open the flap.\n2. Pull.\n\n"
    other = "## Paper tray squeaks\n\n**Symptoms:**\n- The tray squeaks\n\n**Solution:**\n1. Oil the tray.\n"
    write_guide(own + other, "jams.md")
    found = build.read(EVERYONE)
    whole = next(problem for problem in found.problems.values() if problem.anchor == "")
    assert found.sections["jams", "printer-jams"] == whole.id
    assert found.sections["jams", "paper-tray-squeaks"] != whole.id
