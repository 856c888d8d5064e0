"""Reads the state of a walk from the parameters of its address, and writes it back: nothing else holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kb.content.patterns import counted
from kb.content.phrases import Phrase
from kb.search.text.condensing import condense

LONGEST_SYMPTOM = 400
LONGEST_NAME = 800
LONGEST_SHOWN = 60
MOST_PARAMETERS = 200
QUESTIONS = "questions"
PASTED = "pasted"
SYMPTOM = "symptom"
WHOLE = "all"
_UNPRINTABLE = counted(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")

NOT_HERE = {
    "category": Phrase("There is no category “{text}” here (any more)"),
    "guide": Phrase("There is no guide “{text}” here (any more)"),
    "reason to escalate": Phrase("There is no reason to escalate “{text}” here (any more)"),
    "question": Phrase("There is no question “{text}” here (any more)"),
    "problem": Phrase("There is no problem “{text}” here (any more)"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in an address that can't be used: the `fault`, the `outcome` on a page, which goes on without it.

    `remedy` is what a program, which is refused instead, can do about it.
    """

    fault: str
    outcome: str = ""
    remedy: str = "drop it"

    def __str__(self) -> str:
        return f"{self.fault}{self.outcome}."

    @property
    def refusal(self) -> str:
        """The sentence for a request that is refused for it."""
        return f"{self.fault}: {self.remedy} or start over."


