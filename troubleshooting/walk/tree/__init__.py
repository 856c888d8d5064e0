"""The tree of questions that walks lead along, as a picture and in words."""
