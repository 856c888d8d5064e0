"""What was loaded is exported byte for byte, and an export that is loaded gives the same library."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from kb import images, library, loading
from kb.exporting import ExportError, export
from kb.models import Contact, Guide, Image, Problem, Revision, Section, SideFile

pytestmark = pytest.mark.django_db
Tree = dict[str, bytes]


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
    b"![The queue](images/queue.png)\n\n[Other](../network/slow.md#fix)\n",
    "network/slow.md": "\ufeff# Slow — naïve\n\n## Fix\nNo newline at the end".encode(),
    "contacts/desk.md": b"---\nname: Desk\ntier: 1\nemail: desk@example.com\n---\nHave the log at hand.\n",
    "synonyms.txt": b"# words\nmail, post\n",
    "walks/mail.yml": b"- answers: {}\n",
    "mail/images/queue.png": picture(),
}


def test_a_loaded_folder_comes_back_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    report = export(tmp_path / "out")
    assert written(tmp_path / "out") == LIBRARY
    assert len(report.written) == len(LIBRARY)


def test_what_says_the_same_is_not_written_again(folder: Path, tmp_path: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    export(tmp_path / "out")
    before = (tmp_path / "out" / "mail" / "late.md").stat().st_mtime_ns
    report = export(tmp_path / "out")
    assert (report.written, len(report.unchanged)) == ([], len(LIBRARY))
    assert (tmp_path / "out" / "mail" / "late.md").stat().st_mtime_ns == before


def test_the_export_loads_into_an_empty_database_as_the_same_library(folder: Path, tmp_path: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    before = said()
    export(tmp_path / "out")
    empty()
    shutil.rmtree(folder)
    loading.load([tmp_path / "out"])
    assert said() == before


def empty() -> None:
    """Leave nothing of the library in the database."""
    Guide.objects.update(revision=None, loaded=None)
    for model in (Revision, Guide, Contact, Image, SideFile):
        model._default_manager.all().delete()


def said() -> object:
    """Everything that the library says, without its history and without row numbers."""
    return (
        list(
            Guide.objects.order_by("source").values("slug", "source", "title", "category", "html", "tags", "audience")
        ),
        list(Section.objects.order_by("guide__source", "position").values("anchor", "title", "text")),
        list(Problem.objects.order_by("guide__source", "position").values("anchor", "title", "causes", "codes")),
        list(Contact.objects.order_by("source").values("slug", "source", "name", "text", "tier")),
        list(Image.objects.values("source", "digest", "width", "height")),
        list(SideFile.objects.values("source", "data")),
    )


def test_folders_of_one_name_go_to_places_of_their_own(tmp_path: Path) -> None:
    loading.load([fill(tmp_path / "a" / "guides", {"x.md": b"# One\n"})])
    loading.load([fill(tmp_path / "b" / "guides", {"x.md": b"# Two\n"})])
    report = export(tmp_path / "out")
    assert written(tmp_path / "out") == {"guides/x.md": b"# One\n", "guides-2/x.md": b"# Two\n"}
    assert [folder.name for folder in report.folders] == ["guides", "guides-2"]


def test_files_of_others_stay_and_those_of_retired_guides_go_when_asked(folder: Path, tmp_path: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    out = fill(tmp_path / "out", {"README.txt": b"mine"})
    export(out)
    library.retire(Guide.objects.filter(source="network/slow.md"))
    assert export(out).removed == []
    assert export(out, prune=True).removed == ["network/slow.md"]
    assert written(out).keys() == {"README.txt", *LIBRARY} - {"network/slow.md"}


def test_a_link_that_leads_out_of_the_folder_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "mail").symlink_to(elsewhere)
    with pytest.raises(ExportError, match="leads out"):
        export(out)
    assert not any(elsewhere.iterdir())


def test_the_command_says_what_it_wrote_and_refuses_a_file(folder: Path, tmp_path: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    out = StringIO()
    call_command("export_guides", tmp_path / "out", stdout=out)
    assert out.getvalue() == "Files: 6 written, 0 unchanged, 0 removed.\n"
    with pytest.raises(CommandError, match="is a file"):
        call_command("export_guides", tmp_path / "out" / "synonyms.txt")


def test_an_image_of_a_guide_is_shown_on_its_page(folder: Path, client: object) -> None:
    loading.load([fill(folder, LIBRARY)])
    image = Image.objects.get()
    assert f'src="{image.get_absolute_url()}"' in Guide.objects.get(source="mail/late.md").html


def test_a_changed_image_is_shown_anew(folder: Path) -> None:
    loading.load([fill(folder, LIBRARY)])
    before = Guide.objects.get(source="mail/late.md").html
    (folder / "mail/images/queue.png").write_bytes(picture(10))
    loading.load([folder])
    after = Guide.objects.get(source="mail/late.md").html
    assert Image.objects.get().get_absolute_url() in after
    assert after != before


def test_a_file_that_is_no_image_is_refused_and_the_guides_load(folder: Path) -> None:
    report = loading.load([fill(folder, {**LIBRARY, "mail/images/queue.png": b"<svg/>"})])
    assert [str(refusal) for refusal in report.failed] == [
        "mail/images/queue.png:1: This file is not an image that can be shown: save it as PNG, JPEG, WebP or GIF."
    ]
    assert Guide.objects.count() == 2


def test_an_uploaded_image_goes_with_its_guide(write_guide: Callable[..., Guide], tmp_path: Path) -> None:
    guide = write_guide("# Mail\n\nText.\n", "mail/late.md")
    ada = User.objects.create_user("ada")
    first = images.upload(guide, "The Queue!.PNG", picture(), ada)
    second = images.upload(guide, "The Queue!.PNG", picture(9), ada)
    again = images.upload(guide, "other.png", picture(), ada)
    assert [first.source, second.source] == ["mail/images/the-queue.png", "mail/images/the-queue-2.png"]
    assert again == first
    assert images.written_in(guide, second) == "images/the-queue-2.png"
    export(tmp_path / "out")
    assert (tmp_path / "out" / second.source).read_bytes() == images.path_of(second.digest, "png").read_bytes()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=120)
names = st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6})?\.md", fullmatch=True)


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
    report = loading.load([fill(root / "in", data)])
    refused = {refusal.source for refusal in report.failed}
    places = export(root / "out").folders
    assert written(root / "out") == {source: text for source, text in data.items() if source not in refused}
    assert places == [root / "out"] * bool(data.keys() - refused)


@pytest.mark.parametrize("name", ["outlook", "openshift-runbooks", "technotes/guides"])
def test_what_others_wrote_comes_back_byte_for_byte(corpora: Path, tmp_path: Path, name: str) -> None:
    source = corpora / "corpora" / name
    report = loading.load([source])
    export(tmp_path / "out")
    guides = {path: data for path, data in written(source).items() if path.lower().endswith((".md", ".markdown"))}
    assert not report.failed
    assert written(tmp_path / "out") == guides
