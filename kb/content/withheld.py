"""Finds what other systems write in front matter to keep a text from readers: drafts, private and timed texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from kb.content.document import Withheld
from kb.content.patterns import counted, linear

FALSE = frozenset({"false", "no", "n", "off", "0", "f", "none", "null"})
TRUE = frozenset({"true", "yes", "y", "on", "1", "t"})
NO_READERS = (
    *("draft", "drafts", "unpublished", "unlisted", "hidden", "internal", "private", "confidential", "restricted"),
    *("secret", "staff", "agents", "agent", "employees", "team", "members", "insiders", "helpdesk", "partners"),
)
NOT_READY = frozenset(
    "draft unpublished unlisted hidden internal private confidential restricted secret wip pending future trash "  # noqa: SIM905
    "trashed scheduled archived review inreview inprogress workinprogress todo notpublished notready needsreview "
    "underreview forreview notstarted unfinished 草稿 未发布 مسودة entwurf".split()
)
FLAGS = frozenset(
    "draft isdraft private isprivate unlisted unpublished hidden internal isinternal confidential restricted wip "  # noqa: SIM905
    "headless staffonly internalonly usersegmentid if archived isarchived trashed deleted isdeleted".split()
)
FOR_STAFF = frozenset({"staff", "isstaff"})
"""Flags when they say yes: others name people there."""
GROUPS = frozenset({"groups", "usergroups"})
"""Who may see a page, in Mintlify."""
EVERYBODY = frozenset("public all everyone everybody anyone guest guests anonymous visitors".split())  # noqa: SIM905
SHOWN = frozenset({"published", "ispublished", "publish", "public", "ispublic", "dgpublish"})
STATES = frozenset({"status", "state", "publishstatus", "publishingstatus", "poststatus", "状态", "الحالة"})
VISIBILITIES = frozenset(
    "visibility access privacy usersegment visible permissions restrictedto visibleto availableto".split()  # noqa: SIM905
)
TIMES = frozenset(
    "publishdate publishat publishon publishafter pubdate publicationdate golive "  # noqa: SIM905
    "scheduled scheduledfor scheduledat scheduledon scheduleddate scheduledate".split()
)
ENDS = frozenset({"expirydate", "expires", "expiresat", "expireson", "expiry", "unpublishdate", "unpublishat"})
ALSO_TIMES = frozenset(
    "published publishedat publishedon publisheddate publish date releasedate releaseat releaseon".split()  # noqa: SIM905
)
CONTENTS = "SUMMARY.md"
"""The order of the pages of a book, which is no page."""
PARTS = frozenset({"include", "partial", "snippet", "template"})
HIDDEN_FOLDERS = frozenset({"_drafts", "_trash", ".trash", "_partials", "_includes", "includes", "_layouts"})
PARTS_OF_A_HEAD = frozenset({"metadata", "meta", "frontmatter", "attributes", "publishing", "publication", "workflow"})
OF_SITES = frozenset({"params", "extra"})
"""Where Hugo and Zola have the keys that are a site's own: `draft` means nothing there."""
CASCADE = "cascade"
"""What a page of Hugo says of all below it, and of itself."""
# No zone leads a moment of these years out of those that databases and Python can tell. The year 1 is what Go, and so
# Hugo, writes for no time at all.
FIRST_YEAR, LAST_YEAR = 2, 9998
LONGEST_SHOWN = 60
POST = linear(r"(?:.*/)?_posts/(?:.*/)?(\d{4})-(\d{1,2})-(\d{1,2})-([^/]+)\.(?:md|mdx|markdown)")
"""The path of a post of Jekyll, with its day and its name."""
_OF_VIEWING = frozenset({"view", "read", "level", "type", "visibility", "access"})
_BETWEEN = linear(r"[\W_]+")
_WORD = counted(r"[a-z]+")
_PARTS = linear(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
Until = dt.datetime | None
_WRITTEN = (
    "%d %B %Y",
    "%d %b %Y",
    "%d %B, %Y",
    "%d %b, %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%d.%m.%Y",
    "%m/%d/%Y",
)


def withheld(fields: Mapping[str, Any], source: str = "") -> tuple[Withheld, ...]:
    """Each key that keeps the text from readers, whatever its spelling, or did so until a time; [] for most texts.

    So does the path `source` of a file that tools don't show: of one in `_drafts`, and of one such as `_part.mdx`.
    """
    lines = {(key,): line for key, line in getattr(fields, "lines", {}).items()} | getattr(fields, "inner_lines", {})
    has_date = any(_name(key) == "date" and value for key, value in fields.items())
    marks = _marks_in(fields, (), lines, getattr(fields, "sign", ": "))
    return (*marks, *_mark_of(source), *(() if has_date else _day_of(source)))


def _day_of(source: str) -> Iterator[Withheld]:
    """The day that a post of Jekyll has in its name, unless its head gives one; it leaves out those to come."""
    post = POST.fullmatch(source)
    moment = moment_of("-".join(post.groups()[:3])) if post else None
    if moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
        yield Withheld(source.rpartition("/")[2], 1, moment)


def _mark_of(source: str) -> Iterator[Withheld]:
    *folders, name = source.split("/")
    if hidden := next((f"{folder}/" for folder in folders if folder.lower() in HIDDEN_FOLDERS), ""):
        yield Withheld(hidden, 1)
    elif name == CONTENTS or (name.startswith("_") and name.partition(".")[0].lower() != "_index"):
        yield Withheld(name, 1)


def _marks_in(
    fields: Mapping[str, Any], within: tuple[str, ...], lines: Mapping[tuple[str, ...], int], sign: str
) -> Iterator[Withheld]:
    """What stands in a head, and in those of its mappings that are heads themselves, such as `metadata`."""
    for key, value in fields.items():
        name, path = _name(key), (*within, key)
        if name == "draft" and within and _name(within[-1]) in OF_SITES:
            continue
        for part in value if isinstance(value, list) and name == CASCADE else [value]:
            is_whole = name in PARTS_OF_A_HEAD | OF_SITES or (name == CASCADE and not _is_for_others(part))
            if isinstance(part, dict) and is_whole:
                yield from _marks_in(part, path, lines, sign)
        line = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)
        for find in (_flag, _shown, _state, _visibility, _time, _end):
            for until in find(name, value):
                yield Withheld(_as_written(key, sign, value), int(line), until)


