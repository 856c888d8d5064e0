"""All that happens to a text before it is published: drafts, reviews, approval and merging."""
