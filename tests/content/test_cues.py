"""The words that give evidence of what a sentence is, and how the evidence is weighed."""

from __future__ import annotations

import pytest

from kb.content import learned, trouble
from kb.content.cues import found_in, words_of
from kb.content.document import Problem
from kb.content.labels import Kind
from kb.content.outline import parse
from kb.content.reading import read_guide
from kb.content.roles import Page
from kb.content.sentence_evidence import main_clause
from kb.content.units import Unit


def weighed(text: str, kind: Kind | None = None, title: str = "The export fails") -> list[Unit]:
    """The sentences of a section, as likely as they are to be a step, a symptom and a cause."""
    (part,) = parse(text).parts
    return Page("Troubleshooting").weighed(part.blocks, kind, title)


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("Restart the server.", "^imperative"),
        ("Please restart the server.", "^imperative"),
        ("Then, finally, restart the server.", "^imperative"),
        ("To fix this, restart it.", "^to fix"),
        ("You'll need to restart it.", "^you should"),
        ("The server doesn\u2019t answer.", "trouble"),
        ("It fails with the following error.", "message"),
        ("This is due to a bug.", "because"),
        ("It is caused by a bug.", "limits"),
        ("Why does it fail?", "?"),
        ("Do this:", ":"),
    ],
)
def test_words_and_phrases_show_cues(sentence: str, cue: str) -> None:
    assert cue in found_in(sentence)


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("The server restarts.", "^imperative"),
        ("The user may restart it.", "^imperative"),
        ("Failover is configured.", "trouble"),
        ("The fixture is new.", "way out"),
        ("", "^imperative"),
    ],
)
def test_a_part_of_a_word_and_a_verb_in_the_middle_show_none(sentence: str, cue: str) -> None:
    assert cue not in found_in(sentence)


def test_words_are_told_in_lower_case_with_questions_and_colons() -> None:
    assert list(words_of("Can\u2019t START e-mail v1.2: why?")) == ["can't", "start", "e-mail", "v1.2", ":", "why", "?"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("If the token has expired, request a new one.", "request"),
        ("To see it, or to hide it, press F5.", "press"),
        ("When you see an error (such as E1, E2), restart it.", "restart"),
        ('If it says "no, thanks", wait.', "wait"),
        ("If it fails, when it starts, wait.", "wait"),
        ("Restart it, then wait.", "restart"),
        ("If it fails wait.", "if"),
    ],
)
def test_the_main_clause_begins_after_the_conditions(text: str, begins: str) -> None:
    words = words_of(text)
    assert words[main_clause(words, text)] == begins


def test_a_step_a_symptom_and_a_cause_are_likelier_what_they_are() -> None:
    cause, step, seen = found = weighed(
        "This happens because the disk is full.\n\nTo fix this issue, restart it.\n\n> `Error: the export failed`\n"
    )
    assert max(found, key=lambda unit: unit.step) is step
    assert max(found, key=lambda unit: unit.cause) is cause
    assert max(found, key=lambda unit: unit.symptom) is seen
    assert step.step > 0.7
    assert max(cause.step, seen.step) < 0.2


def test_the_same_words_are_likelier_a_step_under_the_label_of_a_solution() -> None:
    text = "Look at the log of the server for the day."
    (free,), (labelled,) = weighed(text, title="Logs"), weighed(text, Kind.SOLUTION, "Logs")
    assert labelled.step > free.step


def test_no_evidence_is_the_base_and_each_name_adds_its_weight() -> None:
    weights = {learned.ALWAYS: 0.0, "for": 2.0, "against": -2.0}
    assert learned.probability([], weights) == 0.5
    assert learned.probability(["for", "against", "unknown"], weights) == 0.5
    assert learned.probability(["for"], weights) > 0.85
    assert learned.probability(["against"], weights) < 0.15
    assert learned.probability(["for"], {"for": 1e9}) <= 1.0


def test_other_weights_count_while_they_are_used() -> None:
    shipped = learned.weights()
    assert set(shipped) == {"step", "symptom", "cause", "problem"}
    with learned.using({"step": {}}):
        assert learned.weights() == {"step": {}}
    assert learned.weights() is shipped


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$ make\nwarning: old file\nError: no such target", "Error: no such target"),
        ("$ grep error log\nok", ""),
        ("Starting\nfatal:   no  space\nDone", "fatal: no space"),
        ("all is well", ""),
    ],
)
def test_of_some_output_the_last_line_that_tells_of_an_error_is_the_message(text: str, message: str) -> None:
    assert trouble.message_in(text) == message


def test_a_page_of_troubles_makes_a_problem_likelier() -> None:
    """The same part, under a title that promises trouble and under one that does not."""

    def found(title: str) -> tuple[Problem, ...]:
        part = (
            "## Upload fails with 502 (Bad Gateway)\n\nUploads fail when the proxy is slow.\n\n- Restart the proxy.\n"
        )
        return read_guide(f"# {title}\n\n{part}", "a.md").structure.problems

    assert [problem.codes for problem in found("Troubleshooting common errors")] == [("502",)]
    assert found("Tutorial: the first upload") == ()
