"""Guides in other languages than English have their parts found by the labels of those languages."""

from __future__ import annotations

import pytest

from kb.content.labels import Kind, read_label
from kb.content.languages.labels import PHRASES
from kb.content.reading import read_guide

GERMAN = """# Der Drucker druckt nicht

## Symptome
- Der Drucker blinkt rot

## Mögliche Ursachen
- Papier klemmt in Fach 2

## Lösung 1: Papier entfernen
1. Öffnen Sie Fach 2.
2. Ziehen Sie das Papier heraus.

## Lösung 2: Neustart
1. Schalten Sie den Drucker aus.

## Fehlercodes
| Fehlercode | Bedeutung | Maßnahme |
| --- | --- | --- |
| E-101 | Fach leer | Papier nachfüllen |
"""


def test_a_german_guide_has_its_symptoms_causes_solutions_and_codes() -> None:
    structure = read_guide(GERMAN, "drucker.md").structure
    (problem,) = structure.problems
    assert [symptom.text for symptom in problem.symptoms] == ["Der Drucker blinkt rot"]
    assert problem.causes == ("Papier klemmt in Fach 2",)
    assert [(each.title, len(each.steps)) for each in problem.procedures] == [("Papier entfernen", 2), ("Neustart", 1)]
    (code,) = structure.error_codes
    assert (code.code, code.meaning, code.action) == ("E-101", "Fach leer", "Papier nachfüllen")


@pytest.mark.parametrize(
    ("symptoms", "cause", "solution"),
    [
        ("## Symptômes", "## Cause", "## Résolution"),
        ("**Síntomas:**", "**Causa:**", "**Solución:**"),
        ("## Симптомы", "## Причина", "## Решение"),
        ("## الأعراض", "## السبب", "## الحل"),
        ("**症状：**", "**原因：**", "**解决方法：**"),  # noqa: RUF001 - its own colon
        ("## 現象", "## 原因", "## 対処方法"),
    ],
)
def test_labels_of_other_languages_head_what_they_say(symptoms: str, cause: str, solution: str) -> None:
    text = f"# X\n\n{symptoms}\n\n- A\n\n{cause}\n\nB\n\n{solution}\n\n1. C\n2. D\n"
    (problem,) = read_guide(text, "x.md").structure.problems
    assert [symptom.text for symptom in problem.symptoms] == ["A"]
    assert problem.causes == ("B",)
    assert [step.text for step in problem.steps] == ["C", "D"]


def test_each_label_is_of_the_kind_that_it_is_listed_under() -> None:
    for name, phrases in PHRASES.items():
        for phrase in (" ".join(each.split()) for each in phrases.split(",")):
            label = read_label(phrase.capitalize())
            assert label is not None, phrase
            assert label.kind is Kind(name), phrase


def test_the_colon_of_chinese_parts_a_label_from_its_title() -> None:
    label = read_label("解决方法 2：重启 VPN：两次")  # noqa: RUF001 - its own colon
    assert label is not None
    assert (label.kind, label.numbered, label.rest) == (Kind.SOLUTION, True, "重启 VPN：两次")  # noqa: RUF001


def test_a_column_of_methods_is_no_column_of_what_to_do() -> None:
    table = "# X\n\n| Code | Method | Description |\n| --- | --- | --- |\n| E-101 | GET | The tray is empty |\n"
    (code,) = read_guide(table, "x.md").structure.error_codes
    assert (code.meaning, code.action) == ("The tray is empty", "")
