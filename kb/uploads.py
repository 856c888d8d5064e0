"""What a person uploads as an image in; bytes that are that image and nothing else, or a sentence why not, out.

The picture is decoded and encoded afresh, so that nothing hidden in a file (metadata with a place, a script, another
file glued to its end) is ever stored or served.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image as Picture
from PIL import ImageOps, ImageSequence, UnidentifiedImageError

LARGEST = 5_000_000
MOST_PIXELS = 40_000_000
MOST_FRAMES = 500
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
_WAYS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 90},
    "GIF": {},
}
_UNREADABLE = "This file is not an image that can be shown: save it as PNG, JPEG, WebP or GIF."
_DAMAGED = "This image is damaged and can't be read to its end: save it again and upload it once more."


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

    Raises UploadError for a file over `LARGEST` bytes, another kind of file, or one that is damaged or hostile.
    """
    if len(data) > LARGEST:
        raise UploadError(f"This image is over {LARGEST // 1_000_000} MB: make it smaller and upload it again.")
    with _opened(data) as picture:
        kind = picture.format or ""
        _check_size(picture)
        frames = list(_frames(picture))
        return CleanImage(_encoded(frames, picture, kind), ENDINGS[kind], *frames[0].size)


def _opened(data: bytes) -> Picture.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Picture.DecompressionBombWarning)
            return Picture.open(io.BytesIO(data), formats=tuple(ENDINGS))
    except (Picture.DecompressionBombWarning, Picture.DecompressionBombError):
        raise UploadError(_too_many_pixels()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise UploadError(_UNREADABLE) from None


def _check_size(picture: Picture.Image) -> None:
    count = getattr(picture, "n_frames", 1)
    if count > MOST_FRAMES:
        raise UploadError(f"This animation has over {MOST_FRAMES} pictures: shorten it and upload it again.")
    if picture.width * picture.height * count > MOST_PIXELS:
        raise UploadError(_too_many_pixels())


def _too_many_pixels() -> str:
    return f"This image has over {MOST_PIXELS // 1_000_000} million pixels: make it smaller and upload it again."


def _frames(picture: Picture.Image) -> Iterator[Picture.Image]:
    """Each picture of the file, the right way up, without its metadata."""
    try:
        for frame in ImageSequence.Iterator(picture):
            upright = ImageOps.exif_transpose(frame)
            yield upright.copy()
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise UploadError(_DAMAGED) from None


def _encoded(frames: list[Picture.Image], picture: Picture.Image, kind: str) -> bytes:
    """The pictures in the format `kind`, with no metadata but how long each of an animation is shown."""
    for frame in frames:
        frame.info = {key: frame.info[key] for key in ("transparency", "duration", "loop") if key in frame.info}
    if kind == "JPEG" and frames[0].mode not in ("RGB", "L"):
        frames = [frames[0].convert("RGB")]
    out = io.BytesIO()
    moving: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "loop": picture.info.get("loop", 0)}
    frames[0].save(out, kind, **_WAYS[kind], **(moving if len(frames) > 1 and kind != "JPEG" else {}))
    return out.getvalue()
