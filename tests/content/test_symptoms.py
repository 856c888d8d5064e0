"""What a person can observe, as prose, lists and messages tell it; and when two wordings are one symptom."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import outline, symptoms
from kb.content.wording import cut, cut_at_sentence, sentences, stored_symptom_key, symptom_key


def read(text: str) -> list[str]:
    return [one.text for part in outline.parse(dedent(text)).parts for one in symptoms.read(part.blocks)]


def test_items_are_symptoms_as_they_are_worded() -> None:
    assert read("- 401 Unauthorized errors\n- Slow responses.\n- `etcd` stops\n- slow responses\n") == [
        "401 Unauthorized errors",
        "Slow responses",
        "etcd stops",
    ]


def test_a_frequency_at_the_end_is_taken_off() -> None:
    found = symptoms.read(
        outline.parse("- Fails (always)\n- Hangs (Often).\n- Beeps (rarely)\n- Slow (sometimes)\n- Off (now)\n")
        .parts[0]
        .blocks
    )
    assert [(one.text, one.frequency, one.line) for one in found] == [
        ("Fails", "always", 1),
        ("Hangs", "often", 2),
        ("Beeps", "rarely", 3),
        ("Slow", "sometimes", 4),
        ("Off (now)", None, 5),
    ]


def test_sentences_are_symptoms_without_what_ties_them_together() -> None:
    assert read(
        """\
        Consider the following scenario:

        - You open a message.
        - You close it.

        In this scenario, the client crashes. Additionally, the message is lost, as shown in the following screenshot.

        ![screenshot](x.png)

        This issue occurs when the cache is full. For more information, see the manual.
        """
    ) == ["The client crashes", "The message is lost"]


def test_a_quoted_message_is_the_symptom_and_not_the_sentence_that_leads_to_it() -> None:
    assert read(
        """\
        When you send a message, you receive one of these errors:

        > 0x8004010F: The data file
        > cannot be accessed.

        or

        > [!NOTE]
        > Not this.

        > The operation failed.

        Nothing happens then.
        """
    ) == ["0x8004010F: The data file cannot be accessed.", "The operation failed.", "Nothing happens then"]


def test_a_list_that_symptoms_lead_to_holds_them() -> None:
    assert read(
        "In this situation, you may see one or more of the following symptoms:\n\n- Mail is lost\n- Mail is late\n"
    ) == [
        "Mail is lost",
        "Mail is late",
    ]


def test_code_is_a_symptom_only_when_it_is_a_message() -> None:
    assert read("The log shows this error:\n\n```\nError: broken\n\nError: worse\n```\n") == [
        "Error: broken",
        "Error: worse",
    ]
    assert read("It fails when you run the following command:\n\n```\nmake x\n```\n") == [
        "It fails when you run the following command"
    ]
    assert read("It fails.\n\n```\nmake x\n```\n") == ["It fails"]


def test_of_a_long_log_the_lines_that_say_what_is_wrong_are_kept() -> None:
    rows = "\n".join(["starting", "reading", "loading", "opening", "ERROR disk is full", "at x", *["at y"] * 200])
    [found] = read(f"You see this log entry:\n\n```\n{rows}\n```\n")
    assert found.startswith("ERROR disk is full at x")
    assert len(found) <= 220


def test_items_that_lead_on_are_followed() -> None:
    assert read(
        "- Symptom 1\n\n  Mail is lost.\n- You receive this error:\n\n  > Not found\n- ```\n  code\n  ```\n"
    ) == ["Mail is lost", "Not found"]


def test_an_item_with_an_explanation_is_one_symptom() -> None:
    assert read("- Mail is lost\n\n  You find it nowhere.\n- Mail is late\n  - by hours\n") == [
        "Mail is lost",
        "Mail is late",
    ]


def test_a_lead_that_nothing_comes_of_is_the_symptom_itself() -> None:
    assert read("The option does not appear in the following situations:\n\n- at home\n- at work\n") == [
        "The option does not appear"
    ]
    assert read("You see a blank page with the following table:\n\n| a |\n|-|\n| b |\n") == ["You see a blank page"]


def test_sentences_that_tell_of_no_fault_are_kept_when_there_are_no_others() -> None:
    assert read("You open the page. It is green.") == ["You open the page", "It is green"]
    assert read("You open the page. It is empty.") == ["It is empty"]
    assert read("None") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("401 Unauthorized errors", "401 unauthorized error."),
        ("Can't log in", "can\u2019t log-in!"),
        ("Connection fails (often)", "Connections failed"),
        ("Slow  responses", "SLOW RESPONSE"),
        ('"Invalid key" errors', "Errors: 'invalid key'"[8:] + " error"),
        ("Error `CONN_TIMEOUT`", "error: CONN_TIMEOUT"),
        ("\uff34imeout", "timeout"),
    ],
)
def test_case_punctuation_and_endings_make_no_other_symptom(one: str, other: str) -> None:
    assert symptom_key(one) == symptom_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Error 401", "Error 403"),
        ("Status 5.7.1", "Status 5.7.0"),
        ("CONN_TIMEOUT", "CONN_RESET"),
        ('"Invalid keys"', '"Invalid key"'),
        ("Sign-in fails", "Sign-out fails"),
    ],
)
def test_other_words_and_codes_do(one: str, other: str) -> None:
    assert symptom_key(one) != symptom_key(other)


def test_a_key_fits_its_column_and_long_texts_stay_apart() -> None:
    long = "word " * 300
    assert symptom_key("...") == ""
    assert len(symptom_key(long)) <= 400
    assert symptom_key(f"{long} a1") != symptom_key(f"{long} a2")


def test_a_symptom_is_stored_under_its_key_or_else_under_its_text() -> None:
    assert stored_symptom_key("It hums (often)") == symptom_key("It hums")
    assert stored_symptom_key("… ?!") == "… ?!"
    long = [stored_symptom_key("?" * 600 + end) for end in ("!", ".")]
    assert [len(key) for key in long] == [500, 500]
    assert long[0] != long[1]


@given(st.text(max_size=80))
def test_a_key_is_its_own_key_for_any_plain_words(text: str) -> None:
    key = symptom_key(text)
    assert key == symptom_key(text.upper().lower()) or not text.isascii()
    assert key == key.strip()


def test_prose_is_parted_into_sentences() -> None:
    assert sentences('One, e.g. this. Two? "Three." It says "Stop. Wait." now! See v. 2 at a.b. Then\nfour') == [
        "One, e.g. this.",
        "Two?",
        '"Three."',
        'It says "Stop. Wait." now!',
        "See v. 2 at a.b.",
        "Then four",
    ]
    assert sentences("  ") == []


def test_texts_are_cut_between_words_and_sentences() -> None:
    assert cut("one two three", 9) == "one two\u2026"
    assert cut("x" * 20, 9) == "x" * 8 + "\u2026"
    assert cut_at_sentence("One. Two. Three.", 9) == "One. Two."
    assert cut_at_sentence("One. Two. Three.", 8) == "One."
    assert cut_at_sentence("A longer sentence.", 10) == "A longer\u2026"
    assert cut_at_sentence("", 10) == ""
