"""Says what a ticket's text is about: red flags, error codes, messages, likely problems, sections; stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.content.codes import spellings
from kb.models import ErrorCode
from kb.models.error_codes import CodeEntries, by_code
from kb.search import configured
from kb.search.text.condensing import condense
from kb.search.text.query import parse
from troubleshooting.catalogue import build, red_flags
from troubleshooting.desk.places import Pair, Place, at_anchors
from troubleshooting.walk.address import Address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.links import address_of
from troubleshooting.walk.pasting import address_from_text, address_of_known, recognised_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.search.index.contract import Hit, Snippet
    from troubleshooting.catalogue.values import Contact, Problem, Published, Step, Trigger
    from troubleshooting.walk.state import Candidate, WalkState

LONGEST_PASTED = 200_000
SHORT = 600  # characters of a text whose words belong together
MOST_WINDOWS = 200
MOST_FLAGS = 4
MOST_LIKELY = 5
MOST_SECTIONS = 8
MOST_HITS = 10
MOST_CODES = 8
MOST_SPELLINGS = 100
LEAST_CHANCE = 0.02
LEAST_COVERED = 0.5


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A reason to escalate at once that a text speaks of, the guide that says so, and who takes it."""

    text: str
    guide: str
    url: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A section that a text is about; of a problem, its `steps`, and how likely it is (`chance`, None for others)."""

    place: Place
    snippet: Snippet | None = None
    chance: float | None = None
    steps: tuple[Step, ...] = ()

    @property
    def percent(self) -> str:
        """How likely it is, in words."""
        return "" if self.chance is None else f"{self.chance:.0%}"


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found in a text, each kind with the most telling first.

    `walk` goes on from what guides know of it, with questions; it holds nothing else of the text.
    `is_weak` says that perhaps no guide covers it, `is_foreign` that it is in a language of no guide.
    """

    flags: tuple[RedFlag, ...]
    codes: tuple[CodeEntries, ...]
    messages: tuple[str, ...]
    likely: tuple[Result, ...]
    sections: tuple[Result, ...]
    walk: str
    is_weak: bool = False
    is_foreign: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found at all."""
        return not (self.flags or self.codes or self.messages or self.likely or self.sections)


def read(text: str, audiences: frozenset[str]) -> Found:
    """What is found in a text. Two searches and at most four queries, and those of the catalogue if it is new."""
    if len(text) > LONGEST_PASTED:
        text = f"{text[: LONGEST_PASTED // 2]}\n{text[-LONGEST_PASTED // 2 :]}"
    published = build.current(audiences).published
    address = address_from_text(text, Address(), audiences)
    state = next_step(address, audiences)
    query = parse(condense(text))
    hits = configured.engine().search(query, audiences, limit=MOST_HITS).items if query else ()
    recognised = recognised_in(text, audiences)
    likely, sections = _results(published, state, hits, audiences)
    problems = [candidate.problem for candidate in _likeliest(state)]
    return Found(
        flags=tuple(_flags(text, published)),
        codes=_codes((*recognised.codes, *query.codes), audiences),
        messages=recognised.messages,
        likely=likely,
        sections=sections,
        walk=address_of(address_of_known(text, recognised, problems)),
        is_weak=state.covered is not None and state.covered < LEAST_COVERED,
        is_foreign=state.is_foreign,
    )


def _flags(text: str, published: Published) -> Iterator[RedFlag]:
    raised: dict[str, Trigger] = {}
    for window in _windows(text):
        raised |= {trigger.id: trigger for trigger in red_flags.raised(window, published.triggers)}
    for trigger in list(raised.values())[:MOST_FLAGS]:
        guide = published.guides[trigger.guide]
        contacts = (published.contacts[slug] for slug in trigger.contacts if slug in published.contacts)
        yield RedFlag(trigger.text, guide.title, guide.url, tuple(contacts))


def _windows(text: str) -> list[str]:
    """The text in pieces that speak of one thing: two lines each, of a very long text those from both ends."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) <= SHORT:
        return [text]
    windows = [f"{first}\n{second}"[:SHORT] for first, second in zip(lines, [*lines[1:], ""], strict=True)]
    half = MOST_WINDOWS // 2
    return windows if len(windows) <= MOST_WINDOWS else [*windows[:half], *windows[-half:]]


def _codes(codes: Iterable[str], audiences: frozenset[str]) -> tuple[CodeEntries, ...]:
    """What guides say of the codes in a text, in the order of the codes. One query when there are any."""
    keys = list(dict.fromkeys(key for code in codes for key in spellings(code)))[:MOST_SPELLINGS]
    if not keys:
        return ()
    told = by_code(ErrorCode.objects.for_audiences(audiences).entries(keys))
    return tuple(sorted(told, key=lambda entries: keys.index(entries.first.key))[:MOST_CODES])


def _results(
    published: Published, state: WalkState, hits: Iterable[Hit], audiences: frozenset[str]
) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """The likely problems, and the other sections that match, each place once."""
    snippets: dict[Pair, Snippet] = {}
    for hit in hits:
        for section in (hit, *hit.also):
            snippets.setdefault((hit.slug, section.anchor), section.snippet)
    chances = {(found.problem.guide.slug, found.problem.anchor): found for found in _likeliest(state)}
    places = at_anchors({*snippets, *chances}, audiences)
    problems = tuple(
        Result(places[pair], snippets.get(pair), found.probability, found.problem.steps)
        for pair, found in chances.items()
        if pair in places
    )
    # A guide as a whole is no section beside one of its own.
    others = [pair for pair in snippets if pair in places and pair not in chances]
    sections = (Result(places[pair], snippets[pair], None, _steps_at(published, pair)) for pair in others)
    return problems, tuple(sections)[:MOST_SECTIONS]


def _likeliest(state: WalkState) -> list[Candidate]:
    return [found for found in state.candidates if found.probability >= LEAST_CHANCE][:MOST_LIKELY]


def _steps_at(published: Published, pair: Pair) -> tuple[Step, ...]:
    """The steps of the problem that a section is; none where it is none, or only lies in one."""
    problem = problem_at(published, pair)
    return problem.steps if problem else ()


def problem_at(published: Published, pair: Pair) -> Problem | None:
    """The problem that is told of at (slug, anchor) itself."""
    ids = published.of_guide.get(pair[0], ())
    return next((published.problems[key] for key in ids if published.problems[key].anchor == pair[1]), None)
