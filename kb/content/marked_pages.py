"""Two rendered pages as one, with what came and went marked in it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from html import escape

from lxml import html as lxml_html
from lxml.html import diff

from kb.content.matching import BoundedMatcher, Budget, UsedUp
from kb.content.page_trees import tree_of
from kb.content.patterns import linear
from kb.content.rendering import CLEANER

HOLD_NO_TEXT = {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"}
LONGEST_COMPARED = 100_000
_IDS = linear(r'\s(?:id|data-problem)="[^"]*"')


def marked_page(before: str, now: str, budget: Budget | None = None) -> str:
    """Two pages as one, safe to show: what went in `<del>`, what came in `<ins>`, without ids; '' if it takes too long.

    A link that came or went says where it leads.
    """
    if not before or not now:
        tag = "ins" if now else "del"
        return _clean(f"<{tag}>{now or before}</{tag}>") if before or now else ""
    if len(before) + len(now) > LONGEST_COMPARED:
        return ""
    blocks: dict[str, lxml_html.HtmlElement] = {}
    old, new = _tokens(before, blocks), _tokens(now, blocks)
    try:
        BoundedMatcher(old, new, budget or Budget(), autojunk=True).get_matching_blocks()
    except UsedUp:
        return ""
    page = diff.fixup_ins_del_tags("".join(diff.htmldiff_tokens(old, new)).strip())
    return _clean(_with_blocks(page, blocks))


def _tokens(html: str, blocks: dict[str, lxml_html.HtmlElement]) -> list[str]:
    """The words of a page as `lxml.html.diff` takes them.

    To it, all white space is the same: so what is preformatted is one word, an image that stands in for the block,
    which `blocks` then holds under the image's address.
    """
    root = tree_of(html)
    for block in root.xpath(".//pre[not(ancestor::pre)]"):
        whole = lxml_html.tostring(block, encoding="utf-8", with_tail=False)
        stand_in = lxml_html.Element("img", src=f"pre:{sha256(whole).hexdigest()}")
        _replace(block, stand_in)
        blocks[stand_in.get("src")] = block
    return [
        _Target(str(one), one.pre_tags, one.post_tags, one.trailing_whitespace)
        if isinstance(one, diff.href_token)
        else one
        for one in diff.tokenize(_inside(root))
    ]


def _with_blocks(page: str, blocks: Mapping[str, lxml_html.HtmlElement]) -> str:
    """A page with the blocks themselves where images stand in for them."""
    root = tree_of(page or " ")
    for image in list(root.iter("img")):
        block = blocks.get(image.get("src", ""))
        if block is not None:
            _replace(image, deepcopy(block))  # the same block may stand in several places
    for mark in list(root.iter("ins", "del")):
        if mark.getparent().tag in HOLD_NO_TEXT:
            _move_into_neighbour(mark)
    return _inside(root)


def _move_into_neighbour(mark: lxml_html.HtmlElement) -> None:
    """Put what stands between two items of a list, or cells of a table, at the end of the one, or before the other."""
    earlier = (item for other in mark.itersiblings(preceding=True) for item in reversed(_holders(other)))
    later = (item for other in mark.itersiblings() for item in _holders(other))
    before, after = next(earlier, None), next(later, None)
    mark.drop_tree()
    mark.tail = None
    if before is not None:
        before.append(mark)
    elif after is not None:
        mark.tail, after.text = after.text, None
        after.insert(0, mark)


def _holders(element: lxml_html.HtmlElement) -> list[lxml_html.HtmlElement]:
    """Where text can stand of a row or an item: an item is one itself, whatever lists are in it."""
    return [element] if element.tag in {"li", "dt", "dd", "td", "th"} else list(element.iter("td", "th"))


def _replace(old: lxml_html.HtmlElement, new: lxml_html.HtmlElement) -> None:
    """Put an element in the place of another, with the text that follows there."""
    new.tail, parent = old.tail, old.getparent()
    parent.replace(old, new)
    old.tail = None


def _inside(root: lxml_html.HtmlElement) -> str:
    html: str = lxml_html.tostring(root, encoding="unicode")
    return html[len("<div>") : -len("</div>")]


class _Target(diff.href_token):  # type: ignore[misc]  # lxml has no types
    """Where a link leads, as it is shown when that changed."""

    def html(self) -> str:
        """It begins with a blank, so that it is taken for a word."""
        return f" (<code>{escape(self)}</code>)"


def _clean(html: str) -> str:
    return CLEANER.clean(_IDS.sub("", html))
