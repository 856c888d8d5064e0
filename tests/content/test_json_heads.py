"""Guides with a JSON head, as Hugo, gray-matter and Middleman write it, say what those with a YAML head say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from kb.content import front_matter, head, outline
from kb.content.document import ContentError, Metadata
from kb.content.head_values import with_values
from kb.library.export import export
from kb.library.folders import load
from kb.models import Contact, Guide
from troubleshooting.evaluation.checks import run

BODY = "\n**Symptoms:**\n- The {0} light blinks (always)\n\n**Solution:**\n1. Unplug the {0}.\n2. Plug it in.\n"
HEAD = """{
  "title": "Slow \\"responses\\"",
\t"description": "What to do: {wait}.",
  "tags": ["slow", "network"], "weight": 1000,
  "audience": "staff",
  "version": 1.10, "nothing": null,
  "params": {
    "draft": true, "list": [{"inner": 1}]
  },
  "last": true
}
Text.
"""
MARKS: tuple[dict[str, object], ...] = (
    {"draft": True},
    {"Draft": "yes"},
    {"published": False},
    {"status": "draft"},
    {"visibility": ["agents"]},
    {"publishDate": "2999-01-01T09:30:00Z"},
    {"date": "2999-01-01"},
    {"date": "9999-12-31T23:59:59-05:00"},
    {"expiryDate": "2001-01-01"},
    {"metadata": {"draft": True}},
)
FORMS = ("{0}\n", "---json\n{0}\n---\n", ";;;\n{0}\n;;;\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "guides"
    made.mkdir()
    return made


def read(text: str) -> Metadata:
    parted = front_matter.split(text)
    body = outline.parse(parted.body, parted.body_line)
    return front_matter.metadata(parted.fields, outline=body, source="a.md")[0]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_keys_values_and_lines_are_read(newline: str, mark: str) -> None:
    parted = front_matter.split(mark + HEAD.replace("\n", newline))
    assert (parted.body, parted.body_line, parted.form) == ("Text.\n", 12, "json")
    assert [parted.fields[key] for key in ("weight", "version", "nothing", "last")] == ["1000", "1.10", None, "true"]
    assert getattr(parted.fields, "lines", {}) == {
        "title": 2,
        "description": 3,
        "tags": 4,
        "weight": 4,
        "audience": 5,
        "version": 6,
        "nothing": 6,
        "params": 7,
        "last": 10,
    }
    found = read(HEAD)
    assert (found.title, found.summary, found.tags) == (
        'Slow "responses"',
        "What to do: {wait}.",
        ("slow", "network"),
    )
    assert (found.audience, found.withheld) == ("staff", ())


@pytest.mark.parametrize("fence", ["---yaml", "--- yml", "---toml", ";;;", "---json"])
def test_a_fence_may_name_what_is_between(fence: str) -> None:
    inner = {"toml": "draft = true", "json": '{"draft": true}', ";;;": '"draft": true'}.get(fence[3:].strip() or fence)
    parted = front_matter.split(f"{fence}\n{inner or 'draft: true'}\n{fence[:3]}\nText.\n")
    assert (parted.fields, parted.body, parted.body_line) == ({"draft": "true"}, "Text.\n", 4)


@pytest.mark.parametrize(
    "text",
    [
        '{ "title": "Lamp" } is how a head is written.\n',
        '{\n  "title": "Lamp",\n}\nText.\n',
        "{% raw %}\nstatus: draft\n{% endraw %}\n",
        "{{< notice >}}\ndraft: true\n",
        "{toc}\nStatus: draft\n",
        "{}\nText.\n",
        '[{"draft": true}]\nText.\n',
        '{\n  "title": "Lamp",\n\n"draft": true\n',
        'Text.\n{"draft": true}\n',
        ";;; draft\nText.\n",
    ],
)
def test_what_only_looks_like_a_head_is_text(text: str) -> None:
    parted = front_matter.split(text)
    assert (parted.body, parted.fields) == (text, {})


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (';;;\n"a": 1\nText\n', 1, "write a line ';;;' after it"),
        ('---json\n{"a": 1,\n}\n---\n', 3, "is not JSON"),
        ('{"a": 1,\n"b": {},\n"a": 2}\n', 3, "'a' is there twice"),
        ('{"a": ' + "[" * 9 + "]" * 9 + "}\n", 1, "nested"),
        ('---json\n{"a": ' + "[" * 30_000 + "\n---\n", 2, "nested"),
        ('{"a": 1,\n"b": "\\u0000"}\n', 2, "NUL"),
        ('{"a": "\\ud800"}\n', 1, "half a character"),
        ('{\n  "title": "Lamp",\n  "draft": true,\n}\nText.\n', 3, "not for readers"),
        ("{ title: 'Lamp', draft: true }\nText.\n", 1, "not for readers"),
        ('{ "title": "Lamp", "draft": true } Text.\n', 1, "not for readers"),
        ('{\n"status": "draft"\n"title": "Lamp"\n}\n', 2, "not for readers"),
        ('{"draft": true, "a": "' + "a" * head.LONGEST_HEAD + '"}\n', 1, "not for readers"),
    ],
)
def test_what_can_not_be_read_or_published_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ContentError) as refused:
        front_matter.split(text)
    assert refused.value.line == line
    assert said in refused.value.message


def test_hostile_objects_are_text() -> None:
    for text in ('{"a":' * 50_000, "{\n" * 50_000, '{"' + "\\" * 70_000):
        assert front_matter.split(text).fields == {}


def test_a_number_may_be_long() -> None:
    assert front_matter.split('{"a": ' + "9" * 5_000 + "}\n").fields == {"a": "9" * 5_000}


def test_a_form_does_not_change_a_head_in_json() -> None:
    for text in ('{"title": "Lamp"}\nText.\n', '---json\n{"title": "Lamp"}\n---\n'):
        with pytest.raises(ContentError, match="is JSON: change it in the text"):
            with_values(text, {"owner": "Ann"})
    text = "---yaml\ntitle: Lamp\n---\nText.\n"
    assert with_values(text, {"owner": "Ann"}) == "---yaml\ntitle: Lamp\nowner: Ann\n---\nText.\n"


# As guides


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_marked_as_not_for_readers_is_a_draft(folder: Path, form: str) -> None:
    marks: dict[str, dict[str, object]] = {f"lamp-{number}.md": mark for number, mark in enumerate(MARKS)}
    lines = {}
    for source, mark in marks.items():
        head = form.format(json.dumps({"title": "Lamp", **mark}, indent=1))
        (folder / source).write_text(head + BODY.format("lamp"))
        (key,) = mark
        lines[source] = [key in line for line in head.splitlines()].index(True) + 1 + isinstance(mark[key], dict)
    report, checked = load.load([folder]), run.check([folder])
    assert (report.new, report.failed) == ([], [])
    for source, mark in marks.items():
        start = f"{source}:{lines[source]}: "
        assert source in report.drafts, mark
        assert any(said.startswith(start) and "kept as a draft" in said for said in report.warnings), mark
        found = [each.message for each in checked if (each.file, each.line) == (source, lines[source])]
        assert any("kept as a draft" in message for message in found), mark
        guide = Guide.objects.get(source=source)
        assert (guide.title, guide.state) == ("Lamp", "draft"), mark
        assert Client().get(guide.get_absolute_url()).status_code == 404, mark
        (folder / source).write_text(form.format('{"title": "Lamp", "draft": false}') + BODY.format("lamp"))
    assert sorted(load.load([folder]).changed) == sorted(marks)
    for source, mark in marks.items():
        guide = Guide.objects.get(source=source)
        assert Client().get(guide.get_absolute_url()).status_code == 200, mark
        assert "{" not in guide.html, mark


@pytest.mark.django_db(transaction=True)
def test_a_head_that_says_draft_and_can_not_be_read_publishes_nothing(folder: Path) -> None:
    (folder / "lamp.md").write_text('{\n"title": "Lamp"\n"draft": true\n}\n' + BODY.format("lamp"))
    (refusal,) = load.load([folder]).failed
    assert (refusal.source, refusal.line) == ("lamp.md", 3)
    assert not Guide.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_export_gives_back_every_byte(folder: Path, tmp_path: Path) -> None:
    (folder / "contacts").mkdir()
    (folder / "lamp.md").write_text('{ "title": "Lamp", "draft": true }\n' + BODY.format("lamp"))
    (folder / "door.md").write_text(';;;\n"title":   "Door"\n;;;\n' + BODY.format("door"))
    (folder / "crlf.md").write_bytes(b"\xef\xbb\xbf" + (HEAD + BODY).replace("\n", "\r\n").encode())
    (folder / "contacts" / "desk.md").write_text('{\n  "name": "Desk",\n  "email": "a@example.com"\n}\nAsk.\n')
    (folder / "contacts" / "about.md").write_text('{\n  "title": "About",\n  "author": {"name": "Ann"}\n}\nText.\n')
    report = load.load([folder])
    assert (report.failed, len(report.new)) == ([], 4)
    assert Contact.objects.get().name == "Desk"
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.md")}
    for target in (tmp_path / "out", folder):
        export.export(target, prune=True)
        assert {path.relative_to(target): path.read_bytes() for path in target.rglob("*") if path.is_file()} == files
