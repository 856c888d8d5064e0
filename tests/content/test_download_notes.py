"""Behind the link to a file stands of what kind it is and how large."""

from __future__ import annotations

from kb.content.download_notes import with_notes

NOTES = {"/files/plan.pdf": "PDF, 2 kB", "/files/a&b.txt": "TXT, <1 kB"}


def test_the_note_stands_behind_each_link_to_the_file_and_nowhere_else() -> None:
    page = (
        '<p><a href="/files/plan.pdf">the <b>plan</b></a>, <a href="/x">x</a> and <a href="/files/plan.pdf">it</a></p>'
    )
    assert with_notes(page, NOTES) == (
        '<p><a href="/files/plan.pdf">the <b>plan</b></a> <span class="download-note">(PDF, 2 kB)</span>, '
        '<a href="/x">x</a> and <a href="/files/plan.pdf">it</a> <span class="download-note">(PDF, 2 kB)</span></p>'
    )


def test_a_note_is_text() -> None:
    assert "(TXT, &lt;1 kB)" in with_notes('<a href="/files/a&amp;b.txt">a</a>', NOTES)


def test_a_page_without_files_is_left_as_it_is() -> None:
    page = '<a href="/x">x</a><br><a href="/files/plan.pdf">never closed'
    assert with_notes(page, {}) == with_notes(page, NOTES) == page
