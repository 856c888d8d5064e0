"""Cleans HTML that a writer put between the Markdown of what could harm or clash.

What looks like a tag but is none, such as `<namespace>`, is meant to be read and becomes text.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from kb.content.box_kinds import ALERTS, BOXES, TITLE, is_title, kind_of_element
from kb.content.guide_words import ProductText
from kb.content.html_tags import is_sign_of_task
from kb.content.patterns import linear

if TYPE_CHECKING:
    from kb.content.links import Links, Shown

VOID = frozenset({"br", "col", "hr", "img", "wbr"})

ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        "b big blockquote br caption cite code dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins "  # noqa: SIM905
        "kbd mark p pre q rp rt ruby s samp small span strike strong sub summary sup table tbody tfoot thead tr tt u "
        "ul var wbr".split(),
        frozenset(),
    ),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "details": frozenset({"open"}),
    "img": frozenset({"alt", "height", "src", "title", "width"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"reversed", "start", "type"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
}
DROPPED = frozenset(
    "acronym address applet area article aside audio base basefont bdi bdo bgsound blink body button canvas center "  # noqa: SIM905
    "data datalist dialog dir embed fieldset font footer form frame frameset head header hgroup html iframe image "
    "input isindex keygen label legend link main map marquee math menu meta meter nav nobr noembed noframes noscript "
    "object optgroup option output param picture plaintext portal progress script search section select slot source "
    "style svg template textarea title track video xmp".split()
)
WITHOUT_WORDS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "colgroup", "ol", "ul", "dl", "details"})
"""The elements in which no words may stand but within others."""
SILENT = frozenset({"script", "style"})
SIZE = linear(r"\d{1,4}")
ANCHOR = linear(r"[\w][\w:.-]*")
LONGEST_ANCHOR = 150
OF_PAGES = ("page_", "header-", "step-")
"""What the ids begin with that pages give themselves."""


def clean(html: str, links: Links, *, is_link: bool = False) -> str:
    """The harmless form of a fragment, which may be a single tag; what is not allowed is left out."""
    cleaner = _Cleaner(links, is_link=is_link)
    cleaner.feed(html)
    cleaner.close()
    cleaner.finish()
    return "".join(cleaner.written)


class _Cleaner(HTMLParser):
    """Writes anew each allowed tag with its allowed attributes, so that nothing passes unread."""

    def __init__(self, links: Links, *, is_link: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._links = links
        self._silent = ""
        self._untitled = ""
        self._at = 0
        self._anchors: list[str] = []
        self._is_link = is_link

    def parse_endtag(self, i: int) -> int:
        """Remember where the end tag begins, which the handler is not told."""
        self._at = i
        return super().parse_endtag(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write an allowed tag; a name that HTML does not know was meant to be read."""
        if tag in ALLOWED or tag in DROPPED:
            self._anchors.append(_anchor(tag, attrs))
        if tag in VOID:
            self._write_anchors()
        self._write(tag, attrs)
        if tag not in WITHOUT_WORDS and tag in ALLOWED:
            self._write_anchors()

    def _write(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = kind_of_element(tag, attrs).lower() if tag in BOXES else ""
        if self._untitled and is_title(tag, attrs):
            self._untitled = ""
            self.written.append(f'<p class="{TITLE}">')
        elif kind:
            self._entitle()
            self.written.append(f'<div class="admonition {ALERTS[kind]}">')
            self._untitled = kind
        elif tag in ALLOWED:
            self._entitle()
            self.written.append(self._start(tag, {name: value or "" for name, value in attrs if name in ALLOWED[tag]}))
        elif is_sign_of_task(tag, {name: value or "" for name, value in attrs}):
            self._entitle()
            self.written.append(self._sign_of_task(is_done=any(name == "checked" for name, _ in attrs)))
        elif tag in SILENT:
            self._silent = tag
        elif tag not in DROPPED:
            self.written.append(escape(self.get_starttag_text() or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write `<br/>` as `<br>`; `<b/>` opens nothing."""
        self.handle_starttag(tag, attrs)
        if tag in ALLOWED and tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an allowed tag."""
        if tag == self._silent:
            self._silent = ""
        elif tag in BOXES or (tag in ALLOWED and tag not in VOID):
            self._entitle()
            self._is_link &= tag != "a"
            self.written.append(f"</{'div' if tag in BOXES else tag}>")
        elif tag not in ALLOWED and tag not in DROPPED:
            self.written.append(escape(self.rawdata[self._at : self.rawdata.find(">", self._at) + 1]))

    def handle_data(self, data: str) -> None:
        """Text stays; what a script or a style sheet says goes."""
        if not self._silent:
            if data.strip():
                self._entitle()
                self._write_anchors()
            self.written.append(escape(data, quote=False))

    def handle_entityref(self, name: str) -> None:
        """An entity stays one."""
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A character by number stays one."""
        self.written.append(f"&#{name};")

    def finish(self) -> None:
        """Write what waits for more, which comes in a fragment of its own or not at all."""
        self._entitle()
        self._write_anchors()

    def _write_anchors(self) -> None:
        """Write the anchors that wait for a place where words may stand."""
        self.written += filter(None, self._anchors)
        self._anchors = []

    def _entitle(self) -> None:
        """Say of what kind the box is that has been opened, when it does not do so itself."""
        if self._untitled:
            title = escape(self._links.words.kind(self._untitled))
            self._untitled = ""
            self.written.append(f'<p class="{TITLE}">{title}</p>')

    def _sign_of_task(self, *, is_done: bool) -> str:
        label = self._links.words.say(ProductText.DONE if is_done else ProductText.TO_DO)
        given = {"type": "checkbox", "disabled": "disabled", **({"checked": "checked"} if is_done else {})}
        return _tag("input", {**given, "aria-label": label})

    def _start(self, tag: str, attributes: dict[str, str]) -> str:
        if tag == "img":
            more = {name: attributes[name] for name in ("width", "height") if SIZE.fullmatch(attributes.get(name, ""))}
            more |= {"title": attributes["title"]} if attributes.get("title") else {}
            shown = self._links.picture(attributes.get("src", ""), attributes.get("alt", ""), more)
            # A picture of another site is a link to it, but for one that stands in a link.
            return markup(replace(shown, tag="span", attributes={}) if self._is_link and shown.tag == "a" else shown)
        if tag == "a":
            self._is_link = "href" in attributes
        if tag == "a" and "href" in attributes:
            attributes = self._links.link(attributes["href"], attributes.get("title", "")).attributes
        return _tag(tag, attributes)


def _anchor(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    """An empty element with the id that an element has, or with the name of one to which links lead; '' for none."""
    given = {name: value or "" for name, value in attrs}
    name = given.get("id") or (given.get("name", "") if tag == "a" else "")
    if not name or len(name) > LONGEST_ANCHOR or not ANCHOR.fullmatch(name) or name.startswith(OF_PAGES):
        return ""
    return f'<span id="{escape(name)}"></span>'


def markup(shown: Shown) -> str:
    """The HTML of an element that stands for an image."""
    start = _tag(shown.tag, shown.attributes)
    return start if shown.text is None else f"{start}{escape(shown.text)}</{shown.tag}>"


def _tag(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}{''.join(f' {key}={chr(34)}{escape(value)}{chr(34)}' for key, value in attributes.items())}>"
