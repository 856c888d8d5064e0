"""Decodes an animation in a process of its own, bounded in time and memory, and leaves out what is not shown.

Few bytes can hold very many large pictures, or pictures that hardly change and cost next to nothing: what they cost is
known when it is done. So the system ends the process that has computed for too long, or takes too much memory; and it
ends itself when nobody waits for it any more, because the server has ended.
`python -m kb.library.images.animations` is that process; it imports neither settings nor models.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image as Picture
from PIL import ImageSequence

from kb.library.images.gif_blocks import without_hidden

LONGEST_WAIT = 600  # by the clock on the wall, where the machine is very busy
SAVE_OPTIONS: dict[str, dict[str, Any]] = {"PNG": {"optimize": True}, "WEBP": {"quality": 90}, "GIF": {}}
TOO_LARGE, DAMAGED, TOO_LONG, TOO_MUCH = "too large", "damaged", "too long", "too much"
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error)

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """Why an animation can't be taken: one of the words above."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Pixels of each picture, seconds of processor time and bytes of memory for all of them."""

    pixels: int
    seconds: float
    memory_bytes: int


def cleaned(data: bytes, kind: str, bounds: Bounds) -> tuple[bytes, int, int]:
    """An animation that moves as it did, and its size in pixels; RefusedError when there is none within the bounds."""
    numbers = (str(bound) for bound in (bounds.pixels, bounds.seconds, bounds.memory_bytes))
    command = [sys.executable, "-m", "kb.library.images.animations", kind, *numbers]
    try:
        process = _ended_with_us(command, data)
    except subprocess.TimeoutExpired:
        raise RefusedError(TOO_LONG) from None
    if process.returncode == -signal.SIGPROF:
        raise RefusedError(TOO_LONG)
    if process.returncode:
        logger.warning(
            "Reading an animation ended its process (%s): %s",
            process.returncode,
            process.stderr[-500:].decode(errors="replace"),
        )
        raise RefusedError(DAMAGED)
    head, _, image = process.stdout.partition(b"\n")
    answer = json.loads(head)
    if answer["refused"]:
        raise RefusedError(answer["refused"])
    return image, answer["width"], answer["height"]


def _ended_with_us(command: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run the process; it holds the one end of a pipe whose other end the system closes with our process."""
    read_end, write_end = os.pipe()
    try:
        return subprocess.run(
            [*command, str(read_end)],
            cwd=Path(__file__).resolve().parents[3],
            input=data,
            capture_output=True,
            timeout=LONGEST_WAIT,
            check=False,
            pass_fds=(read_end,),
        )
    finally:
        os.close(read_end)
        os.close(write_end)


def moving(data: bytes, kind: str, most_pixels: int) -> tuple[bytes, int, int]:
    """All pictures of an animation, with no metadata but how long each is shown and how often all of them are.

    They are decoded one after the other; those of a WebP are never all in memory.
    """
    with Picture.open(io.BytesIO(data), formats=(kind,)) as picture:
        loop = picture.info.get("loop", 0)
        durations = _decoded(picture, most_pixels)
        size = picture.size
        if kind == "GIF":
            return without_hidden(data), *size
        picture.seek(0)
        first: Picture.Image = picture
        others: list[Picture.Image] = []
        if kind == "PNG":
            frames = [_bare(frame.copy()) for frame in ImageSequence.Iterator(picture)]
            shown = frames[1:] if getattr(picture, "default_image", False) else frames  # else it is part of it
            first, *others = shown
            durations = durations[-len(shown) :]
        out = io.BytesIO()
        options = SAVE_OPTIONS[kind] | {"save_all": True, "append_images": others, "duration": durations, "loop": loop}
        _bare(first).save(out, kind, **options)
        return out.getvalue(), *size


def _decoded(picture: Picture.Image, most_pixels: int) -> list[int]:
    """How long each picture is shown; RefusedError for one that is too large."""
    durations: list[int] = []
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        if picture.width * picture.height > most_pixels:
            raise RefusedError(TOO_LARGE)
        picture.load()
        durations.append(int(picture.info.get("duration", 0)))
    return durations


def _bare(frame: Picture.Image) -> Picture.Image:
    """A picture that has forgotten its metadata."""
    frame.info = {key: frame.info[key] for key in ("transparency", "background") if key in frame.info}
    return frame


def _answer(data: bytes, kind: str, most_pixels: int) -> tuple[dict[str, object], bytes]:
    """What the process answers: a head, and an image."""
    try:
        image, width, height = moving(data, kind, most_pixels)
    except RefusedError as error:
        return {"refused": str(error)}, b""
    except (Picture.DecompressionBombWarning, Picture.DecompressionBombError):
        return {"refused": TOO_LARGE}, b""
    except MemoryError:
        return {"refused": TOO_MUCH}, b""
    except UNREADABLE:
        return {"refused": DAMAGED}, b""
    return {"refused": "", "width": width, "height": height}, image


def _exit_when_closed(parent: int) -> None:
    """Wait until the other end of a pipe is closed, then end this process, whatever it is at."""
    os.read(parent, 1)
    os._exit(1)


def _main(kind: str, pixels: str, seconds: str, memory_bytes: str, parent: str) -> None:
    threading.Thread(target=_exit_when_closed, args=(int(parent),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    data = sys.stdin.buffer.read()
    signal.setitimer(signal.ITIMER_PROF, float(seconds))  # the system ends it then, within C code too
    head, image = _answer(data, kind, int(pixels))
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + image)


if __name__ == "__main__":
    _main(*sys.argv[1:])
