"""Says in words what a row of the worklist is about, and where its work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.template.defaultfilters import date as as_date
from django.urls import reverse

from kb.models import Section, SectionFlag, SectionVote
from troubleshooting.models import WorklistItem
from troubleshooting.worklist.gaps import WINDOW, capitalised
from troubleshooting.worklist.helped import Verdict, verdict

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
    told = [
        _number(item.details.get("left", 0), "walk was left here", "walks were left here"),
        _number(item.details.get("led_nowhere", 0), "led to no guide", "led to no guide"),
    ]
    return f"{', '.join(filter(None, told)) or 'No walk was left here'}, of {item.details.get('walks', 0)}."


def _cause(item: WorklistItem) -> str:
    return f"{_number(item.details.get('handed_over', 0), 'hand-over', 'hand-overs')} turned out to be this."


def _flags(item: WorklistItem) -> str:
    flags = item.details.get("flags", {})
    return f"Staff say: {', '.join(_several(FLAGS.get(kind, kind).lower(), flags[kind]) for kind in flags)}."


def _links(item: WorklistItem) -> str:
    return f"{_number(item.details.get('number', 0), 'link or image leads', 'links or images lead')} nowhere."


def _stale(item: WorklistItem) -> str:
    due = as_date(date.fromisoformat(item.details["review_by"]), "j F Y")
    return f"Was to be checked by {due}; read {_times(item.times)} in the last {WINDOW.days} days."


def _asked(item: WorklistItem) -> str:
    unopened = "found something that nobody opened"
    told = [
        _number(item.details.get("walks", 0), "walk ended without a guide", "walks ended without a guide"),
        _number(item.details.get("handed_over", 0), "was handed over", "were handed over"),
        _number(item.details.get("found_nothing", 0), "search found nothing", "searches found nothing"),
        _number(item.details.get("opened_nothing", 0), f"search {unopened}", f"searches {unopened}"),
    ]
    return f"{', '.join(filter(None, told)) or 'Nobody asked in vain'}."


def _votes(item: WorklistItem) -> str:
    bad, votes, sure = (item.details.get(name, 0) for name in ("bad", "votes", "sure"))
    reasons = item.details.get("reasons", {})
    named = ", ".join(_several(f"“{REASONS.get(reason, reason)}”", reasons[reason]) for reason in reasons)
    told = f"{bad} of {votes} say that it did not help (at least {sure} in 100 of all readers would)"
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
        return reverse("troubleshooting:tree"), "Look at the questions"
    if item.guide is None:
        return new_guide(item), "Write the guide"
    address = reverse("kb:write-guide", args=[item.guide.slug])
    if item.kind == Kind.LINK:
        line = next((link["line"] for link in item.details.get("links", []) if link.get("line")), 0)
    label = "Open the guide" if not line or item.kind == Kind.LINK else "Open the section"
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
    return text if number == 1 else f"{text} ({number} times)"


def _number(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times" if number else "never"
