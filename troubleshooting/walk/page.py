"""The words, numbers and links that the pages of a walk show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from kb.content.landmarks import DANGER
from troubleshooting.catalogue.values import UNSURE
from troubleshooting.walk.address import PASTED, QUESTIONS, SYMPTOM, Address
from troubleshooting.walk.transcript import can_send, mail_address, subject, transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.content.alternatives import Procedure
    from troubleshooting.catalogue.values import Contact, Published, Step
    from troubleshooting.walk.state import Choice, ShownQuestion, Solution, WalkState

MOST_CHOICES = 12
MOST_CANDIDATES = 8
MOST_CODES = 24


@dataclass(frozen=True, slots=True)
class Link:
    """Something to choose, where it leads, and what is said beside it."""

    label: str
    href: str
    note: str = ""
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a person gave, by the start of the walk or as an answer, and where to change it or take it back."""

    about: str
    detail: str
    answer: str
    verb: str
    href: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a solution with its number in its way, and whether it was tried in vain, or can't be done.

    `condition` is what must be so for it to be done, '' where the step itself or the head of its way says so.
    """

    step: Step
    number: int
    condition: str
    is_tried: bool
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way to put a problem right: its name ('' where there is one only), its condition, where to try it.

    `failed` names the steps that are left of it, as the button does that says that all of it did not help.
    """

    title: str
    condition: str
    lines: tuple[StepLine, ...]
    href: str
    failed: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class ContactOption:
    """A contact, the address that writes the transcript to it, and the form by which the site sends it ('': none)."""

    contact: Contact
    mail: str
    send: str = ""


def address_of(address: Address) -> str:
    """Where a walk stands, as a link."""
    query = address.query()
    return reverse("troubleshooting:walk") + (f"?{query}" if query else "")


def start_context(published: Published, address: Address, looked_for: Sequence[str] = ()) -> dict[str, Any]:
    """What the start page offers; for a walk that has begun, to word its symptom anew and keep the rest.

    The codes that are most looked for (keys, the first the most) come first among those that lead to a problem.
    """
    tops = sorted((slug for slug in published.categories if "/" not in slug), key=published.categories.__getitem__)
    places = {problem.guide.category_slug.split("/")[0] for problem in published.problems.values()}
    names, new = published.code_names, Address(embed=address.embed)
    wanted = {key: place for place, key in enumerate(looked_for)}
    telling = (key for key in names if published.codes[key])
    codes = sorted(telling, key=lambda key: wanted.get(key, len(wanted)))
    return {
        "categories": [
            Link(published.categories[slug], address_of(replace(new, category=slug))) for slug in tops if slug in places
        ],
        "codes": [Link(names[code], address_of(replace(new, code=names[code]))) for code in codes[:MOST_CODES]],
        "ask": address_of(replace(new, start=QUESTIONS)),
        "apart": address_of(replace(address, embed=False)),
        "problems": len(published.problems),
        "symptom": address.symptom,
        "kept": replace(address, symptom="", change="").parameters(),
        "back": address_of(replace(address, change="")) if address.change else "",
    }


def page_context(state: WalkState, published: Published, root: str) -> dict[str, Any]:
    """What every page of a walk shows, and what its kind of page shows. `root` is scheme and host of the site."""
    address = state.address
    onwards = replace(address, trigger="", help=False, change="")
    context: dict[str, Any] = {
        "state": state,
        "given_answers": list(_given_answers(state, published)),
        "ruled_out": state.total - state.left,
        "candidates": [
            Link(c.problem.title, address_of(replace(onwards, pick=c.problem.id)), f"{c.probability:.0%}")
            for c in state.candidates[:MOST_CANDIDATES]
        ],
        "triggers": [
            Link(t.text, address_of(replace(onwards, trigger=t.id))) for t in state.triggers if t not in state.raised
        ],
        "raised": [Link(t.text, address_of(replace(onwards, trigger=t.id))) for t in state.raised],
        "help": address_of(replace(onwards, help=True)),
        "start_over": address_of(Address(embed=address.embed)),
        "apart": address_of(replace(address, embed=False)),
    }
    if state.question:
        return context | _question_context(state, state.question)
    if state.solution:
        return context | _solution_context(state, state.solution)
    return context | _contacts_context(state, published, root)


