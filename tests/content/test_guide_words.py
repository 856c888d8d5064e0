"""What the product itself says within a rendered guide is in the language of the guide, whoever reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from kb.content.box_kinds import ALERTS
from kb.content.document import Document
from kb.content.guide_words import DANGER, LANGUAGES, ProductText, Words
from kb.content.reading import read_guide

BOXES = '> [!WARNING]\n> a\n\n!!! tip\n    b\n\n<div class="admonition note">c</div>\n\n> [!NOTE] Mine\n> d\n'
SAME_IN_ENGLISH = {("de", ProductText.CODE)}


def read(text: str, language: str = "", name: str = "page.md") -> Document:
    head = f"---\ntitle: T\nlanguage: {language}\n---\n" if language else ""
    return read_guide(f"{head}# T\n\n{text}", name)


def titles(language: str) -> list[str]:
    html = read(BOXES, language).html
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


def test_guides_are_spoken_in_all_languages_that_the_product_speaks() -> None:
    assert {"en", *LANGUAGES} == {tag for tag, _ in settings.LANGUAGES}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_word_is_there_in_each_of_the_languages(language: str) -> None:
    for said in ProductText:
        values = {name: name.upper() for name in re.findall(r"\{(\w+)\}", said.value)}
        spoken = Words(language).say(said, **values)
        assert spoken != Words("en").say(said, **values) or (language, said) in SAME_IN_ENGLISH, said
        assert all(value in spoken for value in values.values()), said
        assert "{" not in spoken, said


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_kind_has_a_name_in_each_of_the_languages(language: str) -> None:
    for kind in ALERTS:
        same = Words(language).kind(kind) == Words("en").kind(kind)
        assert not same or kind in ("info", "information", "details"), kind


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pages_of_walks_and_guides_warn_in_the_same_words(language: str) -> None:
    with override(language):
        assert gettext(DANGER) == Words(language).say(ProductText.DANGER)


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


FORMS = [
    ("[!VIDEO https://youtu.be/abcdefgh]", ">Watch the video</a>", ">Video ansehen</a>", "page.md"),
    ("{{< youtube abcdefgh >}}", ">Watch the video</a>", ">Video ansehen</a>", "page.md"),
    ('{% embed url="https://youtu.be/abcdefgh" %}', ">Watch the video</a>", ">Video ansehen</a>", "page.md"),
    ('{% include youtube.html id="abcdefgh" %}', ">Watch the video</a>", ">Video ansehen</a>", "page.md"),
    ('<YouTube id="abcdefgh" />', ">Watch the video</a>", ">Video ansehen</a>", "page.mdx"),
    ('<iframe src="https://youtu.be/abcdefgh"></iframe>', ">Watch the video</a>", ">Video ansehen</a>", "page.md"),
    (':::video source="https://youtu.be/abcdefgh":::', ">Watch the video</a>", ">Video ansehen</a>", "page.md"),
    ("{{< gist me 123 >}}", ">Code: me/123</a>", ">Code: me/123</a>", "page.md"),
    ("{{< expand >}}\n\na\n\n{{< /expand >}}", ">More</summary>", ">Mehr</summary>", "page.md"),
    ("{% details %}\n\na\n\n{% enddetails %}", ">More</summary>", ">Mehr</summary>", "page.md"),
    ("{expand}\na\n{expand}", ">More</summary>", ">Mehr</summary>", "page.md"),
    ("<details markdown>\n\na\n\n</details>", ">More</summary>", ">Mehr</summary>", "page.md"),
    (
        '<ac:structured-macro ac:name="expand"><p>a</p></ac:structured-macro>',
        "<summary>More</summary>",
        "<summary>Mehr</summary>",
        "page.md",
    ),
    ("/// details\na\n///", ">Details</summary>", ">Details</summary>", "page.md"),
    ("a {{< warning >}}b{{< /warning >}}", "<strong>Warning:</strong>", "<strong>Warnung:</strong>", "page.md"),
    ('{% include note.html content="b" %}', "<strong>Note:</strong>", "<strong>Hinweis:</strong>", "page.md"),
    ("- a\n  {: .warning }", "<strong>Warning:</strong>", "<strong>Warnung:</strong>", "page.md"),
    ("<aside>💡 a\n</aside>", "<strong>Tip:</strong>", "<strong>Tipp:</strong>", "page.md"),
    ("a <Note>b</Note>", "<strong>Note:</strong>", "<strong>Hinweis:</strong>", "page.mdx"),
    ("a <Callout>b</Callout>", "<strong>Callout:</strong>", "<strong>Hinweis:</strong>", "page.mdx"),
    ("a {{< new-in 1.2 >}}", "<em>New in 1.2</em>", "<em>Neu in 1.2</em>", "page.md"),
    ("[[a.pdf#page=3]]", "a.pdf, page 3", "a.pdf, Seite 3", "page.md"),
    (
        '::: moniker range=">=v2"\na\n::: moniker-end',
        '<p class="tab-title">v2 and later</p>',
        '<p class="tab-title">v2 und neuer</p>',
        "page.md",
    ),
    (
        "::: moniker range='>=a-2.0 || a-1.5'\na\n::: moniker-end",
        '<p class="tab-title">a-2.0 and later, a-1.5</p>',
        '<p class="tab-title">a-2.0 und neuer, a-1.5</p>',
        "page.md",
    ),
    ("| a |\n|---|\n| b |", 'aria-label="Table: T"', 'aria-label="Tabelle: T"', "page.md"),
    ("## A", 'aria-label="Link to this section"', 'aria-label="Link zu diesem Abschnitt"', "page.md"),
    (
        "<ul><li><input type=checkbox disabled checked> a</li></ul>",
        'checked="checked" aria-label="Done"',
        'checked="checked" aria-label="Erledigt"',
        "page.md",
    ),
    ("- [ ] a\n- [x] b", 'aria-label="To do"', 'aria-label="Zu erledigen"', "page.md"),
    ("- [ ] a\n- [x] b", 'aria-label="Done"', 'aria-label="Erledigt"', "page.md"),
    ("a[^1]\n\n[^1]: b", "Jump back to footnote 1 in the text", "Zurück zu Fußnote 1 im Text", "page.md"),
    ("[a](b.md)", "This page is not part of", "Diese Seite gehört nicht", "page.md"),
    ("![](https://a.example/b.png)", ">Image</a>", ">Bild</a>", "page.md"),
    ("![The plug](b.png)", "[Image: The plug]", "[Bild: The plug]", "page.md"),
]


@pytest.mark.parametrize(("text", "english", "german", "name"), FORMS)
def test_each_form_speaks_the_language_of_its_guide(text: str, english: str, german: str, name: str) -> None:
    assert english in read(text, "en", name).html
    document = read(text, "de", name)
    assert german in document.html
    assert german == english or english not in document.html


@pytest.mark.parametrize(("text", "english", "german", "name"), FORMS)
def test_search_and_addresses_keep_what_they_had_whatever_the_language(
    text: str, english: str, german: str, name: str
) -> None:
    one, other = read(text, "en", name), read(text, "de", name)
    assert one.structure == other.structure, (english, german)
    assert one.findings == other.findings
    assert replace(one.metadata, language="") == replace(other.metadata, language="")


def test_a_language_that_was_recognised_is_spoken_as_one_that_the_head_says() -> None:
    text = "Der Drucker ist im Netz nicht zu sehen, wenn das Kabel nicht richtig in der Buchse steckt. " * 4
    html = read(f"{text}\n\n{{{{< youtube abcdefgh >}}}}").html
    assert ">Video ansehen</a>" in html


STEPS = "## Symptoms\n\n- Es piept\n\n## Solution\n\n1. Stecken.\n2. Alle Daten löschen. {danger}\n"


def test_dangerous_steps_and_films_in_steps_speak_the_language() -> None:
    document = read(f"{STEPS}3. {{{{< youtube abcdefgh >}}}}\n", "de")
    assert f'<span class="step-danger">{Words("de").say(ProductText.DANGER)}</span>' in document.html
    assert [step.text for step in document.structure.problems[0].steps][2] == "Watch the video"
    assert ">Video ansehen</a>" in document.step_html[0][2]
    assert 'id="step-guide-3' in document.html


def test_what_staff_alone_read_speaks_the_language_too() -> None:
    document = read("a\n\n> [!STAFF]\n> {{< youtube abcdefgh >}}\n", "ar")
    assert document.for_staff is not None
    assert ">شاهد الفيديو</a>" in document.for_staff.html
    assert "youtube" not in document.html
