"""Finds when a text was last changed, as its own head says: `lastmod`, `ms.date`, `date`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from kb.content.patterns import linear
from kb.content.withheld import FIRST_YEAR, LAST_YEAR, moment_of

# The first that can be read counts; what says when a text was changed comes before what says when it was written.
KEYS = (
    *("lastmod", "lastmodified", "lastmodifiedat", "lastmodifieddate", "lastupdated", "lastupdate", "lastupdatedat"),
    *("lastedited", "lasteditedtime", "modified", "modifieddate", "modifiedat", "dateupdated", "datemodified"),
    *("updated", "updatedat", "updateddate", "gitrevisiondatelocalized", "msdate", "date", "publisheddate"),
    *("datepublished", "publishdate", "pubdate", "created", "createdtime", "createdat", "datecreated"),
)
_SIGNS = linear(r"[\W_]+")
_DAY = linear(r"(.*?\d{4})(?:,? (?:at )?\d{1,2}:\d{2}.*)?")


def date_of(fields: Mapping[str, Any]) -> dt.datetime | None:
    """When a head says that its text was changed last; without a zone, a time is one of the site's. None if never."""
    named = {_SIGNS.sub("", key).lower(): value for key, value in reversed(list(fields.items()))}
    return next((moment for key in KEYS if (moment := _moment(named.get(key))) is not None), None)


def _moment(value: Any) -> dt.datetime | None:
    if isinstance(value, dict):  # Docusaurus has `last_update: {date: 2024-01-31}`
        value = value.get("date")
    if not isinstance(value, str) or not value.strip():
        return None
    text = " ".join(value.split())
    day = _DAY.fullmatch(text)
    moment = moment_of(text) or (moment_of(day[1]) if day else None)
    return moment if moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR else None
