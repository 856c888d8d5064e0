"""What a person uploads as an image in; bytes that are that image and nothing else, or a sentence why not, out.

The picture is decoded and encoded afresh, so that nothing hidden in a file (metadata with a place, a script, another
file glued to its end) is ever stored or served. Of an animated GIF the pictures stay as they are, without all else.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image as Picture
from PIL import ImageOps, ImageSequence, UnidentifiedImageError

from kb.gif_blocks import without_hidden

LARGEST = 5_000_000
MOST_PIXELS = 40_000_000
MOST_FRAMES = 1_000
MOST_IN_ALL: Mapping[str, int] = {"GIF": 400_000_000, "WEBP": 200_000_000, "PNG": 80_000_000}
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
_WAYS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 90},
    "GIF": {},
}
_TURN = threading.Lock()
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

    An animation keeps moving as it did; one is worked on at a time, so that few bytes never take much memory.
    Raises UploadError for a file over `LARGEST` bytes, another kind of file, or one that is damaged or hostile.
    """
    if len(data) > LARGEST:
        raise UploadError(f"This image is over {LARGEST // 1_000_000} MB: make it smaller and upload it again.")
    with _opened(data) as picture:
        kind = "JPEG" if picture.format == "MPO" else picture.format or ""  # as some telephones write several views
        try:
            if _is_animation(picture):
                with _TURN:
                    return _moving(picture, data, kind)
            return _still(picture, kind)
        except (Picture.DecompressionBombWarning, Picture.DecompressionBombError):
            raise UploadError(_too_many_pixels()) from None
        except (OSError, ValueError, SyntaxError, EOFError, IndexError):
            raise UploadError(_DAMAGED) from None


def _opened(data: bytes) -> Picture.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Picture.DecompressionBombWarning)
            return Picture.open(io.BytesIO(data), formats=tuple(ENDINGS))
    except (Picture.DecompressionBombWarning, Picture.DecompressionBombError):
        raise UploadError(_too_many_pixels()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise UploadError(_UNREADABLE) from None


def _is_animation(picture: Picture.Image) -> bool:
    """Whether it has several pictures that are shown one after the other; a JPEG may have others beside its own."""
    count = getattr(picture, "n_frames", 1)
    if count > MOST_FRAMES:
        raise UploadError(f"This animation has over {MOST_FRAMES:,} pictures: shorten it and upload it again.")
    return count > 1 and picture.format in MOST_IN_ALL


def _check_size(picture: Picture.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise UploadError(_too_many_pixels())


def _too_many_pixels() -> str:
    return f"This image has over {MOST_PIXELS // 1_000_000} million pixels: make it smaller and upload it again."


def _still(picture: Picture.Image, kind: str) -> CleanImage:
    """One picture, the right way up, with no metadata."""
    _check_size(picture)
    frame = ImageOps.exif_transpose(picture).copy()
    frame.info = {key: frame.info[key] for key in ("transparency",) if key in frame.info}
    if kind == "JPEG" and frame.mode not in ("RGB", "L"):
        frame = frame.convert("RGB")
    out = io.BytesIO()
    frame.save(out, kind, **_WAYS[kind])
    return CleanImage(out.getvalue(), ENDINGS[kind], *frame.size)


def _moving(picture: Picture.Image, data: bytes, kind: str) -> CleanImage:
    """All pictures of an animation, with no metadata but how long each is shown and how often all of them are.

    They are decoded one after the other to be counted; those of a WebP are never all in memory.
    """
    loop = picture.info.get("loop", 0)
    durations = _counted(picture, kind)
    size = picture.size
    if kind == "GIF":
        return CleanImage(without_hidden(data), ENDINGS[kind], *size)
    picture.seek(0)
    first: Picture.Image = picture
    others: list[Picture.Image] = []
    if kind == "PNG":
        frames = [_bare(frame.copy()) for frame in ImageSequence.Iterator(picture)]
        shown = frames[1:] if getattr(picture, "default_image", False) else frames  # else it is part of the animation
        first, *others = shown
        durations = durations[-len(shown) :]
    out = io.BytesIO()
    ways = _WAYS[kind] | {"save_all": True, "append_images": others, "duration": durations, "loop": loop}
    _bare(first).save(out, kind, **ways)
    return CleanImage(out.getvalue(), ENDINGS[kind], *size)


def _counted(picture: Picture.Image, kind: str) -> list[int]:
    """How long each picture of an animation is shown; UploadError as soon as they are too large, or too many."""
    durations: list[int] = []
    work = 0
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        _check_size(picture)
        work += picture.width * picture.height
        if work > MOST_IN_ALL[kind]:
            most = MOST_IN_ALL[kind] // 1_000_000
            raise UploadError(
                f"The pictures of this animation have over {most} million pixels in all: "
                "make it smaller or shorter and upload it again."
            )
        picture.load()
        durations.append(int(picture.info.get("duration", 0)))
    return durations


def _bare(frame: Picture.Image) -> Picture.Image:
    """A picture that has forgotten its metadata."""
    frame.info = {key: frame.info[key] for key in ("transparency", "background") if key in frame.info}
    return frame
