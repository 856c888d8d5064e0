"""Writes what a load understood and what it left out as one page, for the person who moves a library here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.template.loader import render_to_string
from django.utils import timezone

from kb.config.files import replace_file
from kb.content.findings import FileFinding, Placed, grouped
from kb.content.patterns import linear
from kb.library.folders.load_report import LoadReport
from kb.library.folders.load_summary import Kind, LoadSummary, shortened

MOST_ROWS = 200
ENDINGS = (".html", ".htm")
ELSE = "What else is odd"
FORMS, STAY = "Forms of other tools, and HTML that no page shows", "What stays as another tool writes it"
UNENDED, FOR_SOME = "Boxes that nothing closes", "What is not for all readers"
_KINDS = (
    ("Links that lead nowhere", linear(r"^The link ")),
    ("Files that are not offered for download", linear(r"^The file '.*' is not offered")),
    ("Pictures that are not shown", linear(r"^The picture ")),
    (FORMS, linear(r"form of another tool.*it is left out|is not taken in here|^Pages do not show")),
    (STAY, linear(r"it stays as it is written")),
    (UNENDED, linear(r"opens a box that nothing closes|opens a bracket that never closes")),
    (FOR_SOME, linear(r"is not for all readers|hides never ends|^This hides what follows|is hidden with it")),
    ("Texts that are kept from readers", linear(r"kept as a draft")),
)
"""What tells the kinds of findings apart that people look for first, in the order of the page."""
_WHY = {
    FORMS: "Readers see nothing of them: say in words what they need.",
    STAY: "Readers see it as it is written: write in its place what they need.",
    UNENDED: "Their text is on the page, and none of it is lost; write where each ends.",
    FOR_SOME: "What was marked for some readers, or for nobody, is kept from all; what is for staff, from all others.",
}
_WRITTEN = linear(r"^'(.+?)' (?:is a form of another tool|stands for what|opens a box)")
# What a form is called: its signs and its first word, whatever else it is given.
_NAME = linear(r"(\{%-?|\{\{[<%]|\{\{\{?|</?|\{|:{3,})([ \t]*[#/>]?[ \t]*)([\w@$][\w.@$:/-]*)")
_ENDS = {"{%": " %}", "{{<": " >}}", "{{%": " %}}", "{{": " }}", "{{{": " }}}", "<": ">", "</": ">", "{": "}"}


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of thing: how often it is there, in how many files, and the first of them."""

    what: str
    count: int
    files: int
    place: str = ""
    example: str = ""

    @property
    def frequency(self) -> str:
        """How often, and in how many files, as people read it."""
        if self.files in (0, self.count):
            return f"{self.count:,}"
        return f"{self.count:,} in {self.files:,} {'file' if self.files == 1 else 'files'}"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one heading, the most frequent first; `more` are those that are not shown."""

    title: str
    why: str
    rows: Sequence[Row]
    more: int = 0

    @property
    def count(self) -> str:
        """How many things it tells of."""
        return f"{sum(row.count for row in self.rows):,}"


def check(path: Path) -> None:
    """CommandError when no page can be written there; before a load, that takes its time."""
    if path.suffix.lower() not in ENDINGS:
        raise CommandError(f"{path} is no name of a page: give one that ends in .html.")
    if path.is_dir() or not path.parent.is_dir():
        raise CommandError(f"{path} can't be written: give a file in a folder that is there.")


def write(path: Path, report: LoadReport, paths: Sequence[Path], *, dry_run: bool) -> None:
    """Write the page whole, or not at all; CommandError when that can't be."""
    summary = report.summary or LoadSummary()
    page = render_to_string(
        "kb/load_report.html",
        {
            "folders": [str(path.resolve()) for path in paths or [settings.CONTENT_DIR]],
            "made_at": timezone.localtime(),
            "dry_run": dry_run,
            "fates": _fates(report),
            "understood": [_row(name, kind) for name, kind in summary.understood.items()],
            "left_out": [table for table in _left_out(report, summary) if table.rows],
        },
    )
    try:
        replace_file(path, page.encode("utf-8", "replace"))
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from None


