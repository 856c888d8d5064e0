"""A step of a walk in, the transcript that a contact receives out: what was seen, said and tried."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from troubleshooting.published import UNSURE, Contact, Published
from troubleshooting.state import WalkState

LONGEST_MAIL = 1800
CUT = quote("[...]")


def transcript(state: WalkState, published: Published, link: str) -> str:
    """The walk as plain text; `link` leads back to it."""
    parts = [*_start(state, published), *_answers(state), *_tried(state), *_likely(state)]
    return "\n".join([*parts, f"This walk: {link}"])


def mail_address(contact: Contact, subject: str, text: str) -> str:
    """A `mailto:` address that writes the transcript to a contact, cut to what mail programs take; '' without one."""
    if not contact.email:
        return ""
    body = ""
    for line in text.split("\n"):
        longer = f"{body}{quote(line, safe='')}%0D%0A"
        if len(longer) > LONGEST_MAIL:
            body += CUT
            break
        body = longer
    return f"mailto:{quote(contact.email, safe='@')}?subject={quote(subject, safe='')}&body={body}"


def _start(state: WalkState, published: Published) -> Iterator[str]:
    address = state.address
    named = (
        ("Symptom, in my words", address.symptom),
        ("Category", published.categories.get(address.category, "")),
        ("Error code", address.code),
        ("Started from the guide", published.title_of(address.guide)),
        ("Reason to escalate", state.trigger.text if state.trigger else ""),
    )
    lines = [f"{name}: {text}" for name, text in named if text]
    yield from [*lines, ""] if lines else []


def _answers(state: WalkState) -> Iterator[str]:
    if not state.asked:
        return
    yield "Answers"
    for answered in state.asked:
        about = f" {answered.detail}" if answered.detail else ""
        yield f"- {answered.text}{about}: {'not sure' if answered.answer_id == UNSURE else answered.answer}"
    yield ""


def _tried(state: WalkState) -> Iterator[str]:
    for tried in state.tried:
        guide = tried.problem.guide
        whole = ", all of it" if tried.is_exhausted else ""
        yield f"Tried without success: {tried.problem.title}{whole}"
        yield f"(guide “{guide.title}”, as of {guide.updated:%Y-%m-%d}, {guide.slug})"
        yield from (f"- {' '.join(step.text.split())}" for step in tried.steps or tried.problem.steps)
        yield ""


def _likely(state: WalkState) -> Iterator[str]:
    if not state.candidates:
        return
    yield "Likeliest causes that are left"
    for candidate in state.candidates[:3]:
        problem, guide = candidate.problem, candidate.problem.guide
        yield f"- {problem.title} ({candidate.probability:.0%}; guide “{guide.title}”, {guide.updated:%Y-%m-%d})"
    yield ""
