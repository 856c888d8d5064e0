"""Guides with a TOML head (`+++`, as Hugo and Zola write it) say what those with a YAML head say."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kb.content import front_matter, outline
from kb.content.document import ContentError, Metadata
from kb.content.head_values import with_values
from kb.library.export import export
from kb.library.folders import load
from kb.models import Contact, Guide
from tests.content.test_front_matter import line_refused
from troubleshooting.evaluation.checks import run

BODY = "\n**Symptoms:**\n- The {0} light blinks (always)\n\n**Solution:**\n1. Unplug the {0}.\n2. Plug it in.\n"
HEAD = """+++
# who and what
title = "Slow responses"   # keep it short
description = 'What to do.'
tags = ["slow", "network"]
audience = "staff"
weight = 1_000
version = 1.10
long = \"\"\"
draft = true
\"\"\"
[params]
draft = true
tags = ["of another table"]
+++
Text.
"""
WITHHELD = (
    "draft = true",
    'Draft = "TRUE"',
    "published = false",
    "publish = false",
    "private = true",
    "internal = true",
    "unlisted = true",
    'status = "draft"',
    'visibility = "internal"',
    'visibility = ["agents"]',
    "publish_date = 2999-01-01",
    'publishDate = "2999-01-01"',
    "publishDate = 2999-01-01T09:30:00Z",
    "publishDate = 2999-01-01T09:30:00.5+02:00",
    "publishDate = 2999-01-01 09:30:00",
    "expiryDate = 2001-01-01",
    "user_segment_id = 1234",
    "date = 2999-01-01",
    "release_date = 2999-01-01",
    "scheduled = 2999-01-01T09:30:00Z",
    "publishDate = 9999-12-31T23:59:59-05:00",
    "metadata = { draft = true }",
    "metadata.draft = true",
)
FOR_READERS = (
    "draft = false",
    "published = true",
    "publishDate = 2001-01-01T00:00:00Z",
    "date = 2001-01-01",
    "date = 0001-01-01T00:00:00Z",
    "scheduled = false",
    "metadata.draft = false",
    'visibility = "public"',
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "guides"
    made.mkdir()
    return made


def read(text: str) -> Metadata:
    head = front_matter.split(text)
    return front_matter.metadata(head.fields, outline=outline.parse(head.body, head.body_line), source="a.md")[0]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_keys_values_and_lines_are_read(newline: str, mark: str) -> None:
    head = front_matter.split(mark + HEAD.replace("\n", newline))
    assert (head.body, head.body_line) == ("Text.\n", 16)
    assert head.fields["weight"] == "1000"
    assert head.fields["version"] == "1.10"
    assert getattr(head.fields, "lines", {}) == {
        "title": 3,
        "description": 4,
        "tags": 5,
        "audience": 6,
        "weight": 7,
        "version": 8,
        "long": 9,
        "params": 12,
    }
    found = read(HEAD)
    assert (found.title, found.summary, found.tags) == ("Slow responses", "What to do.", ("slow", "network"))
    assert (found.audience, found.withheld) == ("staff", ())


def test_a_key_of_a_table_is_told_with_its_line() -> None:
    (found,) = read('+++\ntitle = "Lamp"\n[metadata]\nweight = 1\ndraft = true\n+++\n').withheld
    assert (found.line, found.written) == (5, "draft = true")


def test_what_only_looks_like_a_head_is_text() -> None:
    for text in ("Text\n+++\na = 1\n+++\n", "\n+++\ntext\n+++\n", "++++\na = 1\n++++\n", "+++ a\n+++\n"):
        assert front_matter.split(text).body == text
    assert front_matter.split("\n+++\na = 1\n+++\nText").body == "Text"
    assert front_matter.split("+++\n+++\nText").fields == {}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("+++\ntitle = 'a'\nText\n", 1, "write a line '+++' after it"),
        ("+++\ntitle = 'a'\ntags = [\n+++\n", 3, "is not TOML"),
        ("+++\ntitle = a\n+++\n", 2, "is not TOML: a value can't be read"),
        ("+++\na = 1\na = 2\n+++\n", 3, "is not TOML"),
        ("+++\na = " + "[" * 9 + "]" * 9 + "\n+++\n", 2, "nested"),
        ("+++\na = " + "[" * 20_000 + "\n+++\n", 2, "nested"),
        ("+++\na = " + "9" * 5_000 + "\n+++\n", 2, "number"),
        ("+++\na = 0x" + "f" * 60_000 + "\n+++\n", 2, "number"),
        ("+++\na = '" + "9" * 66_000 + "'\n+++\n", 2, "longer"),
        ('+++\nb = 1\na = "x\\u0000"\n+++\n', 3, "NUL"),
        ('---\nb: 1\na: {c: ["x\\0"]}\n---\n', 3, "NUL"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ContentError, match=said.replace("+", r"\+")) as caught:
        read(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "key",
    [
        "a." * 32_000 + "a = 1",
        'x = {a = """ "", """, ' + "a." * 30_000 + 'a = 1, y = " "}',
        '"a".' * 9 + "a = 1",
        "[" + "a . " * 9 + "a]",
    ],
)
def test_a_key_that_would_take_seconds_to_read_is_not_read(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_words: object, **_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(tomllib, "loads", refused)
    with pytest.raises(ContentError, match="nested"):
        front_matter.split(f"+++\n{key}\n+++\n")


def test_dots_in_texts_and_remarks_are_no_keys() -> None:
    dots = "1.2.3.4.5.6.7.8.9.10.11"
    text = f"+++\n# {dots}\na = '{dots}'\nb = \"\"\"{dots} \"{dots}\"\"\"\"\n'{dots}' = '''\n{dots}'''\n+++\n"
    assert front_matter.split(text).fields == {"a": dots, "b": f'{dots} "{dots}"', dots: dots}


@given(st.text(st.sampled_from("ab =.[]{},\"'#\\\n1-:tu\u00e9\r\0")))
def test_whatever_stands_in_a_head_is_read_or_refused(head: str) -> None:
    text = f"+++\n{head}\n+++\n"
    line = line_refused(front_matter.split, text)
    assert line is None or 1 <= line <= text.count("\n") + text.count("\r") + 1
    if line is not None or line_refused(with_title, text) is not None:
        return
    assert with_title(with_title(text)) == with_title(text)
    assert set(front_matter.split(with_title(text)).fields) == {*front_matter.split(text).fields, "title"}


def with_title(text: str) -> str:
    return with_values(text, {"title": "A b"})


# What a form changes


def changed(before: str, after: str) -> tuple[set[str], set[str]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return {line for line in old if line not in new}, {line for line in new if line not in old}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_form_changes_one_line_and_no_other_byte(newline: str) -> None:
    text = "\ufeff" + HEAD.replace("\n", newline)

    def lines(*wanted: str) -> set[str]:
        return {line + newline for line in wanted}

    for values, gone, come in (
        (
            {"title": 'Very "slow"'},
            ['title = "Slow responses"   # keep it short'],
            ['title = "Very \\"slow\\""   # keep it short'],
        ),
        ({"summary": "Wait."}, ["description = 'What to do.'"], ['description = "Wait."']),
        ({"tags": ["é", "b"]}, ['tags = ["slow", "network"]'], ['tags = ["é", "b"]']),
        ({"audience": None}, ['audience = "staff"'], []),
        ({"review_by": "2031-01-31"}, [], ['review_by = "2031-01-31"']),
    ):
        after = with_values(text, values)  # type: ignore[arg-type]
        assert changed(text, after) == (lines(*gone), lines(*come))
        assert with_values(after, values) == after  # type: ignore[arg-type]
    assert with_values(text, {"title": "Slow responses", "tags": ["slow", "network"], "owner": ""}) == text


def test_what_a_form_can_not_change_is_left_to_the_text() -> None:
    for head in ('title = """\nA\n"""', 'tags = [\n  "a",\n]', 'tags = [["]"], "a"]'):
        key = head.partition(" ")[0]
        change: Callable[[str], object] = lambda text: with_values(text, {key: "B"})  # noqa: B023, E731
        assert line_refused(change, f"+++\n{head}\n+++\n") == 2
        assert 'owner = "B"' in with_values(f"+++\n{head}\n+++\n", {"owner": "B"})


# As guides


def write(folder: Path, name: str, *keys: str) -> None:
    head = "".join(f"{key}\n" for key in ("+++", f'title = "{name.capitalize()}"', *keys, "+++"))
    (folder / f"{name}.md").write_text(head + BODY.format(name))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_is_marked_as_not_for_readers_is_a_draft(folder: Path) -> None:
    keys = {f"lamp-{number}": key for number, key in enumerate(WITHHELD)}
    for name, key in keys.items():
        write(folder, name, key)
    report, checked = load.load([folder]), run.check([folder])
    assert (report.new, report.failed) == ([], [])
    for name, key in keys.items():
        assert f"{name}.md" in report.drafts, key
        assert any(said.startswith(f"{name}.md:3: ") and "kept as a draft" in said for said in report.warnings), key
        found = [each.message for each in checked if (each.file, each.line) == (f"{name}.md", 3)]
        assert any("kept as a draft" in message for message in found), key
        guide = Guide.objects.get(source=f"{name}.md")
        assert (guide.title, guide.state) == (name.capitalize(), "draft"), key
        assert Client().get(guide.get_absolute_url()).status_code == 404, key
        write(folder, name)
    assert sorted(load.load([folder]).changed) == sorted(f"{name}.md" for name in keys)
    for name, key in keys.items():
        assert Client().get(Guide.objects.get(source=f"{name}.md").get_absolute_url()).status_code == 200, key


@pytest.mark.django_db(transaction=True)
def test_what_is_for_readers_is_published_and_its_head_is_no_text(folder: Path) -> None:
    keys = {f"lamp-{number}": key for number, key in enumerate(FOR_READERS)}
    for name, key in keys.items():
        write(folder, name, key)
    assert sorted(load.load([folder]).new) == sorted(f"{name}.md" for name in keys)
    for name, key in keys.items():
        guide = Guide.objects.get(source=f"{name}.md")
        assert (guide.title, guide.state) == (name.capitalize(), "published"), key
        assert "+++" not in guide.html + guide.summary, key
        assert key.split(maxsplit=1)[0] not in guide.html, key


@pytest.mark.django_db(transaction=True)
def test_a_head_that_can_not_be_read_publishes_nothing_and_is_said_once(folder: Path) -> None:
    write(folder, "lamp", "draft = yes")
    (refusal,) = load.load([folder]).failed
    assert (refusal.source, refusal.line) == ("lamp.md", 3)
    assert "is not TOML" in refusal.message
    assert [one.message for one in run.check([folder]) if one.file == "lamp.md"] == [refusal.message]
    assert not Guide.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_guide_whose_head_was_published_as_text_is_retired_when_that_says_draft(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "lamp", "draft = true")
    with monkeypatch.context() as patch:
        patch.setattr("kb.library.folders.file_drafts.reasons", lambda _told: ())
        load.load([folder])
    Guide.objects.update(read_with="of another version")
    assert load.load([folder]).retired == ["lamp.md"]


@pytest.mark.django_db(transaction=True)
def test_an_export_gives_back_every_byte(folder: Path, tmp_path: Path) -> None:
    write(folder, "lamp", "draft = true")
    write(folder, "door", "weight = 3   # heavy")
    (folder / "crlf.md").write_bytes(b"\xef\xbb\xbf" + (HEAD + BODY).replace("\n", "\r\n").encode())
    (folder / "contacts").mkdir()
    (folder / "contacts" / "desk.md").write_text('+++\nemail = "a@example.com"\nname = "Desk"\n+++\nAsk.\n')
    assert load.load([folder]).failed == []
    assert Contact.objects.get().name == "Desk"
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.md")}
    assert len(files) == 4
    for target in (tmp_path / "out", folder):
        export.export(target, prune=True)
        assert {path.relative_to(target): path.read_bytes() for path in target.rglob("*") if path.is_file()} == files


@pytest.mark.corpora
@pytest.mark.django_db(transaction=True)
def test_the_guide_that_hugo_wrote_is_read(corpora: Path) -> None:
    load.load([corpora / "cases" / "04-toml-front"])
    guide = Guide.objects.get()
    assert (guide.title, guide.category, guide.tags) == ("Pump stops", "Plant", ["pump"])
    assert "+++" not in guide.html
