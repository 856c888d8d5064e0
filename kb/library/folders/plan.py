"""What is planned for one guide: the text to read, the row that it changes, and the address that it gets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kb.content import front_matter
from kb.content.document import ContentError, Document, Finding, Withheld
from kb.content.old_addresses import old_addresses
from kb.library.folders.address_file import NO_ENTRY, AddressEntry
from kb.library.folders.source_files import SourceFile
from kb.models import Guide, Revision
from kb.models.audience import PUBLIC, STAFF


@dataclass(slots=True)
class Plan:
    """One text to read: the guide that it changes (None for a new one), and the slug that it will have.

    `text_is_new` says that it is what the file says and readers don't see yet; else it is what is published already, to
    be rendered again. A text that was proposed in the browser comes with its `revision`; a guide that is new here with
    what the address file says of it. `findings` are those of the text that was read, also when they refuse its
    `document`; `withheld` is what keeps the text from readers; `dated` is when the file was changed
    last, as it says itself or as its commit does.
    """

    file: SourceFile
    guide: Guide | None
    slug: str
    text_is_new: bool = True
    revision: Revision | None = None
    address_entry: AddressEntry = NO_ENTRY
    document: Document | None = None
    findings: tuple[Finding, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    dated: dt.datetime | None = None
    _old_addresses: tuple[str, ...] | None = None

    @property
    def audience(self) -> str:
        """Who may read the guide, once it was read; before, who could read it so far."""
        if self.document:
            return self.document.metadata.audience
        return self.guide.audience if self.guide else PUBLIC

    @property
    def moves(self) -> bool:
        """Whether a known guide gets another path."""
        return self.guide is not None and self.guide.source != self.file.source

    @property
    def is_for_staff(self) -> bool:
        """Whether only staff may read it."""
        return self.audience == STAFF

    @property
    def old_addresses(self) -> tuple[str, ...]:
        """Where its page stood before, by its head and its path; none while its head can't be read."""
        if self._old_addresses is None:
            try:
                fields = front_matter.split(self.file.data.decode(), self.file.source).fields
            except (ContentError, UnicodeDecodeError):
                fields = {}
            self._old_addresses = old_addresses(fields, self.file.source)
        return self._old_addresses
