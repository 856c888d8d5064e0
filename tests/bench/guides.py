"""The guides that are at hand in; a folder that holds exactly as many of them as a measurement needs out."""

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
    originals = sorted(path for path in shipped.rglob("*.md") if "contacts" not in path.parts)
    for number in range(wanted - len(found)):
        path, turn = originals[number % len(originals)], number // len(originals) + 1
        name = path.relative_to(shipped)
        _write(into / "copies" / name.with_stem(f"{name.stem}-{turn}"), _retitled(path.read_text(), turn).encode())
    return len(found)


def without_head(text: str) -> str:
    """The text of a guide without its front matter."""
    return _HEAD.sub("", text, count=1)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _retitled(text: str, turn: int) -> str:
    """A copy that is a guide of its own: another title, and no claim to the original's former addresses."""
    head = _HEAD.match(text)
    meta = yaml.safe_load(head[1]) if head else {}
    body = without_head(text)
    heading = re.search(r"^# +(.+)$", body, re.MULTILINE)
    meta["title"] = f"{meta.get('title') or (heading[1] if heading else 'Guide')} ({turn})"
    meta.pop("aliases", None)
    return f"---\n{yaml.safe_dump(meta, sort_keys=False, allow_unicode=True)}---\n{body}"
