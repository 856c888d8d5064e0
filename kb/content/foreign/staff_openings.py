"""Finds where boxes, elements, components, shortcodes and macros begin that other tools' authors marked for staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb.content.box_elements import BOX_ELEMENTS
from kb.content.box_kinds import ALERTS
from kb.content.foreign import liquid, shortcodes, tags
from kb.content.foreign.box_names import box_kind
from kb.content.foreign.reader_conditions import other_side_is_for_some, shows_to_others
from kb.content.foreign.wiki_words import OTHER_BOXES
from kb.content.html_tags import tags_in
from kb.content.patterns import Match, linear
from kb.content.raw_html import ALLOWED, DROPPED, VOID
from kb.content.staff_signs import begins_for_staff, may_name_staff, names_hidden, names_staff, title_for_staff

FARTHEST = 1_000
"""Characters behind a macro, or a folded part, in which its title is looked for."""
_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_QUOTED = r"\"[^\"]*\"|'[^']*'"
_ELEMENT = rf"<[A-Za-z][\w:.-]*(?:[\s/](?:[^<>\"'{{}}]|{_QUOTED}|{_BRACES}|=>)*)?>|<[A-Za-z][\w:.-]*[\s/][^<>]*>"
_SHORTCODE = (
    rf"\{{\{{<(?:[^{{}}\"'`]|{_QUOTED}|`[^`]*`)*?>\}}\}}|\{{\{{%(?:[^{{}}\"'`]|{_QUOTED}|`[^`]*`)*?%\}}\}}|"
    r"\{\{<[^{}]*>\}\}|\{\{%[^{}]*%\}\}"
)
_LIQUID = rf"\{{%(?:[^{{}}\"'%]|{_QUOTED}|%[^{{}}])*?%\}}|\{{%[^{{}}]*%\}}"
_WIKI = (
    rf"\{{(?:info|note|tip|warning|panel|expand|quote|{OTHER_BOXES})(?::[^{{}}\n]*)?\}}|"
    r"\{(?:staff|internal)[\w-]*(?::[^{}\n]*)?\}"
)
ANY = linear(rf"{_ELEMENT}|{_SHORTCODE}|{_LIQUID}|{_WIKI}")
_VALUE = linear(rf"=[ \t\n]*({_BRACES})")
_WORD = linear(r"[\w-]+")
_PARTS = linear(r"[\s,|;\"'`.\[\]]+")
_TAG_NAME = linear(r"<([A-Za-z][\w:.-]*)")
_WIKI_PARTS = linear(r"\{([\w-]+)(?::([^{}\n]*))?\}")
_SUMMARY = linear(r"(?is)\s*<summary[^<>]*>(.*?)</summary>")
_PARAMETER = linear(r"(?is)<ac:parameter[^<>]*ac:name=\"([\w-]*)\"[^<>]*>(.*?)</ac:parameter>")
_MARKUP = linear(r"<[^<>]*>")
# What stands before the first words of a box: its own elements, and what macros are told.
_BEFORE_WORDS = linear(
    r"(?:\s|<ac:(?:parameter|adf-attribute)[^<>]*>[^<>]*</ac:(?:parameter|adf-attribute)>|</?[A-Za-z][^<>]*>)*"
)
_IN_A_LINE = linear(r"</?(?:strong|b|em|i|u|span)(?:[ \t][^<>\n]*)?>")
_CONDITION = linear(r"(?i)staff|internal|admin|employee|agent")
KEYS = frozenset(
    "class classname type kind style variant status level color colour severity appearance intent theme mode audience "  # noqa: SIM905
    "visibility access role roles only show-to showto visible-to visibleto group groups callout callout-type "
    "admonition context".split()
)
_TITLES = ("title", "header", "heading", "summary")
_CONDITIONS = frozenset({"v-if", "v-else-if", "v-show", "x-show", "x-if", "*ngif", "include-if"})
_OF_COMPONENTS = frozenset({"if", "when", "cond", "condition", "for"})
# Of components whose name asks something: of others, a user is what they show.
_OF_CONDITIONS = frozenset({"test", "is", "user", "users", "permission", "permissions", "requires", "allow"})
_ASKS = linear(
    r"(?i)(?:if|show|when|only|can|has|visib|condition|requir|restrict|protect|access|auth|permission|role)\w*"
)
_KINDS = ("type", "kind", "style", "variant", "audience", "visibility", "access")
_ELEMENTS_OF_BOXES = frozenset(
    "div aside section article details p blockquote table tbody tr td li ul ol dl dd figure main header footer "  # noqa: SIM905
    "fieldset dialog template".split()
)
_TAGS_OF_TABS = frozenset({"tab", "tab-item", "tabitem"})
_INCLUDES = ("include", "include_relative", "include_cached", "render", "partial")
_TEXTS = ("content", "text", "message", "body")
_TABS = frozenset({"Tab", "TabItem", "TabPane", "TabPanel", "Tabs.Tab", "TabsContent", "CodeGroupItem"})
_FOLDED = _TABS | {"details", "Accordion", "AccordionItem", "Collapse", "Expandable", "Details"}
"""The elements whose title 'Staff' may say what they are about."""
_MACROS = frozenset({"ac:structured-macro", "ac:macro"})
_TITLED_WITHIN = _MACROS | {"aside", "blockquote", "ac:adf-extension", "callout"}
"""The elements whose title can only be the first words in them."""
_BOX_CLASSES = ("confluence-information-macro", "panel", "expand-container", "admonition", "alert", "callout", "notice")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where something for staff begins: `name` is what ends it, '' where it ends itself, `sign` its form."""

    start: int
    end: int
    sign: str
    name: str
    title: str = ""
    text: str = ""
    """What one that ends itself says."""
    is_sure: bool = True
    """Whether it can mean nothing else where it never ends, unlike `<staff>`, which may be a place for a name."""


