"""What a guide's head says, what it leaves to the body and the path, and what it must not say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import front_matter, outline
from kb.content.document import ContentError, Finding, Metadata

HEAD = "---\n{}\n---\n# Title\n\nText."


def read(text: str, source: str = "guide.md") -> Metadata:
    return read_all(text, source)[0]


def read_all(text: str, source: str = "guide.md") -> tuple[Metadata, list[Finding]]:
    head = front_matter.split(dedent(text))
    body = outline.parse(head.body, head.body_line)
    return front_matter.metadata(head.fields, outline=body, source=source)


def line_refused(reads: Callable[[str], object], text: str) -> int | None:
    """The line at which a text is refused, None when it is read."""
    try:
        reads(text)
    except ContentError as error:
        return error.line
    return None


def refusal(text: str) -> ContentError:
    with pytest.raises(ContentError) as caught:
        read(text)
    return caught.value


def test_a_text_without_front_matter_is_all_body() -> None:
    parted = front_matter.split("# Title\n\n---\n\nText")
    assert (parted.fields, parted.body, parted.body_line) == ({}, "# Title\n\n---\n\nText", 1)


def test_head_and_body_are_parted_and_the_body_knows_its_line() -> None:
    parted = front_matter.split("---\ntitle: A\ntags: [x, y]\n---\n\n# B\n")
    assert parted.fields == {"title": "A", "tags": ["x", "y"]}
    assert (parted.body, parted.body_line) == ("\n# B\n", 5)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_marks_and_line_endings_make_no_difference(mark: str, newline: str) -> None:
    parted = front_matter.split(mark + newline.join(["---", "title: A", "...", "Text", "more"]))
    assert (parted.fields, parted.body, parted.body_line) == ({"title": "A"}, "Text\nmore", 4)


def test_blank_lines_before_the_head_do_not_publish_a_staff_guide() -> None:
    assert read("\n\n---\naudience: staff\n---\nText").audience == "staff"
    assert front_matter.split("\n---\n\nA rule above").fields == {}


def test_values_stay_as_they_are_written() -> None:
    fields = front_matter.split('---\na: 1.10\nb: No\nc: 0x80\nd: 2024-13-45\ne: ""\nf: ~\ng:\nh: =\n---\n').fields
    assert fields == {"a": "1.10", "b": "No", "c": "0x80", "d": "2024-13-45", "e": "", "f": None, "g": None, "h": "="}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("---\ntitle: A\n", 1, "never ends"),
        ("---\ntitle: [A\n---\n", 3, "not YAML"),
        ("---\nA: x\ntitle: A: B\n---\n", 3, "quotation marks"),
        ("---\n- a\n- b\n---\n", 2, "keys with values"),
        ("---\njust words\n---\n", 2, "keys with values"),
        ("---\na: 1\nb: &x [1]\nc: *x\n---\n", 3, "alias or anchor"),
        ("---\na: 1\nb: *x\n---\n", 3, "alias or anchor"),
        ("---\na: 1\nb: !!int 1\n---\n", 3, "tag"),
        ("---\na: 1\nb: 2\na: 3\n---\n", 4, "'a' is there twice"),
        ("---\na: {b: 1,\n  b: 2}\n---\n", 3, "'b' is there twice"),
        ("---\na: 1\nb: " + "[" * 9 + "]" * 9 + "\n---\n", 3, "levels deep"),
        ("---\n? [a]\n: b\n---\n", 2, "plain word"),
        ("---\na: 1\nb: \x07\n---\n", 3, "U+0007"),
        ("---\na: " + "x" * 70_000 + "\n---\n", 2, "longer than"),
        ("---\na: 1\n# c\n--- b\n---\n", 4, "second YAML document"),
        ("one\ntwo\0\n", 2, "NUL"),
        ("one\ntwo\n\ud800", 3, "UTF-8"),
        ("---\n%x\n---\n", 2, "not YAML"),
    ],
)
def test_a_head_that_can_not_be_read_says_where_and_why(text: str, line: int, words: str) -> None:
    error = refusal(text)
    assert (error.line, words in error.message) == (line, True), error.message


def test_an_empty_head_is_no_error() -> None:
    assert read("---\n---\n# A\n").title == "A"


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!#'\"|>? \n\t\ufeff0~"), max_size=60))
def test_no_head_ends_in_anything_but_a_content_error(head: str) -> None:
    for text in (head, HEAD.format(head)):
        refused = line_refused(front_matter.split, text)
        assert refused is None or 1 <= refused <= text.count("\n") + 1
        if refused is None:
            assert 1 <= front_matter.split(text).body_line <= text.count("\n") + 2


@given(st.text(max_size=80))
def test_no_text_ends_in_anything_but_a_content_error(text: str) -> None:
    refused = line_refused(read, text)
    assert refused is None or refused >= 1


def test_every_key_is_read() -> None:
    found = read(
        """\
        ---
        title: Slow responses
        summary: Pages take long.
        category: Network / Timeouts
        audience: Staff
        applies_to: [API, 2016, API]
        tags: slow, timeout
        aliases: [old/path.md]
        prevalence: Common
        owner: Ada
        review_by: 2026-02-03
        contacts: [support]
        ms.topic: how-to
        ---
        Text
        """
    )
    assert found == Metadata(
        title="Slow responses",
        summary="Pages take long.",
        category="Network/Timeouts",
        audience="staff",
        applies_to=("API", "2016"),
        tags=("slow", "timeout"),
        aliases=("old/path.md",),
        prevalence="common",
        owner="Ada",
        review_by=dt.date(2026, 2, 3),
        contacts=("support",),
        extra={"ms.topic": "how-to"},
    )


def test_the_names_that_others_use_are_read_too() -> None:
    found = read("---\nDescription: D.\nappliesto:\n  - Outlook 2016\nreview-by: 2026-1-2\n---\n# T\n\nText")
    assert (found.summary, found.applies_to, found.review_by) == ("D.", ("Outlook 2016",), dt.date(2026, 1, 2))
    assert found.extra == {}


def test_what_is_absent_comes_from_the_body_and_the_path() -> None:
    found = read(
        "# Slow pages\n\n![](x.png)\n\n**Symptoms:**\n\nPages take **long** now.\n", "user-interface/web_pages/a.md"
    )
    assert (found.title, found.summary) == ("Slow pages", "Pages take long now.")
    assert found.category == "User interface/Web pages"
    assert (found.audience, found.prevalence, found.review_by) == ("public", "occasional", None)


def test_a_guide_without_a_title_is_named_after_its_file() -> None:
    found = read("Just a text that goes on.", "API/rate-limits.md")
    assert (found.title, found.title_from_file, found.category) == ("Rate limits", True, "API")
    assert not read("# Rate limits", "API/x.md").title_from_file
    assert not read("---\ntitle: Rate limits\n---\n", "API/x.md").title_from_file


def test_keys_with_nothing_in_them_are_absent() -> None:
    found = read(
        "---\ntitle:\nsummary: ''\naudience:\ntags:\nprevalence:\nreview_by:\nowner:\n---\n"
        "# T\n\nSome text here, that is it."
    )
    assert found == Metadata(title="T", summary="Some text here, that is it.")


def test_a_summary_is_cut_at_a_sentence() -> None:
    first = "The first sentence says it all, and goes on for a while."
    found = read(f"# T\n\n{first} Then {'word ' * 60}.")
    assert found.summary == first
    assert len(read(f"# T\n\n{'word ' * 90}.").summary) <= 300


def test_a_list_of_keywords_is_no_summary() -> None:
    assert (
        read("# T\n\nhang; scan; remote; freeze\n\nSUMMARY\nScans hang when two run.").summary
        == "Scans hang when two run."
    )


def test_what_others_call_an_audience_means_everyone_and_is_said() -> None:
    found, findings = read_all("---\nx: 1\naudience: ITPro\n---\n# T\n\nText")
    assert found.audience == "public"
    assert [(finding.line, finding.severity) for finding in findings] == [(3, "warning")]
    assert read("---\naudience: [Developers, Admins]\n---\n# T").audience == "public"
    assert read_all("---\naudience: PUBLIC\n---\n# T")[1] == []


@pytest.mark.parametrize("written", ["staff", "STAFF", "'Staff'", "[staff]"])
def test_staff_in_any_case_means_staff(written: str) -> None:
    assert read(f"---\naudience: {written}\n---\n# T").audience == "staff"


@pytest.mark.parametrize(
    "written",
    [
        "staf",
        "staffs",
        "stfaf",
        "internal",
        "Internal only",
        "private",
        "privat",
        "staff only",
        "[public, staff]",
        "{a: b}",
        "confidential",
    ],
)
def test_a_slip_never_publishes_a_staff_guide(written: str) -> None:
    error = refusal(f"---\nx: 1\naudience: {written}\n---\n# T")
    assert (error.line, "'audience'" in error.message or "audience" in error.message) == (3, True)


@pytest.mark.parametrize("key", ["audiance", "audence", "Audiences"])
def test_neither_does_a_slip_in_the_key(key: str) -> None:
    assert f"'{key}'" in refusal(f"---\n{key}: staff\n---\n# T").message
    assert f"'{key}'" in refusal(f"---\n{key}: internal\n---\n# T").message
    assert read(f"---\n{key}: everyone\n---\n# T").extra == {key: "everyone"}


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("title: [a, b]", "title"),
        ("summary: {a: b}", "summary"),
        ("prevalence: often", "prevalence"),
        ("prevalence: [rare]", "prevalence"),
        ("review_by: soon", "review_by"),
        ("review_by: 2026-02-30", "review_by"),
        ("review_by: [2026-02-03]", "review_by"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_its_key_and_line(head: str, key: str) -> None:
    error = refusal(f"---\nx: 1\n{head}\n---\n# T")
    assert (error.line, f"'{key}'" in error.message) == (3, True)


def test_what_is_no_text_in_a_list_is_left_out_with_a_warning() -> None:
    found, findings = read_all(
        "---\ntags: [a, [b], {c: d}, '', ~, a]\nappliesto: {x: y}\ncategory: {a: b}\n---\n# T\n\nText"
    )
    assert (found.tags, found.applies_to, found.category) == (("a",), (), "")
    assert [(finding.line, finding.severity) for finding in findings] == [
        (4, "warning"),
        (3, "warning"),
        (2, "warning"),
    ]


def test_a_category_may_be_a_list() -> None:
    assert read("---\ncategory: [Network, Timeouts]\n---\n# T").category == "Network/Timeouts"


def test_the_cost_of_a_step_is_a_number() -> None:
    assert read(HEAD.format("step_cost: 2.5")).step_cost == 2.5
    assert read("# Title").step_cost is None
    for wrong in ("dear", "0", "-1", "1e9", "[1]", "nan"):
        error = refusal(HEAD.format(f"title: A\nstep_cost: {wrong}"))
        assert (error.line, error.message) == (3, "'step_cost' must be a number from 0.1 to 100.")
