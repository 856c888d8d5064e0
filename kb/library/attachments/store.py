"""Keeps the attachments of folders, each as a file with a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path, PurePosixPath

from django.db import transaction
from django.db.models import Q, QuerySet

from kb.config.kept_files import KeptFile
from kb.content.links import DOWNLOADS, DownloadAddress, names_of_download
from kb.library import publication
from kb.library.attachments import kinds
from kb.library.attachments.files import FolderFiles
from kb.models import Attachment, Link

FOLDER = "attachments"


def file_of(digest: str) -> KeptFile:
    """The file of an attachment."""
    return KeptFile(f"{FOLDER}/{digest}")


def address_of(attachment: Attachment) -> DownloadAddress:
    """Where it is loaded from, and what links to it say of it."""
    return DownloadAddress(attachment.get_absolute_url(), kinds.note(attachment.name, attachment.size))


def addresses(folder: str) -> dict[str, str]:
    """Where each attachment of a folder can be loaded from, by its path."""
    return {each.source: address_of(each) for each in Attachment.objects.filter(folder=folder)}


@dataclass(slots=True)
class Gathering:
    """What links of a folder lead to beside guides and pictures, as its files are now.

    Files are kept when they are gathered, but nobody sees them before `remember`; in a dry run, nothing is kept.
    `changed` are new, or say something else by now; `gone` are no files any more that may be offered.
    """

    folder: Path
    dry_run: bool = False
    changed: dict[str, Attachment] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    _files: FolderFiles | None = None
    _seen: set[str] = field(default_factory=set)
    _known: dict[str, Attachment] | None = None

    @property
    def files(self) -> FolderFiles:
        """The files of the folder."""
        self._files = self._files or FolderFiles(self.folder)
        return self._files

    @property
    def addresses(self) -> dict[str, str]:
        """Where those that changed can be loaded from, once they are remembered."""
        return {source: address_of(attachment) for source, attachment in self.changed.items()}

    def look_again(self, is_looked_at: Callable[[str], bool], guide_files: Collection[str], *, prune: bool) -> None:
        """Look at what is known of the folder, and at what published guides link to already.

        A file that is gone takes its attachment along when a guide that links to it has its own file still, or when the
        library is to be pruned. Else the whole folder may be somewhere else.
        """
        known = {source for source in self.known if is_looked_at(source)}
        absent = {source for source in known if not self.files.is_there(source)}
        lost = {source for source in absent if not self.known[source].is_uploaded}
        self.gone |= lost if prune else {source for source in lost if self._is_missed(source, guide_files)}
        linked = _links_to_downloads(str(self.folder)).values_list("target", "guide__source")
        targets = {target for target, guide in linked if is_looked_at(guide)}
        self._take({*known - absent, *self._meant(targets)})

    @property
    def known(self) -> dict[str, Attachment]:
        """What the library has of the folder, by path."""
        if self._known is None:
            self._known = {each.source: each for each in Attachment.objects.filter(folder=str(self.folder))}
        return self._known

    def fetch(self, targets: Iterable[str]) -> set[str]:
        """Gather what these targets of links (below the folder) mean; the paths of what is new."""
        before = set(self.changed)
        self._take(self._meant(targets))
        return self.changed.keys() - before

    def remember(self) -> None:
        """Have the paths of the folder mean what was gathered; what links to it is to be rendered again."""
        if not (self.changed or self.gone):
            return
        with publication.publication():
            with transaction.atomic():
                for source, each in self.changed.items():
                    self._keep_again(source, each.digest)
                    fields = {"digest": each.digest, "size": each.size, "is_uploaded": False, "uploaded_by": None}
                    Attachment.objects.update_or_create(folder=each.folder, source=source, defaults=fields)
                Attachment.objects.filter(folder=str(self.folder), source__in=self.gone).delete()
            _let_go(each.digest for each in self.known.values())

    def _is_missed(self, source: str, guide_files: Collection[str]) -> bool:
        links = Link.objects.filter(target=source, guide__folder=str(self.folder))
        return any(guide in guide_files for guide in links.values_list("guide__source", flat=True))

    def _meant(self, targets: Iterable[str]) -> set[str]:
        possible = {target for target in targets if PurePosixPath(target).suffix.lower() in DOWNLOADS}
        return {source for target in possible if (source := self.files.meant(target)) is not None}

    def _take(self, sources: Iterable[str]) -> None:
        for source in sorted(set(sources) - self._seen):
            self._seen.add(source)
            data, reason = self.files.read(source)
            known = self.known.get(source)
            if reason:
                self.gone |= {source} if known else set()
                continue
            digest = hashlib.sha256(data).hexdigest()
            if known and known.is_uploaded and known.digest != digest:  # another file of this name, which stays
                continue
            if known is None or known.is_uploaded or known.digest != digest or not file_of(digest).exists():
                self.changed[source] = Attachment(folder=str(self.folder), source=source, digest=digest, size=len(data))
                if not self.dry_run:
                    keep(digest, data)

    def _keep_again(self, source: str, digest: str) -> None:
        """Write a file that another load has let go since it was gathered."""
        if not file_of(digest).exists():
            data, _reason = self.files.read(source)
            if hashlib.sha256(data).hexdigest() == digest:
                keep(digest, data)


def targets_of(sources: Iterable[str]) -> set[str]:
    """All targets of links that may mean one of these files."""
    return {target for source in sources for target in names_of_download(source)}


def _links_to_downloads(folder: str) -> QuerySet[Link]:
    is_download = reduce(or_, (Q(target__iendswith=ending) for ending in sorted(DOWNLOADS)))
    found: QuerySet[Link] = Link.objects.filter(is_download, guide__folder=folder).order_by()
    return found


def keep(digest: str, data: bytes) -> None:
    """Write the file of an attachment, unless it is there."""
    file_of(digest).keep(data)


def _let_go(digests: Iterable[str]) -> None:
    """Delete the files that no attachment says any more."""
    known = set(digests)
    for digest in known - set(Attachment.objects.filter(digest__in=known).values_list("digest", flat=True)):
        file_of(digest).delete()
