"""Says in words what a backup holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.config.kept_files import KeptFile
from kb.library.attachments.store import file_of as attachment_file
from kb.library.images.store import file_of as image_file
from kb.models import Attachment, Image

if TYPE_CHECKING:
    from kb.config.backup.archive import Manifest

TOLD = {
    "kb.guide": "guides",
    "kb.revision": "revisions",
    "kb.image": "images",
    "auth.user": "people",
    "troubleshooting.outcome": "outcomes",
    "troubleshooting.handover": "hand-overs",
}


def summary(manifest: Manifest) -> str:
    """One sentence with when it was made, of which version, and how much of what people know is in it."""
    rows = {member.name.removeprefix("tables/").removesuffix(".jsonl"): member.rows for member in manifest.tables}
    told = ", ".join(f"{rows[name]} {word}" for name, word in TOLD.items() if name in rows)
    size = sum(member.size for member in manifest.members)
    made = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC by version {manifest.version} on {manifest.database}"
    return f"Made {made}: {told}, {len(manifest.files)} files, {size:,} bytes."


def lost_files(manifest: Manifest) -> list[str]:
    """The images and attachments that the library knows and that are not where they are kept, nor in the backup.

    The database may be one of an earlier version, which has fewer tables.
    """
    known: set[KeptFile] = set()
    if "kb.image" in manifest.columns:
        known.update(itertools.starmap(image_file, Image.objects.values_list("digest", "ending").distinct()))
    if "kb.attachment" in manifest.columns:
        known.update(map(attachment_file, Attachment.objects.values_list("digest", flat=True).distinct()))
    stored = {member.name.removeprefix("files/") for member in manifest.files}
    # A file that came after the backup began is there by now.
    return sorted(file.name for file in known if file.name not in stored and not file.exists())


def table_lines(manifest: Manifest) -> Iterator[str]:
    """A line for each table that has rows, and for each file."""
    for member in manifest.tables:
        if member.rows:
            yield f"{member.rows:>9,} rows  {member.name.removeprefix('tables/').removesuffix('.jsonl')}"
    for member in manifest.files:
        yield f"{member.size:>9,} bytes {member.name.removeprefix('files/')}"
