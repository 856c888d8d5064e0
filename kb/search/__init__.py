"""Full-text search over published guides: text analysis, the index, ranking, two engines, and the search log."""
