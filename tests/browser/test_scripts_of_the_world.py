"""Guides in Arabic, Japanese and Chinese: mirrored where they are read from the right, broken as their script is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, serving, start_first

pytestmark = pytest.mark.slow

ARABIC = """---
title: الطابعة لا تعمل
lang: ar
---

الطابعة متوقفة ولا تستجيب لأي أمر من الحاسوب.

## الأعراض

- الضوء الأحمر يومض، والشاشة تعرض `E-42`

## الحل

1. أوقف الطابعة من الزر الخلفي.
2. شغّل الأمر `lpadmin -x printer` في الطرفية.

> [!WARNING]
> لا تفتح الغطاء الساخن.
"""
JAPANESE = (
    "---\ntitle: 印刷できない\nlang: ja\n---\n\n<ruby>印刷<rt>いんさつ</rt></ruby>は*必ず*試す。\n\n## 症状\n\n- 点滅\n"
)
CHINESE = "---\ntitle: VPN 连接失败\nlang: zh\n---\n\n网络断开后无法重新连接。\n\n## 症状\n\n- 显示“错误 809”\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with one guide in each."""
    content, data = tmp_path_factory.mktemp("content"), tmp_path_factory.mktemp("data")
    for name, text in {"arabic": ARABIC, "japanese": JAPANESE, "chinese": CHINESE}.items():
        (content / f"{name}.md").write_text(text)
    start_first(data, KB_CONTENT_DIR=str(content))
    with serving(data, KB_CONTENT_DIR=str(content)) as address:
        yield address


@pytest.fixture
def page(open_page: OpenPage, library: str) -> Iterator[Page]:
    yield from open_page(library, "desktop")


def _style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate("(one, name) => getComputedStyle(one)[name]", name))


def _left(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box
    return box["x"]


def test_a_guide_that_is_read_from_the_right_is_mirrored_as_a_whole_but_for_its_commands(page: Page) -> None:
    page.goto("/guides/arabic/")
    assert _left(page, ".guide__aside") < _left(page, ".guide__article")
    assert _style(page, ".prose li", "direction") == "rtl"
    assert _style(page, ".prose code", "direction") == "ltr"
    assert _style(page, ".prose code", "unicodeBidi") == "isolate"
    assert _style(page, ".prose p", "overflowWrap") == "normal"
    assert _style(page, ".prose h2", "letterSpacing") in ("0px", "normal")
    assert _style(page, ".callout p", "unicodeBidi") == "plaintext"
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.night
@pytest.mark.parametrize(("slug", "font"), [("japanese", "Hiragino Sans"), ("chinese", "PingFang SC")])
def test_squares_of_signs_are_broken_and_set_as_their_language_has_it(page: Page, slug: str, font: str) -> None:
    page.goto(f"/guides/{slug}/")
    assert font in _style(page, ".prose p", "fontFamily")
    assert _style(page, ".prose p", "lineBreak") == "strict"
    assert _style(page, ".prose h2", "letterSpacing") in ("0px", "normal")
    assert "Hiragino" not in _style(page, "header", "fontFamily")


@pytest.mark.night
def test_readings_above_signs_are_kept(page: Page) -> None:
    page.goto("/guides/japanese/")
    assert page.locator("ruby rt").text_content() == "いんさつ"
    assert _style(page, ".prose em", "fontStyle") == "normal"
