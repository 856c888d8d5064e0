"""Puts a body that another tool's writers wrote into the forms that guides have, and says what is left of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kb.content.document import Finding
from kb.content.foreign import (
    asides,
    attributes,
    comments,
    components,
    containers,
    definitions,
    exported_links,
    exported_titles,
    for_staff,
    frames,
    html_headings,
    indented_lists,
    jsx_conditions,
    kramdown,
    learn,
    liquid,
    litter,
    macros,
    markdown_in_html,
    notion_blocks,
    obsidian,
    obsidian_boxes,
    shortcodes,
    site_addresses,
    slash_blocks,
    small_forms,
    tables,
    tags,
    unended,
    unknown_elements,
    vue_conditions,
    wiki_markup,
)
from kb.content.foreign.lines import Lines
from kb.content.foreign.rewriting import STAYS, Form, rewrite
from kb.content.foreign.tags import Tag
from kb.content.guide_words import Words
from kb.content.head import FrontMatter


@dataclass(frozen=True, slots=True)
class Translation:
    """A file with its body in our forms, each line at its number; what stays of other forms, and tags from the text.

    `has_words` says that words of the product itself are in it, which differ by language. `for_staff` has the lines
    (from 0) that are, in whole or in part, for staff only. `title` is one that neither head nor heading says.
    """

    head: FrontMatter
    findings: tuple[Finding, ...] = ()
    tags: tuple[str, ...] = ()
    has_words: bool = False
    for_staff: for_staff.ForStaff = field(default_factory=for_staff.ForStaff)
    title: str = ""


def translated(
    head: FrontMatter,
    source: str = "",
    paths: Mapping[str, str] | None = None,
    language: str = "",
    *,
    shows_staff: bool = False,
) -> Translation:
    """A file's body in our forms. `source` is its path below the folder, `paths` has the others' in the folder.

    What the product itself says in it is said in `language`; what is read from a guide, in English. With `shows_staff`,
    what is for staff only within a line stays, marked as such.
    """
    words = Words(language)
    lines = Lines(head.body, head.body_line, words)
    title = "" if head.fields.get("title") else exported_titles.find(lines.body)
    obsidian_boxes.read(lines)
    components.keep_heading_ids(lines)
    comments.take_out(lines, source)
    jsx_conditions.read(lines, is_mdx=jsx_conditions.is_mdx(lines.body, source))
    staff = for_staff.read(lines, shows=shows_staff)
    notion_blocks.read(lines)
    defined = definitions.read(lines)
    site_addresses.read(lines)
    exported_links.read(lines, source, paths or {})
    names = obsidian.Names(source, paths or {})
    macros.read(lines, names.target)
    html_headings.read(lines)
    exported_links.read_anchors(lines, source)
    wiki_markup.read(lines, names)
    unended.read_elements(lines)
    asides.read(lines)
    slash_blocks.read(lines)
    _read_tags(lines, words)
    liquid.read_values(lines, head.fields)
    is_mdx = source.lower().endswith(".mdx")
    vue_conditions.without_templates(lines)
    markdown_in_html.read(lines, is_mdx=is_mdx)
    components.read(lines, head.fields, is_mdx=is_mdx)
    frames.read(lines)
    learn.read(lines)
    lines.find_code()
    containers.read(lines)
    kramdown.read(lines, head.fields, source)
    attributes.read(lines)
    small_forms.read(lines)
    obsidian.read(lines, names)
    litter.take_out(lines, source)
    unknown_elements.read(lines)
    tables.read(lines)
    definitions.without_empty(lines, defined)
    indented_lists.read(lines)
    unended.read_containers(lines)
    found = tuple(dict.fromkeys(lines.tags))
    body = replace(head, body=lines.body)
    return Translation(body, tuple(lines.findings), found, has_words=words.were_said, for_staff=staff, title=title)


def _read_tags(lines: Lines, words: Words) -> None:
    """Read the tags of Liquid and of Hugo, where there are any."""
    if any(sign in row for row in lines.rows for sign in tags.SIGNS):
        tags.join_rows(lines, STAYS)
        shortcodes.read_links(lines)
        rewrite(lines, shortcodes.in_panes(tags.find(lines)), lambda tag: _form_of(tag, words), _end_of)
        shortcodes.show_escaped(lines)
        lines.find_code()


def _form_of(tag: Tag, words: Words) -> Form:
    return shortcodes.form_of(tag, words) if tag.is_hugo else liquid.form_of(tag, words)


def _end_of(tag: Tag) -> str:
    return shortcodes.end_of(tag) if tag.is_hugo else liquid.end_of(tag)
