"""Digits from outside become a number in one place, within bounds; anything else is none."""

from __future__ import annotations

import ast
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from kb.content.numbers import whole_number
from kb.management.arguments import number_from

ROOT = Path(__file__).resolve().parent.parent.parent
NO_NUMBERS = (None, "", " 1", "1 ", "+1", "-1", "1.0", "1e3", "1_000", "²", "٣", "１", "x", "\0", "9" * 4400)  # noqa: RUF001
CHECKS = {"isdigit", "isdecimal", "isnumeric"}
ITSELF = ROOT / "kb/content/numbers.py"
BY_LETTERS = str.split(  # these ask whether words hold digits, and make no number of them
    "kb/search/text/analysis.py kb/search/text/condensing.py kb/search/database/terms.py kb/search/text/query.py "
    "kb/search/text/masking.py kb/search/log/looked_for.py kb/content/observation.py kb/content/codes.py "
    "kb/content/labels.py kb/content/patterns.py kb/content/expressions.py "
    "troubleshooting/catalogue/recognising.py"
)
OUR_OWN = ("kb/search/whoosh/index_folder.py", "kb/content/comparing.py")  # names that the program itself gave


@pytest.mark.parametrize("typed", NO_NUMBERS)
def test_what_is_no_plain_number_is_none(typed: str | None) -> None:
    assert whole_number(typed) is None


@given(some.integers(0, 3_000_000_000), some.integers(0, 4400))
def test_a_number_is_read_within_its_bounds_however_many_noughts_it_has(number: int, noughts: int) -> None:
    typed = "0" * noughts + str(number)
    assert whole_number(typed) == (number if number <= 2_000_000_000 else None)
    assert whole_number(typed, 5, 100) == (number if 5 <= number <= 100 else None)


@given(some.text())
def test_no_text_at_all_makes_it_fail(typed: str) -> None:
    number = whole_number(typed)
    assert number is None or str(number) == (typed.lstrip("0") or "0")


def test_a_command_says_which_numbers_it_takes() -> None:
    assert number_from(1, 90)("7") == 7
    with pytest.raises(ArgumentTypeError, match="give a number of days from 1 to 90"):
        number_from(1, 90, "a number of days")("9" * 4400)


@pytest.mark.parametrize("typed", ["9" * 4400, "000001" + "9" * 4400, "²", "0", "10001"])
def test_a_page_that_is_none_is_not_found(client: Client, db: None, typed: str) -> None:
    assert client.get("/guides/", {"page": typed}).status_code == 404
    assert client.get("/search/", {"q": "slow", "page": typed}).status_code == 404


@pytest.mark.slow
def test_nobody_checks_digits_by_hand() -> None:
    """One who does may check one thing and convert another."""
    by_hand = {
        path.relative_to(ROOT).as_posix()
        for path in [*(ROOT / "kb").rglob("*.py"), *(ROOT / "troubleshooting").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in CHECKS
    }
    assert by_hand <= {*BY_LETTERS, *OUR_OWN, ITSELF.relative_to(ROOT).as_posix()}
