"""What walks need of a guide is the same for all that they are made of, and fits the columns that keep it."""

from __future__ import annotations

from kb.content.document import ErrorCode, Landmark, NamedCode, Problem, Section, Structure
from kb.content.document import Symptom as FoundSymptom
from kb.content.walk_parts import walk_parts

FIRST_ROW = Problem("doors--row-1", "Jam" * 300, 7, (FoundSymptom("It jams", 7),), (), ())
STRUCTURE = Structure(
    sections=(Section("doors", "Doors", 2, 3, 9, ""),),
    problems=(FIRST_ROW,),
    error_codes=(ErrorCode("E_" * 80, "it jams", "oil it", "doors", 5),),
    named_codes=(NamedCode("E_TITLE", "", NamedCode.TITLE), NamedCode("E_HEAD", "doors", NamedCode.HEADING)),
    path=("Ask the porter, at any hour",),
    landmarks=(Landmark("doors--row-1", "doors", 7),),
)


def test_titles_and_codes_are_as_long_as_their_columns() -> None:
    parts = walk_parts(STRUCTURE)
    code = parts.codes[0]
    assert (len(code.code), len(code.key), len(parts.problems[0].title)) == (120, 120, 500)


def test_a_code_that_only_the_title_names_leads_to_no_place_in_the_text() -> None:
    parts = walk_parts(STRUCTURE)
    assert [code.key for code in parts.codes_in_title] == ["e_title"]
    assert [code.anchor for code in parts.codes_in_text] == ["doors", "doors"]


def test_a_problem_says_in_which_section_it_lies_and_a_level_whom_it_names() -> None:
    parts = walk_parts(STRUCTURE)
    assert parts.problems[0].section == "doors"
    assert [(level.name, level.said) for level in parts.path] == [("Porter", "At any hour")]
