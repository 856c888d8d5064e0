"""Folders of ten pages that other tools wrote, each loaded as a whole: readable, told, hidden, linked, understood."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from lxml import html as lxml_html

from kb.library.export.export import export
from kb.library.folders import load
from kb.library.folders.load_report import LoadReport
from kb.models import Guide

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SAMPLES = Path(__file__).parents[1] / "data" / "foreign_libraries"
EXPECTED: dict[str, Any] = yaml.load((SAMPLES / "expected.yml").read_text(), yaml.CSafeLoader)
HIDDEN = "CANARY"
NOT_WORDS = frozenset({"html", "source", "markdown", "url", "slug"})
# What no reader should see of any tool's signs, outside of code.
LEFT_OVER = re.compile(
    r"\{%|%\}|\{\{[<%]|:::|^!!! |^\?\?\? |^=== |\[\[|\]\]|%%|\[![A-Z]|</?[a-z]+:|</?[A-Z]\w*|/>|\{:|\{#|\{\.|\+\+|==|"
    r"\^\[|\s\^\w|\[\^|@\[|^@tab|^\s*import .* from|^\s*export |#tab/|^h\d\. |\{(?:info|code|expand|toc)|\$\$|<!--|-->|"
    r"\*\[\w+\]:|\{/\*|~~~|```|\[[ xX/-]\] |:[a-z]+_?[a-z]*:(?:\s|$)|\.md\b|(?<![-0-9a-f])[0-9a-f]{32}",
    re.MULTILINE,
)


@pytest.mark.parametrize("tool", sorted(EXPECTED))
def test_each_library_is_readable_told_linked_and_understood_and_hides_what_its_authors_hide(
    folder: Path, tmp_path: Path, client: Client, tool: str
) -> None:
    shutil.copytree(SAMPLES / tool, folder, dirs_exist_ok=True)
    report, expected = load.load([folder]), EXPECTED[tool]
    assert report.failed == []
    assert sorted(report.drafts) == expected["drafts"]
    assert len(_guides()) + len(report.drafts) == len(_files(folder))
    assert _told(report) == expected["told"]
    assert _links() == expected["links"]
    assert _problems() == expected["problems"]
    _assert_all_can_be_read(client, report)
    _assert_nothing_hidden_is_public(client)
    export(tmp_path / "out")
    for file in _files(folder):
        assert (tmp_path / "out" / file.relative_to(folder)).read_bytes() == file.read_bytes()


def _told(report: LoadReport) -> list[list[Any]]:
    """What is told of forms and links, each once: the page, the line and the piece."""
    found = [(finding.file, finding.line, finding.message) for finding in report.findings]
    assert len(found) == len(set(found))
    return sorted([source, line, message.split("'")[1]] for source, line, message in found if "'" in message)


def _links() -> list[list[str]]:
    """The links between guides: the page, the words, and the page that they lead to."""
    sources = {guide.slug: guide.source for guide in Guide.objects.all()}
    found = []
    for guide in _guides():
        for link in lxml_html.fromstring(f"<div>{guide.html}</div>").iter("a"):
            address, _, anchor = link.get("href", "").partition("#")
            if address.startswith("/guides/"):
                there = sources[address.split("/")[2]] + (f"#{anchor}" if anchor else "")
                found.append([guide.source, " ".join(link.text_content().split()), there])
    return sorted(found)


def _problems() -> dict[str, list[list[Any]]]:
    """By page, its problems: the title, the symptoms and the steps of each."""
    found: dict[str, list[list[Any]]] = {}
    for guide in _guides():
        for problem in guide.problems.order_by("position"):
            symptoms = [symptom.text for symptom in problem.symptoms.order_by("position")]
            steps = [step.text for step in problem.steps.order_by("position")]
            found.setdefault(guide.source, []).append([problem.title, symptoms, steps])
    return found


def _assert_all_can_be_read(client: Client, report: LoadReport) -> None:
    stays = [finding.message.split("'")[1].removesuffix("…") for finding in report.findings if "'" in finding.message]
    for guide in _guides():
        _assert_readable(_words(guide.html), guide.source, stays)
        api = client.get(f"/api/v1/guides/{guide.slug}/").json()
        for text in _texts({name: value for name, value in api.items() if name not in NOT_WORDS}):
            _assert_readable(text, guide.source, stays)


def _assert_nothing_hidden_is_public(client: Client) -> None:
    addresses = [guide.get_absolute_url() for guide in _guides()]
    addresses += [f"/api/v1/guides/{guide.slug}/" for guide in _guides()]
    addresses += [f"/search/?q={HIDDEN.lower()}", f"/api/v1/search/?q={HIDDEN.lower()}", "/feed/", "/", "/guides/"]
    for address in addresses:
        assert HIDDEN not in client.get(address, follow=True).content.decode(), address


def _guides() -> list[Guide]:
    return list(Guide.objects.filter(state=Guide.State.PUBLISHED))


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*.md*") if not any(part.startswith(".") for part in file.parts[-3:])]


def _words(html: str) -> str:
    page = lxml_html.fromstring(f"<div>{html}</div>")
    for code in page.xpath("//pre | //code | //a[@class='anchor'] | //sup"):
        code.text, tail = "", code.tail
        for child in list(code):
            code.remove(child)
        code.tail = tail
    return str(page.text_content())


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def _assert_readable(text: str, source: str, stays: list[str]) -> None:
    for piece in stays:
        text = text.replace(piece, "")
    found = LEFT_OVER.search(text)
    assert found is None, (source, found.group(), text[max(0, found.start() - 40) : found.end() + 40])
