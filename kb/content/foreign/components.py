"""Reads what stands between the Markdown of MDX and Vue: imports, exports, components, and expressions in braces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.content.anchors import slugify_heading
from kb.content.box_elements import BOX_ELEMENTS, GROUP_ELEMENTS, in_line, kind_of_name, label_of
from kb.content.foreign import code_elements, glued_elements, media, nesting, statements, step_rows
from kb.content.foreign.lines import Lines, margin_of, outside_code, shown
from kb.content.foreign.rewriting import STAYS, UNENDED, UNKNOWN
from kb.content.guide_words import Words
from kb.content.html_tags import tags_in
from kb.content.patterns import Match, Pattern, linear

MOST_ROWS_OF_A_TAG = 30
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_COMPONENT = linear(rf"""\\?</?([A-Z][\w.]*)(?:[ \t\n](?:[^<>"'{{}}]|"[^"]*"|'[^']*'|{_BRACES}|=>)*)?/?>""")
_OPENS_TAG = linear(r"[ \t]*<[A-Za-z][\w.]*(?:[ \t][^<>]*|[ \t]*)")
_BRACED = linear(r"([\w-]+)=\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_TEXT = linear(r"(^|[^=])\{[ \t]*(?:'([^'{}]*)'|\"([^\"{}]*)\"|`([^`{}$]*)`|(\d[\d.]*))[ \t]*\}")
_BRACE = linear(r"\{[ \t]*['\"]([{}])['\"][ \t]*\}")
_FRAGMENT = linear(r"</?>")
_LOOP = linear(r"[ \t]*\{[^{}\n]*\.map\(.*")
_PATH = linear(
    r"""(?:require\(|useBaseUrl\(|withBase\()[ \t]*['"]([^'"]+)['"][ \t]*\)(?:\.default)?|['"`]([^'"`$]*)['"`]"""
)
_EXPRESSION = linear(r"\{[A-Za-z_$][\w$]*(?:\.[\w$]+|\[[^\[\]{}]*\]|\([^(){}]*\))*\}")
_HTML_TAG = linear(
    rf"<[a-z][\w-]*(?:[ \t](?:[^<>{{}}\"']|\"[^\"]*\"|'[^']*'|{_BRACES})*)?>|"
    r"<[a-z][\w-]*(?:[ \t][^<>]*)?>|<[a-z][\w-]*[ \t][^>]*\}[ \t]*/?>"
)
_SETUP = linear(r"<script[ \t]+setup")
_HEADING_ID = linear(r"(#{1,6}[ \t].*?)[ \t]*\{/\*[ \t]*#([\w-]+)[ \t]*\*/\}[ \t]*")
_TEMPLATE = linear(r"\{[ \t]*`([^`{}$\n]*)`[ \t]*\}")
_CONSTANT = linear(
    r"(?:export[ \t]+)?const[ \t]+([A-Za-z_$][\w$]*)[ \t]*=[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|(\d[\d.]*))[ \t]*;?"
    r"[ \t]*"
)
_OF_HEAD = linear(r"\{front[Mm]atter\.[\w-]+\}")
_MEMBER = linear(r"\{[A-Za-z_$][\w$]*(?:\.[\w$]+)+\}")
_ANY_EXPRESSION = linear(r"\{[^{}\n]{1,200}\}")
_TOOLTIP = linear(
    r"<Tooltip[ \t](?:[^<>]*[ \t])?(?:tip|content|headline)=[\"']([^\"'<>]*)[\"'][^<>]*>([^<>]*)</Tooltip>"
)
_LINKS = "RouteLink|RouterLink|router-link|NextLink|LinkButton|ButtonLink|Button|Link"
_ROUTE = linear(rf"<(?:{_LINKS})[ \t][^<>]*?(?:to|href)=[\"']([^\"'<>]+)[\"'][^<>]*>([^<>\n]+)</(?:{_LINKS})>")
_BADGE = linear(r"<Badge(?:[ \t][^<>]*)?/>")
_HEADING_SIGNS = linear(r"^#{1,6}[ \t]")
_FIELDS = frozenset({"ParamField", "ResponseField", "PropertyField"})
_SILENT = frozenset(
    "TOCInline DocCardList Head ClientOnly Fragment React.Fragment Columns Column Steps Step CardGroup Cards CardGrid "  # noqa: SIM905
    "Frame FileTree CodeGroup CodeBlock Icon Content".split()
)
_PARTED = {"Step": " ", "Card": ": "}
"""What parts the title of a component from its words, where these stand beside it."""
_PLAYERS = frozenset({"YouTube", "Youtube", "LiteYouTubeEmbed", "YouTubeEmbed"})


def keep_heading_ids(lines: Lines) -> None:
    """Make `{#id}` of ids of headings that MDX writes as comments, before comments go."""
    for number, row in lines.prose():
        if row.startswith("#") and (found := _HEADING_ID.fullmatch(row)):
            lines.rows[number] = f"{found[1]} {{#{found[2]}}}"


def read(lines: Lines, fields: Mapping[str, Any], *, is_mdx: bool) -> None:
    """Leave out imports, exports and unknown components, each of these with a finding, and make text of expressions."""
    found = dict(statements.find(lines))
    every_expression = is_mdx
    is_mdx = is_mdx or bool(found) or any(_SETUP.match(row) for row in lines.rows)
    imported: dict[str, str] = {}
    constants = _of_head(fields) if _OF_HEAD.search(lines.body) else {}
    for first, last in found.items():
        statement = " ".join(lines.rows[first : last + 1])
        imported.update(statements.imported(statement))
        if constant := _CONSTANT.fullmatch(statement):
            constants[f"{{{constant[1]}}}"] = str(constant[2] or constant[3] or constant[4] or "")
        lines.rows[first : last + 1] = [""] * (last - first + 1)
    if every_expression:
        _take_out_loops(lines)
    code_elements.read(lines)
    _join_tags(lines)
    nesting.read(lines, is_mdx=is_mdx)
    glued_elements.read(lines)
    if is_mdx or constants:
        _read_templates(lines, constants)
    for number, row in lines.prose():
        if "<" in row or (is_mdx and "{" in row):
            is_boxes = "</" in row and bool(in_line(row[len(margin_of(row)) :].strip()))
            lines.rows[number] = outside_code(
                row,
                lambda text, number=number, is_boxes=is_boxes: _changed(  # type: ignore[misc]
                    lines, number, text, imported, is_mdx=is_mdx, is_boxes=is_boxes
                ),
            )
            if row.startswith("#") and "<Badge" in row:
                lines.rows[number] = _with_its_anchor(lines.rows[number], row)
        if "{" in row and (every_expression or is_mdx or _OF_HEAD.search(row)):
            _tell_expressions(lines, number, _ANY_EXPRESSION if every_expression else _MEMBER)


def _with_its_anchor(row: str, written: str) -> str:
    """A heading with the words of its badges, under the anchor that it has without them: links lead there."""
    plain = _HEADING_SIGNS.sub("", _BADGE.sub("", written)).strip()
    is_plain = not any(sign in plain for sign in "<[{")
    return f"{row.rstrip(' #')} {{#{slugify_heading(plain)}}}" if is_plain and plain and row.endswith(")") else row


def _take_out_loops(lines: Lines) -> None:
    """Leave out what a program writes for each of many things, which is a pattern for others and no text.

    One that never closes stays as it is written, as nobody knows what below it is still of it.
    """
    last = -1
    ends = statements.Ends(lines)
    for number, row in lines.prose():
        if number <= last or "{" not in row or not _LOOP.fullmatch(row):
            continue
        end = ends.of(number)
        lines.note(number, (STAYS if end is None else UNKNOWN).filled(written=shown(row)))
        if end is not None:
            last = end
            lines.rows[number : end + 1] = [""] * (end - number + 1)


def _read_templates(lines: Lines, constants: dict[str, str]) -> None:
    """Put texts in place of the expressions that are one, and what constants say in place of their names."""
    for number, row in lines.prose():
        if "{`" in row or "{ `" in row:
            lines.rows[number] = _TEMPLATE.sub(r"`\1`", row)
    if constants:
        lines.change(
            lambda _, text: _EXPRESSION.sub(lambda found: constants.get(found.group(), found.group()), text), "{"
        )


def _of_head(fields: Mapping[str, Any]) -> dict[str, str]:
    """What the head says, by the expressions of Docusaurus and others that mean it."""
    said = {key: media.escaped(value) for key, value in fields.items() if isinstance(value, str) and value.strip()}
    return {f"{{{name}.{key}}}": value for name in ("frontMatter", "frontmatter") for key, value in said.items()}


def _tell_expressions(lines: Lines, number: int, pattern: Pattern) -> None:
    """Say of what else stands in braces, which a program alone can tell, that it stays."""

    def tell(text: str) -> str:
        for found in pattern.finditer(text):
            is_escaped = text[max(0, found.start() - 1) : found.start()] == "\\"
            if not (is_escaped or found.group().startswith(("{#", "{.", "{:"))):
                lines.note(number, STAYS.filled(written=shown(found.group())))
        return text

    outside_code(lines.rows[number], tell)


def _join_tags(lines: Lines) -> None:
    """Put tags that go on for some lines on the first of these."""
    for number, row in lines.prose():
        if "<" not in row or not _OPENS_TAG.fullmatch(row):
            continue
        for last in range(number + 1, min(number + MOST_ROWS_OF_A_TAG, len(lines.rows))):
            text = lines.rows[last].strip()
            if not text or text.startswith("<"):
                break
            if text in (">", "/>") or (text.endswith((">", "/>")) and not text.endswith("=>")):
                joined = " ".join([row.rstrip(), *(each.strip() for each in lines.rows[number + 1 : last + 1])])
                if any(sign in joined for sign in "{") or joined.lstrip()[1:2].isupper():
                    lines.rows[number : last + 1] = [joined, *[""] * (last - number)]
                break


def _closes(found: Match) -> bool:
    return found.group().startswith("</")


def _changed(lines: Lines, number: int, text: str, imported: dict[str, str], *, is_mdx: bool, is_boxes: bool) -> str:
    def component(found: Match) -> str:
        name, tag = str(found[1]), found.group()
        if tag.startswith("\\"):
            return tag
        if name in BOX_ELEMENTS and not is_boxes and not _stands_alone(lines.rows[number], name):
            return _in_line(lines, number, found)
        if name in BOX_ELEMENTS:
            return _BRACED.sub(lambda braced: _attribute(braced, imported), tag) if "{" in tag else tag
        if not (is_mdx or name in nesting.KNOWN):
            if tag.endswith("/>") and tag == lines.rows[number].strip():
                lines.note(number, STAYS.filled(written=shown(tag)))
            return tag
        return _in_place(lines, number, found, text)

    if is_mdx:
        text = _FRAGMENT.sub("", _BRACE.sub(r"\\\1", _TEXT.sub(_text_of, text)))
    if "<" in text:
        text = _ROUTE.sub(lambda found: media.link(found[1], found[2]), _TOOLTIP.sub(r"\2 (\1)", text))
        text = _COMPONENT.sub(component, text)
    if not is_mdx or "{" not in text:
        return text
    return _HTML_TAG.sub(lambda found: _BRACED.sub(lambda braced: _attribute(braced, imported), found.group()), text)


def _in_place(lines: Lines, number: int, found: Match, text: str) -> str:
    """What is shown where a tag of a component that is no box stands."""
    name, tag = str(found[1]), found.group()
    follows = text[found.end() : found.end() + 1]
    if _closes(found) or name.startswith("Tab"):
        return " " if follows == "<" and text[: found.start()].strip() else ""
    instead = _instead_of(tag, name, lines.words, in_heading=lines.rows[number].startswith("#"))
    if instead is None:
        return _left_out(lines, number, tag)
    return instead + (_PARTED.get(name, "") if instead and follows not in ("", " ", "<") else "")


def _in_line(lines: Lines, number: int, found: Match) -> str:
    """What is shown of a box or a tab within a line: what it is called. One that nothing closes is told."""
    name, tag = str(found[1]), found.group()
    if _closes(found) or name in GROUP_ELEMENTS:
        return ""
    if not (tag.endswith("/>") or f"</{name}>" in found.string[found.end() :]):
        lines.note(number, UNENDED.filled(written=shown(tag)))
    title = media.escaped(label_of(tag))
    return f"**{title or _named(name, lines.words)}:** "


def _named(name: str, words: Words) -> str:
    """What a box within a line is called that does not say it."""
    kind = kind_of_name(name)
    said = words.kind(kind) if kind else name
    return name if words.are_english else said


def _stands_alone(row: str, name: str) -> bool:
    """Whether a line begins with a tag of this box, and holds no other text than its own."""
    text = row[len(margin_of(row)) :].strip()
    is_one = text.startswith(f"<{name}") and text.count(f"<{name}") == 1 and text.endswith((">", f"</{name}>"))
    is_whole = text.endswith(f"</{name}>") or (_COMPONENT.fullmatch(text) is not None)
    return (is_one and is_whole) or text == f"</{name}>" or f"<{name}" not in text


def _text_of(found: Match) -> str:
    """What an expression says that is a text or a number."""
    before, *texts = (str(each or "") for each in found.groups())
    text = next(filter(None, texts), " ")
    return before + text.replace("<", "\\<")


def _instead_of(tag: str, name: str, words: Words, *, in_heading: bool) -> str | None:
    """What is shown in place of a component; None for what can't be, of which no word is left."""
    attributes = tags_in(_BRACED.sub(lambda braced: _attribute(braced, {}), tag))
    given = attributes[0].attributes if attributes else {}
    address = given.get("href") or given.get("to") or given.get("link") or ""
    title = given.get("title", "")
    if name == "Step" and title:
        return f"**{media.escaped(title)}{step_rows.stop(title)}**"
    if name in _SILENT:
        caption = given.get("caption", "")
        return f"*{media.escaped(caption)}*" if caption else ""
    if name == "Badge":
        text = media.escaped(given.get("text", ""))
        return f"({text})" if in_heading and text else text
    if name in _FIELDS:
        named = next((given[key] for key in ("name", "path", "query", "body", "header") if given.get(key)), "")
        kind = f" ({media.escaped(given['type'])})" if given.get("type") else ""
        return f"**{media.escaped(named)}**{kind}: " if named else ""
    if name in _PLAYERS:
        return media.film("youtube", given.get("id", given.get("videoid", "")), words) or None
    return _link_or_picture(name, given, title, address)


def _link_or_picture(name: str, given: dict[str, str], title: str, address: str) -> str | None:
    if name in ("Image", "ThemedImage", "Img") and given.get("src"):
        return media.image(given["src"], given.get("alt", ""))
    if address and title and name in ("Link", "Card", "LinkCard", "LinkButton", "Cards.Card", "AutoLink"):
        words = media.escaped(given.get("description", ""))
        return f"{media.link(address, title)}{f': {words}' if words else ''}"
    return f"**{media.escaped(title)}**" if title and name in ("Card", "Tile", "Banner", "Panel") else None


def _left_out(lines: Lines, number: int, tag: str) -> str:
    lines.note(number, UNKNOWN.filled(written=shown(tag)))
    return ""


def _attribute(found: Match, imported: dict[str, str]) -> str:
    """An attribute whose value is an expression, as HTML writes it; nothing where only a program knows the value."""
    name, value = str(found[1]), str(found[2]).strip()
    path = _PATH.fullmatch(value)
    text = imported.get(value, "") if path is None else path[1] or path[2] or ""
    name = "class" if name == "className" else name
    return f'{name}="{text.replace(chr(34), "&quot;")}"' if text else ""
