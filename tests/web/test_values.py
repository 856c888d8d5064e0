"""What pages put into attributes is in a form that HTML allows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template import defaultfilters, engines
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe


def test_words_on_several_lines_stay_apart_in_a_field_of_one() -> None:
    shown = engines["django"].from_string('<input value="{{ text|one_line }}">').render({"text": 'one\r\n"two"\nthree'})
    assert shown == '<input value="one &quot;two&quot; three">'


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ('{{ at|date:"c" }}', "2026-03-01T10:20:30+00:00"),
        ('{{ at|date:"j F Y, H:i" }}', "1 March 2026, 10:20"),
        ('{{ at.date|date:"c" }}', "2026-03-01"),
        ('{{ nothing|date:"c" }}', ""),
    ],
)
def test_a_moment_for_a_machine_has_no_parts_of_a_second(template: str, shown: str) -> None:
    at = datetime(2026, 3, 1, 10, 20, 30, 123456, UTC)
    assert engines["django"].from_string(template).render({"at": at, "nothing": None}) == shown


@pytest.mark.parametrize(
    "text", ["", "short", "just ten c", "eleven char", "a" * 40, "caf\u0065\u0301", "na\u00efve words", "x<y & z"]
)
@pytest.mark.parametrize("most", [0, 1, 10])
def test_short_texts_are_cut_as_django_cuts_them(text: str, most: int) -> None:
    for value in (text, mark_safe(text)):  # noqa: S308 - what is safe stays so, as with Django's
        ours = engines["django"].from_string(f"{{{{ text|truncatechars:{most} }}}}").render({"text": value})
        assert ours == conditional_escape(defaultfilters.truncatechars(value, most))
