"""Files that guides link to are offered as downloads to those who may see such a guide, and nothing else is."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kb.config.kept_files import place
from kb.content.findings import FileFinding
from kb.content.links import DOWNLOADS
from kb.library.attachments import kinds, store, uploading
from kb.library.export.export import export
from kb.library.export.public import export_public
from kb.library.folders import load
from kb.library.folders.load_report import LoadReport
from kb.library.links import report
from kb.models import Attachment, Guide
from kb.models.audience import EVERYONE
from tests.project.test_docs import DOCS
from tests.support.studio import person, signed_in
from troubleshooting.evaluation.checks import run

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"0" * 1_200_000 + b"\n%%EOF\n"
HEAD = "# {}\n\nA pump that stops.\n\n"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def put(folder: Path, source: str, data: bytes | str) -> None:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def loaded(folder: Path, *, prune: bool = False, dry_run: bool = False) -> LoadReport:
    told = load.load([folder], prune=prune, dry_run=dry_run)
    assert not told.failed
    return told


def findings(told: LoadReport) -> list[FileFinding]:
    """What is said of the guides."""
    return [finding for finding in told.findings if finding.file != "contacts"]


def page(client: Client, slug: str = "pump") -> str:
    return client.get(f"/guides/{slug}/").content.decode()


def served(client: Client, source: str) -> tuple[Mapping[str, str], bytes]:
    """The headers and the bytes of a download."""
    answer = client.get(address(source))
    assert answer.status_code == 200
    return answer.headers, b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def got(client: Client, source: str) -> bytes:
    """What is downloaded."""
    return served(client, source)[1]


def address(source: str) -> str:
    return Attachment.objects.get(source=source).get_absolute_url()


def test_a_file_beside_the_guides_is_a_download_with_its_size(folder: Path, client: Client) -> None:
    put(folder, "files/The pump é.pdf", PDF)
    put(folder, "unasked.pdf", PDF + b"x")
    put(folder, "pump.md", HEAD.format("Pump") + "Read [the manual](files/The%20pump%20é.pdf#page=3) first.")
    assert not findings(loaded(folder))
    link = (
        f'<a href="{address("files/The pump é.pdf")}">the manual</a> <span class="download-note">(PDF, 1.2 MB)</span>'
    )
    assert link in page(client)
    assert Attachment.objects.count() == 1  # nobody asks for the other
    headers, data = served(client, "files/The pump é.pdf")
    assert data == PDF
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''The%20pump%20%C3%A9.pdf"
    assert headers["Content-Length"] == str(len(PDF))
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = client.get(address("files/The pump é.pdf"), headers={"If-None-Match": headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address("files/The pump é.pdf").replace("pump", "pomp")).status_code == 404


def test_only_who_may_see_a_guide_that_links_to_a_file_may_have_it(folder: Path, client: Client) -> None:
    put(folder, "secret.pdf", PDF)
    put(folder, "block.txt", "for staff")
    put(folder, "staff.md", "---\naudience: staff\n---\n" + HEAD.format("Staff") + "[Plan](secret.pdf)")
    put(folder, "pump.md", HEAD.format("Pump") + "> [!STAFF]\n> See [the notes](block.txt).\n")
    loaded(folder)
    staff, reader = signed_in(person("staff", "support")), signed_in(person("reader"))
    for source in ("secret.pdf", "block.txt"):
        assert client.get(address(source)).status_code == 404
        etag = {"If-None-Match": f'"{Attachment.objects.get(source=source).digest}"'}
        assert client.get(address(source), headers=etag).status_code == 404
        assert reader.get(address(source)).status_code == 404
        headers, data = served(staff, source)
        assert data == (folder / source).read_bytes()
        assert headers["Cache-Control"] == "private, no-cache"
    assert "attachments" not in page(client)
    export_public(folder.parent / "public")
    assert sorted(path.name for path in (folder.parent / "public").iterdir()) == ["pump.md"]
    put(folder, "open.md", HEAD.format("Open") + "[Plan](secret.pdf)")
    loaded(folder)
    assert got(client, "secret.pdf") == PDF
    put(folder, "open.md", "---\naudience: staff\n---\n" + HEAD.format("Open") + "[Plan](secret.pdf)")
    loaded(folder)
    assert client.get(address("secret.pdf")).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("setup.exe", b"MZ\0\0", kinds.OTHER_KIND),
        ("page.html", b"<p>", kinds.OTHER_KIND),
        ("drawing.svg", b"<svg/>", kinds.OTHER_KIND),
        ("run.sh", b"#!/bin/sh\n", kinds.OTHER_KIND),
        ("letter.docm", zipped(word__vbaProject_bin=b"1"), kinds.OTHER_KIND),
        ("a.pdf", b"<!DOCTYPE html><script>alert(1)</script>%PDF-1.7", kinds.NO_PDF),
        ("a.pdf", b"MZ\0\0%PDF-1.7", kinds.NO_PDF),
        ("a.zip", zipped(word__vbaProject_bin=b"1", x_txt=b"2"), kinds.IS_DOCUMENT),
        ("a.zip", zipped(META_INF__MANIFEST_MF=b"1").replace(b"META.INF", b"META-INF"), kinds.IS_DOCUMENT),
        ("a.zip", zipped(tools__setup_exe=b"MZ"), kinds.HOLDS_PROGRAM.filled(name="setup.exe")),
        ("a.zip", b"PK\x03\x04 and no more", kinds.NO_ZIP),
        ("a.zip", b"MZ" + zipped(x_txt=b"1"), kinds.NO_ZIP),
        ("a.txt", b"\x7fELF\0\0", kinds.NO_TEXT),
        ("a.log", "é".encode("latin-1"), kinds.NO_TEXT),
        ("a.txt", b"\xef\xbb\xbf \n<!-- x --><HTML>", kinds.PAGE),
        ("a.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "z">]>\n<s:svg xmlns:s="x">', kinds.PAGE),
        ("a.conf", b"#!/usr/bin/env python3\n", kinds.SCRIPT),
        ("a.txt", b"<?php system('x');", kinds.SCRIPT),
        ("a.csv", b"x" * (kinds.LARGEST_ATTACHMENT + 1), kinds.TOO_LARGE),
        ("invoice\u202efdp.txt", b"x", kinds.HIDING_NAME),
    ],
)
def test_what_may_not_be_downloaded_is_one_finding_and_no_link(
    folder: Path, client: Client, name: str, data: bytes, reason: str
) -> None:
    put(folder, name, data)
    put(folder, "pump.md", HEAD.format("Pump") + f"One [the file](<{name}>) here.")
    found = findings(loaded(folder))
    assert [(finding.file, finding.line) for finding in found] == [("pump.md", 5)]
    assert found[0].message == f"The file '{name}' is not offered for download: {reason}"
    assert ">the file</span>" in page(client)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(log_txt=b"1", sub__page_html=b"2")),
        ("a.json", b'{"a": "<html>"}'),
        ("a.xml", b'<?xml version="1.0"?><!-- <html> --><settings/>'),
        ("a.log", "\ufeff[2026] Größe <script>".encode()),
        ("a.toml", b""),
        ("a.CSV", b"a;b\n"),
    ],
)
def test_what_is_as_its_name_says_may_be_downloaded(name: str, data: bytes) -> None:
    assert kinds.why_not(name, data) == ""


@given(st.data())
def test_no_file_is_too_odd_to_be_judged(data: st.DataObject) -> None:
    archive = bytearray(zipped(log_txt=b"1" * 40, sub__page_html=b"2"))
    for _ in range(data.draw(st.integers(1, 6))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    for content in (bytes(archive), data.draw(st.binary()), data.draw(st.text(alphabet="<!-?>[]ahtml \n#")).encode()):
        for ending in sorted(DOWNLOADS):
            assert isinstance(kinds.why_not(f"a{ending}", content), str)


def test_writers_are_told_which_files_may_be_downloaded_and_how_large_they_may_be() -> None:
    (table,) = re.findall(
        r"^\| may be downloaded, up to 20 MB .*\n\|.*\n((?:\|.*\n)+)", DOCS["docs/writers.md"], re.MULTILINE
    )
    assert {ending for row in table.splitlines() for ending in re.findall(r"`(\.\w+)`", row.split("|")[1])} == DOWNLOADS
    assert str(kinds.why_not("a.log", b"x" * 20_000_001)) == "it is over 20 MB."
    assert not kinds.why_not("a.log", b"x" * 20_000_000)


def test_sizes_are_told_as_people_say_them() -> None:
    told = [kinds.note("a.log", size) for size in (0, 1, 9_949, 9_950, 999_499, 999_500, 20_000_000)]
    sizes = ["0.0 kB", "0.1 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "20.0 MB"]
    assert told == [f"LOG, {size}" for size in sizes]


def test_a_file_that_changes_goes_out_anew_and_one_that_is_gone_goes(folder: Path, client: Client) -> None:
    put(folder, "a.txt", "one")
    put(folder, "pump.md", HEAD.format("Pump") + "[Notes](a.txt)")
    loaded(folder)
    before = address("a.txt")
    put(folder, "a.txt", "two, longer")
    assert loaded(folder).unchanged == ["pump.md"]
    assert before != address("a.txt")
    assert address("a.txt") in page(client)
    assert client.get(before).status_code == 404
    assert place().names(store.FOLDER) == [store.file_of(Attachment.objects.get().digest).name]
    (folder / "a.txt").unlink()
    told = loaded(folder)
    assert not Attachment.objects.exists()
    assert not place().names(store.FOLDER)
    assert ">Notes</span>" in page(client)
    assert [(finding.file, finding.line) for finding in findings(told)] == [("pump.md", 5)]
    put(folder, "a.txt", "back")
    loaded(folder)
    assert address("a.txt") in page(client)
    put(folder, "a.txt", b"\0")  # is no text any more
    loaded(folder)
    assert ">Notes</span>" in page(client)


def test_a_folder_that_is_not_there_takes_nothing_along(folder: Path, client: Client) -> None:
    put(folder, "a.txt", "one")
    put(folder, "pump.md", HEAD.format("Pump") + "[Notes](a.txt)")
    loaded(folder)
    (folder / "a.txt").unlink()
    (folder / "pump.md").unlink()
    loaded(folder)
    assert got(client, "a.txt") == b"one"
    loaded(folder, prune=True)
    assert not Attachment.objects.exists()


def test_a_dry_run_keeps_nothing_and_finds_the_same(folder: Path) -> None:
    put(folder, "a.txt", "one")
    put(folder, "pump.md", HEAD.format("Pump") + "[Notes](a.txt)")
    assert not findings(loaded(folder, dry_run=True))
    assert not Attachment.objects.exists()
    assert not place().names(store.FOLDER)


def test_a_check_of_the_files_alone_says_the_same(folder: Path) -> None:
    put(folder, "a.txt", "one")
    put(folder, "b.txt", b"\0")
    put(folder, "pump.md", HEAD.format("Pump") + "[Notes](a.txt)\n[Other](b.txt)")
    found = [finding for finding in run.check([folder]) if finding.file == "pump.md"]
    assert [(finding.line, finding.message[-len(kinds.NO_TEXT) :]) for finding in found] == [(6, kinds.NO_TEXT)]


def test_a_page_for_writers_names_no_download_among_broken_links(folder: Path) -> None:
    put(folder, "a.txt", "one")
    put(folder, "pump.md", HEAD.format("Pump") + "[Notes](a.txt) ![Notes](a.txt) [Gone](b.txt)")
    loaded(folder)
    broken = report.inventory(EVERYONE)
    assert [found.target for found in (*broken.broken, *broken.images)] == ["b.txt"]


def test_a_download_costs_the_same_however_many_link_to_it(
    folder: Path, client: Client, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    put(folder, "a.txt", "one")
    for number in range(5):
        put(folder, f"{number}.md", HEAD.format(f"Pump {number}") + "[Notes](a.txt)")
    loaded(folder)
    where = address("a.txt")
    with django_assert_max_num_queries(2):
        assert b"".join(client.get(where).streaming_content) == b"one"  # type: ignore[attr-defined]


def test_an_export_writes_them_back_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    put(folder, "files/a.pdf", PDF)
    put(folder, "files/b.conf", "é\r\n")
    put(folder, "pump.md", HEAD.format("Pump") + "[A](files/a.pdf) ![B](files/b.conf)")
    loaded(folder)
    assert sorted(export(tmp_path / "copy").written) == ["files/a.pdf", "files/b.conf", "pump.md"]
    for source in ("files/a.pdf", "files/b.conf"):
        assert (tmp_path / "copy" / source).read_bytes() == (folder / source).read_bytes()
    assert export(tmp_path / "copy").written == []
    assert export(folder).written == []
    (folder / "files/b.conf").write_text("new here")
    loaded(folder)
    assert export(tmp_path / "copy").written == ["files/b.conf"]


def test_links_are_written_as_other_tools_write_them(folder: Path, client: Client) -> None:
    put(folder, "static/files/a.pdf", PDF)
    put(folder, "vault/deep/My notes.txt", "notes")
    put(
        folder,
        "docs/pump.md",
        HEAD.format("Pump") + '[A](/files/a.pdf) [[My notes.txt]] <a href="../static/files/a.pdf">raw</a>',
    )
    assert not findings(loaded(folder))
    html = page(client, "docs/pump" if not Guide.objects.filter(slug="pump").exists() else "pump")
    assert html.count(address("static/files/a.pdf")) == 2
    assert address("vault/deep/My notes.txt") in html
    for source in ("static/files/a.pdf", "vault/deep/My notes.txt"):
        assert got(client, source) == (folder / source).read_bytes()


def test_what_is_hidden_or_outside_or_our_own_is_no_download(folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside.txt", "outside")
    put(folder, ".env.txt", "password")
    put(folder, ".git/config.ini", "x")
    put(folder, "products.yml", "products: {}\n")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    os.mkfifo(folder / "pipe.log")
    names = (".env.txt", ".git/config.ini", "link.txt", "../outside.txt", "pipe.log", "products.yml", "/etc/hosts.conf")
    put(folder, "pump.md", HEAD.format("Pump") + "".join(f"[x]({name})\n" for name in names))
    told = load.load([folder])
    assert not Attachment.objects.exists()
    lines = [
        finding.line for finding in told.findings if "link leads" in finding.message or "offered" in finding.message
    ]
    assert sorted(lines) == list(range(5, 5 + len(names)))


def test_a_draft_of_a_writer_shows_the_download(folder: Path, admin_user: User) -> None:
    put(folder, "a.txt", "one")
    put(folder, "pump.md", HEAD.format("Pump") + "[Notes](a.txt)")
    loaded(folder)
    writer = signed_in(admin_user)
    text = HEAD.format("Pump") + "[Other words](a.txt)"
    answer = writer.post("/write/guides/pump/check/", {"text": text})
    assert answer.status_code == 200
    assert "download-note" in answer.content.decode()
    assert "a.txt" not in str(answer.json().get("findings"))


def test_a_file_that_was_given_in_the_browser_stays_though_no_file_of_the_folder_says_it(folder: Path) -> None:
    put(folder, "a.md", HEAD.format("Pump") + "See [the log](files/boot.txt).\n")
    loaded(folder)
    guide = Guide.objects.get()
    ada = person("ada")
    given = uploading.upload(guide, "Boot.TXT", b"all well", ada)
    assert given.source == "files/boot.txt"
    assert uploading.upload(guide, "Other.txt", b"all well", ada) == given
    for prune in (False, True):
        loaded(folder, prune=prune)
        assert Attachment.objects.get().is_uploaded
        assert store.file_of(given.digest).exists()
    put(folder, "files/boot.txt", b"another log")
    loaded(folder)
    assert Attachment.objects.get().digest == given.digest
    put(folder, "files/boot.txt", b"all well")
    loaded(folder)
    assert not Attachment.objects.get().is_uploaded
    (folder / "files/boot.txt").unlink()
    loaded(folder)
    assert not Attachment.objects.exists()
