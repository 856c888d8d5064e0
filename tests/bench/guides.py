"""Fills a folder with exactly as many guides as a measurement needs: those at hand, then copies of shipped ones."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

CORPORA = ("outlook", "openshift-runbooks", "technotes/guides")
_HEAD = re.compile(r"\A---\r?\n(.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)


def gather(into: Path, wanted: int, *, corpora: Path, shipped: Path) -> int:
    """Fill the folder `into` with `wanted` guides: those below `corpora`, then copies of the shipped ones.

    Returns how many came from the corpora.
    """
    found = [path for name in CORPORA for path in sorted((corpora / name).rglob("*.md"))][:wanted]
    for path in found:
        _write(into / path.relative_to(corpora), path.read_bytes())
    if len(found) < wanted:
        _copy(shipped, into / "copies", wanted - len(found))
    return len(found)


def _copy(shipped: Path, into: Path, wanted: int) -> None:
    """Each turn of copies is a folder of its own, so that links between its guides hold; they share the contacts."""
    contacts = sorted((shipped / "contacts").rglob("*.md"))
    for path in contacts:
        _write(into / path.relative_to(shipped), path.read_bytes())
    originals = sorted(set(shipped.rglob("*.md")) - set(contacts))
    for number in range(wanted):
        path, turn = originals[number % len(originals)], number // len(originals) + 1
        name = path.relative_to(shipped)
        text = _renamed(path.read_text(), name, turn).replace("](../contacts/", "](../../contacts/")
        _write(into / str(turn) / name, text.encode())


def without_head(text: str) -> str:
    """The text of a guide without its front matter."""
    return _HEAD.sub("", text, count=1)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _renamed(text: str, name: Path, turn: int) -> str:
    """A copy that is a guide of its own, for everyone: another title, and no claim to former addresses."""
    head = _HEAD.match(text)
    meta = yaml.safe_load(head[1]) if head else {}
    body = without_head(text)
    heading = re.search(r"^# +(.+)$", body, re.MULTILINE)
    meta["title"] = f"{meta.get('title') or (heading[1] if heading else 'Guide')} ({turn})"
    meta = {"category": name.parent.as_posix()} | meta | {"audience": "public", "aliases": []}
    return f"---\n{yaml.safe_dump(meta, sort_keys=False, allow_unicode=True)}---\n{body}"
