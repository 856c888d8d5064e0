"""The words, numbers and links that the pages of a walk show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from kb.models.wording import spoken
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.walk.address import PASTED, QUESTIONS, SYMPTOM, Address
from troubleshooting.walk.cards import FITS, LIKELY, MORE_WORDS
from troubleshooting.walk.links import Link, address_of
from troubleshooting.walk.procedures import solution_context
from troubleshooting.walk.start import reworded
from troubleshooting.walk.transcript import can_send, mail_address, subject, transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.search.index.contract import Snippet
    from troubleshooting.catalogue.values import Contact, Guide, Published
    from troubleshooting.walk.address import Notice
    from troubleshooting.walk.state import Candidate, Choice, ShownQuestion, WalkState

MOST_CHOICES = 12
MOST_CANDIDATES = 8
MOST_BEST = 3
MOST_PRODUCTS = 2
NO_GUIDE = gettext_lazy("No guide covers this")


@dataclass(frozen=True, slots=True)
class CardLink:
    """A card: what it may be, where it leads, what it is about, and the sentence that matches."""

    title: str
    href: str
    about: str
    sentence: Snippet | None
    is_given: bool


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a person gave, by the start of the walk or as an answer, and where to change it or take it back."""

    about: str
    detail: str
    answer: str
    verb: str
    href: str


@dataclass(frozen=True, slots=True)
class ContactOption:
    """A contact, the address that writes the transcript to it, and the form by which the site sends it ('': none)."""

    contact: Contact
    mail: str
    send: str = ""


def page_context(state: WalkState, published: Published, root: str) -> dict[str, Any]:
    """What every page of a walk shows, and what its kind of page shows. `root` is scheme and host of the site."""
    address = state.address
    onwards = replace(address, trigger="", help=False, change="")
    context: dict[str, Any] = {
        "state": state,
        "given_answers": list(_given_answers(state, published)),
        "ruled_out": state.total - state.left,
        "candidates": _candidates(state, onwards),
        "triggers": [
            Link(t.text, address_of(replace(onwards, trigger=t.id))) for t in state.triggers if t not in state.raised
        ],
        "raised": [Link(t.text, address_of(replace(onwards, trigger=t.id))) for t in state.raised],
        "help": address_of(replace(onwards, help=True)),
        "start_over": address_of(Address(embed=address.embed)),
        "apart": address_of(replace(address, embed=False)),
    }
    if state.question:
        return context | _question_context(state, state.question, published)
    if state.solution:
        return context | solution_context(address, state.solution)
    return context | _contacts_context(state, published, root)


def _candidates(state: WalkState, onwards: Address) -> list[Link]:
    """The likeliest, and that no guide covers it where it stands among them."""
    chances = [(c.probability, c.problem.title, _trying(c, onwards)) for c in state.candidates[:MOST_CANDIDATES]]
    if state.covered is not None:
        chances.append((1 - state.covered, str(NO_GUIDE), ""))
        chances.sort(key=lambda chance: -chance[0])
    return [Link(title, href, percent(chance)) for chance, title, href in chances]


def _trying(candidate: Candidate, onwards: Address) -> str:
    return address_of(replace(onwards, pick=candidate.problem.id))


def percent(chance: float) -> str:
    """A chance in words."""
    return f"{chance:.0%}" if chance >= 0.01 else gettext("under 1%")  # noqa: PLR2004


def _given_answers(state: WalkState, published: Published) -> Iterator[GivenAnswer]:
    address = state.address
    if address.symptom:
        about = gettext("From what you pasted") if address.start == PASTED else gettext("You typed")
        yield GivenAnswer(about, "", address.symptom, gettext("Change"), address_of(address.changing(SYMPTOM)))
    code = gettext("Error code in what you pasted") if address.start == PASTED else gettext("You gave the error code")
    starts = (
        (
            gettext("You picked the category"),
            published.categories.get(address.category, ""),
            replace(address, category=""),
        ),
        (code, address.code, replace(address, code="")),
        (gettext("You came from the guide"), published.title_of(address.guide), replace(address, guide="")),
    )
    for about, value, rest in starts:
        if value:
            yield GivenAnswer(
                about,
                "",
                value,
                gettext("Remove"),
                address_of(replace(rest, start=address.start or QUESTIONS, change="")),
            )
    for implied in state.implied:
        about = gettext("From what you pasted") if address.start == PASTED else gettext("From what you typed")
        yield GivenAnswer(
            about, "", spoken(implied.answer), gettext("Change"), address_of(address.changing(implied.id))
        )
    for answered in state.asked:
        href = address_of(address.changing(answered.id))
        yield GivenAnswer(spoken(answered.text), answered.detail, spoken(answered.answer), gettext("Change"), href)


