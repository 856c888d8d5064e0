"""What was loaded is exported byte for byte, and an export that is loaded gives the same library."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from pytest_django import Settings

from kb.editorial import upkeep
from kb.library import retiring
from kb.library.export.export import ExportError, export
from kb.library.folders import load
from kb.library.folders.address_file import FILE_NAME
from kb.library.images import store
from kb.models import Contact, FormerAddress, FormerAnchor, Guide, Image, Problem, Revision, Section, SideFile
from tests.support.foreign_forms import FORMS
from tests.support.studio import TEXT, person, published

pytestmark = pytest.mark.django_db
Tree = dict[str, bytes]
OF_GUIDES = (
    *("slug", "key", "source", "title", "summary", "category", "audience", "applies_to", "tags", "prevalence", "owner"),
    *("review_by", "contacts", "questions", "html"),
)


def picture(shade: int = 200) -> bytes:
    out = BytesIO()
    Picture.new("RGB", (40, 30), (shade, 0, 0)).save(out, "PNG")
    return out.getvalue()


def written(folder: Path) -> Tree:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def fill(folder: Path, tree: Tree) -> Path:
    for source, data in tree.items():
        path = folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


LIBRARY: Tree = {
    "mail/late.md": b"---\ntitle: Late mail\ncustom: [1, 2]\n---\r\n\r\n## Symptoms\n- Late\n\n## Solution\n1. Wait\n\n"
    b"> [!STAFF]\r\n> Empty the queue.\n\n![The queue](images/queue.png)\n\n[Other](../network/slow.md#fix)\n",
    "network/slow.md": "\ufeff# Slow — naïve\n\n## Fix\nNo newline at the end".encode(),
    "contacts/desk.md": b"---\nname: Desk\ntier: 1\nemail: desk@example.com\n---\nHave the log at hand.\n",
    "synonyms.txt": b"# words\nmail, post\n",
    "walks/mail.yml": b"- answers: {}\n",
    "mail/images/queue.png": picture(),
}


def test_a_loaded_folder_comes_back_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    report = export(tmp_path / "out")
    assert written(tmp_path / "out") == LIBRARY
    assert len(report.written) == len(LIBRARY)


def test_what_says_the_same_is_not_written_again(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    export(tmp_path / "out")
    before = (tmp_path / "out" / "mail" / "late.md").stat().st_mtime_ns
    report = export(tmp_path / "out")
    assert (report.written, len(report.unchanged)) == ([], len(LIBRARY))
    assert (tmp_path / "out" / "mail" / "late.md").stat().st_mtime_ns == before


def test_the_export_loads_into_an_empty_database_as_the_same_library(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    before = said()
    export(tmp_path / "out")
    empty()
    shutil.rmtree(folder)
    load.load([tmp_path / "out"])
    assert said() == before


def loaded_anew(folder: Path, out: Path) -> object:
    """What a library says that knows nothing but an export."""
    export(out)
    empty()
    if folder.exists():
        shutil.rmtree(folder)
    report = load.load([out])
    assert not report.failed
    return said()


@pytest.mark.slow
def test_what_was_renamed_is_at_the_same_addresses_in_an_empty_database(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    for slug in ("slower", "slowest"):
        upkeep.rename(Guide.objects.get(source="network/slow.md"), slug)
    (folder / "mail" / "late.md").rename(folder / "mail" / "delayed.md")
    load.load([folder])
    before = said()
    assert loaded_anew(folder, tmp_path / "out") == before
    client = Client()
    for address in ("slow", "slower"):
        assert client.get(f"/guides/{address}/").headers["Location"] == "/guides/slowest/"
    assert client.get("/guides/late/").headers["Location"] == "/guides/delayed/"
    first = written(tmp_path / "out")
    export(tmp_path / "again")
    assert written(tmp_path / "again") == first


def test_an_address_that_another_guide_had_first_stays_so_in_an_empty_database(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, {"b/setup.md": b"# One\n"})])
    load.load([fill(folder, {"a/setup.md": b"# Two\n"})])
    before = said()
    assert Guide.objects.get(slug="setup").source == "b/setup.md"
    assert loaded_anew(folder, tmp_path / "out") == before


def test_former_anchors_and_keys_go_with_the_export(folder: Path, tmp_path: Path) -> None:
    text = b"# Mail\n\n## %s\n\nThese words are the same before and after.\n"
    for heading in (b"First", b"Second", b"Third"):
        load.load([fill(folder, {"mail.md": text % heading})])
    before = said()
    assert loaded_anew(folder, tmp_path / "out") == before
    assert 'id="first"' in Guide.objects.get().html


def test_a_guide_written_in_the_browser_is_the_same_in_an_empty_database(
    folder: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.CONTENT_DIR = folder
    ada = person("ada", "editors")
    for slug in ("", "other"):
        guide = published(ada, TEXT, slug)
    assert sorted(Guide.objects.values_list("key", flat=True)) == ["other", "paper-jam"]
    upkeep.rename(guide, "another")
    before = said()
    assert loaded_anew(folder, tmp_path / "out") == before


def test_contacts_of_one_name_have_two_addresses_and_keep_them(folder: Path, tmp_path: Path) -> None:
    desk = b"---\nname: Desk\n---\nAsk.\n"
    load.load([fill(folder, {"x/contacts/desk.md": desk, "y/contacts/desk.md": desk})])
    load.load([fill(folder, {"a/contacts/desk.md": desk})])
    assert sorted(Contact.objects.values_list("slug", flat=True)) == ["a-contacts-desk", "contacts-desk", "desk"]
    before = said()
    assert loaded_anew(folder, tmp_path / "out") == before


def test_a_guide_written_in_the_browser_has_no_path_of_a_contact(folder: Path, settings: Settings) -> None:
    settings.CONTENT_DIR = folder
    load.load([fill(folder, {"contacts/desk.md": b"---\nname: Desk\n---\nAsk.\n"})])
    guide = published(person("ada", "editors"), "---\ncategory: contacts\n---\n# Desk\n\nText.\n")
    assert guide.source != "contacts/desk.md"


def test_a_file_that_turns_into_a_contact_leaves_its_guide_behind(folder: Path) -> None:
    load.load([fill(folder, {"contacts/desk.md": b"# Desk\n"})])
    report = load.load([fill(folder, {"contacts/desk.md": b"---\nname: Desk\n---\nAsk.\n"})])
    assert report.missing == ["contacts/desk.md"]
    load.load([folder], prune=True)
    assert (Guide.objects.get().state, Contact.objects.get().slug) == ("retired", "desk")
    load.load([fill(folder, {"contacts/desk.md": b"# Desk\n"})], prune=True)
    assert (Guide.objects.get().state, Contact.objects.get().retired) == ("published", True)


def test_an_image_that_was_uploaded_is_not_replaced_by_a_file_of_its_name(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, {"mail.md": b"# Mail\n"})])
    uploaded = store.upload(Guide.objects.get(), "queue.png", picture(), person("ada"))
    for _ in range(2):
        (refusal,) = load.load([fill(folder, {"images/queue.png": picture(9)})]).failed
        assert str(refusal).startswith("images/queue.png:1: Another image of this name was uploaded in the browser")
    (folder / "images/queue.png").unlink()
    export(folder)
    assert not load.load([folder]).failed
    load.load([fill(folder, {"images/queue.png": picture(9)})])
    assert Image.objects.get().digest != uploaded.digest


def test_what_was_uploaded_moves_with_the_folder_also_when_a_file_is_gone(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    store.upload(Guide.objects.get(source="mail/late.md"), "other.png", picture(3), person("ada"))
    retiring.mark_retired(Guide.objects.filter(source="network/slow.md"))
    (folder / "network/slow.md").unlink()
    moved = folder.rename(tmp_path / "elsewhere")
    assert load.load([moved]).new == []
    for model in (Image, SideFile):
        assert set(model._default_manager.values_list("folder", flat=True)) == {str(moved)}


def test_addresses_that_others_have_by_now_are_not_taken(folder: Path, tmp_path: Path) -> None:
    load.load([fill(tmp_path / "own", {"mine.md": b"# Mine\n", "old.md": b"# Old\n"})])
    told = b"a.md:\n  address: mine\n  former: [old, older]\nelse.md:\n  address: x\n"
    load.load([fill(folder, {"a.md": b"# A\n", FILE_NAME: told})])
    assert Guide.objects.get(title="A").slug == "a"
    assert list(FormerAddress.objects.values_list("address", flat=True)) == ["older"]


def test_a_bad_file_of_addresses_is_one_error_and_the_guides_load(folder: Path) -> None:
    report = load.load([fill(folder, {"a.md": b"# A\n", FILE_NAME: b"a.md:\n  address: a\nb.md: 1\n"})])
    assert str(report.failed[0]).startswith("addresses.yml:3: It is not what export_guides writes")
    assert Guide.objects.count() == 1


def test_addresses_that_follow_from_the_files_again_leave_no_file(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, {"a.md": b"# A\n"})])
    for slug in ("b", "a"):
        upkeep.rename(Guide.objects.get(), slug)
        report = export(tmp_path / "out")
    FormerAddress.objects.all().delete()
    assert FILE_NAME in report.written
    assert export(tmp_path / "out").removed == [FILE_NAME]


def test_words_that_the_library_never_knew_are_not_written_over(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    export(tmp_path / "out")
    upkeep.rename(Guide.objects.get(source="network/slow.md"), "slower")
    for source in ("mail/late.md", "contacts/desk.md", "synonyms.txt", "mail/images/queue.png"):
        there = written(tmp_path / "out")
        (tmp_path / "out" / source).write_bytes(b"unknown")
        with pytest.raises(ExportError, match=f"Nothing was written.*{source}.*load_guides"):
            export(tmp_path / "out")
        assert written(tmp_path / "out") == {**there, source: b"unknown"}
        (tmp_path / "out" / source).write_bytes(there[source])


def test_what_the_library_said_earlier_is_written_over(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    export(tmp_path / "out")
    newer = {"mail/late.md": b"# Late\n", "contacts/desk.md": b"---\nname: Desks\n---\n"}
    load.load([fill(folder, {**newer, "mail/images/queue.png": picture(9)})])
    assert export(tmp_path / "out").written == ["mail/late.md", "contacts/desk.md", "mail/images/queue.png"]


def test_a_file_of_what_was_retired_is_not_removed_with_words_that_were_never_loaded(
    folder: Path, tmp_path: Path
) -> None:
    load.load([fill(folder, LIBRARY)])
    export(tmp_path / "out")
    retiring.mark_retired(Guide.objects.filter(source="network/slow.md"))
    (tmp_path / "out" / "network/slow.md").write_bytes(b"# Newer\n")
    with pytest.raises(ExportError, match=r"network/slow\.md"):
        export(tmp_path / "out", prune=True)
    assert (tmp_path / "out" / "network/slow.md").read_bytes() == b"# Newer\n"


def test_files_left_from_an_earlier_export_are_told(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    export(tmp_path / "out")
    (folder / "mail/late.md").rename(folder / "mail/later.md")
    load.load([folder])
    said = StringIO()
    call_command("export_guides", tmp_path / "out", stdout=StringIO(), stderr=said)
    assert "1 (mail/late.md)" in said.getvalue()


def test_a_name_as_long_as_a_file_system_allows_is_written(folder: Path, tmp_path: Path) -> None:
    name = "é" * 126 + ".md"
    load.load([fill(folder, {name: b"# Long\n"})])
    export(tmp_path / "out")
    assert written(tmp_path / "out") == {name: b"# Long\n"}


def empty() -> None:
    """Leave nothing of the library in the database."""
    Guide.objects.update(revision=None, loaded=None)
    for model in (Revision, Guide, Contact, Image, SideFile):
        model._default_manager.all().delete()


def said() -> object:
    """Everything that the library says, without its history and without row numbers."""
    return (
        list(Guide.objects.filter(state="published").order_by("source").values(*OF_GUIDES)),
        list(Section.objects.order_by("guide__source", "position").values("anchor", "key", "title", "text")),
        list(Problem.objects.order_by("guide__source", "position").values("anchor", "key", "title", "causes", "codes")),
        sorted(FormerAddress.objects.values_list("address", "guide__source")),
        sorted(FormerAnchor.objects.values_list("guide__source", "anchor", "key")),
        list(Contact.objects.order_by("source").values("slug", "source", "name", "text", "tier")),
        list(Image.objects.values("source", "digest", "width", "height")),
        list(SideFile.objects.exclude(source=FILE_NAME).values("source", "data")),
    )


def test_folders_of_one_name_go_to_places_of_their_own(tmp_path: Path) -> None:
    load.load([fill(tmp_path / "a" / "guides", {"x.md": b"# One\n"})])
    load.load([fill(tmp_path / "b" / "guides", {"x.md": b"# Two\n"})])
    report = export(tmp_path / "out")
    assert written(tmp_path / "out") == {"guides/x.md": b"# One\n", "guides-2/x.md": b"# Two\n"}
    assert [folder.name for folder in report.folders] == ["guides", "guides-2"]


def test_files_of_others_stay_and_those_of_retired_guides_go_when_asked(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    out = fill(tmp_path / "out", {"README.txt": b"mine"})
    export(out)
    retiring.mark_retired(Guide.objects.filter(source="network/slow.md"))
    assert export(out).removed == []
    assert export(out, prune=True).removed == ["network/slow.md"]
    assert written(out).keys() == {"README.txt", *LIBRARY} - {"network/slow.md"}


def test_a_link_that_leads_out_of_the_folder_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "mail").symlink_to(elsewhere)
    with pytest.raises(ExportError, match="leads out"):
        export(out)
    assert not any(elsewhere.iterdir())


def test_the_command_says_what_it_wrote_and_refuses_a_file(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    out = StringIO()
    call_command("export_guides", tmp_path / "out", stdout=out)
    assert out.getvalue() == "Files: 6 written, 0 unchanged, 0 removed.\n"
    with pytest.raises(CommandError, match="is a file"):
        call_command("export_guides", tmp_path / "out" / "synonyms.txt")


def test_an_image_of_a_guide_is_shown_on_its_page(folder: Path, client: object) -> None:
    load.load([fill(folder, LIBRARY)])
    image = Image.objects.get()
    assert f'src="{image.get_absolute_url()}"' in Guide.objects.get(source="mail/late.md").html


def test_a_changed_image_is_shown_anew(folder: Path) -> None:
    load.load([fill(folder, LIBRARY)])
    before = Guide.objects.get(source="mail/late.md").html
    (folder / "mail/images/queue.png").write_bytes(picture(10))
    load.load([folder])
    after = Guide.objects.get(source="mail/late.md").html
    assert Image.objects.get().get_absolute_url() in after
    assert after != before


def test_an_image_that_is_gone_and_that_no_guide_shows_is_forgotten(folder: Path, tmp_path: Path) -> None:
    load.load([fill(folder, {**LIBRARY, "mail/images/other.png": picture(9)})])
    store.upload(Guide.objects.get(source="mail/late.md"), "mine.png", picture(3), person("ada"))
    (folder / "mail/images/other.png").unlink()
    (folder / "mail/images/queue.png").unlink()
    assert load.load([folder]).retired == []
    assert load.load([folder], prune=True, dry_run=True).retired == ["mail/images/other.png"]
    assert load.load([folder], prune=True).retired == ["mail/images/other.png"]
    written = export(tmp_path / "out").written
    assert [name for name in written if name.endswith(".png")] == ["mail/images/mine.png", "mail/images/queue.png"]


def test_a_file_that_is_no_image_is_refused_and_the_guides_load(folder: Path) -> None:
    report = load.load([fill(folder, {**LIBRARY, "mail/images/queue.png": b"<svg/>"})])
    assert [str(refusal) for refusal in report.failed] == [
        "mail/images/queue.png:1: This file is not an image that can be shown: save it as PNG, JPEG, WebP or GIF."
    ]
    assert Guide.objects.count() == 2


def test_an_uploaded_image_goes_with_its_guide(write_guide: Callable[..., Guide], tmp_path: Path) -> None:
    guide = write_guide("# Mail\n\nText.\n", "mail/late.md")
    ada = User.objects.create_user("ada")
    first = store.upload(guide, "The Queue!.PNG", picture(), ada)
    second = store.upload(guide, "The Queue!.PNG", picture(9), ada)
    again = store.upload(guide, "other.png", picture(), ada)
    assert [first.source, second.source] == ["mail/images/the-queue.png", "mail/images/the-queue-2.png"]
    assert again == first
    assert store.written_in(guide, second) == "images/the-queue-2.png"
    export(tmp_path / "out")
    assert (tmp_path / "out" / second.source).read_bytes() == store.file_of(second.digest, "png").read_bytes()


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
blocks = st.sampled_from(["\n> [!STAFF]\n> one\n", "- [!staff] two", "\n:::staff\n", "\n!!! staff\n    three\n"])
forms = st.sampled_from([f"\n{form.replace('@', 'x')}\n" for form in FORMS.values()])
texts = st.lists(words | blocks | forms, max_size=3).map("".join)
names = st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6})?\.(md|mdx)", fullmatch=True)


@pytest.mark.slow
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(names, texts, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_text_that_loads_comes_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, str], newline: str
) -> None:
    empty()
    root = tmp_path_factory.mktemp("any")
    data = {source: f"# Title\n{text}".replace("\n", newline).encode() for source, text in tree.items()}
    report = load.load([fill(root / "in", data)])
    refused = {refusal.source for refusal in report.failed}
    places = export(root / "out").folders
    assert written(root / "out") == {source: text for source, text in data.items() if source not in refused}
    assert places == [root / "out"] * bool(data.keys() - refused)


@pytest.mark.parametrize("name", ["outlook", "openshift-runbooks", "technotes/guides"])
def test_what_others_wrote_comes_back_byte_for_byte(corpora: Path, tmp_path: Path, name: str) -> None:
    source = corpora / "corpora" / name
    report = load.load([source])
    export(tmp_path / "out")
    guides = {path: data for path, data in written(source).items() if path.lower().endswith((".md", ".markdown"))}
    assert not report.failed
    assert written(tmp_path / "out") == guides
