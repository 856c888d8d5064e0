"""All words of the product are marked for translation, translated into each language, and compiled."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django import Settings

from tests.support.messages import Message, read, unmarked_in_template

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = ROOT / "kb" / "locale"
FORMS = {"de": 2, "ar": 6}
DOMAINS = ("django", "djangojs")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
TAG = re.compile(r"<[^>]+>")
# For programs, and written by a command.
IN_ENGLISH = {"api_docs.html", "_api_kind.html", "load_report.html", "_load_report_table.html"}
TEMPLATES = sorted(
    path
    for room in ("kb", "troubleshooting")
    for path in (ROOT / room / "templates").rglob("*.html")
    if path.name not in IN_ENGLISH
)
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
files = pytest.mark.parametrize(
    ("language", "domain"), [(language, domain) for language in FORMS for domain in DOMAINS]
)


def file_of(language: str, domain: str, ending: str = "po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.{ending}"


def test_each_language_that_is_offered_has_its_files() -> None:
    assert {tag for tag, _ in settings.LANGUAGES} == {"en", *FORMS} == {"en", *(path.name for path in LOCALE.iterdir())}


@files
def test_every_message_is_translated_in_all_its_forms(language: str, domain: str) -> None:
    messages = read(file_of(language, domain))
    assert len(messages) > 100
    for message in messages:
        assert not message.is_fuzzy, message.text
        assert len(message.translations) == (FORMS[language] if message.plural else 1), message.text
        assert all(message.translations.values()), message.text


@files
def test_a_translation_has_the_placeholders_and_tags_of_its_message(language: str, domain: str) -> None:
    for message in read(file_of(language, domain)):
        for number, words in message.translations.items():
            told = set(PLACEHOLDER.findall(message.text)) | set(PLACEHOLDER.findall(message.plural))
            said = PLACEHOLDER.findall(words)
            # One, two and none of something may be said without a number.
            assert set(said) == told or (
                message.plural and number < max(FORMS[language] - 3, 1) and set(said) < told
            ), words
            assert sorted(TAG.findall(words)) == sorted(TAG.findall(message.text)), words
            assert words[:1].isspace() == message.text[:1].isspace(), words


@files
def test_what_is_compiled_is_what_is_written(language: str, domain: str) -> None:
    with file_of(language, domain, "mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in read(file_of(language, domain)):
        if message.plural:
            found = {compiled.ngettext(message.text, message.plural, number) for number in range(120)}
            assert found == set(message.translations.values())
        elif message.context:
            assert compiled.pgettext(message.context, message.text) == message.translations[0]
        else:
            assert compiled.gettext(message.text) == message.translations[0]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed: the package gettext has it")
def test_the_files_have_the_words_of_the_code_and_no_others(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make messages` would change nothing; it is tried on a copy of the code."""
    (options,) = re.findall(r"makemessages \$\(LANGUAGES\) (.*)", (ROOT / "Makefile").read_text())
    for folder in ("kb", "troubleshooting", "static"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    place = tmp_path / "kb" / "locale"
    place.mkdir()
    monkeypatch.chdir(tmp_path)
    settings.LOCALE_PATHS = [str(place)]
    for domain in DOMAINS:
        ignored = re.findall(r"-i (\S+)", options)
        call_command("makemessages", locale=["de"], domain=domain, ignore_patterns=ignored, verbosity=0)
        made = read(place / "de" / "LC_MESSAGES" / f"{domain}.po")
        assert keys(made) == keys(read(file_of("de", domain)))


def keys(messages: list[Message]) -> set[tuple[str, str, str]]:
    return {(message.context, message.text, message.plural) for message in messages}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_that_is_not_marked(path: Path) -> None:
    assert list(unmarked_in_template(path.read_text())) == []


def test_words_that_are_not_marked_are_found_in_a_template() -> None:
    template = '<p title="A title">{% if x %}Some words{% endif %} <code>code</code> {% translate "marked" %}</p>'
    assert list(unmarked_in_template(template)) == ["A title", "Some words"]


def test_a_call_that_stands_outside_a_tag_is_found_in_a_template() -> None:
    template = '<nav aria-label=_("Not called")>{% include "kb/x.html" label=_("called") %}</nav>'
    assert list(unmarked_in_template(template)) == ['_("Not called")']


def told_to_people(tree: ast.AST) -> Iterator[ast.expr]:
    """What is given to those who show it: messages, errors of forms, and what is not there or not possible."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        holder = getattr(node.func.value, "id", "") if isinstance(node.func, ast.Attribute) else ""
        if name in {"NothingHere", "NotPossible", "NotPossibleError", "ValidationError"}:
            yield node.args[0]
        elif (holder == "messages" and name in {"success", "info", "warning", "error"}) or name == "add_error":
            yield node.args[1]


def literals(told: ast.expr) -> list[ast.Constant]:
    """The parts of a text that stand in the code."""
    parts = told.values if isinstance(told, ast.JoinedStr) else [told]
    return [part for part in parts if isinstance(part, ast.Constant)]


def test_no_sentence_is_told_to_people_that_is_not_marked() -> None:
    rooms = ("kb/web", "kb/editorial", "troubleshooting/walk", "troubleshooting/desk", "troubleshooting/worklist")
    told = [
        f"{path.relative_to(ROOT)}:{sentence.lineno}"
        for room in (*rooms, "troubleshooting/outcomes/numbers")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "/api" not in str(path)
        for sentence in told_to_people(ast.parse(path.read_text()))
        if any(re.search("[A-Za-z]", str(part.value)) for part in literals(sentence))
    ]
    assert told == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_that_is_not_marked(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"(\"[^\"\n]*\"): (?=gettext\(\1\))", "", source)  # by which CodeMirror asks for its own words
    source = re.sub(r"\bn?gettext\(\s*(?:\"(?:[^\"\\]|\\.)*\",?\s*)+", "", source)
    quoted = re.findall(r'"([^"\n]*)"', source) + re.findall(r">([^<>`${}]+)<", source)
    quoted += [part for text in re.findall(r"`([^`]*)`", source) for part in re.split(r"\$\{[^}]*\}|<[^>]*>", text)]
    sentences = [
        text for text in quoted if re.search(r"(?:^|[ (“])[A-Z]?[a-z]+,? [a-z]+ [a-z]+|^[A-Z][a-z]+(?: [a-z]+)+", text)
    ]
    assert [text for text in sentences if not re.search(r"[=#\[\]:]|\.\w", text)] == []
