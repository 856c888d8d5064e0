"""A text that takes minutes to be read, which only the bound of the reading processes ends."""

from __future__ import annotations

# Python's parser of HTML looks for the end of each comment that opens, however far.
ENDLESS = "# Comments\n\n" + "<!--" * 100_000
