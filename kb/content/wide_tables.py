"""Puts tables that were written as HTML into what scrolls by itself, as those of Markdown stand: else pages would."""

from __future__ import annotations

from html import escape

from kb.content.guide_words import ProductText, Words
from kb.content.patterns import linear

SCROLLS = "table-scroll"
# Of a page that nh3 has written, in which no text holds an angle bracket, and only values of attributes may.
_TAG = linear(r'<(/?)(table|div)(?:\s(?:[^<>"]|"[^"]*")*)?>|<(?:[^<>"]|"[^"]*")*>')


def scrolling(html: str, words: Words) -> str:
    """A sanitised page in which each outermost table stands in such an element."""
    if "<table" not in html:
        return html
    label = escape(words.say(ProductText.TABLE))
    pieces, end, depth, is_wrapped = [], 0, 0, False
    scrolls: list[bool] = []
    for found in _TAG.finditer(html):
        closes, name = found[1], found[2]
        if name == "div" and closes:
            scrolls[-1:] = []
        elif name == "div":
            scrolls.append(f'class="{SCROLLS}"' in found.group())
        elif name == "table" and closes:
            depth -= 1
            if not depth and is_wrapped:
                pieces += [html[end : found.end()], "</div>"]
                end = found.end()
        elif name == "table":
            depth += 1
            if depth == 1 and (is_wrapped := True not in scrolls):
                pieces += [
                    html[end : found.start()],
                    f'<div class="{SCROLLS}" tabindex="0" role="region" aria-label="{label}">',
                ]
                end = found.start()
    return "".join([*pieces, html[end:]])