def _fates(report: LoadReport) -> list[Row]:
    """What became of the files."""
    named = {
        "New": report.new,
        "Changed": report.changed,
        "Unchanged": report.unchanged,
        "Kept as drafts": report.drafts,
        "In review, because they were edited in the browser": report.in_review,
        "Retired": report.retired,
        "Without a file any more": report.missing,
        "Not loaded": [refusal.source for refusal in report.failed],
    }
    rows = [Row(what, len(files), len(set(files)), _plain(files[0]) if files else "") for what, files in named.items()]
    return [row for row in rows if row.count]


def _left_out(report: LoadReport, summary: LoadSummary) -> Iterator[Table]:
    refused = [FileFinding(each.source, each.line, "error", each.message) for each in report.failed]
    yield _table("Files that were not loaded", "Mend them and load the folder again.", _grouped(refused))
    by_kind: dict[str, list[FileFinding]] = {title: [] for title in (*(title for title, _pattern in _KINDS), ELSE)}
    for finding in dict.fromkeys((*report.findings, *summary.known_findings)):
        by_kind[_title_of(finding.message)].append(finding)
    for title, found in by_kind.items():
        yield _table(title, _WHY.get(title, ""), _by_name(found) if title in _WHY else _grouped(found))
    without = summary.without_problem
    rows = [_row("No problem was found in it", without)] if without.count else []
    yield _table("Guides of which walks know nothing", "They are read and searched; no symptom leads to them.", rows)
    keys = [_row(key, kind) for key, kind in summary.keys.items()]
    yield _table("Keys of heads that mean nothing here", "They stay in the files, and nothing goes by them.", keys)
    others = [_row(f"{ending} in {place}/", kind) for (place, ending), kind in summary.others.items()]
    why = "Guides are .md, .markdown and .mdx; pictures and downloads are taken when a guide shows or links to them."
    yield _table("Files that are not read", why, others)


def _title_of(message: str) -> str:
    return next((title for title, pattern in _KINDS if pattern.search(message)), ELSE)


def _grouped(findings: Iterable[FileFinding]) -> list[Row]:
    found = list(findings)
    messages = {(each.file, each.line): each.message for each in reversed(found)}
    groups = grouped(Placed(each.file, each.line, each.severity, each.message) for each in found)
    rows: list[Row] = []
    for group in groups:
        (file, line), files = group.places[0], {file for file, _line in group.places}
        example = messages[file, line] if messages[file, line] != group.message else ""
        rows.append(Row(_plain(group.message), group.count, len(files), _plain(f"{file}:{line}"), _plain(example)))
    return rows


def _by_name(findings: Iterable[FileFinding]) -> list[Row]:
    """A row for each form of another tool by its name, as there may be few of one among many of others."""
    found: dict[str, Kind] = {}
    others: list[FileFinding] = []
    for each in findings:
        written = _WRITTEN.match(each.message)
        if written is None:
            others.append(each)
        else:
            found.setdefault(_name_of(written[1]), Kind()).add(each.file, each.line, written[1])
    return [*(_row(name, kind) for name, kind in found.items()), *_grouped(others)]


def _name_of(written: str) -> str:
    """A form without what it is given, such as `{% include %}`."""
    found = _NAME.match(written)
    if found is None:
        return written
    sign, space, name = (str(group) for group in found.groups())
    if sign == "{":  # `{jira:ABC-7}` of a wiki
        name = name.partition(":")[0]
    return f"{sign}{space}{name}{_ENDS.get(sign.rstrip('-'), '')}"


def _row(name: str, kind: Kind) -> Row:
    example = "" if kind.example == name else kind.example
    return Row(_plain(name), kind.count, len(kind.files), _plain(kind.place), example)


def _plain(text: str) -> str:
    return shortened(text)


def _table(title: str, why: str, rows: Sequence[Row]) -> Table:
    ordered = sorted(rows, key=lambda row: -row.count)
    return Table(title, why, ordered[:MOST_ROWS], max(0, len(ordered) - MOST_ROWS))
