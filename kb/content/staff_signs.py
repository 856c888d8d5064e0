"""Knows the sign of what is for staff only, however it is written, and the words by which other tools say so."""

from __future__ import annotations

import unicodedata
from html import unescape

from kb.content.patterns import linear

# Also what editors make of it when they escape its brackets, and one whose bracket nobody closed.
MARK = linear(r"(?i)\[[\s\\*_]*![\s\\*_]*staff")
_BEFORE = (
    r"(?:(?:for|if|when|show|visible|to|only|is|bg|type|alert|callout|admonition|theme-admonition|box|block|notice|message|note|hint|panel|"
    r"prompt|confluence-information-macro)[-_ ]*)*"
)
_BEHIND = r"(?:[-_ ]*(?:only|use|notes?|box|block|alert|callout|admonition|notice|hint))*"
_NAMES = linear(
    rf"(?i){_BEFORE}(?:(staff)|internal|confidential){_BEHIND}|"
    r"(?:for[-_ ]*)?(?:employees?|agents?|insiders?|admins?|members|team)[-_ ]*only"
)
_HIDDEN = linear(
    r"(?i)(?:private|hidden|hide|drafts?|comments?|unpublished|secret|restricted|protected)(?:[-_ ]?(?:content|only))?|"
    r"(?:(?:signed|logged)[-_ ]?in|authenticated)(?:[-_ ]?only)?|dev(?:eloper)?s?[-_ ]?only|protect|restrict|"
    r"(?:require|protect|restrict)s?[-_ ]?(?:role|auth|login|access|permission)s?|(?:role|auth)[-_ ]?(?:gate|guard)"
)
_TITLES = linear(
    r"(?i)[\s*_:!.()\[\]-]*(?:for[ ]|only[ ]for[ ])?(?:staff|internal|(?:support )?agents|employees)(?:[ ]use)?[ ]only"
    r"[\s*_:!.()\[\]-]*|[\s*_:!.()\[\]-]*(?:only )?for staff[\s*_:!.()\[\]-]*"
)
_BEGINS = linear(
    r"(?i)(?:for |only for )?(?:staff|internal|(?:support )?agents|employees)(?: use)?[ -]only"
    r"(?:[\s*_]*(?:\n|\Z|[:.!\u2013\u2014]|- )|[)\]])|(?:only )?for staff[\s*_]*(?:\n|\Z|[:!])"
)
_HINTS = linear(
    r"(?i)staff|internal|confidential|(?:employee|agent|insider|admin|member|team)s?[-_ ]*only|v-if|v-else-if|v-show|"
    r"x-show|x-if|\*ngif|exclude-if|[ \t\n](?:if|when|cond|condition|test|is|user|for)=|"
    r"(?:[<:!%{/][ \t]*|=[\"'{ \t]*|[<%][ \t]*[\w-]+[ \t]+[\"']?)"
    r"(?:private|hid|draft|comment|unpublished|secret|restrict|protect|signed|logged|authent|dev|require|role|auth)"
)


def plain(text: str) -> str:
    """The text without what nobody sees, and with plain letters and signs in place of wide and of encoded ones."""
    if "&" in text:
        text = unescape(text)
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if sign.isascii() or unicodedata.category(sign) != "Cf")


def may_name_staff(text: str) -> bool:
    """Whether a text has a word by which other tools may say that something is for staff: a quick look."""
    return _HINTS.search(plain(text)) is not None


def names_staff(word: str, *, is_box: bool = True) -> bool:
    """Whether a word is the kind of a box that is for staff: `staff`, `alert-staff`, `StaffOnly`, but not `staff-list`.

    `internal` and its like are kinds of boxes, but of links and much else they mean another thing.
    """
    found = _NAMES.fullmatch(plain(word).strip())
    return found is not None and (is_box or bool(found[1]) or "only" in word.lower())


def names_hidden(word: str) -> bool:
    """Whether a box, an element or a shortcode of this name is one whose author keeps it from the public: `Private`."""
    return _HIDDEN.fullmatch(plain(word).strip()) is not None


def title_for_staff(title: str, *, is_box: bool = True) -> bool:
    """Whether the title of a box says that it is for staff; of a tab or a folded part, 'Staff' alone does not."""
    told = _without_signs(plain(title))
    return _TITLES.fullmatch(told) is not None or (is_box and told.lower() == "staff")


def begins_for_staff(text: str) -> bool:
    """Whether the first words of a box say that it is for staff: `**Staff only**`, `Internal only: ...`.

    For tools whose boxes have no title of their own.
    """
    return _BEGINS.match(_without_signs(plain(text), behind=False)) is not None


def _without_signs(text: str, *, behind: bool = True) -> str:
    """A text without the signs before its first word, such as a lock, and behind its last."""
    first = next((at for at, sign in enumerate(text) if sign.isalnum()), len(text))
    last = next((at + 1 for at in range(len(text) - 1, first - 1, -1) if text[at].isalnum()), first) if behind else None
    return text[first:last]
