"""References of handed-over walks, as they are made, shown, read out and typed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models.references import ALPHABET, LENGTH, in_groups, new_reference, read_reference


def test_nobody_can_guess_one() -> None:
    assert math.log2(len(ALPHABET)) * LENGTH > 50
    assert len({new_reference() for _ in range(500)}) == 500


def test_it_is_read_in_any_case_with_hyphens_or_blanks() -> None:
    made = new_reference()
    for typed in (
        made,
        made.lower(),
        in_groups(made),
        f"  {in_groups(made).lower()} ",
        in_groups(made).replace("-", " "),
    ):
        assert read_reference(typed) == made


@pytest.mark.parametrize("text", ["", "CONN_TIMEOUT", "troubleshoot", "0x8004010F", "CDFG-HJKM-347", "CDFG-HJKM-34790"])
def test_what_else_people_type_is_none(text: str) -> None:
    assert read_reference(text) == ""


@given(st.text())
def test_no_text_is_read_as_anything_but_a_reference(text: str) -> None:
    found = read_reference(text)
    assert found == "" or (len(found) == LENGTH and set(found) <= set(ALPHABET))
