"""Keeps images of writers and of folders, each as a file with a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import join, normpath, relpath

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from kb.config.kept_files import KeptFile
from kb.library.folders.source_files import Refusal, below
from kb.library.images.cleaning import ENDINGS, CleanImage, UploadError, clean_image
from kb.library.images.limits import LARGEST_IMAGE
from kb.models import Guide, Image, Link
from kb.rate_limits import crowding

FOLDER = "images"
FILE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
LONGEST_FILE_NAME = 60
OTHER_UPLOADED = gettext_lazy(
    "Another image of this name was uploaded in the browser, and stays: give this file another name."
)


@dataclass(slots=True)
class Gathered:
    """The images of a folder: those that are new or changed by their paths, and what can't be taken and why.

    `uploaded` are those that were uploaded in the browser and whose file says the same by now.
    """

    changed: dict[str, dict[str, str | int]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    uploaded: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> dict[str, str]:
        """Where each that is new or changed can be loaded from, once it is `remember`ed."""
        return {source: Image(**fields).get_absolute_url() for source, fields in self.changed.items()}


def file_of(digest: str, ending: str) -> KeptFile:
    """The file of an image."""
    return KeptFile(f"{FOLDER}/{digest}.{ending}")


def has(digest: str) -> bool:
    """Whether the file of an image is here."""
    return any(file_of(digest, ending).exists() for ending in ENDINGS.values())


def upload(guide: Guide, name: str, data: bytes, by: User) -> Image:
    """Keep what a person uploads for a guide, beside it under a name of its own; UploadError when it is no image.

    CrowdedError while others upload. The same image uploaded twice for guides of one folder is kept once.
    """
    with crowding.place(crowding.Work.IMAGE):
        image = clean_image(data)
    digest = _keep(image.data, image.ending)
    known = Image.objects.filter(folder=guide.folder, digest=digest).first()
    if known is not None:
        return known
    stem = slugify(PurePosixPath(name.replace("\\", "/")).stem)[:LONGEST_FILE_NAME].strip("-") or "image"
    beside = normpath(join(PurePosixPath(guide.source).parent.as_posix(), FOLDER))
    return _record(guide.folder, f"{beside}/{stem}", digest, image, by)


def _record(folder: str, path: str, digest: str, image: CleanImage, by: User) -> Image:
    """The image's row, under the first free one of `path`, `path-2`, ..."""
    number = 1
    while True:
        source = f"{path}{f'-{number}' if number > 1 else ''}.{image.ending}"
        try:
            with transaction.atomic():
                return Image.objects.create(
                    folder=folder,
                    source=source,
                    digest=digest,
                    ending=image.ending,
                    width=image.width,
                    height=image.height,
                    size=len(image.data),
                    uploaded_by=by,
                )
        except IntegrityError:
            number += 1


def written_in(guide: Guide, image: Image) -> str:
    """The image's path as the guide's text says it."""
    return relpath(image.source, PurePosixPath(guide.source).parent.as_posix())


def gather(folder: Path, part: str = "", *, dry_run: bool = False) -> Gathered:
    """Keep the files of the images of a folder (or of its part at `part`), byte for byte; refuse what is no image.

    Nobody sees them before `remember` is told of them. With `dry_run`, nothing is kept.
    """
    gathered = Gathered()
    all_known = {image.source: image for image in Image.objects.filter(folder=str(folder))}
    for source in below(folder, part, FILE_ENDINGS):
        data, known = _read_image(folder / source), all_known.get(source)
        is_uploaded = known is not None and not known.loaded
        if isinstance(data, str):
            gathered.refused.append(Refusal(folder, source, 1, data))
        elif known is not None and known.digest == hashlib.sha256(data).hexdigest():
            gathered.uploaded += [source] * is_uploaded
        elif is_uploaded:
            gathered.refused.append(Refusal(folder, source, 1, str(OTHER_UPLOADED)))
        else:
            _take(folder, source, data, gathered, dry_run=dry_run)
    return gathered


@transaction.atomic
def remember(folder: Path, gathered: Gathered) -> None:
    """Have the paths of the folder mean the images that were gathered; what shows them is to be rendered again."""
    files_say(str(folder), gathered.uploaded)
    for source, fields in gathered.changed.items():
        Image.objects.update_or_create(folder=str(folder), source=source, defaults=fields)


def files_say(folder: str, sources: Iterable[str]) -> None:
    """Remember that files of a folder say what its images are: those that were uploaded are its own from now on."""
    images = Image.objects.filter(folder=folder, source__in=list(sources))
    images.update(uploaded_by=None, loaded=F("digest"))


def forget_gone(folder: Path, is_looked_at: Callable[[str], bool], *, dry_run: bool) -> list[str]:
    """Forget the images of a folder whose files are gone from it and that no guide shows; their paths.

    What was uploaded in the browser never had a file there, and stays.
    """
    shown = Link.objects.filter(image=True, guide__folder=str(folder)).values("target")
    known = Image.objects.filter(folder=str(folder)).exclude(loaded="").exclude(source__in=shown)
    gone = [image.source for image in known if is_looked_at(image.source) and not (folder / image.source).exists()]
    if not dry_run:
        known.filter(source__in=gone).delete()
    return gone


def _read_image(path: Path) -> bytes | str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_IMAGE + 1)
    except OSError as error:
        return gettext("It can't be read: {strerror}.").format(strerror=error.strerror)


def unshowable(folder: Path, part: str = "") -> list[Refusal]:
    """What `gather` would refuse in an empty library: pictures that can't be read or are none; asks no database."""
    found: list[Refusal] = []
    for source in below(folder, part, FILE_ENDINGS):
        data = _read_image(folder / source)
        image = Refusal(folder, source, 1, data) if isinstance(data, str) else _checked(folder, source, data)
        found += [image] if isinstance(image, Refusal) else []
    return found


def _checked(folder: Path, source: str, data: bytes) -> CleanImage | Refusal:
    try:
        return clean_image(data)
    except UploadError as error:
        return Refusal(folder, source, 1, str(error))


def _take(folder: Path, source: str, data: bytes, gathered: Gathered, *, dry_run: bool) -> None:
    image = _checked(folder, source, data)
    if isinstance(image, Refusal):
        gathered.refused.append(image)
        return
    digest = hashlib.sha256(data).hexdigest() if dry_run else _keep(data, image.ending)
    gathered.changed[source] = {
        "digest": digest,
        "loaded": digest,
        "ending": image.ending,
        "width": image.width,
        "height": image.height,
        "size": len(data),
    }


def addresses(folder: str) -> dict[str, str]:
    """Where each image of a folder can be loaded from, by its path."""
    return {image.source: image.get_absolute_url() for image in Image.objects.filter(folder=folder)}


def addresses_of_files(folder: Path) -> dict[str, str]:
    """Where the images of a folder would be loaded from if they were not in the library yet, by their path."""
    return {source: reverse("kb:image", args=[source.replace("/", "-")]) for source in below(folder, "", FILE_ENDINGS)}


def _keep(data: bytes, ending: str) -> str:
    """Write the file of an image, unless it is there; its digest."""
    digest = hashlib.sha256(data).hexdigest()
    file_of(digest, ending).keep(data)
    return digest
