"""The templates that new guides and contacts start from, filled in with a title, a category and an owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.escaping import escaped
from kb.content.head_values import with_values
from kb.content.patterns import linear
from kb.content.phrases import Phrase

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "kb" / "write" / "guides"
TITLE = "# Title"
_SYMPTOMS = linear(r"(\*\*Symptoms:\*\*\n)(?:- [^\n]*\n)+")


@dataclass(frozen=True, slots=True)
class Template:
    """A start for a guide: what it is called, and when to take it."""

    name: str
    label: str
    purpose: str


TEMPLATES = (
    Template(
        "problem",
        Phrase("A problem"),
        Phrase("Something is broken: what people see, why, and the steps that put it right."),
    ),
    Template("how-to", Phrase("A how-to"), Phrase("Nothing is broken: how to get something done, step by step.")),
    Template(
        "error-codes",
        Phrase("An error code reference"),
        Phrase("A table of codes, with what each means and what to do."),
    ),
    Template(
        "decision-tree", Phrase("A decision tree"), Phrase("Questions of your own that lead to the problem which fits.")
    ),
    Template(
        "reply",
        Phrase("A reply"),
        Phrase("What staff answer again and again, with blanks to fill in; readers don't see it."),
    ),
)


def text_of(name: str, title: str, category: str = "", owner: str = "", symptoms: Sequence[str] = ()) -> str:
    """The Markdown of a template, with what a writer gave. KeyError for an unknown name.

    Where the template has symptoms, those given stand in place of its examples.
    """
    if name not in {template.name for template in TEMPLATES}:
        raise KeyError(name)
    title = " ".join(title.split())
    text = (FOLDER / f"{name}.md").read_text().replace(TITLE, f"# {escaped(title)}", 1)
    if symptoms:
        items = "".join(f"- {escaped(' '.join(symptom.split()))}\n" for symptom in symptoms)
        text = _SYMPTOMS.sub(lambda found: f"{found[1]}{items}", text, count=1)
    return with_values(text, {"title": title, "category": category, "owner": owner})


def contact_text(name: str = "") -> str:
    """The Markdown that a new contact starts with."""
    return with_values((FOLDER / "contact.md").read_text(), {"name": " ".join(name.split())} if name.strip() else {})
