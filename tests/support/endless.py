"""A text that takes minutes to be read, which only the bound of the reading processes ends."""

from __future__ import annotations

MOST = 40_000

# Python-Markdown looks through all footnotes for each place that names one.
ENDLESS = (
    "# Footnotes\n\n"
    + "".join(f"[^{n}] " for n in range(MOST))
    + "\n\n"
    + "".join(f"[^{n}]: x\n\n" for n in range(MOST))
)
