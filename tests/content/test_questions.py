"""The trees of questions that a guide asks itself, and what is wrong with those that lead nowhere."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import front_matter, lint, outline, problems
from kb.content.document import Branch, Finding, Leaf, Question, Structure


def read(text: str) -> tuple[Structure, list[Finding]]:
    body = outline.parse(dedent(text))
    structure = problems.find(body)
    metadata, _ = front_matter.metadata({}, outline=body, source="a.md")
    return structure, [finding for finding in lint.check(structure, metadata, body) if finding.severity == "error"]


def tree(items: str) -> str:
    return "# Guide\n\nWords.\n\n## Decision tree\n" + dedent(items).strip("\n") + "\n"


def test_a_nested_list_is_a_tree() -> None:
    structure, errors = read(
        """\
        # Sign-in

        Words.

        ## Decision tree
        - Is the error shown before or after the login page?
          - Before: [Connection timeouts](#connection-timeouts)
          - After:
            - Does it name a token?
              - Yes: [Token **expiration**](tokens.md#token-expiration)
              - No: [Invalid credentials](../a%20b.md)

        ## Connection timeouts
        """
    )
    assert errors == []
    assert structure.questions == (
        Question(
            "Is the error shown before or after the login page?",
            6,
            (
                Branch("Before", 7, Leaf("Connection timeouts", "#connection-timeouts", 7)),
                Branch(
                    "After",
                    8,
                    Question(
                        "Does it name a token?",
                        9,
                        (
                            Branch("Yes", 10, Leaf("Token expiration", "tokens.md#token-expiration", 10)),
                            Branch("No", 11, Leaf("Invalid credentials", "../a%20b.md", 11)),
                        ),
                    ),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    "answers",
    [
        "- **Yes**: [A](#guide)\n  - No - [B](#guide)",
        "- Yes -> [A](#guide)\n  - No \u2192 [B](#guide)",
        "- [Yes](#guide)\n  - [No](#guide)",
        "- Yes \u2014 see [A](#guide).\n  - No: [B](#guide)",
    ],
)
def test_answers_and_links_are_parted_in_many_ways(answers: str) -> None:
    structure, errors = read(tree(f"1. Is it red?\n  {answers}").replace("1. ", "- "))
    assert errors == []
    [question] = structure.questions
    assert [branch.label for branch in question.branches] == ["Yes", "No"]
    assert [branch.then.target for branch in question.branches if isinstance(branch.then, Leaf)] == ["#guide", "#guide"]


def test_a_question_may_stand_on_the_line_of_the_answer_that_leads_to_it() -> None:
    structure, errors = read(tree("- A?\n  - Yes: B?\n    - Yes: [x](x.md)\n    - No: [y](y.md)\n  - No: [z](z.md)"))
    inner = structure.questions[0].branches[0].then
    assert isinstance(inner, Question)
    assert (errors, inner.text, len(inner.branches)) == ([], "B?", 2)


def test_a_guide_may_ask_several_questions_under_either_heading() -> None:
    items = "- A?\n  - Yes: [x](x.md)\n  - No: [y](y.md)\n- B?\n  - Yes: [x](x.md)\n  - No: [y](y.md)\n"
    for heading in ("## Questions", "**Decision tree:**", "### Decision Trees"):
        assert [question.text for question in read(f"# G\n\n{heading}\n\n{items}")[0].questions] == ["A?", "B?"]


def test_a_list_of_plain_items_is_no_tree() -> None:
    structure, errors = read("# G\n\n## Questions\n\n- Who?\n- Where?\n")
    assert (structure.questions, errors) == ((), [])


@pytest.mark.parametrize(
    ("items", "line", "words"),
    [
        ("- A?\n  - Yes: [x](x.md)\n", 6, "only one answer"),
        ("- A?\n- B?\n  - Yes: [x](x.md)\n  - No: [y](y.md)\n", 6, "no answer"),
        ("- A?\n  - Yes: [x](x.md)\n  - No\n", 8, "leads nowhere"),
        ("- A?\n  - Yes: [x](x.md)\n  - No: B?\n", 8, "leads nowhere"),
        ("- A?\n  - Yes: [x](x.md)\n  - No:\n    - B?\n    - C?\n", 8, "leads to 2 questions"),
        ("- A?\n  - Yes: [x](x.md)\n  - No: [y](y.md)\n    - B?\n", 8, "both a link and a list"),
        ("- A?\n  - Yes: [x](x.md)\n  - : [](y.md)\n", 8, "This answer is empty"),
        ("-\n  - Yes: [x](x.md)\n  - No: [y](y.md)\n", 6, "This question is empty"),
        ("- A?\n  - Yes: [x](x.md)\n  - No: [y](https://example.com)\n", 8, "leads out of the guides"),
        ("- A?\n  - Yes: [x](x.md)\n  - yes: [y](y.md)\n", 6, "the answer 'yes' twice"),
        ("- A?\n  - Yes: [x](x.md)\n  - No:\n    - B?\n      - Yes: [z](z.md)\n", 9, "only one answer"),
        ("- A?\n  - Yes: [x](x.md)\n  - No: [y](#nowhere)\n", 8, "no heading of this guide has that anchor"),
    ],
)
def test_what_is_wrong_with_a_tree_is_said_at_its_line(items: str, line: int, words: str) -> None:
    structure, errors = read(tree(items))
    assert [(error.line, words in error.message) for error in errors] == [(line, True)], errors
    assert [question.text for question in structure.questions] in ([], ["B?"], ["A?"])


def test_every_error_of_a_tree_is_said_at_once() -> None:
    _, errors = read(tree("- A?\n  - Yes\n  - No\n  - Maybe: [x](x.md)\n"))
    assert [error.line for error in errors] == [7, 8]


def test_a_tree_deeper_than_twelve_questions_is_refused() -> None:
    rows = []
    for depth in range(13):
        indent = "    " * depth
        rows += [f"{indent}- Q{depth}?", f"{indent}  - No: [x](x.md)", f"{indent}  - Yes:"]
    rows.append("    " * 13 + "- Last?")
    structure, errors = read(tree("\n".join(rows)))
    assert structure.questions == ()
    assert "More than 12 questions follow one another" in errors[0].message


@given(
    st.lists(
        st.sampled_from(
            ["- A?", "  - Yes: [x](x.md)", "  - No:", "    - B?", "      - C: [](y.md)", "  - ", "1. D", "text", ""]
        ),
        max_size=15,
    )
)  # fmt: skip
def test_whatever_is_nested_the_trees_are_whole_and_the_lines_right(rows: list[str]) -> None:
    structure, errors = read("## Questions\n" + "\n".join(rows))
    assert all(1 <= error.line <= len(rows) + 1 for error in errors)
    waiting: list[Question | Leaf] = list(structure.questions)
    while waiting:
        here = waiting.pop()
        if isinstance(here, Question):
            assert len(here.branches) >= 2
            waiting += [branch.then for branch in here.branches]
