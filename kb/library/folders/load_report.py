"""What a load tells: what became of each file."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.content.findings import FileFinding
from kb.library.folders.load_summary import LoadSummary
from kb.library.folders.source_files import Refusal


@dataclass(slots=True)
class LoadReport:
    """What became of the files, by their path below their folder.

    `drafts` are those that are new or changed and say that they are not for readers; `in_review` are those that changed
    while their guides were edited in the browser; `missing` are guides whose file is gone;
    `not_read` says of each folder which files in it are no Markdown; `summary` counts all of it by kind, if wanted.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    in_review: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed: list[Refusal] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    findings: list[FileFinding] = field(default_factory=list)
    summary: LoadSummary | None = None

    @property
    def warnings(self) -> list[str]:
        """What is odd but was loaded, as `file:line: message`."""
        return [str(finding) for finding in self.findings]

    def goes_to_review(self, source: str) -> None:
        """Say of a file that it was not published after all, but waits in review."""
        for sources in (self.new, self.changed):
            sources[:] = [other for other in sources if other != source]
        self.in_review.append(source)
