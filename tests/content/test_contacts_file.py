"""What a contact's file says, and what it must say."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.contacts import read_contact
from kb.content.document import ContactCard, ContentError
from kb.content.phrases import Phrase


def test_every_key_is_read() -> None:
    text = (
        "---\nname: API support\nrole: First line\ntier: 2\nemail: help@example.com\nphone: +44 (0)20 7946 0000\n"
        "url: https://example.com/help\nhours: Mon-Fri 9-17\nfor: [Data loss, Network/Timeouts]\naudience: staff\n---\n"
        "Have the request **id** at hand.\n\n- and the time\n"
    )
    assert read_contact(text, "contacts/api.md") == ContactCard(
        name="API support",
        role="First line",
        tier=2,
        email="help@example.com",
        phone="+44 (0)20 7946 0000",
        url="https://example.com/help",
        hours="Mon-Fri 9-17",
        handles=("Data loss", "Network/Timeouts"),
        audience="staff",
        text="Have the request id at hand.\nand the time",
        html="",
    )


def test_a_name_alone_is_enough() -> None:
    card = read_contact("---\nname: Desk\n---\n", "contacts/desk.md")
    assert (card.name, card.tier, card.audience, card.email, card.handles) == ("Desk", 1, "public", "", ())


def test_the_heading_names_a_contact_too() -> None:
    assert read_contact("# Service desk\n\nCall.", "contacts/desk.md").name == "Service desk"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("tier: first", "'tier' must be a whole number from 1"),
        ("tier: 0", "'tier'"),
        ("tier: [1]", "'tier'"),
        ("email: nobody", "'email' must be an address"),
        ("email: a b@example.com", "'email'"),
        ("email: [a@example.com]", "'email' must be a text"),
        ("phone: <script>", "'phone'"),
        ("url: javascript:alert(1)", "'url' must be an address that starts with https://"),
        ("hours: " + "x" * 201, "'hours' is longer than 200 characters"),
        ("for: {a: b}", "'for' must be a list"),
        ("audience: internal", "'audience' must be 'public' or 'staff'"),
        ("audience: ITPro", "'audience' must be 'public' or 'staff'"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_its_line(line: str, words: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_contact(f"---\nname: A\n{line}\n---\n", "contacts/a.md")
    assert (caught.value.line, words in caught.value.message) == (3, True), caught.value.message
    assert isinstance(caught.value.message, Phrase)


def test_a_contact_without_a_name_names_its_file() -> None:
    with pytest.raises(ContentError, match=r"contacts/a\.md has no name"):
        read_contact("---\nrole: x\n---\nText", "contacts/a.md")


@given(st.text(max_size=60), st.text(alphabet=st.sampled_from("nametier:1 \n[]{}@.-"), max_size=40))
def test_no_text_ends_in_anything_but_a_content_error(text: str, head: str) -> None:
    for each in (text, f"---\nname: A\n{head}\n---\n{text}"):
        with suppress(ContentError):
            assert read_contact(each, "a.md").name


def test_hours_that_are_not_understood_are_kept_with_a_warning_at_their_line() -> None:
    card = read_contact("---\nname: A\nhours: When the door is open\n---\n", "contacts/a.md")
    (finding,) = card.findings
    assert (card.hours, finding.line, finding.severity) == ("When the door is open", 3, "warning")
    assert "write 'Mon-Fri 09:00-17:00 Europe/London' or '24/7'" in finding.message
    assert read_contact("---\nname: A\nhours: 24/7\n---\n", "contacts/a.md").findings == ()
    assert read_contact("---\nname: A\n---\n", "contacts/a.md").findings == ()


@pytest.mark.parametrize("key", ["draft: true", "published: false", "visibility: internal"])
def test_a_contact_that_says_that_it_is_not_for_readers_is_refused(key: str) -> None:
    with pytest.raises(ContentError, match="contacts have no drafts") as refused:
        read_contact(f"---\nname: Desk\n{key}\n---\nAsk.\n", "contacts/desk.md")
    assert refused.value.line == 3
