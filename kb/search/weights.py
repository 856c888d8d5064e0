"""What counts how much in search: every number that tunes the order of hits, for all engines."""

from __future__ import annotations

# Okapi BM25F (Robertson and Zaragoza, 2009): what an occurrence of a word counts by the field of the guide that it is
# in. `body` is all that the guide says, its title and headings included.
FIELD_WEIGHTS = {"title": 12.0, "headings": 1.0, "symptoms": 0.0, "messages": 0.0, "tags": 0.5, "body": 1.0}
# How much a word loses in a field that is longer than others (b of BM25F): a long title is still about its words.
LENGTH_COUNTS = {"title": 0.3, "headings": 0.75, "symptoms": 0.75, "messages": 0.75, "tags": 0.75, "body": 0.75}
SATURATION = 6.0  # k1 of BM25F: how soon repeating a word stops to count

# Of what a word itself would count for.
SYNONYM = 0.6
FILLER = 0.5  # words with which people tell of trouble ('problem', 'trying'), and guides of everything
REPEATED = 1 / 3  # a word that was typed n times counts n to this power

# Gains, as multiples of how telling (idf) the matching words are.
QUOTED_IN_PASTED_TEXT = 0.75
DEFINED_CODE = 1.0
HEADING_SAYS_IT = 2.0
TOGETHER = 1.0  # words that stand within one of WINDOWS of each other, divided by how many windows there are
WORD_FOR_WORD = 1.0  # three words or more as they were typed
ALL_OF_IT = 3.0  # times what these count, where they are all that was typed
WINDOWS = (32, 8)

# Sections of one guide, compared with each other.
SECTION_HEADING = 3.0
SECTION_WITH_SYMPTOMS = 1.15
ALSO_SHOWN = 0.4  # the least share of the best section's score

# Guides suggested while somebody types: what one that is used ever so much gains, as a share of its score.
MUCH_USED = 0.1
