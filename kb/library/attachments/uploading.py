"""Keeps attachments that are given in the browser, checked by their content, beside the guide that they are for."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from posixpath import join, normpath, relpath

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from kb.content.links import DOWNLOADS
from kb.library.attachments import kinds
from kb.library.attachments.store import keep
from kb.library.images.cleaning import UploadError
from kb.models import Attachment, Guide
from kb.models.wording import spoken
from kb.rate_limits import crowding

FOLDER = "files"
LONGEST_STEM = 60
OUR_OWN = frozenset({"addresses", "products", "questions", "synonyms"})
"""Names of files that tell the knowledge base itself how to work; they never lie beside a guide's downloads."""


def is_attachment(name: str) -> bool:
    """Whether a file of this name is one that readers may download, by its ending alone."""
    return PurePosixPath(name).suffix.lower() in DOWNLOADS


def upload(guide: Guide, name: str, data: bytes, by: User) -> Attachment:
    """Keep what a person gives for a guide, under a name of its own; UploadError when it may not be offered.

    CrowdedError while others upload. The same file given twice for guides of one folder is kept once.
    """
    with crowding.place(crowding.Work.IMAGE):
        name = PurePosixPath(name.replace("\\", "/")).name
        if reason := kinds.why_not(name, data):
            refusal = gettext("The file '{name}' can't be added: {reason}")
            raise UploadError(refusal.format(name=name[-100:], reason=spoken(reason)))
        digest = hashlib.sha256(data).hexdigest()
        path = PurePosixPath(name)
        known = Attachment.objects.filter(
            folder=guide.folder, digest=digest, source__endswith=path.suffix.lower()
        ).first()
        keep(digest, data)
    if known is not None:
        return known
    stem = slugify(path.stem)[:LONGEST_STEM].strip("-") or "file"
    stem = f"{stem}-file" if stem in OUR_OWN else stem
    beside = normpath(join(PurePosixPath(guide.source).parent.as_posix(), FOLDER))
    attachment = Attachment(folder=guide.folder, digest=digest, size=len(data), is_uploaded=True, uploaded_by=by)
    return _record(attachment, f"{beside}/{stem}", path.suffix.lower())


def written_in(guide: Guide, attachment: Attachment) -> str:
    """The attachment's path as the guide's text says it."""
    return relpath(attachment.source, PurePosixPath(guide.source).parent.as_posix())


def _record(attachment: Attachment, path: str, ending: str) -> Attachment:
    """The attachment's row, under the first of `path`, `path-2`, ... that is free, also on the disk."""
    number = 0
    while True:
        number += 1
        attachment.source = f"{path}{f'-{number}' if number > 1 else ''}{ending}"
        if (Path(attachment.folder) / attachment.source).exists():
            continue
        try:
            with transaction.atomic():
                attachment.save(force_insert=True)
        except IntegrityError:
            attachment.pk = None
            continue
        return attachment
