"""Renders Markdown to safe HTML; no other place makes HTML that pages show unescaped."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from html import escape

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension, FootnoteInlineProcessor
from markdown.treeprocessors import Treeprocessor

from kb.content import download_notes, html_anchors, inline_forms, raw_html, wide_tables
from kb.content.commonmark import ALIGNMENTS, HEADINGS, KINDS, LINE, GuideBlocks, LinkDefinitions, link_definitions
from kb.content.document import Landmark, Section, StepList
from kb.content.guide_words import ProductText, Words
from kb.content.highlighting import TOKEN_CLASSES
from kb.content.html_tags import tags_in
from kb.content.inline_tree import Ampersands, InlineTree
from kb.content.landmarks import Landmarks, without_danger_marks
from kb.content.links import EMBEDDED_IMAGE, LINK_SCHEMES, Links
from kb.content.patterns import linear

__all__ = ["LinkDefinitions", "link_definitions", "render", "render_fragment", "with_former_anchors"]

# What is left of a picture that nobody described and that is not there.
_EMPTY = linear(r"<p>(?:\s*<span></span>\s*)+</p>\n?")
_STASH_MARKS = linear(r"[\x02\x03]")


def render(
    markdown: str,
    *,
    sections: Sequence[Section],
    step_lists: Sequence[StepList] = (),
    landmarks: Sequence[Landmark] = (),
    resolve: Mapping[str, str] | None = None,
    first_line: int = 1,
    title_anchor: str | None = None,
    language: str = "",
) -> str:
    """The safe HTML of a guide's body, whose first line is line `first_line` of its file.

    Each section's anchor is the id of exactly one element. The title heading, if the body begins with it, leaves only
    an empty element with its anchor: `title_anchor`, '' for none, by default the first heading when its level is 1.
    So is each landmark's, of the row, item or paragraph at its line.
    `resolve` maps relative targets, as written without fragment, to addresses; links to others become text.
    `language` is that of the guide, in which the product says what it has to say on the page.
    Hostile text takes time and memory without bound: see `kb.content.workers`.
    """
    headed = [section for section in sections if section.level]
    first = headed[0] if headed and headed[0].level == 1 else None
    title = first.anchor if first and title_anchor in (None, first.anchor) else None
    words = Words(language)
    marks = Landmarks(
        headings={section.line - first_line: section for section in headed},
        step_lists=tuple(step_lists),
        places=tuple((landmark.line - first_line, landmark.anchor) for landmark in landmarks),
        title=title,
        words=words,
    )
    return _renderer().render(markdown, Links(resolve or {}, words), marks)


def render_fragment(
    markdown: str,
    resolve: Mapping[str, str] | None = None,
    *,
    definitions: LinkDefinitions | None = None,
    language: str = "",
) -> str:
    """The safe HTML of a part of a guide, such as one step, or of a contact's text; no ids and no footnotes in it.

    `definitions` are those of the whole guide, as `link_definitions` finds them, `language` is its language. Time and
    memory as for `render`.
    """
    return _renderer().render(markdown, Links(resolve or {}, Words(language)), None, definitions)


def parser() -> Markdown:
    """The parser of Markdown that this thread renders with, and all that is registered with it; not to be changed."""
    return _renderer().markdown


def with_former_anchors(html: str, former: Mapping[str, Sequence[str]]) -> str:
    """A guide's page on which each section (by anchor) can also be found under the anchors that it had before."""
    if not any(former.values()):
        return html
    pieces, end, left = [], 0, dict(former)
    # The tags' places in the page, which stays as it is: lxml would write it anew, `<li></li>` as `<li>`.
    for tag in tags_in(html):
        names = left.pop(tag.attributes.get("id", ""), ())
        if names:
            pieces += [html[end : tag.start], *(f'<span id="{escape(name)}"></span>' for name in names)]
            end = tag.start
    return "".join([*pieces, html[end:]])


