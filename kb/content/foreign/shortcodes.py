"""Reads the shortcodes of Hugo and its themes: `{{< figure >}}`, `{{% notice tip %}}`, `{{< tab "Linux" >}}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.content.foreign import media
from kb.content.foreign.box_names import box_kind, title_of
from kb.content.foreign.lines import Lines
from kb.content.foreign.rewriting import GONE, Form, Kind, words
from kb.content.foreign.tags import Tag
from kb.content.guide_words import ProductText, Words
from kb.content.patterns import linear

BOXES = frozenset(
    "alert admonition admonitionblock callout hint notice blockquote box message pageinfo infobox panel".split()  # noqa: SIM905
)
FOLDS = frozenset({"details", "expand", "collapse", "collapsible", "accordion", "accordion-item", "spoiler", "toggle"})
_QUESTIONS = frozenset({"question", "qa", "faq-item", "faqitem"})
_GROUPS = frozenset({"tabs", "tab-group", "tabgroup"})
_TABS = frozenset({"tab", "tab-item", "tabitem", "codetab", "tabbody", "md_tab"})
_CODE = frozenset({"highlight", "code-toggle", "code", "codeblock", "mermaid", "chart", "katex-block"})
_RAW = frozenset({"raw", "rawhtml", "unsafe", "html"})
# What only arranges what stands in it, or shows nothing that a page of ours does not.
_ARRANGING = frozenset(
    "tabs tabpane tab-group tabgroup columns column col row cards card-group steps step section center div lead toc "  # noqa: SIM905
    "accordion-group clear br spacer icon fa icons anchor children table colors filetree md cardpane blocks/section "
    "blocks/link-down".split()
)
_LINKS = frozenset({"button", "link", "linkcard", "card", "a", "blocks/feature"})
_ADDRESSES = ("href", "link", "url", "relref")
# Boxes of Docsy that have no kind, and its banners.
_CARDS = frozenset({"card", "blocks/feature"})
_BANNERS = frozenset({"blocks/cover", "blocks/lead"})
_WORDS = frozenset({"badge", "tooltip", "term", "glossary", "glossary-term", "glossary_tooltip", "abbr"})
_SINCE = {
    "new-in": ProductText.NEW_IN,
    "since": ProductText.SINCE,
    "deprecated-in": ProductText.DEPRECATED_IN,
    "removed-in": ProductText.REMOVED_IN,
}
_REFERENCES = frozenset({"ref", "relref"})
_LANGUAGE = linear(r"[\w+#.-]{1,30}")
_WORDED_LINK = linear(
    r"(\{\{[<%][ \t]*(?:button|link|a)[ \t][^{}\n]*?)[ \t]*([>%]\}\})[ \t]*([^{}\n]*[^{}\s])[ \t]*\{\{[<%][ \t]*/[ \t]*"
    r"(?:button|link|a)[ \t]*[>%]\}\}"
)
_TOOLTIP = linear(
    r"\{\{[<%][ \t]*tooltip[ \t]+(?:(?:text|tip|title|content)=)?\"([^\"{}\n]*)\"[ \t]*[>%]\}\}([^{}\n]+)"
    r"\{\{[<%][ \t]*/[ \t]*tooltip[ \t]*[>%]\}\}"
)
_REFERENCE = linear(
    r"(\]\([ \t]*<?[ \t]*|\]:[ \t]*<?|[\"'=]|/\*[ \t]*)?"
    r"(\{\{[<%][ \t]*(?:rel)?ref[ \t]+[\"`]?([^\s\"`{}<>\[\]]+)[\"`]?[ \t]*[>%]\}\})"
)
_ESCAPED = linear(r"\{\{([<%])/\*[ \t]*([^\n]*?)[ \t]*\*/([>%])\}\}")


def read_links(lines: Lines) -> None:
    """Let buttons and links that enclose their words say them themselves, and make links of addresses in the text."""
    lines.change(
        lambda _, text: _REFERENCE.sub(lambda found: found.group() if found[1] else f"[{found[3]}]({found[2]})", text),
        "ref",
    )
    lines.change(lambda _, text: _TOOLTIP.sub(r"\2 (\1)", text), "tooltip")
    lines.change(
        lambda _, text: _WORDED_LINK.sub(
            lambda found: f'{found[1]} title="{str(found[3]).replace(chr(34), chr(39))}"{found[2]}', text
        ),
        "{{<",
        "{{%",
    )


def show_escaped(lines: Lines) -> None:
    """Show shortcodes that a page writes about, which Hugo has written as comments, as they are used."""
    lines.change(lambda _, text: _ESCAPED.sub(r"`{{\1 \2 \3}}`", text), "/*")


def form_of(tag: Tag, said: Words) -> Form:
    """What becomes of a shortcode; `said` is what the product itself says."""
    name = tag.name
    if kind := _box(tag):
        return Form(Kind.BOX, kind, title_of(kind, _title(tag)))
    enclosing = _enclosing(tag, said)
    if enclosing is not None:
        return enclosing
    if name in _BANNERS:
        return words(_banner(tag))
    if name in _RAW:
        return Form(Kind.RAW)
    return GONE if name in _ARRANGING else _on_a_line(tag, said)


def _enclosing(tag: Tag, said: Words) -> Form | None:
    """What becomes of a shortcode that encloses a folded part, a tab, a card or code; None for others."""
    name = tag.name
    if name in FOLDS:
        title = tag.first("title", "summary", "label", "heading", "header")
        return Form(Kind.BOX, "details", title or said.say(ProductText.MORE))
    if (name == "step" or name in _QUESTIONS) and not tag.closes_itself:
        return _titled(tag)
    if name in _TABS:
        return _tab(tag)
    if name in _CARDS and not (tag.closes_itself or tag.get(*_ADDRESSES)):
        return _card(tag)
    if name in _CODE and not tag.closes_itself:
        language = (
            "yaml" if name == "code-toggle" else "mermaid" if name == "mermaid" else tag.first("lang", "language")
        )
        return Form(Kind.CODE, language if _LANGUAGE.fullmatch(language) else "")
    return None


def _titled(tag: Tag) -> Form | None:
    """A step, or a question that folds its answer, with its title; None where it has none."""
    title = tag.first("title", "question", "label", "name")
    if not title:
        return None
    return Form(Kind.STEP, text=title) if tag.name == "step" else Form(Kind.BOX, "details", title)


def in_panes(tags: Iterable[Tag]) -> Iterator[Tag]:
    """The tags, with what a pane of Docsy says of its tabs told to these: whether they show code, and in what."""
    pane: Tag | None = None
    titles: list[str] = []
    for tag in tags:
        if tag.name in _GROUPS and not tag.closes:
            titles = [title.strip() for title in tag.get("items").split(",")]
        elif tag.name in _TABS and not tag.closes and titles and not (tag.named or tag.values):
            tag.named["name"] = titles.pop(0)
        if tag.name == "tabpane":
            pane = None if tag.closes else tag
        elif tag.name == "tab" and not tag.closes and pane is not None:
            is_text = tag.get("text") or pane.get("text")
            if is_text.lower() == "true" or tag.written.startswith("{{%"):
                tag.named.pop("lang", None)
            elif pane.get("lang"):
                tag.named.setdefault("lang", pane.get("lang"))
        yield tag


def _tab(tag: Tag) -> Form:
    title = tag.first("name", "header", "title", "label", "tabname")
    if tag.closes_itself:  # a label between the tabs, or what is taken in from a file
        is_label = not tag.get("include", "file")
        return words(title) if is_label else Form(Kind.UNKNOWN, text=f"**{media.escaped(title)}:** ")
    return Form(Kind.TAB, text=title, indent=bool(tag.get("lang", "codelang")))


def _card(tag: Tag) -> Form:
    given = (tag.get(key).strip("*_ ") for key in ("header", "title", "subtitle", "footer"))
    title = " \N{EN DASH} ".join(filter(None, given))
    if tag.get("code").lower() != "true":
        return Form(Kind.BOX, "note", title) if title else GONE
    language = tag.get("lang") if _LANGUAGE.fullmatch(tag.get("lang")) else "text"
    return Form(Kind.CODE, f'{language} title="{title.replace(chr(34), chr(39))}"' if title else language)


def _banner(tag: Tag) -> str:
    given = (" ".join(media.escaped(tag.get(key)).split()) for key in ("title", "subtitle"))
    return " ".join(f"**{each}**" for each in given if each)


def end_of(tag: Tag) -> str:
    """The name of the shortcode that this one ends, '' when it opens one."""
    return tag.name if tag.closes else ""


def _box(tag: Tag) -> str:
    """The kind of box that a shortcode is, '' when it is none."""
    if tag.name in BOXES:
        given = tag.get("type", "color", "style", "kind", "level", "status", "class", "context").split()
        is_warning = tag.name == "alert" and tag.written.startswith("{{<") and not tag.get("title")  # of Docsy, none
        return box_kind(*given, *tag.values[:1]) or ("warning" if is_warning else "note")
    kind = box_kind(tag.name)
    return "" if tag.name in ("summary", "todo", "question", "example", "details", "done", "feature") else kind


def _title(tag: Tag) -> str:
    if given := tag.get("title", "heading", "header"):
        return given
    others = tag.values[1:] if tag.name in BOXES else tag.values
    return next((value for value in others if value.lower() not in ("true", "false", "icon")), "")


def _on_a_line(tag: Tag, said: Words) -> Form:
    """What becomes of a shortcode that is no block."""
    text = _medium(tag, said) or tag.get("text", "content", "label")
    if not text and tag.name in _WORDS:
        text = media.escaped(" ".join(tag.values))
    if not text and tag.name == "heading" and tag.values:
        text = media.escaped(tag.values[0]).capitalize()
    if not text and tag.name in _SINCE and tag.values:
        text = f"*{said.say(_SINCE[tag.name], version=media.escaped(' '.join(tag.values)))}*"
    return words(text) if text else Form(Kind.UNKNOWN)


def _medium(tag: Tag, said: Words) -> str:
    """The image, link, film, key or address that a shortcode is, '' for none."""
    name = tag.name
    text = ""
    if name in ("figure", "img", "image", "picture"):
        text = _image(tag)
    elif name in _REFERENCES:
        text = tag.first("path")
    elif name in ("video", "audio") and (address := tag.first("src", "url", "file")):
        text = media.link(address, tag.get("caption", "title") or said.say(ProductText.FILM))
    elif media.is_player(name):
        text = media.film(name, tag.first("id"), said)
    elif name == "gist" and len(tag.values) > 1:
        text = media.gist(tag.values[0], tag.values[1], said)
    elif name in _LINKS and (address := tag.get(*_ADDRESSES)):
        text = media.link(address, tag.get("title", "text", "label", "content"))
    elif name == "kbd":
        text = f"<kbd>{media.escaped(' '.join(tag.values))}</kbd>"
    return text


def _image(tag: Tag) -> str:
    text = tag.get("alt", "caption", "title")
    picture = media.image(tag.first("src", "link"), text)
    caption = tag.get("caption")
    return f"{picture} *{media.escaped(caption)}*" if caption and caption != text else picture
