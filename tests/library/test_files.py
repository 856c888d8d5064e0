"""Files are read only when that is safe; each that is not is one sentence, and the others are found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.library.folders import source_files
from kb.library.folders.source_files import Refusal, SourceFile


def _found(folder: Path, below: str = "") -> dict[str, SourceFile | Refusal]:
    return {item.source: item for item in source_files.find(folder, below)}


def test_markdown_files_are_found_in_all_folders_in_order(folder: Path) -> None:
    for name in ("b.md", "a/z.markdown", "a/B.MD", "notes.txt", ".hidden.md", ".git/x.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text")
    assert list(_found(folder)) == ["a/B.MD", "a/z.markdown", "b.md"]


def test_only_a_part_of_the_folder_can_be_asked_for(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "x.md").write_text("x")
    (folder / "b.md").write_text("b")
    assert list(_found(folder, "a")) == ["a/x.md"]
    assert list(_found(folder, "b.md")) == ["b.md"]


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "outside").mkdir()
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "dir").symlink_to(tmp_path / "outside")
    (folder / "good.md").write_text("good")
    found = _found(folder)
    assert isinstance(found["good.md"], SourceFile)
    for name in ("link.md", "dir"):
        assert "leads out of the folder" in found[name].message  # type: ignore[union-attr]


def test_links_within_the_folder_do_no_harm(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "x.md").write_text("x")
    (folder / "loop").symlink_to(folder)
    (folder / "alias.md").symlink_to(folder / "a" / "x.md")
    assert list(_found(folder)) == ["a/x.md", "alias.md"]


def test_a_broken_link_is_refused(folder: Path) -> None:
    (folder / "x.md").symlink_to(folder / "nowhere.md")
    assert "can't be read: No such file" in _found(folder)["x.md"].message  # type: ignore[union-attr]


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    assert "not a regular file" in _found(folder)["pipe.md"].message  # type: ignore[union-attr]


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    (folder / "large.md").write_bytes(b"x" * (source_files.LARGEST_SOURCE + 1))
    (folder / "just.md").write_bytes(b"x" * source_files.LARGEST_SOURCE)
    found = _found(folder)
    assert "over 2 MB" in found["large.md"].message  # type: ignore[union-attr]
    assert isinstance(found["just.md"], SourceFile)


def test_names_that_differ_in_capitals_only_collide(folder: Path) -> None:
    (folder / "Guide.md").write_text("a")
    (folder / "guide.md").write_text("b")
    found = _found(folder)
    assert isinstance(found["Guide.md"], SourceFile)
    assert str(found["guide.md"]) == (
        "guide.md:1: Its name differs from Guide.md in capitals only, which many file systems can't keep; rename one."
    )


def test_a_name_that_is_not_utf8_is_refused(folder: Path) -> None:
    (Path(os.fsdecode(bytes(folder) + b"/\xff.md"))).write_text("x")
    assert "Its name is not UTF-8" in next(iter(_found(folder).values())).message  # type: ignore[union-attr]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(folder: Path) -> None:
    (folder / "x.md").write_text("x")
    (folder / "x.md").chmod(0)
    assert "can't be read: Permission denied" in _found(folder)["x.md"].message  # type: ignore[union-attr]
