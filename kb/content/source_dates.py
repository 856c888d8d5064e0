"""Finds when a text was last changed, as its own head says: `lastmod`, `ms.date`, `date`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from kb.content.blocks import Outline, Paragraph
from kb.content.patterns import linear
from kb.content.withheld import FIRST_YEAR, LAST_YEAR, moment_of

# The first that can be read counts; what says when a text was changed comes before what says when it was written.
KEYS = (
    *("lastmod", "lastmodified", "lastmodifiedat", "lastmodifieddate", "lastupdated", "lastupdate", "lastupdatedat"),
    *("lastedited", "lasteditedtime", "modified", "modifieddate", "modifiedat", "dateupdated", "datemodified"),
    *("updated", "updatedat", "updateddate", "gitrevisiondatelocalized", "msdate", "date", "publisheddate"),
    *("datepublished", "publishdate", "pubdate", "created", "createdtime", "createdat", "datecreated"),
)
_IN_MAPPINGS = ("updated", "modified", "date", "created")
_NAMED = linear(r"(?:.*/)?(\d{4})[-/](\d{2})[-/](\d{2})[-/][^/]+(?:/index)?\.\w+")
_DATE = r"(\d{4}-\d{2}-\d{2}|[A-Za-z]{3,9}\.? \d{1,2}, \d{4}|\d{1,2}\.? [A-Za-z]{3,9},? \d{4})"
_READ = r"(?: \d{1,3} min(?:ute)?s?\.? read)?"
_TOLD = linear(
    rf"(?i)(?:page )?(?:created|last (?:modified|updated|edited|changed))(?: [^\n]{{0,200}})? on {_DATE}\.?{_READ}|"
    rf"(?i)(?:owned by [^\n]{{1,100}}?[,.]? )?last (?:modified|updated|edited|changed): {_DATE}(?: by [^\n]{{1,80}})?"
)
MOST_LOOKED_AT = 3
_SIGNS = linear(r"[\W_]+")
_DAY = linear(r"(.*?\d{4})(?:,? (?:at )?\d{1,2}:\d{2}.*)?")


def date_of(fields: Mapping[str, Any]) -> dt.datetime | None:
    """When a head says that its text was changed last; without a zone, a time is one of the site's. None if never."""
    named = {_SIGNS.sub("", key).lower(): value for key, value in reversed(list(fields.items()))}
    return next((moment for key in KEYS if (moment := _moment(named.get(key))) is not None), None)


def date_in_name(source: str) -> dt.datetime | None:
    """The day in the path of a file, as blogs have it: `2023-05-06-power-cut.md`; None for most."""
    found = _NAMED.fullmatch(source)
    return _moment("-".join(found.groups())) if found else None


def date_told(outline: Outline) -> dt.datetime | None:
    """The day that an export of Confluence tells below the title: 'Created by Ann, last modified on Mar 04, 2024'."""
    blocks = [block for part in outline.parts[:2] for block in part.blocks[:MOST_LOOKED_AT]]
    for block in blocks:
        found = _TOLD.fullmatch(" ".join(block.text.split())) if isinstance(block, Paragraph) else None
        if found:
            return _moment(found[1] or found[2])
    return None


def _moment(value: Any) -> dt.datetime | None:
    if isinstance(value, dict):  # `last_update: {date: 2024-01-31}` of Docusaurus, `date: {created: ...}` of Material
        value = next((value[key] for key in _IN_MAPPINGS if value.get(key)), None)
    if not isinstance(value, str) or not value.strip():
        return None
    text = " ".join(value.split())
    day = _DAY.fullmatch(text)
    moment = moment_of(text) or (moment_of(day[1]) if day else None)
    return moment if moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR else None
