"""Takes those blocks out of an animated GIF that show nothing: comments, and what hides.

To encode an animation afresh would make it many times as large, for its pictures only say what changes between them.
So the bytes of its pictures stay, once they were decoded; what is not shown is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

# The names and the lengths are those of the GIF89a specification; how often an animation runs is in the application
# extension that Netscape added.
HEADER, DESCRIPTOR, CONTROL = 13, 9, 4
EXTENSION, PICTURE, END = b"\x21", b"\x2c", b"\x3b"
IS_CONTROL, IS_APPLICATION = b"\xf9", b"\xff"
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
CUT_SHORT = "The file ends within a block."


@dataclass(slots=True)
class _Blocks:
    """The bytes of a file, read from its start."""

    data: bytes
    place: int = 0

    def take(self, count: int) -> bytes:
        """The next bytes; ValueError when there are not so many."""
        found = self.data[self.place : self.place + count]
        if len(found) < count:
            raise ValueError(CUT_SHORT)
        self.place += count
        return found

    def table(self, flags: int) -> bytes:
        """The colours that follow, if the flags say so."""
        return self.take(3 << ((flags & 7) + 1)) if flags & 0x80 else b""

    def parts(self) -> list[bytes]:
        """What a block says in parts, up to the empty one that ends it."""
        found: list[bytes] = []
        while size := self.take(1)[0]:
            found.append(self.take(size))
        return found

    @property
    def is_over(self) -> bool:
        """Whether nothing follows; some files lack their last byte."""
        return self.place >= len(self.data)


def without_hidden(data: bytes) -> bytes:
    """The animation with its pictures, how long each is shown, and how often all are; ValueError for what is no GIF."""
    blocks = _Blocks(data)
    header = blocks.take(HEADER)
    kept = [b"GIF89a", header[6:], blocks.table(header[10])]
    control = b""
    while not blocks.is_over and (kind := blocks.take(1)) != END:
        if kind == PICTURE:
            descriptor = blocks.take(DESCRIPTOR)
            colours, code_size = blocks.table(descriptor[8]), blocks.take(1)
            kept += [control, kind, descriptor, colours, code_size, _in_parts(blocks.parts())]
            control = b""
        elif kind == EXTENSION:
            label, parts = blocks.take(1), blocks.parts()
            if label == IS_CONTROL:
                control = EXTENSION + label + _in_parts([parts[0][:CONTROL].ljust(CONTROL, b"\0")] if parts else [])
            elif label == IS_APPLICATION and len(parts) > 1 and parts[0] in LOOPS and len(parts[1]) >= 3:  # noqa: PLR2004
                kept.append(EXTENSION + label + _in_parts([LOOPS[0], b"\1" + parts[1][1:3]]))
            elif label != IS_APPLICATION and parts:
                control = b"" if label == b"\1" else control  # it was for a text that no browser shows
        else:
            raise ValueError(CUT_SHORT)
    return b"".join([*kept, END])


def _in_parts(parts: list[bytes]) -> bytes:
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
