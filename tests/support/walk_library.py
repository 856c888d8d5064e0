"""Makes a small library for walks of guides told in a few words, as if it were published; no database is asked."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from typing import Any

from kb.content.wording import stored_symptom_key
from kb.models import Contact
from troubleshooting.catalogue import build
from troubleshooting.catalogue.build import Catalogue
from troubleshooting.catalogue.database_rows import GuideRow, ProblemRow, StepRow, SymptomRow


def problem(
    anchor: str,
    *symptoms: str,
    steps: Iterable[str] = ("Do this.", "Do that."),
    codes: Iterable[str] = (),
    title: str = "",
) -> ProblemRow:
    """A problem; a symptom may end in its frequency: `It is slow (often)`."""
    rows = []
    for symptom in symptoms:
        text, _, frequency = symptom.partition(" (")
        rows.append(SymptomRow(text, stored_symptom_key(text), frequency.rstrip(")")))
    shown = title or anchor.replace("-", " ").capitalize()
    return ProblemRow(
        zlib.crc32(anchor.encode()),
        anchor,
        anchor,
        shown,
        list(codes),
        rows,
        [StepRow(t, f"<p>{t}</p>") for t in steps],
    )


def guide(slug: str, *problems: ProblemRow, **fields: Any) -> GuideRow:
    """A guide with these problems; the sections are theirs, below an introduction."""
    defaults = {
        "pk": zlib.crc32(slug.encode()),
        "slug": slug,
        "key": slug,
        "title": slug.replace("-", " ").capitalize(),
        "category": "",
        "category_slug": str(fields.get("category", "")).lower(),
        "applies_to": [],
        "prevalence": "occasional",
        "step_cost": None,
        "contacts": [],
        "questions": [],
        "updated_at": dt.datetime(2026, 3, 4, tzinfo=dt.UTC),
    }
    triggers = fields.pop("triggers", [])
    codes = fields.pop("codes", [])
    sections = [("intro", 1), *((p.anchor, 2) for p in problems)]
    return GuideRow(defaults | fields, list(problems), sections, codes, triggers)


def contact(slug: str, tier: int = 1, **fields: Any) -> Contact:
    """A contact, as the database would give it back."""
    name = slug.replace("-", " ").capitalize()
    return Contact(**({"slug": slug, "name": name, "tier": tier, "email": f"{slug}@example.com"} | fields))


def library(*guides: GuideRow, contacts: Iterable[Contact] = ()) -> Catalogue:
    """The catalogue of these guides, by slug."""
    ordered = sorted(guides, key=lambda row: str(row.fields["slug"]))
    return build.with_planner(build.assemble(ordered, contacts))


def question(text: str, **branches: dict[str, Any]) -> dict[str, Any]:
    """An authored question; underscores in the names of answers stand for blanks."""
    return {
        "text": text,
        "branches": [{"label": key.replace("_", " "), "then": then} for key, then in branches.items()],
    }