def openings(text: str) -> Iterator[Opening]:
    """All of them, also those that code shows."""
    if not may_name_staff(text):
        return
    for found in ANY.finditer(text):
        if text[max(0, found.start() - 2) : found.start()].strip(" ") in ("\\", "\n\\"):  # it is no tag
            continue
        opening = opening_of(found, text)
        if opening is not None:
            yield opening


def opening_of(found: Match, text: str) -> Opening | None:
    """What a tag opens that is for staff; None for most tags. `text` is all in which it stands."""
    start, end = found.span()
    written = found.group()
    if written.startswith("<"):
        return _element(start, end, written, text[end : end + FARTHEST])
    if written.startswith(("{{", "{%")):
        return _tag(start, end, written, text[end : end + FARTHEST])
    return _wiki(start, end, written, text[end : end + FARTHEST])


def _element(start: int, end: int, written: str, following: str) -> Opening | None:
    named = _TAG_NAME.match(written)
    name = str(named[1]) if named else ""
    given = _attributes(written)
    is_known = name.lower() in ALLOWED or name.lower() in DROPPED
    title = _title(name, given, following)
    if name.lower() in _MACROS:
        by_name = any(map(names_staff, (given.get("ac:name", ""), *_kinds_of_macro(following))))
    else:
        by_name = not is_known and (names_staff(name) or names_hidden(name))
    is_box = _is_box(name)
    says = by_name or any(_says(key, value, is_box=is_box) for key, value in given.items())
    says = says or (_has_title_within(name, given) and _begins_for_staff(following))
    says = says or (not is_known and any(_says_when(name, key, value) for key, value in given.items()))
    says = says or (not is_known and is_box and any(key in _KINDS and names_hidden(given[key]) for key in given))
    if not says and ((is_known and name != "details") or not title_for_staff(title, is_box=name not in _FOLDED)):
        return None
    ends_itself = written.endswith("/>") or name.lower() in VOID or name == "input"
    text = next((given[key] for key in _TEXTS if given.get(key)), "") if ends_itself else ""
    is_sure = not by_name or not name.islower() or bool(given)
    return Opening(start, end, "<", "" if ends_itself else name, title, " ".join(text.split()), is_sure)


def _has_title_within(name: str, given: dict[str, str]) -> bool:
    """Whether the first words in an element may be the title of a box that it is."""
    if name.lower() in _TITLED_WITHIN or (name in BOX_ELEMENTS and name not in _FOLDED):
        return True
    return name in ("div", "section") and any(
        box_kind(word) or word.startswith(_BOX_CLASSES) for word in given.get("class", "").lower().split()[:20]
    )


def _begins_for_staff(following: str) -> bool:
    """Whether the first words in a box, behind its opening, say that it is for staff."""
    before = _BEFORE_WORDS.match(following)
    words = _IN_A_LINE.sub("", following[before.end() if before else 0 :])
    return begins_for_staff(_MARKUP.sub("\n", words))


def _is_box(name: str) -> bool:
    """Whether an element is one in which words such as 'internal' say whom it is for."""
    if name.lower() in _ELEMENTS_OF_BOXES or name in BOX_ELEMENTS:
        return True
    return not name.islower() and any(box in name.lower() for box in ("callout", "admonition", "alert", "box"))


def _title(name: str, given: dict[str, str], following: str) -> str:
    """The title of an element, whose tag `following` comes behind."""
    if name.lower() in _MACROS:
        return next((_MARKUP.sub("", found[2]) for found in _parameters(following) if found[1] == "title"), "")
    if name == "details":
        summary = _SUMMARY.match(following)
        return _MARKUP.sub("", summary[1]) if summary else ""
    return next((given[key] for key in (*_TITLES, *(("label",) if name in _TABS else ())) if given.get(key)), "")


