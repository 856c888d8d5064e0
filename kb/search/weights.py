"""What counts how much in search: every number that tunes the order of hits, for all engines."""

from __future__ import annotations

# What a word counts for by where it stands. It is written into the index, which is built anew when this file changes.
TITLE = 5.0
HEADING = 2.0
SYMPTOM = 1.0  # on top of the text that the symptom stands in
LABEL = 1.0  # summary, category, products and tags
TEXT = 1.0

# Okapi BM25 (Robertson and Zaragoza, 2009): how soon repeating a word stops to count, and how much long guides lose.
K1 = 2.0
B = 0.75

# Of what a word itself would count for.
SYNONYM = 0.6

# Gains, as multiples of how telling (idf) the matching words are.
QUOTED_IN_PASTED_TEXT = 0.75
DEFINED_CODE = 1.0
HEADING_SAYS_IT = 1.0
PROXIMITY = 0.3

# Sections of one guide, compared with each other.
SECTION_HEADING = 3.0
SECTION_WITH_SYMPTOMS = 1.15
ALSO_SHOWN = 0.4  # the least share of the best section's score

# The search of plain tables, while there is no index.
TABLES_TITLE = 1.5
TABLES_HEADING = 1.5
TABLES_TEXT = 1.0
