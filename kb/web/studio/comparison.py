"""What differs between two texts of a guide, as pages show it: by section, rendered and as written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from kb.content.comparing import DiffLine, Text, changes, line_changes
from kb.content.document import Finding
from kb.content.line_endings import lines
from kb.editorial import checking
from kb.editorial.decisions import Checked
from kb.models import Guide, LineComment

VIEWS = {"page": gettext_lazy("As a page"), "source": gettext_lazy("As written"), "all": gettext_lazy("The whole text")}
MOST_SHOWN = 20_000
TOO_LARGE = gettext_lazy("Too much differs, or the text is too long, to be shown line by line.")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a difference, what was said of it, and whether the form to say something is open below it."""

    line: DiffLine
    comments: tuple[LineComment, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section that differs; `rows` are its lines, `html` its page."""

    kind: str
    title: str
    rows: tuple[Row, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs: `parts` are the sections that do, `unchanged` the headings of those that do not.

    `now` is the newer text as read, with its findings; `trouble` says why there are no parts, '' when there are.
    """

    parts: tuple[Part, ...]
    unchanged: tuple[str, ...]
    now: Checked
    trouble: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What lint says of the newer text."""
        return self.now.findings

    @property
    def shown_lines(self) -> set[int]:
        """The lines of the newer text that the parts show."""
        return {row.line.now for part in self.parts for row in part.rows if row.line.now}


def compare(
    guide: Guide, before: str, now: str, *, comments: Sequence[LineComment] = (), view: str = "page", line: int = 0
) -> Comparison:
    """What differs between two texts of a guide; both are read, in bounded time. `line` opens its form."""
    checked = checking.check(guide, now)
    if is_too_much(before, now):
        return Comparison((), (), checked, str(TOO_LARGE))
    by_line: dict[int, list[LineComment]] = {}
    for comment in comments:
        by_line.setdefault(comment.line, []).append(comment)
    unchanged: tuple[str, ...] = ()
    if view == "all":
        rows = _rows(line_changes(before, now, context=None), by_line, line)
        parts: tuple[Part, ...] = (Part("changed", gettext("The whole text"), rows, ""),)
    else:
        earlier = checking.check(guide, before)
        found = changes(Text(before, earlier.document), Text(now, checked.document))
        parts = tuple(
            Part(change.kind, change.title, _rows(change.lines, by_line, line), change.html)
            for change in found
            if change.kind != "same"
        )
        unchanged = tuple(change.title for change in found if change.kind == "same")
    if sum(len(row.line.parts) for part in parts for row in part.rows) > MOST_SHOWN:
        return Comparison((), (), checked, str(TOO_LARGE))
    return Comparison(parts, unchanged, checked)


def _rows(changed: Sequence[DiffLine], by_line: Mapping[int, list[LineComment]], open_at: int) -> tuple[Row, ...]:
    return tuple(
        Row(line, tuple(by_line.get(line.now or 0, ())), open_at > 0 and line.now == open_at) for line in changed
    )


def is_too_much(before: str, now: str) -> bool:
    """Whether so many lines differ that no page could show them."""
    old, new = Counter(lines(before)), Counter(lines(now))
    return (old - new).total() + (new - old).total() > MOST_SHOWN
