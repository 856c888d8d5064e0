"""What links of a page lead to, and what they can point to, as a parser of HTML sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content import page_links
from kb.content.reading import read_guide
from kb.library.folders import load
from kb.library.links import breaking, site
from kb.models import Guide
from tests.library.test_export_guides import picture
from troubleshooting.evaluation.checks import run

CODE = (
    '# Pay\n\nIts form is `<form id="payment">`, its link `<a href="/guides/none">`.\n\n```html\n<p id="total">\n```\n'
)


def test_code_makes_no_anchor_and_no_link() -> None:
    html = read_guide(CODE, "pay.md").html
    assert {"payment", "total"}.isdisjoint(page_links.anchors_in(html))
    assert "pay" in page_links.anchors_in(html)
    assert site.targets_in(html) == []


def test_addresses_are_read_as_browsers_do() -> None:
    html = '<a title="a > b" href="/guides/x?a=1&amp;b=2">x</a><a HREF=https://example.com>y</a><a href="">z</a>'
    assert page_links.addresses_in(html) == ["/guides/x?a=1&b=2", "https://example.com"]
    assert page_links.anchors_in('<p id="a&amp;b">x</p><!-- <p id="c"> -->') == {"", "page_main", "a&b"}
    assert page_links.anchors_in("") == {"", "page_main"}


@pytest.mark.django_db(transaction=True)
def test_a_link_to_an_id_in_code_is_an_error_and_breaks_nothing_when_the_code_goes(tmp_path: Path) -> None:
    (tmp_path / "pay.md").write_text(CODE)
    (tmp_path / "buy.md").write_text("# Buy\n\nSee [the form](pay.md#payment) and [it](pay.md#pay).\n")
    (finding,) = [found for found in run.check([tmp_path]) if found.severity == "error"]
    assert finding.message.startswith("The link leads to 'pay.md#payment', but pay.md has no heading")
    load.load([tmp_path])
    document = read_guide("# Pay\n\nNothing.\n", "pay.md")
    assert breaking.breaking(Guide.objects.get(source="pay.md"), document) == []


@pytest.mark.django_db(transaction=True)
def test_only_pictures_that_are_absent_or_can_not_be_shown_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "a" / "media").mkdir(parents=True)
    for name in ("here.png", "my pic.png", "top.PNG"):
        (tmp_path / "a" / "media" / name).write_bytes(picture(len(name)))
    (tmp_path / "a" / "drawn.svg").write_text("<svg/>")
    shown = "![a](media/here.png) ![b](media/my%20pic.png) ![c](../a/media/top.PNG) ![d](/static/x.png)\n"
    page = f'# G\n\n{shown}\n![e](media/gone.png)\n\n![f](drawn.svg)\n\n<img src="media/here.png" alt="g">\n'
    (tmp_path / "a" / "g.md").write_text(page)
    said = [
        "a/g.md:5: The picture 'media/gone.png' is not shown, because it is not here: put it there or mend its path.",
        "a/g.md:7: The picture 'drawn.svg' is not shown, because of its kind: make it a PNG, JPEG, WebP or GIF.",
    ]
    assert [str(found) for found in run.check([tmp_path]) if found.file == "a/g.md"] == said
    assert [line for line in load.load([tmp_path]).warnings if line.startswith("a/g.md")] == said
    assert Guide.objects.get().html.count("<img ") == 5
