"""The readers' pages: a request in; load, decide, render; a response out."""
