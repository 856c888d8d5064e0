"""What a query and a text are made of: words, phrases, codes, synonyms, and what may be kept of them."""
