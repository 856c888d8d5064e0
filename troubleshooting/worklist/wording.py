"""Says in words what a row of the worklist is about, and where its work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.template.defaultfilters import date as as_date
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kb.models import Section, SectionFlag, SectionVote
from kb.models.wording import lowered
from troubleshooting.models import WorklistItem
from troubleshooting.worklist.gaps import WINDOW, capitalised
from troubleshooting.worklist.helped import Verdict, times_in_words, verdict

Kind = WorklistItem.Kind
MOST_SYMPTOMS = 5
FLAGS = dict(SectionFlag.Kind.choices)
REASONS = dict(SectionVote.Reason.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the page shows it: what happened, where it is written or mended, and whether that helped."""

    item: WorklistItem
    what: str
    way: str
    way_label: str
    verdict: Verdict | None = None


def rows_of(items: Iterable[WorklistItem]) -> list[Row]:
    """The rows of a page; one query for the lines of sections."""
    listed = list(items)
    wanted = {(item.guide_id, item.section) for item in listed if item.guide_id and item.section}
    lines = {
        (guide, key): line
        for guide, key, line in Section.objects.filter(guide__in={guide for guide, _ in wanted}).values_list(
            "guide", "key", "line"
        )
        if (guide, key) in wanted
    }
    return [
        Row(
            item,
            what(item),
            *_way(item, lines.get((item.guide_id, item.section), 0)),
            verdict(item) if item.state == WorklistItem.State.DONE else None,
        )
        for item in listed
    ]


def what(item: WorklistItem) -> str:
    """What happened, with counts, in a sentence."""
    return _SENTENCES.get(Kind(item.kind), _asked)(item)


def _question(item: WorklistItem) -> str:
    left, nowhere = item.details.get("left", 0), item.details.get("led_nowhere", 0)
    told = [
        left and ngettext("{number} walk was left here", "{number} walks were left here", left).format(number=left),
        nowhere and ngettext("{number} led to no guide", "{number} led to no guide", nowhere).format(number=nowhere),
    ]
    said = ", ".join(filter(None, told)) or gettext("No walk was left here")
    return gettext("{told}, of {number}.").format(told=said, number=item.details.get("walks", 0))


def _cause(item: WorklistItem) -> str:
    number = item.details.get("handed_over", 0)
    told = ngettext("{number} hand-over turned out to be this.", "{number} hand-overs turned out to be this.", number)
    return told.format(number=number)


def _flags(item: WorklistItem) -> str:
    flags = item.details.get("flags", {})
    told = ", ".join(_several(lowered(FLAGS.get(kind, kind)), flags[kind]) for kind in flags)
    return gettext("Staff say: {flags}.").format(flags=told)


def _links(item: WorklistItem) -> str:
    number = item.details.get("number", 0)
    told = ngettext("{number} link or image leads nowhere.", "{number} links or images lead nowhere.", number)
    return told.format(number=number)


def _stale(item: WorklistItem) -> str:
    due = as_date(date.fromisoformat(item.details["review_by"]), "DATE_FORMAT")
    told = gettext("Was to be checked by {date}; read {times} in the last {days} days.")
    return told.format(date=due, times=times_in_words(item.times), days=WINDOW.days)


def _asked(item: WorklistItem) -> str:
    walks, handed_over = item.details.get("walks", 0), item.details.get("handed_over", 0)
    nothing, unopened = item.details.get("found_nothing", 0), item.details.get("opened_nothing", 0)
    ended = ngettext("{number} walk ended without a guide", "{number} walks ended without a guide", walks)
    handed = ngettext("{number} was handed over", "{number} were handed over", handed_over)
    in_vain = ngettext("{number} search found nothing", "{number} searches found nothing", nothing)
    passed = ngettext(
        "{number} search found something that nobody opened",
        "{number} searches found something that nobody opened",
        unopened,
    )
    counted = ((ended, walks), (handed, handed_over), (in_vain, nothing), (passed, unopened))
    told = ", ".join(sentence.format(number=number) for sentence, number in counted if number)
    return f"{told or gettext('Nobody asked in vain')}."


def _votes(item: WorklistItem) -> str:
    bad, votes, sure = (item.details.get(name, 0) for name in ("bad", "votes", "sure"))
    reasons = item.details.get("reasons", {})
    named = ", ".join(_several(f"“{REASONS.get(reason, reason)}”", reasons[reason]) for reason in reasons)
    told = gettext("{bad} of {votes} say that it did not help (at least {sure} in 100 of all readers would)")
    told = told.format(bad=bad, votes=votes, sure=sure)
    return f"{told}: {named}." if named else f"{told}."


_SENTENCES: dict[Kind, Callable[[WorklistItem], str]] = {
    Kind.QUESTION: _question,
    Kind.CAUSE: _cause,
    Kind.FLAG: _flags,
    Kind.LINK: _links,
    Kind.STALE: _stale,
    Kind.VOTES: _votes,
}


def _way(item: WorklistItem, line: int) -> tuple[str, str]:
    """The address at which a row is dealt with, and what stands on its link."""
    if item.kind == Kind.QUESTION:
        return reverse("troubleshooting:tree"), gettext("Look at the questions")
    if item.guide is None:
        return new_guide(item), gettext("Write the guide")
    address = reverse("kb:write-guide", args=[item.guide.slug])
    if item.kind == Kind.LINK:
        line = next((link["line"] for link in item.details.get("links", []) if link.get("line")), 0)
    label = gettext("Open the guide") if not line or item.kind == Kind.LINK else gettext("Open the section")
    return (f"{address}#line-{line}" if line else address), label


def new_guide(item: WorklistItem) -> str:
    """The address of the form for a new guide, with the words that people used."""
    words = [word for word in item.words if word != item.title] if item.kind == Kind.CAUSE else item.words
    if item.kind == Kind.QUESTION:
        words = []
    parameters = [
        ("title", capitalised(item.title)),
        *(("symptom", capitalised(word)) for word in words[:MOST_SYMPTOMS]),
    ]
    return f"{reverse('kb:write-new')}?{urlencode(parameters)}"


def _several(text: str, number: int) -> str:
    if number == 1:
        return text
    return ngettext("{text} ({number} time)", "{text} ({number} times)", number).format(text=text, number=number)
