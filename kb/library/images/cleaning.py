"""Cleans an uploaded image of all that is no picture, or says in a sentence why it can't be taken.

The picture is decoded and encoded afresh, so that nothing hidden in a file (metadata with a place, a script, another
file glued to its end) is ever stored or served. Of an animated GIF the pictures stay as they are, without all else.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy
from PIL import Image as Picture
from PIL import ImageOps, UnidentifiedImageError

from kb.library.images import animations
from kb.library.images.limits import LARGEST_IMAGE, MEMORY, MOST_FRAMES, MOST_PIXELS, SECONDS

ANIMATED = ("GIF", "WEBP", "PNG")
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
_SAVE_OPTIONS: dict[str, dict[str, Any]] = animations.SAVE_OPTIONS | {"JPEG": {"quality": 90, "optimize": True}}
_UNREADABLE = gettext_lazy("This file is not an image that can be shown: save it as PNG, JPEG, WebP or GIF.")
_DAMAGED = gettext_lazy("This image is damaged and can't be read to its end: save it again and upload it once more.")


class UploadError(Exception):
    """Why a file can't be taken, and what to do about it."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An encoded picture: its bytes, the ending of its name without a dot, and its size in pixels."""

    data: bytes
    ending: str
    width: int
    height: int


def clean_image(data: bytes) -> CleanImage:
    """The image that a file holds, recognised by its content and encoded afresh, the right way up.

    An animation keeps moving as it did.
    Raises UploadError for a file over `LARGEST_IMAGE` bytes, another kind of file, or one that is damaged or hostile.
    """
    if len(data) > LARGEST_IMAGE:
        raise UploadError(
            gettext("This image is over {number} MB: make it smaller and upload it again.").format(
                number=LARGEST_IMAGE // 1_000_000
            )
        )
    with _opened(data) as picture:
        kind = "JPEG" if picture.format == "MPO" else picture.format or ""  # as some telephones write several views
        try:
            if _is_animation(picture):
                return _moving(data, kind)
            return _still(picture, kind)
        except (Picture.DecompressionBombWarning, Picture.DecompressionBombError):
            raise UploadError(_too_many_pixels()) from None
        except animations.UNREADABLE:
            raise UploadError(_DAMAGED) from None


def _opened(data: bytes) -> Picture.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Picture.DecompressionBombWarning)
            return Picture.open(io.BytesIO(data), formats=tuple(ENDINGS))
    except (Picture.DecompressionBombWarning, Picture.DecompressionBombError):
        raise UploadError(_too_many_pixels()) from None
    except (UnidentifiedImageError, *animations.UNREADABLE):
        raise UploadError(_UNREADABLE) from None


def _is_animation(picture: Picture.Image) -> bool:
    """Whether it has several pictures that are shown one after the other; a JPEG may have others beside its own."""
    count = getattr(picture, "n_frames", 1)
    if count > MOST_FRAMES:
        raise UploadError(
            gettext("This animation has over {number} pictures: shorten it and upload it again.").format(
                number=f"{MOST_FRAMES:,}"
            )
        )
    return count > 1 and picture.format in ANIMATED


def _too_many_pixels() -> str:
    return gettext("This image has over {number} million pixels: make it smaller and upload it again.").format(
        number=MOST_PIXELS // 1_000_000
    )


def _still(picture: Picture.Image, kind: str) -> CleanImage:
    """One picture, the right way up, with no metadata."""
    if picture.width * picture.height > MOST_PIXELS:
        raise UploadError(_too_many_pixels())
    frame = ImageOps.exif_transpose(picture).copy()
    frame.info = {key: frame.info[key] for key in ("transparency",) if key in frame.info}
    if kind == "JPEG" and frame.mode not in ("RGB", "L"):
        frame = frame.convert("RGB")
    out = io.BytesIO()
    frame.save(out, kind, **_SAVE_OPTIONS[kind])
    return CleanImage(out.getvalue(), ENDINGS[kind], *frame.size)


def _moving(data: bytes, kind: str) -> CleanImage:
    """An animation without its metadata; UploadError for one of which a picture is too large, or all cost too much."""
    try:
        image, width, height = animations.cleaned(data, kind, animations.Bounds(MOST_PIXELS, SECONDS, MEMORY))
    except animations.RefusedError as error:
        raise UploadError(_sentence(str(error))) from None
    return CleanImage(image, ENDINGS[kind], width, height)


def _sentence(refused: str) -> str:
    if refused == animations.TOO_LONG:
        return gettext(
            "This animation takes longer than {seconds} seconds of processor time to read: "
            "make it smaller or shorter and upload it again."
        ).format(seconds=f"{SECONDS:g}")
    if refused == animations.TOO_MUCH:
        return gettext(
            "The pictures of this animation need too much memory together: "
            "make it smaller or shorter and upload it again."
        )
    return _too_many_pixels() if refused == str(animations.TOO_LARGE) else str(_DAMAGED)