def _is_for_others(part: Any) -> bool:
    """Whether a cascade names the pages that it is for."""
    return isinstance(part, dict) and any(_name(key) == "target" for key in part)


def cascaded(fields: Mapping[str, Any]) -> tuple[Withheld, ...]:
    """What a section of Hugo says of all pages below it that keeps these from readers."""
    return withheld({key: value for key, value in fields.items() if _name(key) == CASCADE})


def is_plain_mark(key: str, value: str) -> bool:
    """Whether `key: value` keeps a text from readers even where such a line may be prose.

    `Status: draft` does, and `Private: yes`, and a day to come; `Private: networks such as 10.0.0.0/8` does not.
    """
    name, word = _name(key), _name(value)
    plain = {
        **dict.fromkeys(FLAGS | FOR_STAFF, word in TRUE),
        **dict.fromkeys(SHOWN, word in FALSE),
        **dict.fromkeys(STATES, word in NOT_READY),
        **dict.fromkeys(VISIBILITIES, word in NO_READERS),
        "visible": word in FALSE,
    }
    if plain.get(name):
        return True
    if name not in TIMES | ALSO_TIMES | ENDS or moment_of(value) is None:
        return False
    return any(mark.until is None or _may_come(mark.until) for mark in withheld({key: value}))


def _may_come(moment: dt.datetime) -> bool:
    """Whether a moment is to come in some zone, when it has none of its own."""
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC) > dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


def _name(written: str) -> str:
    return _BETWEEN.sub("", written).lower()