@dataclass(frozen=True, slots=True)
class Address:
    """A walk so far: where it started, what was answered, what did not help, and what can't be done.

    `answers` are (question id, answer id) in the order asked, each question once. `tried` are ids of steps and problems
    that did not help, `done` of steps that were done on the way to the end of theirs, `skipped` those of steps that
    can't be done, `ruled_out` those of problems that the person says are not theirs; `fixed` is the one that helped.
    `trigger` was picked to escalate at once, `help` asks for the contacts without one. `pick` is a problem that was
    chosen by hand, or to go on with after a skipped step, or the step of the way that was chosen, `change` the question
    to ask again. `incident` is the known incident (its number) that the person says it is, `no_incident` those that
    they say it is not. `whole` shows all steps at once, `embed` in a frame.
    """

    symptom: str = ""
    category: str = ""
    code: str = ""
    guide: str = ""
    start: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    tried: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    fixed: str = ""
    trigger: str = ""
    help: bool = False
    pick: str = ""
    change: str = ""
    incident: str = ""
    no_incident: tuple[str, ...] = ()
    whole: bool = False
    embed: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether the walk has not begun."""
        return self == Address(whole=self.whole, embed=self.embed)

    def answered(self, question: str, answer: str) -> Address:
        """The walk with this answer; in its old place when the question had one."""
        if any(earlier == question for earlier, _ in self.answers):
            answers = tuple((earlier, answer if earlier == question else kept) for earlier, kept in self.answers)
        else:
            answers = (*self.answers, (question, answer))
        return replace(self, answers=answers, change="", pick="", trigger="", help=False, fixed="")

    def failed(self, *ids: str) -> Address:
        """The walk after these steps or problems were tried in vain."""
        tried = tuple(dict.fromkeys([*self.tried, *ids]))
        done, skipped = _without(self.done, ids), _without(self.skipped, ids)
        return replace(self, tried=tried, done=done, skipped=skipped, pick="", fixed="", change="")

    def ruling_out(self, problem: str) -> Address:
        """The walk after the person said that a problem is not theirs."""
        ruled_out = tuple(dict.fromkeys([*self.ruled_out, problem]))
        return replace(self, ruled_out=ruled_out, pick="", fixed="", change="")

    def denying(self, incident: str) -> Address:
        """The walk after the person said that it is none of a known incident's doing."""
        return replace(self, incident="", no_incident=tuple(dict.fromkeys([*self.no_incident, incident])))

    def doing(self, step: str, following: str) -> Address:
        """The walk after a step that was done, to go on with the one that follows."""
        done = tuple(dict.fromkeys([*self.done, step]))
        tried, skipped = _without(self.tried, [step]), _without(self.skipped, [step])
        return replace(self, tried=tried, done=done, skipped=skipped, pick=following, fixed="", change="")

    def skipping(self, step: str, problem: str = "") -> Address:
        """The walk after a step that can't be done; `problem` is the one to go on with, '' for whichever is next."""
        tried, done = _without(self.tried, [step]), _without(self.done, [step])
        skipped = tuple(dict.fromkeys([*self.skipped, step]))
        return replace(self, tried=tried, done=done, skipped=skipped, pick=problem, fixed="", change="")

    def changing(self, question: str) -> Address:
        """The walk with a question asked again."""
        return replace(self, change=question, fixed="", trigger="", help=False)

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters, in order, without those that are not set."""
        pairs = [
            ("symptom", self.symptom),
            ("category", self.category),
            ("code", self.code),
            ("guide", self.guide),
            ("start", self.start),
            *self.answers,
            ("tried", ".".join(self.tried)),
            ("done", ".".join(self.done)),
            ("skipped", ".".join(self.skipped)),
            ("not", ".".join(self.ruled_out)),
            ("fixed", self.fixed),
            ("trigger", self.trigger),
            ("help", "1" if self.help else ""),
            ("try", self.pick),
            ("change", self.change),
            ("incident", self.incident),
            ("no-incident", ".".join(self.no_incident)),
            ("steps", WHOLE if self.whole else ""),
            ("embed", "1" if self.embed else ""),
        ]
        return [(key, value) for key, value in pairs if value]

    def query(self) -> str:
        """The query string, without its question mark."""
        return urlencode(self.parameters())


STARTS = ("symptom", "category", "code", "guide", "start")
NAMED = {
    *STARTS,
    *("tried", "done", "skipped", "not", "fixed", "trigger", "help", "try", "change"),
    *("incident", "no-incident", "steps", "embed"),
}


def read_address(parameters: Iterable[tuple[str, Sequence[str]]]) -> tuple[Address, list[Notice]]:
    """The address that query parameters (each with all its values) spell out.

    With it, a notice on each of them that can't be used as it is.
    """
    given: dict[str, str] = {}
    notices: list[Notice] = []
    for number, (key, values) in enumerate(parameters):
        if number >= MOST_PARAMETERS:
            fault = Phrase("There are more than {number} parts in the address", number=MOST_PARAMETERS)
            notices.append(Notice(fault, Phrase(", so only the first of them were read"), "drop some"))
            break
        value = values[-1] if values else ""
        if len(set(values)) > 1:
            fault = Phrase("“{key}” was given more than once", key=for_display(key))
            notices.append(Notice(fault, Phrase("; the last one counts"), "give it once"))
        if key != "symptom" and len(value) > LONGEST_NAME:
            notices.append(
                Notice(
                    Phrase("What the address gives for “{key}” is too long", key=for_display(key)),
                    Phrase(" and was left out"),
                )
            )
            continue
        given[key] = _UNPRINTABLE.sub(" ", value).strip()
    answers = tuple((key, value) for key, value in given.items() if key not in NAMED and value)
    address = Address(
        symptom=given.get("symptom", ""),
        category=given.get("category", "").strip("/").lower(),
        code=given.get("code", ""),
        guide=given.get("guide", ""),
        start=given["start"] if given.get("start") in (QUESTIONS, PASTED) else "",
        answers=answers,
        tried=_split_ids(given.get("tried", "")),
        done=_split_ids(given.get("done", "")),
        skipped=_split_ids(given.get("skipped", "")),
        ruled_out=_split_ids(given.get("not", "")),
        fixed=given.get("fixed", ""),
        trigger=given.get("trigger", ""),
        help=given.get("help") == "1",
        pick=given.get("try", ""),
        change=given.get("change", ""),
        incident=given.get("incident", ""),
        no_incident=_split_ids(given.get("no-incident", "")),
        whole=given.get("steps") == WHOLE,
        embed=given.get("embed") == "1",
    )
    return address, notices


def _without(ids: Sequence[str], left_out: Collection[str]) -> tuple[str, ...]:
    return tuple(key for key in ids if key not in left_out)


def _split_ids(joined: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in joined.split(".") if name))


def shortened(symptom: str, codes: Iterable[str] = ()) -> str:
    """The symptom on one line, as an address can hold it; of a long one its error codes, and the words that fit."""
    return condense(" ".join(symptom.split()), LONGEST_SYMPTOM, codes)


def for_display(text: str) -> str:
    """A text of unknown origin, on one line and short enough to repeat in a sentence."""
    text = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
