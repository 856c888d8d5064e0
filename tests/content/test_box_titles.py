"""Boxes say of what kind they are in the language of their guide, whoever reads it."""

from __future__ import annotations

import pytest

from kb.content.box_kinds import ALERTS
from kb.content.box_titles import LANGUAGES, title_of_kind
from kb.content.reading import read_guide

BOXES = '> [!WARNING]\n> a\n\n!!! tip\n    b\n\n<div class="admonition note">c</div>\n\n> [!NOTE] Mine\n> d\n'


def titles(language: str) -> list[str]:
    head = f"---\ntitle: T\nlanguage: {language}\n---\n" if language else ""
    html = read_guide(f"{head}# T\n\n{BOXES}", "page.md").html
    return [piece.partition("<")[0] for piece in html.split('class="admonition-title">')[1:]]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["Warnung", "Tipp", "Hinweis", "Mine"]),
        ("de-AT", ["Warnung", "Tipp", "Hinweis", "Mine"]),
        ("ar", ["تحذير", "نصيحة", "ملاحظة", "Mine"]),
        ("en", ["Warning", "Tip", "Note", "Mine"]),
        ("fr", ["Warning", "Tip", "Note", "Mine"]),
        ("", ["Warning", "Tip", "Note", "Mine"]),
    ],
)
def test_boxes_say_their_kind_in_the_language_of_the_guide(language: str, expected: list[str]) -> None:
    assert titles(language) == expected


def test_every_kind_has_a_name_in_each_of_the_languages() -> None:
    for language in LANGUAGES:
        for kind in ALERTS:
            assert title_of_kind(kind, language) != title_of_kind(kind, "en") or kind in (
                "info",
                "information",
                "details",
            )


def test_boxes_of_steps_and_of_what_is_for_staff_speak_the_language_too() -> None:
    steps = "## Symptoms\n\n- Piept\n\n## Solution\n\n1. Ausschalten.\n\n   > [!WARNING]\n   > Heiß.\n"
    document = read_guide(f"---\ntitle: Lüfter\nlanguage: de\n---\n\n{steps}\n> [!STAFF]\n> Geheim.\n", "page.md")
    assert "Warnung" in document.step_html[0][0]
    assert document.for_staff is not None
    assert ">Nur für Mitarbeitende</p>" in document.for_staff.html


def test_shortcodes_on_a_line_are_boxes_that_stay_apart() -> None:
    text = "---\nlanguage: de\n---\n# T\n\n{{< alert >}}a **b**{{< /alert >}}\n{{< tip >}}c{{< /tip >}}\n"
    html = read_guide(text, "page.md").html
    assert (
        '<div class="admonition warning">\n<p class="admonition-title">Warnung</p>\n<p>a <strong>b</strong></p>' in html
    )
    assert '<div class="admonition tip">\n<p class="admonition-title">Tipp</p>\n<p>c</p>' in html
