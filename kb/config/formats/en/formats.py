"""Dates in English, as `date` of Django's templates writes them."""

from __future__ import annotations

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
DAY_AND_TIME_FORMAT = "j F, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DAY_FORMAT = "j M"
DAY_FORMAT = "j F"
DATE_AND_SECONDS_FORMAT = "j F Y, H:i:s"
