"""The contract of all engines, what they index of a guide, and the view of an index that is searched."""
