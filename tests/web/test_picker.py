"""The picker finds guides, sections, contacts and files that a writer may see, and gives links that lead there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from kb.editorial import checking
from kb.library.folders import load
from kb.models import Guide
from kb.web.studio.link_picker import found
from tests.conftest import WriteGuide
from tests.support import studio

pytestmark = pytest.mark.django_db
CONTACT = "---\nname: Night shift\nrole: Printers after hours\n---\nCall them.\n"
SCANNER = "---\nsummary: How to scan.\n---\n# Scanner\n\nIt scans.\n"


@pytest.fixture
def ada() -> User:
    return studio.person("ada", "writers")


@pytest.fixture
def guide(write_guide: WriteGuide, folder: Path) -> Guide:
    """A guide to link from, with others to link to."""
    (folder / "contacts").mkdir()
    (folder / "contacts" / "night-shift.md").write_text(CONTACT)
    write_guide(f"{studio.TEXT}\n## Clear the jam [for good]\n\nTake the jam out.\n", "printers/paper jam.md")
    write_guide("---\naudience: staff\n---\n# Jam statistics\n\nFor us only: jams by floor.\n", "reports/jams.md")
    return write_guide(SCANNER, "scanners/scanner.md")


def test_every_link_that_is_offered_leads_somewhere(guide: Guide, ada: User) -> None:
    picks = [*found(guide, "jam", ada), *found(guide, "night shift", ada)]
    assert {pick.kind for pick in picks} == {"Guide", "Section", "Contact"}
    for pick in picks:
        checked = checking.check(guide, f"---\naudience: staff\n---\n# Scanner\n\n{pick.markdown}\n")
        assert checked.document
        assert "missing-link" not in checked.document.html, pick
        assert 'href="/' in checked.document.html


def test_paths_are_relative_and_anchors_are_of_sections(guide: Guide, ada: User) -> None:
    targets = {pick.target for pick in found(guide, "jam", ada)}
    assert "../printers/paper%20jam.md" in targets
    assert "../printers/paper%20jam.md#clear-the-jam-for-good" in targets
    assert [pick.target for pick in found(guide, "night", ada) if pick.kind == "Contact"] == [
        "../contacts/night-shift.md"
    ]


def test_brackets_in_a_title_do_not_end_the_link(guide: Guide, ada: User) -> None:
    markdown = {pick.markdown for pick in found(guide, "clear the jam", ada)}
    assert r"[Clear the jam \[for good\]](../printers/paper%20jam.md#clear-the-jam-for-good)" in markdown


def test_the_guide_itself_is_linked_to_by_its_sections_only(guide: Guide, ada: User) -> None:
    assert all(pick.target.startswith("#") for pick in found(guide, "scanner", ada))


def test_staff_guides_are_marked_and_are_for_those_who_may_see_them(guide: Guide, ada: User) -> None:
    assert [pick.is_for_staff for pick in found(guide, "statistics", ada) if pick.kind == "Guide"] == [True]
    assert found(guide, "statistics", User.objects.create_user("outsider")) == []


def test_files_are_offered_with_their_size_and_those_of_staff_are_marked(folder: Path) -> None:
    for name, data in {
        "files/pump.pdf": "%PDF-1.7\n",
        "files/pump plan.txt": "plan",
        "a/pump.md": "# Pump\n\nSee [it](../files/pump.pdf).\n",
        "staff.md": "---\naudience: staff\n---\n# Plan\n\nSee [it](<files/pump plan.txt>).\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(data)
    load.load([folder])
    picks = [
        pick
        for pick in found(Guide.objects.get(slug="pump"), "pump", studio.person("eve", "writers"))
        if pick.kind == "File"
    ]
    assert [(pick.markdown, pick.place, pick.is_for_staff) for pick in picks] == [
        ("[pump plan.txt](../files/pump%20plan.txt)", "TXT, 0.1 kB", True),
        ("[pump.pdf](../files/pump.pdf)", "PDF, 0.1 kB", False),
    ]
    of_others = found(Guide.objects.get(slug="pump"), "pump", User.objects.create_user("reader"))
    assert [pick.title for pick in of_others if pick.kind == "File"] == ["pump.pdf"]


def test_other_folders_cannot_be_linked_to(guide: Guide, ada: User) -> None:
    studio.published(ada, "# Jam elsewhere\n\nA jam in another folder.\n")
    assert "Jam elsewhere" not in {pick.title for pick in found(guide, "jam", ada)}


def test_the_page_and_its_fragment_show_the_same(guide: Guide, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    address = reverse("kb:write-pick")
    page = client.get(address, {"guide": guide.slug, "q": "night shift"}).content.decode()
    fragment = client.get(address, {"guide": guide.slug, "q": "night shift", "fragment": "1"}).content.decode()
    assert "[Night shift](../contacts/night-shift.md)" in page
    assert 'data-target="../contacts/night-shift.md"' in fragment
    assert "<html" not in fragment


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", " ", "\0", '"', "a" * 5000, "' OR 1=1 --", "<script>"])
def test_whatever_is_typed_gives_an_answer(guide: Guide, ada: User, text: str) -> None:
    client = Client()
    client.force_login(ada)
    answer = client.get(reverse("kb:write-pick"), {"guide": guide.slug, "q": text, "fragment": "1"})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_the_signed_out_and_readers_pick_nothing(guide: Guide) -> None:
    address = f"{reverse('kb:write-pick')}?guide={guide.slug}&q=jam"
    assert Client().get(address).status_code == 302
    client = Client()
    client.force_login(studio.person("sam", "support"))
    assert client.get(address).status_code == 403
