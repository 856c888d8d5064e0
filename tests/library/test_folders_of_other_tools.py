"""Folders that other tools wrote: categories, dates, links by name, what is hidden, and what is not read."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image as Picture

from kb.library.export import export
from kb.library.folders import load
from kb.library.folders.commit_dates import commit_dates
from kb.library.folders.folder_titles import FolderTitles
from kb.library.folders.load_report import LoadReport
from kb.models import Attachment, Guide, Image

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[1] / "data" / "foreign"
HIDDEN = "CANARY"
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def _write(folder: Path, source: str, text: str) -> None:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _load(folder: Path) -> LoadReport:
    return load.load([folder])


def _sample(folder: Path, tool: str) -> LoadReport:
    shutil.copytree(SAMPLES / tool, folder, dirs_exist_ok=True)
    return _load(folder)


@pytest.mark.slow
@pytest.mark.parametrize("tool", sorted(path.name for path in SAMPLES.iterdir()))
def test_every_folder_loads_and_shows_nothing_that_its_authors_hide(folder: Path, client: Client, tool: str) -> None:
    report = _sample(folder, tool)
    assert not report.failed
    guides = Guide.objects.filter(state=Guide.State.PUBLISHED)
    assert guides.count() == len(report.new)
    for guide in guides:
        assert HIDDEN not in client.get(guide.get_absolute_url()).content.decode()
        assert HIDDEN not in client.get(f"/api/v1/guides/{guide.slug}/").content.decode()
    assert HIDDEN not in client.get("/search/", {"q": HIDDEN.lower()}).content.decode()


def test_categories_are_named_by_the_pages_of_their_folders(folder: Path) -> None:
    _sample(folder, "hugo")
    assert Guide.objects.get(slug="cable").category == "Nets and cables"
    assert Guide.objects.get(slug="other").category == ""


def test_labels_of_docusaurus_name_categories_and_folders_that_all_share_are_none(folder: Path) -> None:
    _sample(folder, "docusaurus")
    assert {guide.slug: guide.category for guide in Guide.objects.filter(state="published")} == {
        "start": "First steps",
        "noise": "First steps",
        "intro": "",
    }


def test_a_folder_that_all_guides_share_is_no_category(folder: Path) -> None:
    titles = FolderTitles(folder, ["book/en/net/a.md", "book/en/mail/b.md"])
    assert titles.category_of("book/en/net/a.md") == "Net"
    assert FolderTitles(folder, ["net/a.md", "net/b.md"]).category_of("net/a.md") == "Net"
    assert FolderTitles(folder, ["README.md", "docs/01-net/a.md"]).category_of("docs/01-net/a.md") == "Net"
    _write(folder, "net/_index.md", "---\ntitle: [no, text]\n---\n# Overview\n")
    assert FolderTitles(folder, ["net/a.md", "b.md"]).category_of("net/a.md") == "Net"


def test_dates_of_the_source_are_those_that_readers_see(folder: Path, client: Client) -> None:
    _write(folder, "a.md", "---\ndate: 2020-01-02\nlastmod: 2023-05-17\n---\n# A\n\nText.\n")
    _write(folder, "b.md", "---\nms.date: 05/18/2022\n---\n# B\n\nText.\n")
    _write(folder, "c.md", "# C\n\nText.\n")
    _load(folder)
    assert "17 May 2023" in client.get("/guides/a/").content.decode()
    assert "18 May 2022" in client.get("/guides/b/").content.decode()
    assert Guide.objects.get(slug="c").updated_at.date() >= dt.date(2025, 1, 1)


def test_a_checkout_dates_its_files_by_their_commits(folder: Path) -> None:
    _write(folder, "docs/a.md", "# A\n\nText.\n")
    _write(folder, "docs/ä b.md", "---\ndate: 2020-01-02\n---\n# B\n\nText.\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x", "--date=2021-03-04T10:00:00Z"]):
        environment = {"GIT_COMMITTER_DATE": "2021-03-04T10:00:00Z", "PATH": "/usr/bin:/bin:/usr/local/bin"}
        subprocess.run([*GIT, *arguments], cwd=folder, env=environment, check=True)
    assert set(commit_dates(folder / "docs")) == {"a.md", "ä b.md"}
    _load(folder)
    dates = dict(Guide.objects.values_list("title", "updated_at"))
    assert {title: str(date.date()) for title, date in dates.items()} == {"A": "2021-03-04", "B": "2020-01-02"}


def test_links_by_name_lead_to_notes_wherever_they_lie_and_follow_them(folder: Path) -> None:
    _write(folder, "a.md", "# A\n\nSee [[Other note]].\n")
    report = _load(folder)
    assert [finding.message for finding in report.findings if "[[" in finding.message] == [
        "The link leads to '[[Other note]]', which is no guide and no contact of this folder."
    ]
    _write(folder, "deep/down/Other note.md", "# Other\n\nText.\n")
    _load(folder)
    assert 'href="/guides/other-note/"' in Guide.objects.get(slug="a").html


def test_links_by_name_lead_nobody_to_notes_for_staff(folder: Path) -> None:
    _write(folder, "a.md", "# A\n\nSee [[Secret note]] and [this](/deep/Secret%20note).\n")
    _write(folder, "deep/Secret note.md", "---\naudience: staff\n---\n# Secret\n\nText.\n")
    _load(folder)
    assert "secret-note" not in Guide.objects.get(slug="a").html
    _write(folder, "deep/Secret note.md", "# Secret\n\nText.\n")
    _load(folder)
    assert Guide.objects.get(slug="a").html.count('href="/guides/secret-note/"') == 2


def test_files_that_are_no_markdown_are_told_in_a_line_for_each_folder(folder: Path) -> None:
    _write(folder, "a.mdx", "# A\n\nText.\n")
    for name in ("x.txt", "y.html", "z.html", "deep/only.txt", ".hidden/h.txt"):
        _write(folder, name, "text")
    out = io.StringIO()
    call_command("load_guides", folder, stdout=out)
    assert "1 new" in out.getvalue()
    assert f"{folder.name}/: 3 files are no Markdown and were not read (2 .html, 1 .txt)." in out.getvalue()
    assert "deep/: 1 file is no Markdown and was not read (1 .txt)." in out.getvalue()
    assert ".hidden" not in out.getvalue()


def test_what_was_loaded_is_exported_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    _sample(folder, "obsidian")
    call_command("export_guides", tmp_path / "out", stdout=io.StringIO())
    for file in folder.rglob("*.md"):
        (found,) = (tmp_path / "out").rglob(file.name)
        assert found.read_bytes() == file.read_bytes()


def test_a_category_is_found_by_the_names_of_its_folders_too(folder: Path, client: Client) -> None:
    for source, text in {
        "docs/client/_index.md": "# Working with mail",
        "docs/client/out box/sending.md": "# Sending\n\nSend it.",
        "docs/phone/dialling.md": "# Dialling\n\nDial.",
    }.items():
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(text)
    load.load([folder])
    for former, now in {
        "docs/client/out-box": "working-with-mail/out-box",
        "docs/client": "working-with-mail",
        "docs/phone": "phone",
    }.items():
        answer = client.get(f"/categories/{former}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/categories/{now}/")
    assert client.get("/categories/docs/").status_code == 404
    assert client.get("/categories/docs/fax/").status_code == 404


def test_titles_of_any_script_have_addresses_of_their_own_and_former_ones_lead_on(folder: Path, client: Client) -> None:
    for source in (
        "网络/VPN 连接.md",
        "网络/VPN 断开.md",
        "Straßen/Größe.md",
        "Ошибка входа.md",
        "ログイン.md",
        "خطأ.md",
    ):
        (folder / source).parent.mkdir(exist_ok=True)
        (folder / source).write_text(f"# {Path(source).stem}\n\nIt is so.\n")
    load.load([folder])
    slugs = {guide.title: guide.slug for guide in Guide.objects.all()}
    assert slugs["VPN 连接"] == "vpn-lian-jie"
    assert slugs["VPN 断开"] == "vpn-duan-kai"
    assert slugs["Größe"] == "grosse"
    assert slugs["Ошибка входа"] == "oshibka-vkhoda"
    assert len(set(slugs.values())) == 6
    assert all(client.get(f"/guides/{slug}/").status_code == 200 for slug in slugs.values())
    assert client.get("/categories/strassen/").status_code == 200
    assert client.get("/categories/straen/").headers["Location"] == "/categories/strassen/"
    former = "网络".encode("punycode").decode().strip("-").lower()
    assert client.get(f"/categories/{former}/").headers["Location"] == "/categories/wang-luo/"
    load.load([folder])
    assert slugs == {guide.title: guide.slug for guide in Guide.objects.all()}


def test_the_day_in_a_name_is_what_readers_see_without_another(folder: Path) -> None:
    _write(folder, "blog/2023-05-06-cut.md", "# Cut\n\nThe power is cut.\n")
    _write(folder, "blog/2023-05-06-dated.md", "---\ndate: 2024-01-02\n---\n# Dated\n\nThe power is cut.\n")
    _load(folder)
    days = dict(Guide.objects.values_list("title", "updated_at__date"))
    assert days == {"Cut": dt.date(2023, 5, 6), "Dated": dt.date(2024, 1, 2)}


@pytest.mark.parametrize(
    ("place", "written"),
    [(".gitbook/assets", "../.gitbook/assets/"), (".vuepress/public", "/"), ("docs/.vuepress/public", "/")],
)
def test_pictures_and_files_are_read_where_tools_keep_them_and_nowhere_else_hidden(
    folder: Path, client: Client, tmp_path: Path, place: str, written: str
) -> None:
    picture = tmp_path / "a.png"
    Picture.new("RGB", (4, 3), (9, 0, 0)).save(picture)
    for at in (place, ".secret", ".gitbook", f"{place}/.deep"):
        (folder / at).mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, folder / at / "a (1).png")
        (folder / at / "notes.txt").write_text("Notes\n")
        (folder / at / "page.md").write_text("# Page\n\nText.\n")
    text = f"# Motor\n\n![Motor](<{written}a (1).png>) [Notes]({written}notes.txt) [No](../.secret/notes.txt)\n"
    _write(folder, "motor/hot.md", text)
    report = _load(folder)
    assert report.new == ["motor/hot.md"]
    page = client.get(Guide.objects.get().get_absolute_url()).content.decode()
    assert page.count("<img") >= 1
    assert set(Image.objects.values_list("source", flat=True)) == {f"{place}/a (1).png"}
    assert set(Attachment.objects.values_list("source", flat=True)) == {f"{place}/notes.txt"}
    export.export(tmp_path / "out")
    assert (tmp_path / "out" / place / "a (1).png").read_bytes() == picture.read_bytes()
    assert (tmp_path / "out" / place / "notes.txt").read_text() == "Notes\n"
