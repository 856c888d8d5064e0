"""A walk: from what somebody has said so far to what is shown next, and the pages that show it."""
