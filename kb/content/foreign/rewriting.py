"""Writes boxes, tabs, code and words in place of the tags of templates, each on the lines where the tags stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from kb.content.foreign.box_names import box_kind
from kb.content.foreign.lines import Lines, code_spans, fence_around, is_within, shown
from kb.content.foreign.tags import Tag
from kb.content.patterns import linear
from kb.content.phrases import Phrase

UNKNOWN = Phrase(
    "'{written}' is a form of another tool that is not known here: it is left out, so say in words what readers need."
)
STAYS = Phrase("'{written}' is a form of another tool that is not known here: it stays as it is written.")
UNENDED = Phrase(
    "'{written}' opens a box that nothing closes: its text stands on the page without one, so write where it ends."
)
NESTED = 50
_BRACES = linear(r"\{\{")
_HEADING = linear(r"[ \t]*#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
_TITLE = linear(r"[\s:{}\[\]]+")
_NO_TAG = str.maketrans("<>{}", "    ")


class Kind(Enum):
    """What a tag, with all up to its end, becomes."""

    BOX = auto()
    TAB = auto()
    CODE = auto()
    RAW = auto()
    STEP = auto()
    LOOP = auto()
    GONE = auto()
    WORDS = auto()
    UNKNOWN = auto()
    STAYS = auto()


@dataclass(frozen=True, slots=True)
class Form:
    """What becomes of a tag: `name` is the kind of the box or the language of the code, `text` a title or the words.

    `indent` says that what stands in a tab is code.
    """

    kind: Kind
    name: str = ""
    text: str = ""
    indent: bool = False


GONE = Form(Kind.GONE)
_ENCLOSING = frozenset({Kind.BOX, Kind.TAB, Kind.CODE, Kind.RAW, Kind.STEP, Kind.LOOP})


def words(text: str) -> Form:
    """Words, or Markdown on one line, in place of a tag."""
    return Form(Kind.WORDS, text=text)


def rewrite(lines: Lines, tags: Iterable[Tag], form_of: Callable[[Tag], Form], end_of: Callable[[Tag], str]) -> None:
    """Put what `form_of` says in place of the tags; `end_of` gives the name of what a tag ends, '' if nothing."""
    rewriter = _Rewriter(lines)
    waiting: list[tuple[Tag, Form]] = []
    tags = list(tags)
    ends = {end_of(tag) for tag in tags}
    for tag in tags:
        literal = bool(waiting) and waiting[-1][1].kind in (Kind.CODE, Kind.RAW)
        ended = end_of(tag)
        if ended:
            at = next((at for at in range(len(waiting) - 1, -1, -1) if waiting[at][0].name == ended), None)
            if literal and at != len(waiting) - 1:
                continue
            if at is None:
                rewriter.put(tag, "")
                continue
            for opened, form in waiting[at + 1 :]:
                rewriter.unended(opened, form)
            rewriter.enclose(*waiting[at], tag)
            del waiting[at:]
        elif not literal:
            form = form_of(tag)
            if form.kind is Kind.STAYS and tag.name in ends:  # else its end would go, and it would stay
                form = Form(Kind.UNKNOWN)
            if form.kind in _ENCLOSING and not tag.closes_itself and len(waiting) < NESTED:
                waiting.append((tag, form))
            else:
                rewriter.alone(tag, form)
    for opened, form in waiting:
        rewriter.unended(opened, form)
    rewriter.finish()


def _own_words(tag: Tag, form: Form) -> str:
    """What a box says by itself that is given its words, as `{{< alert "Mind the step" >}}`."""
    given = (value for value in tag.values if value not in ("true", "false", form.text) and not box_kind(value))
    return " ".join(given) or tag.get("text", "content", "message", "body")


class _Rewriter:
    """Gathers what is to be written where, and writes it when all is known."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._put: dict[int, list[tuple[int, int, str]]] = {}
        self._before: dict[int, list[str]] = {}

    def put(self, tag: Tag, text: str) -> None:
        """Write a text in place of a tag."""
        self._put.setdefault(tag.line, []).append((tag.start, tag.end, text))

    def alone(self, tag: Tag, form: Form) -> None:
        """Write what becomes of a tag that nothing ends."""
        if form.kind is Kind.STAYS and not tag.is_alone:
            self._lines.note(tag.line, STAYS.filled(written=shown(tag.written)))
        elif form.kind in (Kind.UNKNOWN, Kind.STAYS, Kind.CODE):
            self._lines.note(tag.line, UNKNOWN.filled(written=shown(tag.written)))
            self.put(tag, form.text)
        elif form.kind is Kind.BOX and (own := _own_words(tag, form)):
            self.put(tag, f"{self._in_bold(form)}{own}")
        elif form.kind in (Kind.BOX, Kind.TAB, Kind.STEP):
            self.put(tag, self._in_bold(form) if form.text else "")
        elif form.kind is Kind.LOOP:
            self._lines.note(tag.line, UNKNOWN.filled(written=shown(tag.written)))
            self.put(tag, "")
        else:
            self.put(tag, form.text)

    def unended(self, tag: Tag, form: Form) -> None:
        """Write what becomes of a tag whose end is missing; one that is given its text needs none."""
        is_whole = form.kind is Kind.BOX and _own_words(tag, form) != ""
        if form.kind in (Kind.BOX, Kind.TAB, Kind.STEP) and not is_whole:
            self._lines.note(tag.line, UNENDED.filled(written=shown(tag.written)))
            self.put(tag, self._in_bold(form))
        else:
            self.alone(tag, form)

    def enclose(self, opening: Tag, form: Form, closing: Tag) -> None:
        """Write what becomes of two tags and of what stands between."""
        if form.kind is Kind.RAW:
            self.put(opening, "")
            self.put(closing, "")
            self._show_braces(opening, closing)
        elif form.kind is Kind.CODE:
            self._enclose_code(opening, form, closing)
        elif form.kind is Kind.LOOP:
            self._leave_out(opening, closing)
        elif form.kind is Kind.STEP:
            self._enclose_step(opening, form, closing)
        elif opening.is_alone and closing.is_alone and opening.line != closing.line:
            name = form.name if form.kind is Kind.BOX else "tab"
            title = " ".join(_TITLE.sub(" ", form.text).split())
            self.put(opening, f":::{name} {title}".rstrip())
            self.put(closing, ":::")
            if form.indent:
                self._indent(opening.line + 1, closing.line, "    ")
        elif form.kind is Kind.BOX and self._is_line(opening, closing):
            title = form.text.replace('"', "'").translate(_NO_TAG)
            name = "Accordion" if form.name == "details" else "Callout"
            kind = "" if form.name == "details" else f' type="{form.name}"'
            self.put(opening, f'<{name}{kind} title="{" ".join(title.split())}">')
            self.put(closing, f"</{name}>")
        else:
            self.put(opening, self._in_bold(form))
            self.put(closing, " " if self._lines.rows[closing.line][closing.end :].strip() else "")
            if form.kind is Kind.BOX and not self._lines.rows[opening.line][: opening.start].strip():
                self._indent(opening.line, closing.line + 1, "> ")

    def _is_line(self, opening: Tag, closing: Tag) -> bool:
        """Whether two tags, and words between, are all that a line holds."""
        row = self._lines.rows[opening.line]
        between = row[opening.end : closing.start]
        is_alone = row[: opening.start].isspace() or not opening.start
        return opening.line == closing.line and is_alone and not row[closing.end :].strip() and between.strip() != ""

    def _enclose_code(self, opening: Tag, form: Form, closing: Tag) -> None:
        if opening.line == closing.line:
            self.put(opening, "`")
            self.put(closing, "`")
        elif opening.is_alone and closing.is_alone:
            fence = fence_around(self._lines.rows[opening.line + 1 : closing.line])
            self.put(opening, f"{fence}{form.name}")
            self.put(closing, fence)
        else:
            self._lines.note(opening.line, UNKNOWN.filled(written=shown(opening.written)))
            self.put(opening, "")
            self.put(closing, "")

    def _show_braces(self, opening: Tag, closing: Tag) -> None:
        """Let braces between two tags stand for themselves; in code they do."""
        for number in range(opening.line, closing.line + 1):
            row = self._lines.rows[number]
            start = opening.end if number == opening.line else 0
            end = closing.start if number == closing.line else len(row)
            if number in self._lines.code or "{{" not in row:
                continue
            spans = list(code_spans(row))
            for found in _BRACES.finditer(row):
                if start <= found.start() < end and not is_within(spans, found.start()):
                    self._put.setdefault(number, []).append((found.start(), found.end(), "&#123;&#123;"))

    def _leave_out(self, opening: Tag, closing: Tag) -> None:
        """Nothing of a loop, whose text is a pattern for others."""
        self._lines.note(opening.line, UNKNOWN.filled(written=shown(opening.written)))
        for number in range(opening.line, closing.line + 1):
            start = opening.start if number == opening.line else 0
            end = closing.end if number == closing.line else len(self._lines.rows[number])
            self._put.setdefault(number, []).append((start, end, ""))

    def _enclose_step(self, opening: Tag, form: Form, closing: Tag) -> None:
        """An item of a list of steps; its headings are its first words."""
        if not (opening.is_alone and closing.is_alone) or opening.line == closing.line:
            self.put(opening, self._in_bold(form) if form.text else "")
            self.put(closing, "")
            return
        self.put(opening, f"1. **{' '.join(form.text.split())}**" if form.text else "1.")
        self.put(closing, "")
        for number in range(opening.line + 1, closing.line):
            if number not in self._lines.code and (heading := _HEADING.fullmatch(self._lines.rows[number])):
                self._put.setdefault(number, []).append((0, len(self._lines.rows[number]), f"**{heading[1]}**"))
        self._indent(opening.line + 1, closing.line, "   ")

    def _indent(self, first: int, end: int, margin: str) -> None:
        for number in range(first, end):
            self._before.setdefault(number, []).append(margin)

    def finish(self) -> None:
        """Write it all."""
        rows = self._lines.rows
        for number in {*self._put, *self._before}:
            row, end, pieces = rows[number], 0, []
            for start, stop, text in sorted(self._put.get(number, ())):
                if start < end:  # it is in what is left out
                    continue
                pieces += [row[end:start], text]
                end = stop
            kept = "".join([*pieces, row[end:]])
            before = "".join(self._before.get(number, ()))
            rows[number] = f"{before}{kept}" if kept.strip() else before.rstrip()

    def _in_bold(self, form: Form) -> str:
        title = " ".join(form.text.split()) or self._lines.words.kind(form.name)
        return f"**{title}:** " if title else ""
