"""Puts a section or a step into the four forms in which staff hand it on: a link, plain text, Markdown, HTML."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING

from kb.content import handing_on
from kb.content.guide_words import ProductText, Words
from troubleshooting.catalogue import build
from troubleshooting.desk.guide_texts import GuideText, directed, guide_texts

if TYPE_CHECKING:
    from troubleshooting.catalogue.values import Problem, Step
    from troubleshooting.desk.places import Place


@dataclass(frozen=True, slots=True)
class Copy:
    """A text in the forms in which it is handed on; `title` says what it is."""

    title: str
    link: str
    plain: str
    markdown: str
    html: str

    def as_dict(self) -> dict[str, str]:
        """For a script."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class StepForms:
    """A step as plain text, Markdown and HTML."""

    plain: str
    markdown: str
    html: str


def copy_of_place(place: Place, audiences: frozenset[str], root: str) -> Copy | None:
    """A section with its sub-sections, or a whole guide; None when it is gone. Four queries."""
    text = guide_texts({place.slug}, audiences, root).get(place.slug)
    if text is None:
        return None
    link = f"{text.page}#{place.anchor}" if place.anchor else text.page
    html = text.section_html(place.anchor)
    if not place.anchor:
        html = f"<h1>{escape(text.title)}</h1>{html}"
    plain, mail = handing_on.as_text(html, text.page), handing_on.for_mail(html, text.page)
    html = directed(_with_source(mail, link), text.language)
    return Copy(place.name, link, f"{plain}\n\n{link}", text.section_markdown(place), html)


def copy_of_step(step_id: str, audiences: frozenset[str], root: str) -> Copy | None:
    """A step of a published guide; None when there is none with this id. Four queries."""
    problem, step = step_with(step_id, audiences)
    text = guide_texts({problem.guide.slug}, audiences, root).get(problem.guide.slug) if problem else None
    if problem is None or step is None or text is None:
        return None
    anchor = f"step-{problem.anchor or 'guide'}-{position_of(problem, step) + 1}"
    if f'id="{anchor}"' not in text.html:
        anchor = problem.anchor
    link = f"{text.page}#{anchor}" if anchor else text.page
    forms = forms_of_step(problem, step, text)
    html = directed(_with_source(forms.html, link), text.language)
    return Copy(step.text, link, f"{forms.plain}\n\n{link}", f"{forms.markdown}\n\n<{link}>", html)


def forms_of_step(problem: Problem, step: Step, text: GuideText) -> StepForms:
    """A step as everyone its guide is for is told of it; one that may do harm says so, in the language of the guide.

    Of one that customers are not told of, what staff are.
    """
    markdown = text.step_markdown(problem.anchor, position_of(problem, step), step.text) or step.text
    told = step.as_handed_on()
    plain, html = handing_on.as_text(told.html, text.page), handing_on.for_mail(told.html, text.page)
    if before := told.condition:
        plain, markdown, html = f"{before}: {plain}", f"{before}: {markdown}", f"{escape(before)}: {html}"
    if told.dangerous:
        words = Words(text.language)
        careful, danger = words.say(ProductText.CAREFUL), words.say(ProductText.DANGER)
        plain, markdown = f"{careful} {danger} {plain}", f"**{careful}** {danger} {markdown}"
        html = f"<strong>{escape(careful)}</strong> {escape(danger)} {html}"
    return StepForms(plain, markdown, html)


def step_with(step_id: str, audiences: frozenset[str]) -> tuple[Problem | None, Step | None]:
    """A published step by its id, and the problem that it belongs to; (None, None) for neither."""
    published = build.current(audiences).published
    problem = published.problems.get(published.steps.get(step_id, ""))
    step = next((step for step in problem.steps if step.id == step_id), None) if problem else None
    return problem, step


def position_of(problem: Problem, step: Step) -> int:
    """Which step of its problem's text it is (from 0), without those that staff alone are told of.

    Walks put the ways that begin with a dangerous one last.
    """
    told = [other for other in problem.steps if not other.for_staff or other is step]
    return sorted(told, key=lambda other: other.procedure).index(step)


def _with_source(html: str, link: str) -> str:
    return f'{html}\n<p><a href="{escape(link)}">{escape(link)}</a></p>'
