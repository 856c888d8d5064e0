"""Writes the transcript of a walk that a contact receives: what was seen, answered and tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext

from kb.models.wording import spoken
from troubleshooting.catalogue.values import UNSURE, Contact, Guide, Problem, Published, Step
from troubleshooting.planning.symptom_lists import LIST_PREFIX, NONE_OF_THESE
from troubleshooting.walk.address import Address
from troubleshooting.walk.cards import FITS
from troubleshooting.walk.state import AnsweredQuestion, Candidate, WalkState

LONGEST_MAIL = 1990
LONGEST_LAST = 900
CUT = "[...]"
LINE = "%0D%0A"  # how the body of a mailto address ends a line (RFC 6068, section 5)
LIKELIEST = 3
LEAST_NAMED = 0.01  # of what words were found to mean
LONGEST_SYMPTOM = 60


def transcript(state: WalkState, published: Published, link: str) -> str:
    """The walk as plain text; `link` leads back to it."""
    said = (*_start(state, published), *_answers(state, published))
    came_of_it = (*_tried(state), *_done(state), *_skipped(state))
    return "\n".join([*said, *came_of_it, *_likely(state), gettext("This walk: {link}").format(link=link)])


def mail_address(contact: Contact, subject: str, text: str) -> str:
    """A `mailto:` address that writes the transcript to a contact, cut to what mail programs take; '' without one."""
    if not contact.email:
        return ""
    head = f"mailto:{quote(contact.email, safe='@')}?subject={quote(subject, safe='')}&body="
    lines = [quote(line, safe="") + LINE for line in text.split("\n")]
    room = LONGEST_MAIL - len(head)
    return head + "".join(lines if sum(map(len, lines)) <= room else _cut_to(lines, room))


def can_send(email: str) -> bool:
    """Whether something is set up that reaches a contact with this e-mail address ('' for none)."""
    return bool(settings.WEBHOOK_URL or (email and settings.EMAIL_IS_ON))


def subject(address: Address, site_name: str) -> str:
    """What a mail about the walk is headed with."""
    about = " ".join(address.symptom.split())[:LONGEST_SYMPTOM]
    if about:
        return gettext("{site_name}: help needed: {about}").format(site_name=site_name, about=about)
    return gettext("{site_name}: help needed").format(site_name=site_name)


def guides_of(state: WalkState) -> list[dict[str, object]]:
    """The guides that the transcript names, at the revisions that they had, as JSON: slug, title, revision."""
    tried = [tried.problem.guide for tried in state.tried]
    others = [some.problem.guide for some in (*state.done, *state.skipped)]
    likely = [candidate.problem.guide for candidate in _likeliest(state)]
    by_slug = {guide.slug: guide for guide in (*tried, *others, *likely)}
    return [{"slug": guide.slug, "title": guide.title, "revision": guide.revision} for guide in by_slug.values()]


def _cut_to(lines: list[str], room: int) -> list[str]:
    """As many first lines as there is room for, and the last one, which leads to all of it."""
    last = [lines[-1]] if len(lines[-1]) < LONGEST_LAST else []
    left = room - sum(map(len, last)) - len(quote(CUT) + LINE)
    kept: list[str] = []
    for line in lines[: len(lines) - bool(last)]:
        left -= len(line)
        if left < 0:
            break
        kept.append(line)
    return [*kept, quote(CUT) + (LINE if last else ""), *last]


def _as_of(guide: Guide) -> str:
    """The text of a guide that somebody read."""
    changed = f"{guide.updated:%Y-%m-%d}"
    if guide.revision:
        told = gettext("guide “{title}”, revision {revision} of {date}")
        return told.format(title=guide.title, revision=guide.revision, date=changed)
    return gettext("guide “{title}”, as of {date}").format(title=guide.title, date=changed)


def _start(state: WalkState, published: Published) -> Iterator[str]:
    address = state.address
    starts = (
        (gettext("Symptom, in my words"), address.symptom),
        (gettext("Category"), published.categories.get(address.category, "")),
        (gettext("Error code"), address.code),
        (gettext("Started from the guide"), published.title_of(address.guide)),
        (gettext("Reason to escalate"), state.trigger.text if state.trigger else ""),
    )
    lines = [f"{name}: {text}" for name, text in starts if text]
    yield from [*lines, ""] if lines else []


def _answers(state: WalkState, published: Published) -> Iterator[str]:
    if not state.asked:
        return
    yield gettext("Answers")
    for answered in state.asked:
        about = f" {answered.detail}" if answered.detail else ""
        answer = gettext("not sure") if answered.answer_id == UNSURE else spoken(answered.answer)
        yield f"- {spoken(answered.text)}{about}: {answer}{_offered(answered, published)}"
    yield ""


def _offered(answered: AnsweredQuestion, published: Published) -> str:
    """What a list of symptoms held, when none of them was chosen: else nobody could tell what was not seen."""
    if not answered.id.startswith(LIST_PREFIX) or answered.answer_id not in (UNSURE, NONE_OF_THESE):
        return ""
    labels = published.wording(answered.id).answers
    return f" ({'; '.join(spoken(label) for key, label in labels.items() if key != NONE_OF_THESE)})"


def _tried(state: WalkState) -> Iterator[str]:
    """What was followed in vain, a guide that was read in vain, and what the person said is not theirs."""
    for tried in state.tried:
        guide, done = tried.problem.guide, tried.steps
        if tried.is_ruled_out:
            yield gettext("Not my problem, I said: {title}").format(title=tried.problem.title)
        elif tried.problem.steps:
            whole = gettext("Tried without success: {title}, all of it")
            told = whole if tried.is_exhausted else gettext("Tried without success: {title}")
            yield told.format(title=tried.problem.title)
            done = done or tried.problem.steps
        else:
            yield gettext("Read without success: {title}").format(title=tried.problem.title)
        yield f"({_as_of(guide)}, {guide.slug})"
        if tried.is_ruled_out and done:
            yield gettext("Followed before that:")
        yield from _by_ways(tried.problem, done)
        yield ""


def _done(state: WalkState) -> Iterator[str]:
    for done in state.done:
        yield gettext("Followed in part: {title}").format(title=done.problem.title)
        yield f"({_as_of(done.problem.guide)}, {done.problem.guide.slug})"
        yield from _by_ways(done.problem, done.steps)
        yield ""


def _skipped(state: WalkState) -> Iterator[str]:
    for skipped in state.skipped:
        yield gettext("Could not be done, so it may still help: {title}").format(title=skipped.problem.title)
        yield f"({_as_of(skipped.problem.guide)}, {skipped.problem.guide.slug})"
        yield from _by_ways(skipped.problem, skipped.steps)
        yield ""


def _by_ways(problem: Problem, steps: Sequence[Step]) -> Iterator[str]:
    """The steps, under the name of the way that they belong to where a problem has several."""
    for way in problem.ways:
        own = [step for step in way.steps if step in steps]
        if way.title and own:
            yield gettext("By “{title}”:").format(title=way.title)
        yield from (f"- {' '.join(step.text.split())}" for step in own)


def _likely(state: WalkState) -> Iterator[str]:
    if state.covered is not None and state.covered < FITS:
        yield from [gettext("No guide seems to cover it"), ""]
    likeliest = _likeliest(state)
    if not likeliest:
        return
    yield gettext("Likeliest causes that are left")
    for candidate in likeliest:
        yield f"- {candidate.problem.title} ({candidate.probability:.0%}; {_as_of(candidate.problem.guide)})"
    yield ""


def _likeliest(state: WalkState) -> Sequence[Candidate]:
    """The causes worth naming: none while nothing that was said has ruled out any of many."""
    is_open = state.covered is None and state.left == state.total > LIKELIEST
    likely = state.candidates[:LIKELIEST] if not is_open else ()
    return likely if state.covered is None else [c for c in likely if c.probability >= LEAST_NAMED]