def _kinds_of_macro(following: str) -> list[str]:
    return [_MARKUP.sub("", found[2]) for found in _parameters(following) if found[1] in ("class", "type", "style")]


def _parameters(following: str) -> Iterator[Match]:
    """The parameters that stand right behind the tag of a macro."""
    end = 0
    for found in _PARAMETER.finditer(following):
        if following[end : found.start()].strip():
            return
        end = found.end()
        yield found


def _attributes(written: str) -> dict[str, str]:
    html = _VALUE.sub(lambda found: f'="{" ".join(_WORD.findall(found[1]))}"', written) if "{" in written else written
    found = tags_in(html)
    return found[0].attributes if found else {}


def _says(key: str, value: str, *, is_box: bool) -> bool:
    """Whether an attribute says that its element is for staff."""
    key = key.removeprefix("v-bind").removeprefix(":").removeprefix("data-")
    if key == "exclude-if":
        return other_side_is_for_some(value)
    if key in _CONDITIONS:
        return _CONDITION.search(value) is not None and not shows_to_others(value)
    if value in ("", "true") and names_staff(key, is_box=is_box):
        return True
    return key in KEYS and any(names_staff(word, is_box=is_box) for word in _words(value))


def _says_when(name: str, key: str, value: str) -> bool:
    """Whether an attribute of a component says that what it encloses is shown to staff."""
    if key == "to" and "link" not in name.lower():
        return names_staff(value)
    asks = key in _OF_COMPONENTS or (key in _OF_CONDITIONS and _ASKS.fullmatch(name) is not None)
    return asks and _CONDITION.search(value) is not None and not shows_to_others(value)


def says_of_box(key: str) -> bool:
    """Whether an attribute of this name may say of which kind a box is."""
    return key.removeprefix("data-") in KEYS


def _words(value: str) -> list[str]:
    """The words of a value, and the value as one."""
    return [*_PARTS.split(value), value]


def _tag(start: int, end: int, written: str, following: str) -> Opening | None:
    tag = tags.parsed(written)
    if tag is None or tag.closes or tag.name.startswith("end"):
        return None
    if tag.name in _INCLUDES:
        stem = PurePosixPath(next(iter(tag.values), "")).stem
        has_text = bool(tag.get(*_TEXTS))
        says = names_staff(stem) or any(_says(key, value, is_box=has_text) for key, value in tag.named.items())
        return Opening(start, end, "{", "", text=tag.get(*_TEXTS)) if says else None
    is_box = tag.name in shortcodes.BOXES | shortcodes.FOLDS | liquid.BOXES | liquid.FOLDS or box_kind(tag.name) != ""
    says = names_staff(tag.name) or any(_says(key, value, is_box=is_box) for key, value in tag.named.items())
    kinds = (*(tag.get(key) for key in (*_KINDS, "class")), *tag.values[:1])
    is_hidden = names_hidden(tag.name) or (is_box and any(map(names_hidden, kinds)))
    if is_box:
        says = says or any(map(names_staff, tag.values[:2]))
        says = says or (_shows(tag.name) and not tag.closes_itself and _begins_for_staff(following))
    title = tag.get(*_TITLES, "name") or next(
        (value for value in tag.values if title_for_staff(value, is_box=False)), ""
    )
    is_titled = (is_box or tag.name in _TAGS_OF_TABS) and title_for_staff(title, is_box=_shows(tag.name))
    if not (says or is_titled or is_hidden):
        return None
    ends_itself = tag.closes_itself or bool(tag.get(*_TEXTS))
    return Opening(start, end, "{", "" if ends_itself else tag.name, title, tag.get(*_TEXTS), says or is_titled)


def _shows(name: str) -> bool:
    """Whether a box shows what it holds at once, unlike a folded part."""
    return name not in shortcodes.FOLDS | liquid.FOLDS | _TAGS_OF_TABS


def _wiki(start: int, end: int, written: str, following: str) -> Opening | None:
    found = _WIKI_PARTS.fullmatch(written)
    if found is None:
        return None
    name, given = str(found[1]), str(found[2] or "")
    parts = [part.partition("=")[::2] for part in given.split("|") if part]
    title = next((value or key for key, value in parts if not value or key == "title"), "")
    says = any(key in KEYS and names_staff(value) for key, value in parts)
    if names_staff(name):
        return Opening(start, end, "{}", name, title, is_sure=False)
    is_known = name in ALERTS or name in ("panel", "expand")
    is_titled = title_for_staff(title, is_box=name != "expand") or (name != "expand" and _begins_for_staff(following))
    return Opening(start, end, "{}", name, title) if is_known and (says or is_titled) else None