def _flag(name: str, value: Any) -> Iterator[Until]:
    """`draft: true`: whatever is not plainly a no counts, for a slip must not publish what is not for everyone."""
    if name in ("mstopic", "doctype") and any(_name(text) in PARTS for text in _texts(value)):  # a part of others
        yield None
    parts = value if isinstance(value, dict) else {}
    if name == "build" and any(_says(parts.get(key), FALSE | {"never"}) for key in ("render", "list")):  # Hugo's
        yield None
    if name == "sidebar" and _says(parts.get("hidden"), TRUE):  # Starlight's, of pages that nothing leads to
        yield None
    if name in FOR_STAFF and _says(value, TRUE):
        yield None
    if name == "excalidrawplugin":  # Obsidian's, of files that hold a drawing and words for its program
        yield None
    if name in GROUPS and not {_name(text) for text in _texts(value)} <= EVERYBODY:
        yield None
    is_set = name in FLAGS and value not in (None, [], {}) and not _says(value, FALSE)
    if is_set and (not isinstance(value, list | dict) or name in ("draft", "private", "unlisted")):
        yield None


def _shown(name: str, value: Any) -> Iterator[Until]:
    """`published: false`."""
    if name in SHOWN and _says(value, FALSE):
        yield None


def _state(name: str, value: Any) -> Iterator[Until]:
    """`status: draft`."""
    if name in STATES and any(_name(text) in NOT_READY for text in _texts(value)):
        yield None


def _visibility(name: str, value: Any) -> Iterator[Until]:
    """`visibility: internal`, `visible: false`."""
    if isinstance(value, dict):  # ReadMe's `privacy: {view: private}`
        value = [text for key in value if _name(key) in _OF_VIEWING for text in _texts(value[key])]
    words = {word for text in _texts(value) for word in _WORD.findall(text.lower())}
    if name == "visible":
        if _says(value, FALSE):
            yield None
    elif name in VISIBILITIES and not words.isdisjoint(NO_READERS):
        yield None


def _time(name: str, value: Any) -> Iterator[Until]:
    """`publish_date: 2099-01-01`; one that can't be read, or that no database can tell, counts as still to come."""
    if name == "date" and isinstance(value, dict):  # Material's
        value = value.get("created")
    if name not in TIMES | ALSO_TIMES or not isinstance(value, str) or not value.strip():
        return
    moment = moment_of(value)
    if moment is None:
        if name in TIMES and not _says(value, FALSE):
            yield None
    elif moment.year > LAST_YEAR:
        yield None
    elif moment.year >= FIRST_YEAR:
        yield moment


def _end(name: str, value: Any) -> Iterator[Until]:
    """`expiryDate: 2001-01-01`: the time for readers is over."""
    moment = moment_of(value) if name in ENDS and isinstance(value, str) else None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return
    if moment.replace(tzinfo=moment.tzinfo or dt.UTC) <= dt.datetime.now(dt.UTC):
        yield None


def moment_of(text: str) -> dt.datetime | None:
    """A date, or a date with a time, as people write them; without a time, the day's start. None for anything else."""
    text = " ".join(text.split())
    if match := _PARTS.fullmatch(text):
        *numbers, zone = match.groups()
        year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
        with suppress(ValueError):
            moment = dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone follows
            return moment.replace(tzinfo=_zone(zone)) if zone else moment
        return None
    for form in _WRITTEN:
        with suppress(ValueError):
            return dt.datetime.strptime(text, form)  # noqa: DTZ007 - the site's zone is meant
    return None


def _zone(written: str) -> dt.timezone:
    if written.upper() in ("Z", "UTC"):
        return dt.UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if written[0] == "-" else offset)


def _says(value: Any, words: frozenset[str]) -> bool:
    return isinstance(value, str) and value.strip().lower() in words


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def _as_written(key: str, sign: str, value: Any) -> str:
    shown = ", ".join(_texts(value)) if isinstance(value, list) else value if isinstance(value, str) else "..."
    text = " ".join(f"{key}{sign}{shown}".split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