def _question_context(state: WalkState, question: ShownQuestion, published: Published) -> dict[str, Any]:
    def link(choice: Choice) -> Link:
        href = address_of(state.address.answered(question.id, choice.id))
        return Link(spoken(choice.label), href, str(choice.fits), choice.id == question.given)

    of_cards = {card.problem.id for card in question.cards}
    choices = [choice for choice in question.choices if choice.id != UNSURE and choice.id not in of_cards]
    likely = choices
    if len(choices) > MOST_CHOICES:
        likely = sorted(choices, key=lambda choice: -choice.fits)[:MOST_CHOICES]
    unsure = next(choice for choice in question.choices if choice.id == UNSURE)
    every = published.wordings[question.id].answers if question.id in published.wordings else {}
    is_all = state.address.change or every.keys() <= {choice.id for choice in question.choices}
    return {
        "question": question,
        "cards": list(_cards(state.address, question)),
        "choices": [link(choice) for choice in choices if choice in likely],
        "more": [link(choice) for choice in choices if choice not in likely],
        "unsure": link(unsure),
        "all_answers": "" if is_all else address_of(state.address.answered(question.id, UNSURE).changing(question.id)),
        "split": [link(choice) for choice in choices if choice.fits],
        "keep": address_of(replace(state.address, change="")) if question.given else "",
        "wants_words": question.id == MORE_WORDS,
        "kept": reworded(state.address).parameters(),
    }


def _cards(address: Address, question: ShownQuestion) -> Iterator[CardLink]:
    """The cards of a question. Where it asks for words, they are weak matches: each answers what comes after it."""
    key = LIKELY if question.id == MORE_WORDS else question.id
    for card in question.cards:
        problem = card.problem
        about = [_short(problem.guide), problem.guide.title if problem.guide.title != problem.title else ""]
        yield CardLink(
            problem.title,
            address_of(address.answered(key, problem.id)),
            " \N{MIDDLE DOT} ".join(filter(None, about)),
            card.sentence if card.sentence and card.sentence.text.strip() != problem.title else None,
            problem.id == question.given,
        )


def _short(guide: Guide) -> str:
    """What a guide applies to, where that is much no more than the first of it."""
    products = list(dict.fromkeys(guide.applies_to))
    more = len(products) - MOST_PRODUCTS
    named = ", ".join(products[:MOST_PRODUCTS])
    return gettext("{products} and {number} more").format(products=named, number=more) if more > 0 else named


def _contacts_context(state: WalkState, published: Published, root: str) -> dict[str, Any]:
    text = transcript(state, published, root + address_of(replace(state.address, embed=False)))
    about = subject(state.address, settings.SITE_NAME)
    query = state.address.query()
    is_asked_for = state.trigger is not None or state.address.help
    words = f"{state.address.code} {state.address.symptom}".strip()
    gone = {tried.problem.id for tried in state.tried} | state.refused
    nearest = [candidate.problem for candidate in state.candidates if candidate.problem.id not in gone][:MOST_BEST]
    best = {problem.url: problem for problem in nearest}
    return {
        "contact_options": [
            ContactOption(
                contact,
                mail_address(contact, about, text),
                f"{reverse('troubleshooting:hand-over-to', args=[contact.slug])}?{query}"
                if can_send(contact.email)
                else "",
            )
            for contact in state.contacts
        ],
        "is_uncovered": is_uncovered(state),
        "search": f"{reverse('kb:search')}?{urlencode({'q': words})}" if words and not state.trigger else "",
        "best": [Link(p.title, p.url, _short(p.guide)) for p in best.values()] if state.covered else [],
        "hand_over": f"{reverse('troubleshooting:hand-over')}?{query}",
        "transcript": text,
        "back": address_of(replace(state.address, trigger="", help=False)) if is_asked_for else "",
    }


def in_words(notices: Iterable[Notice]) -> list[str]:
    """Notices as a page shows them."""
    return [f"{spoken(notice.fault)}{spoken(notice.outcome)}." for notice in notices]


def is_uncovered(state: WalkState) -> bool:
    """Whether it ends because the words fit no guide well."""
    is_led = state.trigger or state.led_to or state.address.help or state.tried or state.skipped
    return not is_led and state.covered is not None and state.covered < FITS
