"""How large an image may be, and what reading one may cost."""

from __future__ import annotations

LARGEST_IMAGE = 5_000_000  # bytes
MOST_PIXELS = 40_000_000  # of one picture
MOST_FRAMES = 1_000
SECONDS = 10.0  # of processor time, for all pictures of an animation
MEMORY = 1_000_000_000  # bytes, of the process that reads an animation
