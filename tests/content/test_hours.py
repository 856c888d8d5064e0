"""When a contact can be reached: what is understood of it as people write it, and what is left as it stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.hours import DAY, WEEK, Hours, read_hours

OFFICE = tuple((day * DAY + 540, day * DAY + 1020) for day in range(5))


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Mon-Fri 09:00-17:00 Europe/London", "Europe/London"),
        ("Mon\u2013Fri 09:00\u201317:00 (europe/london)", "Europe/London"),
        ("Mon-Fri 9-17", ""),
        ("Monday to Friday, 9am to 5pm", ""),
        ("Mondays to Fridays: 9 a.m. - 5 p.m. ET", "America/New_York"),
        ("Weekdays 9:00 am-5:00 pm CET", "Europe/Paris"),
        ("9am-5pm Mon-Fri UTC", "UTC"),
        ("Mon, Tue, Wed, Thurs and Fri 0900-1700 GMT", "UTC"),
        ("Mon/Tue/Wed/Thu/Fri 09.00-17.00 UTC+2", "Etc/GMT-2"),
        ("Mon-Thu 9-17; Fri 9-12, 12-17; Sat closed", ""),
        ("from 9 to 17 on weekdays", ""),
    ],
)
def test_office_hours_are_understood_in_many_forms(text: str, zone: str) -> None:
    assert read_hours(text) == Hours(OFFICE, zone)


@pytest.mark.parametrize("text", ["24/7", "24x7", "24 / 7 / 365", "Always", "daily 24 hours", "Mon-Sun 00:00-24:00"])
def test_round_the_clock_is_all_of_the_week(text: str) -> None:
    found = read_hours(text)
    assert found == Hours(((0, WEEK),))
    assert found.is_always


def test_several_ranges_a_day_and_several_days_are_spans_in_order() -> None:
    found = read_hours("Sat 10:00-14:00, Mon-Tue 09:00-12:00 and 13:00-17:00 Asia/Tokyo")
    assert found is not None
    assert found.spans == ((540, 720), (780, 1020), (1980, 2160), (2220, 2460), (5 * DAY + 600, 5 * DAY + 840))


def test_times_alone_are_meant_for_every_day() -> None:
    assert read_hours("08:00-20:00") == Hours(tuple((day * DAY + 480, day * DAY + 1200) for day in range(7)))


def test_a_night_ends_on_the_next_day_also_from_sunday_to_monday() -> None:
    assert read_hours("Sun 22:00-06:00 UTC") == Hours(((6 * DAY + 1320, WEEK + 360),), "UTC")
    assert read_hours("Fri-Mon 9-17") == read_hours("Mon, Fri, Sat, Sun 9-17")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon-Fri",
        "Office hours",
        "Mon-Fri 9-5",  # nobody knows whether that is the afternoon or the morning after
        "Mon-Fri 9:00-5:00",
        "Mon-Fri 12:00-6:00",
        "Mon-Fri 10am-2",
        "Mon-Fri 09:00-17:00, except bank holidays",
        "Mon-Fri 09:00-17:00 EST",  # with or without summer time
        "Mon-Fri 09:00-17:00 Europe/Londinium",
        "Mon-Fri 25:00-26:00",
        "Mon-Fri 09:61-17:00",
        "Mon-Fri 13pm-14pm",
        "Monsoon 09:00-17:00",
        "Sun closed",
        "Mon 9-17 Tue",
        "ring the bell",
    ],
)
def test_what_is_not_understood_whole_is_not_understood(text: str) -> None:
    assert read_hours(text) is None


@given(st.text(max_size=200) | st.text(alphabet="MonFriSat 0123456789:-,;apm/UTC", max_size=60))
def test_no_text_is_read_into_spans_that_can_not_be(text: str) -> None:
    found = read_hours(text)
    spans = found.spans if found else ()
    assert all(0 <= start < end <= start + WEEK and start < WEEK for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
