"""The front matter of a guide as a form, and the text with what was changed in that form.

The front matter is the truth: a field that nobody touched changes nothing, whatever the text says by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kb.content.document import ContentError
from kb.content.front_matter import KEYS, one_line, split
from kb.content.head_values import Value, with_values
from kb.models import Audience, Contact, Guide, GuideKind, Prevalence

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

Kind = Literal["text", "long", "list", "choice", "date"]
WAS = "was_"


@dataclass(frozen=True, slots=True)
class Spec:
    """One key of the front matter as people are asked for it."""

    name: str
    label: str | Promise
    kind: Kind = "text"
    hint: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field with the value that the text gives it; `is_open` unless it can only be changed in the text."""

    spec: Spec
    value: str
    choices: tuple[tuple[str, str | Promise], ...]
    suggestions: tuple[str, ...] = ()
    is_open: bool = True


SPECS = (
    Spec("title", gettext_lazy("Title"), hint=gettext_lazy("When empty, the first heading is the title.")),
    Spec(
        "kind",
        gettext_lazy("Kind"),
        "choice",
        gettext_lazy("A reply is a text that staff fill in and send."),
        (("", gettext_lazy("Guide (not set)")), *GuideKind.choices),
    ),
    Spec(
        "summary",
        gettext_lazy("Summary"),
        "long",
        gettext_lazy("One or two sentences. When empty, the first paragraph."),
    ),
    Spec("category", gettext_lazy("Category"), hint=gettext_lazy("A path such as Network/Time-outs.")),
    Spec(
        "audience",
        gettext_lazy("Who may see it"),
        "choice",
        choices=(("", gettext_lazy("Everyone (not set)")), *Audience.choices),
    ),
    Spec(
        "applies_to",
        gettext_lazy("Applies to"),
        "list",
        gettext_lazy("Products, versions or platforms, separated by commas."),
    ),
    Spec("tags", gettext_lazy("Tags"), "list", gettext_lazy("Words, separated by commas.")),
    Spec(
        "prevalence",
        gettext_lazy("How often it comes up"),
        "choice",
        choices=(("", gettext_lazy("Occasional (not set)")), *Prevalence.choices),
    ),
    Spec(
        "step_cost",
        gettext_lazy("What a step costs"),
        hint=gettext_lazy("A number beside a question, which costs 1. When empty, 3."),
    ),
    Spec(
        "language",
        gettext_lazy("Language"),
        hint=gettext_lazy("A tag such as en, de or pt. When empty, it is found from the text."),
    ),
    Spec("owner", gettext_lazy("Owner"), hint=gettext_lazy("Who keeps it true.")),
    Spec("review_by", gettext_lazy("Look again by"), "date"),
    Spec(
        "contacts",
        gettext_lazy("Contacts"),
        "list",
        gettext_lazy("Whom to ask, the first one first, separated by commas."),
    ),
    Spec(
        "aliases",
        gettext_lazy("Former addresses"),
        "list",
        gettext_lazy("Slugs or paths that lead here as well, separated by commas."),
    ),
)
BY_NAME = {spec.name: spec for spec in SPECS}


def values_of(text: str) -> dict[str, str | None]:
    """What the front matter says for each field, '' for nothing, None for what no field can hold.

    ContentError when the front matter can't be read.
    """
    given: dict[str, Any] = {}
    for key, value in split(text).fields.items():
        name = KEYS.get(key.strip().lower().replace("-", "_"))
        if name and value is not None:
            given.setdefault(name, value)
    return {spec.name: _shown(spec, given.get(spec.name)) for spec in SPECS}


def _shown(spec: Spec, value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, list):
        if not all(isinstance(item, str) for item in value):
            return None
        items = [one_line(item) for item in value]
        if spec.kind == "list":
            # Apart by semicolons where an item holds a comma; no field can hold what would be read as something else.
            line = ", ".join(items) if not any("," in item for item in items) else f"{'; '.join(items)};"
            return line if _parted(line) == items else None
        return "/".join(items) if spec.name == "category" else ", ".join(items) if spec.name == "owner" else None
    return one_line(value) if isinstance(value, str) else None


def _parted(line: str) -> list[str]:
    parts = line.split(";" if ";" in line else ",")
    return [part.strip() for part in parts if part.strip()]


def fields_of(text: str, reader: AbstractBaseUser | AnonymousUser) -> tuple[Field, ...]:
    """The form for a text; () when its front matter can't be read."""
    try:
        values = values_of(text)
    except ContentError:
        return ()
    suggested = _suggestions(reader)
    return tuple(_field(spec, values[spec.name], suggested.get(spec.name, ())) for spec in SPECS)


def _field(spec: Spec, value: str | None, suggestions: tuple[str, ...]) -> Field:
    choices = spec.choices
    if choices and value and value.lower() in dict(choices):
        value = value.lower()
    if choices and value and value not in dict(choices):
        choices = (*choices, (value, value))
    return Field(spec, value or "", choices, suggestions, is_open=value is not None)


def _suggestions(reader: AbstractBaseUser | AnonymousUser) -> dict[str, tuple[str, ...]]:
    """What others wrote: categories and owners of guides, and contacts, that the reader may see. 3 queries."""
    guides = Guide.objects.in_studio_of(reader).order_by()
    categories = guides.exclude(category="").values_list("category", flat=True).distinct()
    owners = guides.exclude(owner="").values_list("owner", flat=True).distinct()
    contacts = Contact.objects.visible_to(reader).order_by("tier", "slug").values_list("slug", flat=True)
    return {"category": tuple(sorted(categories)), "owner": tuple(sorted(owners)), "contacts": tuple(contacts)}


def with_changes(text: str, posted: Mapping[str, str]) -> str:
    """The text with the values of the fields that differ from what they were shown with (`was_...`).

    ContentError when its front matter can't be changed.
    """
    changed: dict[str, Value] = {}
    for name, spec in BY_NAME.items():
        if name in posted and f"{WAS}{name}" in posted:
            value = one_line(posted[name])
            if value != one_line(posted[f"{WAS}{name}"]):
                changed[name] = (_parted(value) if spec.kind == "list" else value) or None
    return with_values(text, changed) if changed else text
