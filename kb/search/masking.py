"""What a person typed in, what may be kept of it out: one line, short, without what could name or open anything."""

from __future__ import annotations

import re
import unicodedata

from kb.content.patterns import Found, counted, linear
from kb.search.query import MAX_LENGTH, clean

LONGEST = 200
FEWEST_DIGITS = 7
# With what stands for what is masked: it is never cut, which could part a secret from its name.
_LONGEST_TEXT = 2 * MAX_LENGTH
