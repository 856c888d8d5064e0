"""The walk as JSON; mounted on the API at /walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from kb.library import notices
from kb.models.audience import audiences_for
from kb.search.text.query import MAX_LENGTH
from kb.web.api.schemas import ContactItem, NoticeItem, ProcedureItem
from troubleshooting.catalogue import build
from troubleshooting.walk.address import read_address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.incidents import category_of, known_incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from troubleshooting.walk.state import AnsweredQuestion, WalkState

MOST_CANDIDATES = 20
PARAMETERS = {
    "symptom": "What is seen, in one's own words",
    "category": "A category's slug, such as `network/time-outs`",
    "code": "An error code",
    "guide": "A guide's slug",
    "tried": "Ids of steps or problems that did not help, joined by full stops",
    "done": "Ids of steps that were done, before it is known whether all of them help, joined by full stops",
    "skipped": "Ids of steps that can't be done, joined by full stops; they lower nothing",
    "trigger": "The id of a reason to escalate at once",
    "no-incident": "Ids of known incidents that it is not, joined by full stops",
    "help": "`1` to see whom to ask at once",
}


class AnswerItem(Schema):
    """An answer to choose from; 'unsure' is always one."""

    id: str
    label: str


class QuestionItem(Schema):
    """What is asked: answer it by adding `<question id>=<answer id>` to the parameters."""

    id: str
    text: str
    answers: list[AnswerItem]


class CandidateItem(Schema):
    """A problem, or a guide as a whole, that is still likely."""

    guide: str = Field(description="Slug of the guide")
    anchor: str = Field(description="Where in the guide it stands, empty for a whole guide")
    title: str
    probability: float
    url: str
    steps: list[str] = Field(description="All that may be done, none where the guide is to be read")


class SolutionItem(Schema):
    """The problem to try next, with its steps in the order in which to try them; none for a guide to be read."""

    guide: str = Field(description="Slug of the guide")
    anchor: str = Field(description="Where in the guide it stands, empty for a whole guide")
    title: str
    steps: list[str] = Field(description="All that may be done, in order; `procedures` tells alternatives apart")
    procedures: list[ProcedureItem]


class AskedItem(Schema):
    """What was asked and answered, by id and in words."""

    question: str = Field(description="Id of the question")
    answer: str = Field(description="Id of the answer that was given")
    text: str = Field(description="The question in words, as `question.text` had it")
    label: str = Field(description="The answer in words, as `question.answers` had its label")


class WalkNotice(NoticeItem):
    """A notice that belongs beside a walk; one that `explains_it` is told before anything else is asked or tried.

    If it is not what the person sees, give its id as `no-incident`.
    """

    explains_it: bool


class WalkAnswer(Schema):
    """One step of a walk."""

    state: Literal["question", "solution", "escalate"]
    question: QuestionItem | None
    candidates: list[CandidateItem]
    solution: SolutionItem | None
    contacts: list[ContactItem]
    asked: list[AskedItem]
    implied: list[AskedItem] = Field(description="What `symptom` answers, so that it is not asked")
    covered: float | None = Field(description="The chance that any guide tells of the symptom; null without one")
    notices: list[WalkNotice]


class WalkFailure(Schema):
    """Why there is no next step."""

    detail: str


router = Router(tags=["walk"])


@router.get(
    "",
    response={200: WalkAnswer, 400: WalkFailure},
    summary="Take a step of a walk",
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}
            for name, description in PARAMETERS.items()
        ]
    },
)
def walk(request: HttpRequest) -> dict[str, Any]:
    """The next question, the solution to try, or whom to ask; an answer is given as `<question id>=<answer id>`."""
    return walk_json(request.GET.lists(), audiences_for(request.user))


def walk_json(parameters: Iterable[tuple[str, Sequence[str]]], audiences: frozenset[str]) -> dict[str, Any]:
    """The step that these parameters (each with all its values) lead to; HttpError 400 for one that can't be used."""
    address, notices = read_address(parameters)
    if len(address.symptom) > MAX_LENGTH:
        raise HttpError(400, f"The symptom is too long: give at most {MAX_LENGTH} characters.")
    state = None if notices else next_step(address, audiences)
    if state is None or state.notices:
        raise HttpError(400, " ".join(notice.refusal for notice in (state.notices if state else notices)))
    return _as_json(state) | {"notices": list(_notices(state, audiences))}


def _notices(state: WalkState, audiences: frozenset[str]) -> Iterator[dict[str, Any]]:
    """What runs and belongs beside it, a known incident that explains it among them."""
    running = notices.running(audiences)
    known = known_incident(state, build.current(audiences).published, audiences) if running else None
    for notice in running:
        if notice == known or notice.is_for(category_of(state)):
            yield NoticeItem.fields_of(notice) | {"explains_it": notice == known}


def _as_json(state: WalkState) -> dict[str, Any]:
    question, solution = state.question, state.solution
    return {
        "state": state.kind,
        "question": question
        and {
            "id": question.id,
            "text": f"{question.text} {question.detail}".strip(),
            "answers": [{"id": choice.id, "label": choice.label} for choice in question.choices],
        },
        "candidates": [
            {
                "guide": candidate.problem.guide.slug,
                "anchor": candidate.problem.anchor,
                "title": candidate.problem.title,
                "probability": round(candidate.probability, 4),
                "url": candidate.problem.url,
                "steps": [step.text for step in candidate.problem.steps],
            }
            for candidate in state.candidates[:MOST_CANDIDATES]
        ],
        "solution": solution
        and {
            "guide": solution.problem.guide.slug,
            "anchor": solution.problem.anchor,
            "title": solution.problem.title,
            "steps": [step.text for step in solution.problem.steps],
            "procedures": ProcedureItem.of(solution.problem.steps),
        },
        "contacts": [{name: getattr(contact, name) for name in ContactItem.model_fields} for contact in state.contacts],
        "asked": list(map(_asked, state.asked)),
        "implied": list(map(_asked, state.implied)),
        "covered": None if state.covered is None else round(state.covered, 4),
    }


def _asked(asked: AnsweredQuestion) -> dict[str, str]:
    text = f"{asked.text} {asked.detail}".strip()
    return {"question": asked.id, "answer": asked.answer_id, "text": text, "label": asked.answer}
