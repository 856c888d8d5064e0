"""What is packed of a guide comes back: its sections, and where their words stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.search.index.contract import GuideDocument, SectionDocument
from kb.search.index.entries import entry, read_body
from kb.search.text.analysis import spans

TEXTS = st.lists(st.text("ab Ä.'-_1(\n"), max_size=5)


@given(TEXTS)
def test_the_words_of_each_section_stand_where_they_stood(texts: list[str]) -> None:
    sections = tuple(SectionDocument(f"s{number}", "Title", 2, text) for number, text in enumerate(texts))
    packed = entry(GuideDocument(1, "a", "A", "", "", "", "public", (), (), "", sections)).body
    parts = read_body(packed).parts
    assert [part.anchor for part in parts] == [section.anchor for section in sections]
    for part in parts:
        assert part.spans(list(range(part.length))) == spans(part.text)