class _Renderer(Extension):
    """Python-Markdown with everything that guides use, kept between texts."""

    def __init__(self) -> None:
        super().__init__()
        self._links = Links({})
        self._landmarks: Landmarks | None = None
        self._footnotes = FootnoteExtension(BACKLINK_TEXT="\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}")
        self.markdown = Markdown(extensions=[self, self._footnotes], output_format="html")
        # The library's own pattern looks for the end of each bracket that opens, however far.
        footnote = FootnoteInlineProcessor(inline_forms.FOOTNOTE, self._footnotes)
        self.markdown.inlinePatterns.register(footnote, "footnote", 175)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Put our block parser, forms and passes in place of the library's own."""
        md.parser = GuideBlocks(md, self._raw_html, self._footnote, self._words)
        for name in ("normalize_whitespace", "html_block"):
            md.preprocessors.deregister(name)
        inline_forms.register(md, footnotes=lambda: self._landmarks is not None, words=self._words)
        md.treeprocessors.register(_Pass(self._mark), "landmarks", 60)
        md.treeprocessors.register(InlineTree(md, self._raw_html), "inline", 20)
        md.treeprocessors.register(_Pass(self._lead), "links", -10)
        md.treeprocessors.register(Ampersands(md), "ampersands", -20)

    def render(
        self,
        text: str,
        links: Links,
        landmarks: Landmarks | None,
        definitions: LinkDefinitions | None = None,
    ) -> str:
        """The safe HTML of one text."""
        self._links, self._landmarks = links, landmarks
        self._footnotes.setConfig("BACKLINK_TITLE", links.words.say(ProductText.BACK, number="{}"))
        self.markdown.reset()
        self.markdown.references.update(definitions or {})
        html = _EMPTY.sub("", CLEANER.clean(self.markdown.convert(_STASH_MARKS.sub("", text))))
        html = html_anchors.without_any(html) if landmarks is None else html_anchors.without_clashes(html)
        return download_notes.with_notes(wide_tables.scrolling(html, links.words), links.notes)

    def _raw_html(self, html: str, is_link: bool = False) -> str:
        return raw_html.clean(html, self._links, is_link=is_link)

    def _words(self) -> Words:
        return self._links.words

    def _footnote(self, label: str, text: str) -> None:
        if self._landmarks is not None:
            self._footnotes.setFootnote(label, text)

    def _mark(self, root: ET.Element) -> None:
        without_danger_marks(root)
        if self._landmarks is not None:
            self._landmarks.mark(root)
        for element in root.iter():
            element.attrib.pop(LINE, None)

    def _lead(self, root: ET.Element) -> None:
        """Let links and images lead somewhere, or be text; the ones that we made ourselves are left alone."""
        inside_links = {element for link in root.iter("a") for child in link for element in child.iter()}
        for element in root.iter():
            if element.tag == "img":
                shown = self._links.picture(element.get("src", ""), element.get("alt", ""), _more_of(element))
            elif element.tag == "a" and "class" not in element.attrib:
                shown = self._links.link(element.get("href", ""), element.get("title", ""))
            else:
                continue
            nested = shown.tag == "a" and element in inside_links
            element.tag, element.attrib = "span" if nested else shown.tag, {} if nested else dict(shown.attributes)
            element.text = element.text if shown.text is None else shown.text


def _more_of(image: ET.Element) -> dict[str, str]:
    return {name: image.get(name, "") for name in ("title", "width", "height") if image.get(name)}


class _Pass(Treeprocessor):
    """One look at the whole tree."""

    def __init__(self, look: Callable[[ET.Element], None]) -> None:
        super().__init__()
        self._look = look

    def run(self, root: ET.Element) -> None:
        """Let the tree be changed in place."""
        self._look(root)


def _permitted(tag: str, name: str, value: str) -> str | None:
    """An attribute's value as it may stand: links never hold data, images come from this site or the text."""
    if name == "href":
        return None if value.lstrip().lower().startswith("data:") else value
    if name == "src":
        return value if EMBEDDED_IMAGE.fullmatch(value) or (value[:1] == "/" and value[1:2] not in "/\\") else None
    return value if name != "type" or tag != "input" or value == "checkbox" else None


CLEANER = nh3.Cleaner(
    tags={*raw_html.ALLOWED, "input"},
    attributes={
        **{tag: set(names) for tag, names in raw_html.ALLOWED.items() if names},
        **{tag: {"id"} for tag in HEADINGS},
        "a": {"href", "title", "rel", "aria-label"},
        "div": {"tabindex", "role", "aria-label", "data-language"},
        "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
        "input": {"type", "checked", "disabled", "aria-label"},
        "li": {"id", "value"},
        "ol": {"start", "type", "reversed", "data-problem"},
        "p": {"id"},
        "pre": {"tabindex"},
        "span": {"id", "title"},
        "sup": {"id"},
        "tr": {"id"},
        "ul": {"data-problem"},
    },
    allowed_classes={
        "a": {"anchor", "footnote-backref", "footnote-ref", "missing-link"},
        "details": {"admonition", *KINDS},
        "div": {"admonition", *KINDS, "footnote", "highlight", "tab", "table-scroll"},
        "li": {"task-list-item"},
        "ol": {"steps", "task-list"},
        "p": {"admonition-title", "code-title", "tab-title"},
        "span": {"missing-image", "missing-link", "step-danger", "title-anchor", *TOKEN_CLASSES},
        "summary": {"admonition-title"},
        "td": set(ALIGNMENTS),
        "th": set(ALIGNMENTS),
        "ul": {"steps", "task-list"},
    },
    attribute_filter=_permitted,
    url_schemes={*LINK_SCHEMES, "data"},
    link_rel=None,
)
_local = threading.local()


def _renderer() -> _Renderer:
    """This thread's renderer, made when it is first needed."""
    if not hasattr(_local, "renderer"):
        _local.renderer = _Renderer()
    renderer: _Renderer = _local.renderer
    return renderer
