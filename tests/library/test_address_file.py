"""What files don't say of addresses is written beside them, read back as it was, and never trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.library.folders.address_file import HEADING, AddressEntry, AddressFileError, as_text, is_readable, read

slugs = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9})?", fullmatch=True)
anchors = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
pairs = st.dictionaries(anchors, anchors, max_size=3)
guides = st.builds(
    AddressEntry, slugs, slugs, st.lists(slugs, max_size=3, unique=True).map(sorted).map(tuple), pairs, pairs
)
paths = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(st.dictionaries(paths, guides, max_size=3))
def test_what_is_written_is_read_back(entries: dict[str, AddressEntry]) -> None:
    assert read(as_text(entries).encode()) == entries


def test_what_follows_from_the_files_is_left_out() -> None:
    assert as_text({"mail.md": AddressEntry()}) == HEADING
    assert read(HEADING.encode()) == {}


def test_it_reads_well() -> None:
    one = AddressEntry("slow-mail", "late", ("late",), {"delay": "lag"}, {"lag": "lag"})
    assert as_text({"mail/late.md": one}).removeprefix(HEADING) == (
        "mail/late.md:\n  address: slow-mail\n  anchors:\n    lag: lag\n  first: late\n  former:\n  - late\n"
        "  sections:\n    delay: lag\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a.md: text\n", 1),
        ("a.md:\n  address: a\nb.md:\n  other: x\n", 3),
        ("a.md:\n  address: ../etc\n", 1),
        ("a.md:\n  former: late\n", 1),
        ("a.md:\n  former: ['']\n", 1),
        ("a.md:\n  sections: [x]\n", 1),
        ("a.md:\n  anchors: {x: ''}\n", 1),
        ("a.md: &x {address: a}\nb.md: *x\n", 2),
        ("- a\n", 1),
        ("a: [\n", 2),
        ("a: {b: {c: {d: {e: f}}}}\n", 1),
        ("a: \x00\n", 1),
    ],
)
def test_what_is_something_else_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(AddressFileError) as refused:
        read(text.encode())
    assert refused.value.line == line
    assert "export_guides" in str(refused.value)
    assert not is_readable(text.encode())


@pytest.mark.parametrize("data", [b"a: \xff\n", b"#" * 2_000_001])
def test_bytes_that_are_no_such_file_are_refused(data: bytes) -> None:
    assert not is_readable(data)
