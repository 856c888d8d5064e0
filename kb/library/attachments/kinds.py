"""Tells by its content whether a file may be downloaded, and says in a few words why another may not.

What is downloaded may be opened by whoever clicks: so nothing that runs is offered, and nothing that is other than its
name says. Text is what UTF-8 can be read of; a PDF and a ZIP begin as their specifications have it.
"""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
from pathlib import PurePosixPath

from kb.content.links import DOWNLOADS
from kb.content.patterns import linear
from kb.content.phrases import Phrase

LARGEST_ATTACHMENT = 20_000_000  # bytes
MOST_MEMBERS = 10_000  # files in a ZIP
OTHER_KIND = Phrase("it is no PDF, text, log, CSV, ZIP or configuration.")
TOO_LARGE = Phrase("it is over {number} MB.", number=LARGEST_ATTACHMENT // 1_000_000)
NO_PDF = Phrase("its content is no PDF.")
NO_ZIP = Phrase("its content is no ZIP, or a damaged one.")
NO_TEXT = Phrase("its content is no text in UTF-8.")
PAGE = Phrase("its content is a web page or a drawing, whatever its name says.")
SCRIPT = Phrase("its content is a script, whatever its name says.")
IS_DOCUMENT = Phrase("its content is a document or a program in the form of a ZIP.")
HOLDS_PROGRAM = Phrase("there is a program or a script in it ('{name}').")
TOO_MANY = Phrase("there are over {number} files in it.", number=f"{MOST_MEMBERS:,}")
HIDING_NAME = Phrase("its name has signs that nobody sees: rename it.")
_PROGRAMS = (
    *(".exe", ".dll", ".msi", ".com", ".scr", ".cpl", ".hta", ".lnk", ".jar", ".apk", ".app", ".dmg", ".pkg", ".deb"),
    *(".rpm", ".sys", ".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".wsh", ".sh", ".reg"),
    *(".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".pptm", ".potm", ".ppam", ".ppsm"),
)
_OF_DOCUMENTS = frozenset({"[content_types].xml", "meta-inf/manifest.mf", "androidmanifest.xml", "mimetype"})
_MACROS = "vbaproject.bin"
_UNREADABLE = (
    *(zipfile.BadZipFile, OSError, ValueError, EOFError, OverflowError, IndexError, KeyError),
    *(struct.error, NotImplementedError, RuntimeError),
)
_PAGE = linear(
    r"(?i)<(?:!doctype[ \t\r\n]+(?:[a-z]+:)?(?:html|svg)|(?:[a-z0-9]+:)?(?:html|svg|script|head|body|iframe))"
    r"(?:[ \t\r\n/>\[]|$)"
)
_DOCTYPE = linear(r"(?i)<!doctype[^>\[]*(?:\[[^\]]*\][ \t\r\n]*)?>")
_SCRIPT = linear(r"(?i)#!|<\?(?:php|=)|<%|@echo[ \t]+off")
_LOOKED_AT = 200_000  # characters of a text that say what it is
_MOST_SKIPPED = 50


def why_not(name: str, data: bytes) -> str:
    """Why a file of this name and content is not offered, '' when it is."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in DOWNLOADS:
        return OTHER_KIND
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in name):
        return HIDING_NAME
    if len(data) > LARGEST_ATTACHMENT:
        return TOO_LARGE
    if ending == ".pdf":
        return "" if data[:5] == b"%PDF-" and b"0" <= data[5:6] <= b"9" else NO_PDF
    return _why_no_zip(data) if ending == ".zip" else _why_no_text(data)


def note(name: str, size: int) -> str:
    """What is said behind a link to a file: its kind and its size."""
    return f"{PurePosixPath(name).suffix[1:].upper()}, {_size(size)}"


def _size(size: int) -> str:
    if size < 9_950:  # noqa: PLR2004 - it would be rounded to 10.0
        return f"{max(size, 100 if size else 0) / 1000:.1f} kB"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"  # noqa: PLR2004 - to 1000


def _why_no_zip(data: bytes) -> str:
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):  # a program before it would come first
        return NO_ZIP
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:
        return TOO_MANY
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.replace("\\", "/").lower() for name in archive.namelist()]
    except _UNREADABLE:
        return NO_ZIP
    if _OF_DOCUMENTS.intersection(names) or any(name.endswith(_MACROS) for name in names):
        return IS_DOCUMENT
    program = next((name for name in names if name.rstrip(" .").endswith(_PROGRAMS)), "")
    return HOLDS_PROGRAM.filled(name=PurePosixPath(program).name[-100:]) if program else ""


def _why_no_text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return NO_TEXT
    if "\0" in text:
        return NO_TEXT
    start = _start(text[:_LOOKED_AT])
    if start is None or _PAGE.match(start):
        return PAGE
    return SCRIPT if _SCRIPT.match(start) else ""


def _start(text: str) -> str | None:
    """What a text says first, after comments and instructions of XML; None when there is no end of these."""
    for _ in range(_MOST_SKIPPED):
        text = text.lstrip("\ufeff \t\r\n\f\v")
        if _SCRIPT.match(text) or _PAGE.match(text):
            return text
        end = _end_of_aside(text)
        if end == 0:
            return text
        if end is None:
            return None
        text = text[end:]
    return None


def _end_of_aside(text: str) -> int | None:
    """Where a comment, an instruction or a type of document at the start ends: 0 for none there, None for never."""
    for opening, closing in (("<!--", "-->"), ("<?", "?>")):
        if text.startswith(opening):
            end = text.find(closing, len(opening))
            return None if end < 0 else end + len(closing)
    found = _DOCTYPE.match(text)
    return found.end() if found else 0
