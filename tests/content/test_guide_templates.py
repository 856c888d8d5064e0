"""Each template for a new guide reads back with the structure that it promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import guide_templates
from kb.content.document import Document, Leaf
from kb.content.reading import read_contact, read_guide


def started(name: str, title: str = "Paper jams", category: str = "Printers/Paper", owner: str = "Ada") -> Document:
    return read_guide(guide_templates.text_of(name, title, category, owner), "printers/paper-jams.md")


@pytest.mark.parametrize("template", guide_templates.TEMPLATES, ids=lambda template: template.name)
def test_a_template_has_nothing_wrong_with_it(template: guide_templates.Template) -> None:
    assert started(template.name).findings == ()


@pytest.mark.parametrize("template", guide_templates.TEMPLATES, ids=lambda template: template.name)
def test_a_guide_starts_with_its_title_category_and_owner(template: guide_templates.Template) -> None:
    document = started(template.name)
    assert (document.metadata.title, document.metadata.category) == ("Paper jams", "Printers/Paper")
    assert document.metadata.owner == "Ada"
    assert document.structure.sections[0].title == "Paper jams"


def test_without_a_category_the_front_matter_has_none() -> None:
    assert "category" not in guide_templates.text_of("problem", "Paper jams")


def test_a_problem_has_symptoms_a_cause_and_steps() -> None:
    (problem,) = started("problem").structure.problems
    assert [symptom.frequency for symptom in problem.symptoms] == ["always", "often"]
    assert problem.causes
    assert len(problem.steps) == 3


def test_a_how_to_is_no_problem_to_be_walked_to() -> None:
    assert started("how-to").structure.problems == ()


def test_an_error_code_reference_has_codes_with_meanings_and_actions() -> None:
    codes = started("error-codes").structure.error_codes
    assert [code.code for code in codes] == ["FIRST_CODE", "SECOND_CODE"]
    assert all(code.meaning and code.action for code in codes)


def test_a_decision_tree_leads_to_each_of_its_problems() -> None:
    structure = started("decision-tree").structure
    (question,) = structure.questions
    first, second = question.branches
    assert isinstance(first.then, Leaf)
    assert not isinstance(second.then, Leaf)
    targets = [
        first.then.target,
        *(branch.then.target for branch in second.then.branches if isinstance(branch.then, Leaf)),
    ]
    assert targets == [f"#{problem.anchor}" for problem in structure.problems]


def test_a_contact_starts_with_a_name_and_hours_that_are_understood() -> None:
    card = read_contact(guide_templates.contact_text("Night shift"), "contacts/night-shift.md")
    assert (card.name, card.tier, card.findings) == ("Night shift", 1, ())


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(KeyError):
        guide_templates.text_of("../../../settings", "Paper jams")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(str.strip))
def test_any_title_is_read_back_as_it_was_given(title: str) -> None:
    assert started("problem", title=title).metadata.title == " ".join(title.split())
