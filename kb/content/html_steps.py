"""Marks the steps of problems in lists that are written as HTML, as lists of Markdown are marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb.content.document import Problem
from kb.content.html_tags import words_in
from kb.content.patterns import linear

_TAG = linear(r"<(/?)(ol|ul|li)(?:\s[^<>]*)?>")
_ATTRIBUTE = linear(r"\s(?:class|id|data-problem)=")
MOST_WORDS = 2_000
MOST_ALIKE = 50


@dataclass(slots=True)
class _List:
    """A list of a page: where its tag begins and ends, and for each of its items where the tag does, and its text."""

    tag: str
    start: int
    end: int
    items: list[tuple[int, int, str]] = field(default_factory=list)


def marked(html: str, problems: Sequence[Problem]) -> str:
    """The page with the ids and classes of steps on the lists that have none yet, and whose items are steps."""
    waiting = [(problem, index) for problem in problems for index in range(len(problem.steps))]
    if not waiting or ("<ol>" not in html and "<ul>" not in html and "<ol " not in html):
        return html
    missing = {
        (problem.anchor, index): _plain(problem.steps[index].text)
        for problem, index in waiting
        if f'id="{_name(problem.anchor, index)}"' not in html
    }
    by_word: dict[str, list[tuple[str, int]]] = {}
    for place, text in missing.items():
        by_word.setdefault(text.partition(" ")[0], []).append(place)
    put: dict[int, str] = {}
    for found in _lists(html) if missing else ():
        places = by_word.get(found.items[0][2].partition(" ")[0], [])[:MOST_ALIKE]
        if begins := next((place for place in places if _are_steps(found, missing, *place)), None):
            anchor, first = begins
            put[found.end - 1] = f' class="steps" data-problem="{anchor or "guide"}"'
            for number, (_, end, _text) in enumerate(found.items, start=first):
                put[end - 1] = f' id="{_name(anchor, number)}"'
                missing.pop((anchor, number), None)
    pieces, end = [], 0
    for at in sorted(put):
        pieces += [html[end:at], put[at]]
        end = at
    return "".join([*pieces, html[end:]])


def _name(anchor: str, index: int) -> str:
    return f"step-{anchor or 'guide'}-{index + 1}"


def _lists(html: str) -> Iterator[_List]:
    """The lists whose items are all plain, and that lie in no other list."""
    found: list[_List] = []
    open_lists: list[_List] = []
    open_items: list[tuple[int, int]] = []
    for tag in _TAG.finditer(html):
        closes, name = bool(tag[1]), tag[2]
        if name == "li" and open_lists:
            if closes and open_items:
                start, end = open_items.pop()
                text = words_in(html[end : min(tag.start(), end + MOST_WORDS)])
                open_lists[-1].items.append((start, end, _plain(text)))
            elif not closes:
                open_items.append(tag.span())
        elif name != "li" and closes and open_lists:
            open_lists.pop()
        elif name != "li" and not closes:
            open_lists.append(_List(tag.group(), *tag.span()))
            found += open_lists if len(open_lists) == 1 else []
    for each in found:
        plain = all(not _ATTRIBUTE.search(html[start:end]) for start, end, _ in each.items)
        if each.items and plain and not _ATTRIBUTE.search(each.tag):
            yield each


def _are_steps(found: _List, missing: dict[tuple[str, int], str], anchor: str, first: int) -> bool:
    """Whether the items are steps of a problem one by one, from the one at `first` (from 0) on."""
    steps = (missing.get((anchor, first + at)) for at in range(len(found.items)))
    return all(step is not None and item[2].startswith(step) for step, item in zip(steps, found.items, strict=True))


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip("…").rstrip()