def _given_answers(state: WalkState, published: Published) -> Iterator[GivenAnswer]:
    address = state.address
    if address.symptom:
        about = "From what you pasted" if address.start == PASTED else "You typed"
        yield GivenAnswer(about, "", address.symptom, "Change", address_of(address.changing(SYMPTOM)))
    code = "Error code in what you pasted" if address.start == PASTED else "You gave the error code"
    starts = (
        ("You picked the category", published.categories.get(address.category, ""), replace(address, category="")),
        (code, address.code, replace(address, code="")),
        ("You came from the guide", published.title_of(address.guide), replace(address, guide="")),
    )
    for about, value, rest in starts:
        if value:
            yield GivenAnswer(
                about, "", value, "Remove", address_of(replace(rest, start=address.start or QUESTIONS, change=""))
            )
    for implied in state.implied:
        about = f"From what you {'pasted' if address.start == PASTED else 'typed'}"
        yield GivenAnswer(about, "", implied.answer, "Change", address_of(address.changing(implied.id)))
    for answered in state.asked:
        href = address_of(address.changing(answered.id))
        yield GivenAnswer(answered.text, answered.detail, answered.answer, "Change", href)


def _question_context(state: WalkState, question: ShownQuestion) -> dict[str, Any]:
    def link(choice: Choice) -> Link:
        href = address_of(state.address.answered(question.id, choice.id))
        return Link(choice.label, href, str(choice.fits), choice.id == question.given)

    choices = [choice for choice in question.choices if choice.id != UNSURE]
    likely = choices
    if len(choices) > MOST_CHOICES:
        likely = sorted(choices, key=lambda choice: -choice.fits)[:MOST_CHOICES]
    unsure = next(choice for choice in question.choices if choice.id == UNSURE)
    return {
        "question": question,
        "choices": [link(choice) for choice in choices if choice in likely],
        "more": [link(choice) for choice in choices if choice not in likely],
        "unsure": link(unsure),
        "split": [link(choice) for choice in choices if choice.fits],
        "keep": address_of(replace(state.address, change="")) if question.given else "",
    }


def _solution_context(state: WalkState, solution: Solution) -> dict[str, Any]:
    address, problem = state.address, solution.problem
    ways = [_way(procedure, solution, address, is_first=not at) for at, procedure in enumerate(problem.ways)]
    way = next(way for way in ways if solution.step in [line.step for line in way.lines])
    return {
        "solution": solution,
        "ways": ways,
        "way": way,
        "line": next(line for line in way.lines if line.step == solution.step),
        "other_ways": [other for other in ways if other is not way and other.title and other.failed],
        "danger": DANGER,
        "kept": replace(address, fixed="", change="").parameters(),
        "all_failed": address_of(address.failed(problem.id)),
        "all_steps": address_of(replace(address, whole=True)),
        "one_step": address_of(replace(address, whole=False)),
        "back": address_of(replace(address, fixed="")),
    }


def _way(procedure: Procedure[Step], solution: Solution, address: Address, *, is_first: bool) -> Way:
    title = procedure.title
    texts = [step.text.casefold() for step in procedure.steps]
    said = (title.casefold(), *texts[:1])
    shared = procedure.condition if not any(procedure.condition.casefold() in text for text in said) else ""
    lines = tuple(
        StepLine(
            step=step,
            number=number,
            condition=""
            if procedure.condition or step.condition.casefold() in step.text.casefold()
            else step.condition,
            is_tried=step.id in solution.tried,
            is_skipped=step.id in solution.skipped,
        )
        for number, step in enumerate(procedure.steps, 1)
    )
    left = [step.id for step in procedure.steps if step.id not in solution.done]
    href = address_of(replace(address, pick=procedure.steps[0].id, fixed="", change=""))
    return Way(title, shared, lines, href, ".".join(left), is_first)


def _contacts_context(state: WalkState, published: Published, root: str) -> dict[str, Any]:
    text = transcript(state, published, root + address_of(replace(state.address, embed=False)))
    about = subject(state.address, settings.SITE_NAME)
    query = state.address.query()
    is_asked_for = state.trigger is not None or state.address.help
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
        "hand_over": f"{reverse('troubleshooting:hand-over')}?{query}",
        "transcript": text,
        "back": address_of(replace(state.address, trigger="", help=False)) if is_asked_for else "",
    }
