"""The sentences of a section, and what each says of the place that it stands in."""

from __future__ import annotations

from textwrap import dedent

from kb.content.outline import parse
from kb.content.units import MOST_UNITS, Unit, texts, units


def of(text: str) -> list[Unit]:
    return units(parse(dedent(text)).parts[0].blocks)


def test_each_sentence_is_one_with_its_markdown_and_its_number() -> None:
    first, second = of("Press **Send**. Then wait.")
    assert (first.text, first.source, first.sentence, first.of) == ("Press Send.", "Press **Send**.", 0, 2)
    assert (second.text, second.source, second.sentence, second.of) == ("Then wait.", "Then wait.", 1, 2)


def test_items_know_their_list_and_the_sentence_before_it() -> None:
    lead, one, two = of("Stop it. Do this:\n\n1. Open it.\n2. Close it.\n")[1:]
    assert lead.before_list
    assert [(each.text, each.lead, each.number, each.items, each.ordered) for each in (one, two)] == [
        ("Open it.", "Do this:", 0, 2, True),
        ("Close it.", "Do this:", 1, 2, True),
    ]


def test_sentences_know_the_code_beside_them_and_in_them() -> None:
    before, after = of("Wait. Run `this`:\n\n```\nx\n```\n\nIt says so. It ends.\n")[1:3]
    assert (before.before_code, before.after_code, before.code_runs) == (True, False, 1)
    assert (after.before_code, after.after_code, after.code_runs) == (False, True, 0)


def test_a_number_in_front_is_no_sentence_of_its_own() -> None:
    (step,) = of("Step 2. Stop the server.")
    assert (step.text, step.numbered) == ("Stop the server.", True)
    (alone,) = of("Step 2.")
    assert (alone.text, alone.numbered) == ("Step 2.", False)


def test_boxes_and_quotations_say_which_they_are() -> None:
    assert [each.alert for each in of("> [!NOTE]\n> Wait.\n\n> He waits.\n\nWe wait.\n")] == ["NOTE", "QUOTE", ""]


def test_code_tables_and_what_is_nested_deeply_give_none() -> None:
    found = of("```\nx. y.\n```\n\n| a |\n|---|\n| b |\n\n- One.\n  - Two.\n")
    assert [each.text for each in found] == ["One."]


def test_no_more_are_read_than_a_count() -> None:
    assert len(of("Wait. " * (MOST_UNITS + 9))) == MOST_UNITS


def test_texts_are_items_and_paragraphs_but_not_what_leads_to_a_list() -> None:
    blocks = parse("It fails. It stops.\n\nDo this:\n\n- Open it.\n- Close\n  it.\n").parts[0].blocks
    assert [text for text, _ in texts(blocks)] == ["It fails. It stops.", "Open it.", "Close it."]
    assert [text for text, _ in texts(blocks, apart=True)] == ["It fails.", "It stops.", "Open it.", "Close it."]
