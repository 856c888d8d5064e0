"""Reads the metadata of a guide from its front matter, with defaults from its body and its file's path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, get_args

from kb.content import languages, old_addresses, products
from kb.content.blocks import Outline
from kb.content.document import Audience, ContentError, Finding, GuideKind, Metadata, Prevalence
from kb.content.file_names import readable
from kb.content.head import Fields, FrontMatter, split
from kb.content.head_text import excerpt, plain, without_site
from kb.content.head_words import audience_of, kind_of, near, one_line, text_list
from kb.content.patterns import linear
from kb.content.phrases import Phrase
from kb.content.source_dates import date_of, date_told
from kb.content.summaries import first_paragraph, repeats
from kb.content.withheld import POST, withheld

__all__ = [
    "Fields",
    "FrontMatter",
    "audience_in",
    "audience_of",
    "metadata",
    "one_line",
    "readable",
    "split",
    "text_list",
]

LONGEST_TITLE = 300
LONGEST_CATEGORY = 300
LONGEST_OWNER = 200
LEAST_COST, MOST_COST = 0.1, 100.0
_NUMBER = linear(r"\d{1,3}(?:\.\d{1,3})?")
KEYS = {
    "title": "title",
    "kind": "kind",
    "summary": "summary",
    "description": "summary",
    "category": "category",
    "audience": "audience",
    "applies_to": "applies_to",
    "appliesto": "applies_to",
    "tags": "tags",
    **{key: key for key in old_addresses.KEYS},
    "prevalence": "prevalence",
    "step_cost": "step_cost",
    "owner": "owner",
    "lang": "language",
    "language": "language",
    "review_by": "review_by",
    "contacts": "contacts",
}
_DATE = linear(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")


def metadata(
    fields: dict[str, Any], *, outline: Outline, source: str, title: str = ""
) -> tuple[Metadata, list[Finding]]:
    """The metadata of a guide, and what is odd about it but does no harm.

    `source` is the file's path below its folder, with '/', `title` one for a guide that says none itself. ContentError
    for a title or summary that is no text, and for an audience, prevalence or date that can't be meant.
    """
    head, is_post = _Head(fields), POST.fullmatch(source) is not None
    written = without_site(head.text("title", LONGEST_TITLE), outline.title) or (outline.title or title)[:LONGEST_TITLE]
    title, category = written or readable_name(source), head.category(is_post=is_post)
    summary = plain(head.text("summary") or excerpt(head.extra))
    result = Metadata(
        title=title,
        kind=head.kind,
        summary=summary if summary and not repeats(summary, title) else first_paragraph(outline, title),
        category=category or category_of(source),
        audience=head.audience(),
        applies_to=head.texts("applies_to") or products.named_in(outline),
        tags=head.tags(is_post=is_post),
        aliases=old_addresses.old_addresses(fields, source),
        prevalence=head.prevalence(),
        step_cost=head.step_cost(),
        owner=", ".join(head.texts("owner"))[:LONGEST_OWNER],
        review_by=head.review_by(),
        contacts=head.texts("contacts"),
        language=head.language(),
        extra=head.extra,
        title_from_file=not written,
        category_from_path=not category and bool(category_of(source)),
        dated=date_of(fields) or date_told(outline),
        withheld=withheld(fields, source),
    )
    return result, head.findings


class _Head:
    """The known keys of a head, whatever their case; the first of two keys for one thing that says something wins."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.findings: list[Finding] = []
        self.extra: dict[str, Any] = {}
        self._lines = getattr(fields, "lines", {})
        self._values: dict[str, tuple[str, Any]] = {}
        for key, value in fields.items():
            known = KEYS.get(key.strip().lower().replace("-", "_"))
            if known is None:
                self._check_misspelt(key, value)
                self.extra[key] = value
            elif value is not None and known not in self._values:
                self._values[known] = (key, value)

    def text(self, name: str, longest: int | None = None) -> str:
        """A text on one line, '' when it is absent."""
        key, value = self._values.get(name, (name, None))
        if isinstance(value, list | dict):
            raise self._error(key, Phrase("'{key}' must be a text, not a list or a mapping.", key=key))
        return one_line(value)[:longest]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text is parted at its commas, what is no text is left out with a warning."""
        key, value = self._values.get(name, (name, None))
        texts, has_others = text_list(value)
        if has_others:
            self.findings.append(
                Finding(self._line(key), Phrase("'{key}' should be a list of texts: the rest is left out.", key=key))
            )
        return texts

    @cached_property
    def kind(self) -> GuideKind:
        """What kind of guide it is. What others write under this key means an ordinary one, but never a slip."""
        key, value = self._values.get("kind", ("kind", None))
        try:
            kind = kind_of(value)
        except ContentError as error:
            raise self._error(key, error.message) from None
        if kind is None:
            message = Phrase(
                "'{key}' is neither 'guide' nor 'reply' ({value}): this is taken for a guide.",
                key=key,
                value=repr(_shown(value)),
            )
            self.findings.append(Finding(self._line(key), message))
        return kind or "guide"

    def tags(self, *, is_post: bool) -> tuple[str, ...]:
        """The tags; those of Docusaurus may be mappings with a label, and Jekyll parts those of a post at spaces."""
        key, value = self._values.get("tags", ("tags", None))
        if isinstance(value, list):
            self._values["tags"] = key, [item.get("label", item) if isinstance(item, dict) else item for item in value]
        if is_post and isinstance(value, str) and "," not in value:
            self._values["tags"] = key, list(value.split())
        return tuple(dict.fromkeys(filter(None, (plain(text).lstrip("#").strip() for text in self.texts("tags")))))

    def category(self, *, is_post: bool) -> str:
        """The path of the category, '' when it is absent; a post of Jekyll may have one in its `categories`."""
        key, value = self._values.get("category", ("category", None))
        if is_post and value is None:
            value = next((given for name, given in self.extra.items() if name.strip().lower() == "categories"), None)
            value = list(value.split()) if isinstance(value, str) else value
        if isinstance(value, list):
            value = "/".join(text_list(value)[0])
        if isinstance(value, dict):
            self.findings.append(
                Finding(self._line(key), Phrase("'{key}' should be a path such as Network/Timeouts.", key=key))
            )
            return ""
        parts = (one_line(part) for part in str(value or "").split("/"))
        return "/".join(filter(None, parts))[:LONGEST_CATEGORY]

    def audience(self) -> Audience:
        """Who may see the guide. What others write under this key means everyone, but never what may mean staff.

        A reply is for staff, whatever it says.
        """
        key, value = self._values.get("audience", ("audience", None))
        try:
            audience = audience_of(value)
        except ContentError as error:
            raise self._error(key, error.message) from None
        if self.kind == "reply":
            if value is not None and audience != "staff":
                self.findings.append(
                    Finding(self._line(key), Phrase("A reply is for staff, whatever '{key}' says.", key=key))
                )
            return "staff"
        if audience is None:
            message = Phrase(
                "'{key}' is neither 'public' nor 'staff' ({value}): everyone can read this guide.",
                key=key,
                value=repr(_shown(value)),
            )
            self.findings.append(Finding(self._line(key), message))
        return audience or "public"

    def prevalence(self) -> Prevalence:
        """How often the guide's problems come up."""
        key, value = self._values.get("prevalence", ("prevalence", "occasional"))
        for known in get_args(Prevalence):
            if isinstance(value, str) and value.strip().lower() in (known, ""):
                return known if value.strip() else "occasional"
        raise self._error(key, Phrase("'{key}' must be common, occasional or rare.", key=key))

    def step_cost(self) -> float | None:
        """What one step of the guide's solutions costs, None when it does not say."""
        key, value = self._values.get("step_cost", ("step_cost", None))
        if value is None or value == "":
            return None
        number = float(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else 0.0
        if not LEAST_COST <= number <= MOST_COST:
            raise self._error(
                key,
                Phrase(
                    "'{key}' must be a number from {least} to {most}.",
                    key=key,
                    least=f"{LEAST_COST:g}",
                    most=f"{MOST_COST:g}",
                ),
            )
        return number

    def language(self) -> str:
        """The tag of the language that the guide says it is in; '' when it does not say, or says something else."""
        key, value = self._values.get("language", ("language", ""))
        tag = languages.primary_tag(value) if isinstance(value, str) else ""
        if not tag and value != "":
            message = Phrase(
                "'{key}' should be the tag of a language, such as en, de or pt: it is found from the text.", key=key
            )
            self.findings.append(Finding(self._line(key), message))
        return tag

    def review_by(self) -> dt.date | None:
        """The day on which to look again."""
        key, value = self._values.get("review_by", ("review_by", ""))
        text = value.strip() if isinstance(value, str) else "?"
        if not text:
            return None
        match = _DATE.fullmatch(text)
        try:
            return dt.date(*map(int, match.groups())) if match else self._no_date(key)
        except ValueError:
            return self._no_date(key)

    def _no_date(self, key: str) -> dt.date:
        raise self._error(key, Phrase("'{key}' must be a date such as 2026-01-31.", key=key))

    def _check_misspelt(self, key: str, value: Any) -> None:
        if not near(key.strip().lower(), "audience"):
            return
        try:
            means_staff = audience_of(value) == "staff"
        except ContentError:
            means_staff = True
        if means_staff:
            raise self._error(
                key, Phrase("Is '{key}' meant to be 'audience'? As it is, everyone could read this guide.", key=key)
            )

    def _line(self, key: str) -> int:
        return int(self._lines.get(key, 1))

    def _error(self, key: str, message: str) -> ContentError:
        return ContentError(message, self._line(key))


def audience_in(text: str) -> Audience:
    """Whom a text is for, by its head alone; while that can't be read, the text is for staff."""
    try:
        return _Head(split(text).fields).audience()
    except ContentError:
        return "staff"


def _shown(value: Any) -> str:
    return one_line(value if isinstance(value, str) else ", ".join(text_list(value)[0]))[:60]


def readable_name(source: str) -> str:
    """A title made of a file's name: 'rate_limits.md' -> 'Rate limits'."""
    return readable(PurePosixPath(source).stem) or "Untitled"


def category_of(source: str) -> str:
    """The category that the folders of a file's path make."""
    return category_of_folders(map(readable, PurePosixPath(source).parent.parts))


def category_of_folders(titles: Iterable[str]) -> str:
    """The category that is made of the titles of folders."""
    return "/".join(filter(None, (title.replace("/", " ") for title in titles)))[:LONGEST_CATEGORY]
