"""The transcript that a contact receives: what was seen, said and tried, and by which guides."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.support.walk_library import contact, guide, library, problem
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.values import Contact
from troubleshooting.walk.address import Address
from troubleshooting.walk.next_step import decide
from troubleshooting.walk.transcript import guides_of, mail_address, subject, transcript

LINK = "https://help.example/troubleshoot/?x=1"


@pytest.fixture(scope="module")
def room() -> Catalogue:
    return library(
        guide(
            "printer",
            problem("no-paper", "The printer blinks", "Nothing comes out", codes=["P1"]),
            problem("paper-jam", "The printer blinks", "It makes a noise"),
            category="Devices",
            triggers=["It burns"],
        ),
        contacts=[contact("desk")],
    )


def written(room: Catalogue, address: Address) -> str:
    return transcript(decide(room.published, room.planner, address), room.published, LINK)


def test_it_tells_where_the_walk_began(room: Catalogue) -> None:
    text = written(room, Address(symptom="it hums", category="devices", code="P1", guide="printer"))
    assert "Symptom, in my words: it hums\nCategory: Devices\nError code: P1\nStarted from the guide: Printer\n" in text


def test_it_tells_what_was_answered_also_not_sure(room: Catalogue) -> None:
    (shared,) = [q.id for q in room.planner.catalogue.questions if q.id.startswith("see-")]
    text = written(room, Address(answers=((shared, "yes"),)))
    assert "Answers\n- Do you see this? The printer blinks: Yes\n" in text
    assert "The printer blinks: not sure" in written(room, Address(answers=((shared, "unsure"),)))


def test_it_tells_what_was_tried_by_which_guide_of_which_day(room: Catalogue) -> None:
    one, other = room.published.problems.values()
    text = written(room, Address().failed(one.steps[0].id, other.id))
    assert "Tried without success: No paper\n(guide “Printer”, as of 2026-03-04, printer)\n- Do this.\n" in text
    assert "Tried without success: Paper jam, all of it\n" in text
    assert text.count("- Do that.") == 1


def test_it_names_the_likeliest_causes_that_are_left(room: Catalogue) -> None:
    text = written(room, Address(code="P1"))
    assert "Likeliest causes that are left\n- No paper (" in text
    one, other = room.published.problems
    assert "Likeliest" not in written(room, Address().failed(one, other))


@pytest.mark.parametrize(("answer", "told"), [("none", "None of these"), ("unsure", "not sure")])
def test_it_tells_what_a_list_held_of_which_nothing_was_chosen(answer: str, told: str) -> None:
    room = library(*[guide(f"g{k}", problem(f"p{k}", f"Sign {k} (always)")) for k in range(5)])
    asked = decide(room.published, room.planner, Address(start="questions")).question
    assert asked
    assert asked.id.startswith("looks-")
    text = written(room, Address(answers=((asked.id, answer),)))
    assert f": {told} (Sign 0; Sign 1; " in text
    assert "; None of these" not in text
    assert f": {asked.choices[0].label}\n" in written(room, Address(answers=((asked.id, asked.choices[0].id),)))


def test_it_names_no_causes_while_nothing_was_said() -> None:
    room = library(*[guide(f"g{k}", problem(f"p{k}", f"Sign {k} (always)")) for k in range(5)])
    state = decide(room.published, room.planner, Address(help=True))
    assert "Likeliest" not in transcript(state, room.published, LINK)
    assert guides_of(state) == []
    asked = decide(room.published, room.planner, Address(start="questions")).question
    assert asked
    assert "Likeliest" in written(room, Address(help=True, answers=((asked.id, asked.choices[0].id),)))


def test_it_tells_the_reason_to_escalate_and_leads_back_to_the_walk(room: Catalogue) -> None:
    (trigger,) = room.published.triggers
    text = written(room, Address(trigger=trigger))
    assert text.startswith("Reason to escalate: It burns\n")
    assert text.endswith(f"This walk: {LINK}")


def test_a_mail_address_holds_subject_and_text() -> None:
    address = mail_address(Contact("desk", "Desk", email="desk@example.com"), "Help & more", "One?\n100% of #2 =\nÄ")
    assert address.startswith("mailto:desk@example.com?subject=Help%20%26%20more&body=One%3F%0D%0A")
    assert unquote(address.split("body=")[1]) == "One?\r\n100% of #2 =\r\nÄ\r\n"


def test_a_long_text_is_cut_between_lines_to_what_mail_programs_take_and_keeps_the_link() -> None:
    text = "\n".join(["ä" * 40] * 30 + [f"This walk: {LINK}"])
    address = mail_address(Contact("desk", "Desk", email="desk@example.com"), "Help", text)
    assert len(address) < 2000
    assert unquote(address).endswith("ä" * 40 + f"\r\n[...]\r\nThis walk: {LINK}\r\n")


def test_a_last_line_that_is_too_long_itself_is_cut_as_well() -> None:
    text = "\n".join(["short", "x" * 3000])
    address = mail_address(Contact("desk", "Desk", email="desk@example.com"), "Help", text)
    assert unquote(address).endswith("body=short\r\n[...]")


def test_a_guide_is_named_with_its_revision_and_kept_with_it() -> None:
    room = library(guide("printer", problem("no-paper", "It blinks"), problem("jam", "It hums"), revision__number=7))
    first = next(iter(room.published.problems.values()))
    state = decide(room.published, room.planner, Address().failed(first.steps[0].id))
    text = transcript(state, room.published, LINK)
    assert "(guide “Printer”, revision 7 of 2026-03-04, printer)" in text
    assert guides_of(state) == [{"slug": "printer", "title": "Printer", "revision": 7}]


def test_a_mail_is_headed_with_the_symptom_on_one_line() -> None:
    assert subject(Address(symptom="it  hums\nand blinks"), "Site") == "Site: help needed: it hums and blinks"
    assert subject(Address(), "Site") == "Site: help needed"


def test_a_contact_without_an_address_gets_no_mail() -> None:
    assert mail_address(Contact("desk", "Desk"), "Help", "text") == ""


@pytest.mark.parametrize("typed", ["失敗" * 200, "\U0001f525" * 400, "plain words " * 30])
def test_what_a_mail_is_headed_with_counts_for_its_length_too(typed: str) -> None:
    text = "\n".join([f"Symptom, in my words: {typed[:20]}"] * 40 + [f"This walk: {LINK}"])
    heading = subject(Address(symptom=typed), "Help Centre")
    address = mail_address(Contact("desk", "Desk", email="first.line.support@example.com"), heading, text)
    assert len(address) < 2000
    assert unquote(address).endswith(f"[...]\r\nThis walk: {LINK}\r\n")
