"""The form of a notice: its time, where it stands, for whom, and what an incident explains."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from kb.library.notices import Setting, words_of
from kb.models import Guide, Notice, Section
from kb.models.audience import EVERYONE, INSIDERS, PUBLIC, Audience
from kb.models.notices import LONGEST_NOTICE
from kb.models.slugs import category_slug
from kb.web.studio.forms import MomentField, WordsField, typed_moment

LONGEST_LIST = 4_000
MOST_LINES = 40
GUIDES = "/guides/"


class NoticeForm(forms.Form):
    """A notice as it is written; `audiences` are those of its author, who can name no guide that they may not see."""

    text = forms.CharField(
        max_length=LONGEST_NOTICE,
        error_messages={"required": gettext_lazy("Write what readers are to know, in a sentence.")},
    )
    kind = forms.ChoiceField(choices=Notice.Kind)
    audience = forms.ChoiceField(choices=Audience)
    starts_at = MomentField()
    ends_at = MomentField()
    categories = WordsField(max_length=LONGEST_LIST, required=False)
    explains = WordsField(max_length=LONGEST_LIST, required=False)
    words = WordsField(max_length=LONGEST_LIST, required=False)

    def __init__(self, data: Any = None, *, audiences: frozenset[str] = EVERYONE, **options: Any) -> None:
        super().__init__(data, **options)
        self.audiences = audiences

    def clean_audience(self) -> str:
        """Whom it is for; nobody writes for those whose guides they may not see."""
        audience: str = self.cleaned_data["audience"]
        if audience not in self.audiences:
            raise forms.ValidationError(gettext("You may write for everyone only: choose that."))
        return audience

    def clean_categories(self) -> list[str]:
        """The slugs of the categories, one on a line; each must have guides that its readers may see."""
        lines = _lines(self.cleaned_data["categories"])
        seen_by = EVERYONE if self.cleaned_data.get("audience") == PUBLIC else INSIDERS & self.audiences
        guides = Guide.objects.for_audiences(seen_by)
        slugs = [category_slug(line) for line in lines]
        gone = [line for line, slug in zip(lines, slugs, strict=True) if not guides.in_category(slug).exists()]
        if gone:
            raise forms.ValidationError(
                gettext(
                    "There is no category “{category}” with guides in it that these readers may see: write it as its "
                    "address has it, such as network/time-outs."
                ).format(category=gone[0][:80])
            )
        return list(dict.fromkeys(slugs))

    def clean_explains(self) -> list[tuple[Guide, str]]:
        """The guides and sections (by key), each given by its address on a line of its own."""
        found = []
        for line in _lines(self.cleaned_data["explains"]):
            slug, anchor = _address_in(line)
            guide = Guide.objects.for_audiences(self.audiences).filter(slug=slug).first()
            if guide is None:
                raise forms.ValidationError(
                    gettext("There is no guide “{slug}”: copy its address from its page.").format(slug=slug[:80])
                )
            section = Section.objects.filter(guide=guide, anchor=anchor).first() if anchor else None
            if anchor and section is None:
                raise forms.ValidationError(
                    gettext("“{guide}” has no section “{anchor}”: copy the link beside it.").format(
                        guide=guide, anchor=anchor[:80]
                    )
                )
            found.append((guide, section.key if section else ""))
        return found

    def clean_words(self) -> str:
        """The phrases, one on a line; each must have a word that tells something."""
        lines = _lines(self.cleaned_data["words"])
        if empty := [line for line in lines if not words_of(line)]:
            raise forms.ValidationError(
                gettext("“{words}” would fit everything: add a word that tells what is seen.").format(
                    words=empty[0][:80]
                )
            )
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """It starts now where nothing is said, and ends after that; what only incidents have, others don't keep."""
        cleaned = super().clean() or {}
        if "starts_at" not in self.errors:
            cleaned["starts_at"] = cleaned.get("starts_at") or timezone.now()
            ends: datetime | None = cleaned.get("ends_at")
            if ends and ends <= cleaned["starts_at"]:
                self.add_error(
                    "ends_at", gettext("It would end before it starts: choose a later time, or leave it empty.")
                )
        is_of_incident = cleaned.get("explains") or cleaned.get("words")
        if is_of_incident and cleaned.get("kind") == Notice.Kind.INFO:
            self.add_error(
                "kind", gettext("Only a known incident explains problems: choose that, or empty what it explains.")
            )
        return cleaned

    @property
    def setting(self) -> Setting:
        """What the form says."""
        said = self.cleaned_data
        names = ("text", "kind", "starts_at", "ends_at", "categories", "audience", "words")
        return Setting(**{name: said[name] for name in names}, targets=said["explains"])


def unseen(notice: Notice, audiences: frozenset[str]) -> list[tuple[Guide, str]]:
    """What an incident explains in guides that its writer may not see: it stays as it is."""
    targets = notice.targets.select_related("guide").exclude(guide__in=Guide.objects.for_audiences(audiences))
    return [(target.guide, target.section) for target in targets]


def initial(notice: Notice, audiences: frozenset[str]) -> dict[str, str]:
    """A notice as its form shows it to a writer. Two queries."""
    seen = Guide.objects.for_audiences(audiences)
    targets = list(notice.targets.filter(guide__in=seen).select_related("guide"))
    sections = Section.objects.filter(guide__in=[target.guide_id for target in targets])
    anchors = {(guide, key): anchor for guide, key, anchor in sections.values_list("guide", "key", "anchor")}
    places = [
        (target.guide.get_absolute_url(), anchors.get((target.guide_id, target.section), target.section))
        for target in targets
    ]
    return {
        "text": notice.text,
        "kind": notice.kind,
        "audience": notice.audience,
        "starts_at": typed_moment(notice.starts_at),
        "ends_at": typed_moment(notice.ends_at),
        "categories": "\n".join(notice.categories),
        "explains": "\n".join(f"{address}#{anchor}" if anchor else address for address, anchor in places),
        "words": notice.words,
    }


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.replace("\0", "").split("\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise forms.ValidationError(
            gettext("These are more than {number} lines: leave some out.").format(number=MOST_LINES)
        )
    return lines


def _address_in(line: str) -> tuple[str, str]:
    """The guide's slug and the anchor in an address as it is copied from a browser, or in `slug#anchor`."""
    path, _, anchor = line.partition("#")
    path = path.partition("?")[0]
    return unquote(path.rpartition(GUIDES)[2] if GUIDES in path else path).strip("/ "), unquote(anchor)
