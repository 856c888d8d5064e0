"""Says what the product has to say in the language of the reader, or in the site's own where all will read it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import zip_longest
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import get_language, gettext, override

from kb.content.phrases import Phrase

StoredFinding = tuple[int, Literal["error", "warning"], str]  # line, severity, message


def spoken(text: str) -> str:
    """A phrase of the product in the reader's language; all other text, such as a guide's, as it is."""
    if not isinstance(text, Phrase):
        return text
    said = gettext(text.template)
    if not text.values:
        return said
    values = {name: spoken(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return said.format(**values)


def recorded(text: str) -> str:
    """The same for words of the product that were kept in English: those without values are found again."""
    return spoken(text) if isinstance(text, Phrase) or not text else gettext(text)


def parts_of(message: str) -> tuple[str, dict[str, int | str]] | None:
    """What an English message is made of, as it is stored beside it, so that pages can say it anew; None of itself."""
    if not isinstance(message, Phrase) or not message.values:
        return None
    values = {name: value if isinstance(value, int) else str(value) for name, value in message.values.items()}
    return message.template, values


def read_findings(rows: Sequence[Sequence[Any]], parts: Sequence[Any] | None) -> list[StoredFinding]:
    """The line, the severity and the message of each finding of a guide, as `Guide.findings` has them.

    `parts` belong to them as long as they make the same text: an earlier version of the product writes none.
    """
    found: list[StoredFinding] = []
    for (line, severity, text), made_of in zip_longest(rows, (parts or ())[: len(rows)]):
        phrase = Phrase(made_of[0], **made_of[1]) if made_of else text
        found.append((line, severity, phrase if phrase == text else text))
    return found


def lowered(label: object) -> str:
    """A label within a sentence: English puts it in small letters, other languages keep it, as German has to."""
    return str(label).lower() if (get_language() or "en").startswith("en") else str(label)


def in_site_language() -> AbstractContextManager[None]:
    """Within it, all is said in the language of the site: what is kept for everybody is written so."""
    return override(settings.LANGUAGE_CODE)
