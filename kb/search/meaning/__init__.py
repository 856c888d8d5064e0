"""Search by meaning: sections and queries as vectors of a sentence model that runs on this machine, off by default."""
