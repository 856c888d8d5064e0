"""Tells what kind of block stands below a label: symptoms, a cause, a solution, an escalation path ..."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kb.content.languages.labels import PHRASES
from kb.content.patterns import counted, linear


class Kind(Enum):
    """What stands under a label."""

    SYMPTOMS = "symptoms"
    CAUSE = "cause"
    MEANING = "meaning"
    DIAGNOSIS = "diagnosis"
    SOLUTION = "solution"
    CODES = "codes"
    TRIGGERS = "triggers"
    PATH = "path"
    ESCALATION = "escalation"
    QUESTIONS = "questions"
    PREVENTION = "prevention"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Label:
    """A label as read: 'Method 2: Reset the view' is a solution, numbered, with the rest 'Reset the view'."""

    kind: Kind
    numbered: bool = False
    rest: str = ""
    names_problem: bool = False

    def is_vague(self, name: str) -> bool:
        """Whether the label, as it is written, may head any task as well: 'Method 1', 'Other methods', 'Steps'."""
        words = (word for word in name.lower().strip(" :*").split() if word in _VAGUE or word not in _QUALIFIERS)
        return self.kind is Kind.SOLUTION and next(words, "") in _VAGUE


# '(s)' stands for singular and plural.
_PHRASES = {
    Kind.SYMPTOMS: (
        "symptom(s), what you see, what you may see, what you might see, what you notice, what you will see, "
        "what users see, what customers see, what happens, what it looks like, error message(s), "
        "actual result(s), actual behavior, actual behaviour, observed result(s), observed behavior, "
        "observed behaviour, "
        "what you experience, what goes wrong, problem description, problem statement, problem summary, "
        "problem details, issue description, "
        "issue summary, error description, alert description, error symptom(s), issue symptom(s), problem symptom(s)"
    ),
    Kind.CAUSE: (
        "cause(s), root cause(s), reason(s), reason for this, why this happens, why it happens, "
        "why does this happen, why does it happen, causes and triggers"
    ),
    Kind.MEANING: (
        "meaning(s), what it means, what this means, what does it mean, what does this mean, what this error means, "
        "what the error means, what this message means, what the message means, what this alert means, "
        "what does this error mean, what does this message mean, what does this alert mean"
    ),
    Kind.DIAGNOSIS: (
        "diagnosis, diagnoses, diagnostic(s), diagnostic step(s), diagnosing the problem, diagnosing the issue, "
        "how to check, how to diagnose, how to verify, how to confirm, investigation, investigation steps, "
        "verification, verification steps, confirm the cause, verify the cause, check the cause, identify the cause, "
        "find the cause, confirm the issue, identify the problem, identify the issue, how to check it, "
        "how to check this, confirm the problem, verify the problem"
    ),
    Kind.SOLUTION: (
        "solution(s), resolution(s), resolve, fix, fixes, apply the patch, apply the fix, apply the workaround, "
        "required action(s), action(s) required, action(s) to take, manual steps to fix, manual fix, manual steps, "
        "manual workaround, fix it, fix this, fixing it, fixing this, fixing the problem, fixing the issue, "
        "how do i fix it, how do i fix this, how can i fix it, how can i fix this, how do i solve it, "
        "how do i resolve it, how do i resolve this, workaround(s), work-around(s), work around(s), mitigation(s), "
        "remediation(s), remedy, remedies, method(s), steps, local fix, temporary fix, problem conclusion, "
        "remediation/fixes, workarounds and mitigations, workaround method(s), resolution method(s), "
        "solution method(s), solution step(s), resolution step(s), fix steps, mitigation step(s), "
        "remediation step(s), recovery step(s), workaround step(s), troubleshooting step(s), corrective action(s), "
        "recommended action(s), suggested action(s), suggested steps, resolution or workaround, "
        "resolution and workaround, solution or workaround, solution and workaround, solutions and workarounds, "
        "resolving the problem, resolving the issue, how to fix, how to fix it, how to fix this, how to resolve, "
        "how to resolve it, how to resolve this, how to solve it, how to solve this, how to mitigate, "
        "how to work around it, to fix it, to resolve this, what to do, what you can do, what can you do, "
        "what should you do, recommendation(s), steps to fix, steps to resolve, steps to solve, "
        "steps to troubleshoot, steps to mitigate, steps to take, steps to follow, steps to correct"
    ),
    Kind.TRIGGERS: (
        "contact support if, contact support when, contact us if, when to contact support, when to contact us, "
        "when to call, when to call support, when to ask for help, call support if, call us if, "
        "when to escalate, when should you escalate, when should i escalate, when you should escalate, "
        "escalation trigger(s), escalation criteria, escalation conditions, escalate when, escalate if"
    ),
    Kind.PATH: (
        "escalation path(s), escalation level(s), escalation chain, escalation order, escalation matrix, "
        "escalation contacts, escalation route, how to escalate, where to escalate, who to escalate to, "
        "whom to escalate to, escalate to"
    ),
    Kind.ESCALATION: (
        "escalation(s), escalation procedure(s), escalation process, escalation policy, escalation guidelines"
    ),
    Kind.QUESTIONS: "questions, decision tree(s)",
    Kind.PREVENTION: (
        "prevention, preventive measure(s), preventive action(s), preventing this, preventing recurrence, "
        "how to prevent this, how to prevent it, how to avoid this, best practice(s), good practice(s)"
    ),
    Kind.INFORMATION: (
        "more information, more info, additional information, additional info, additional resource(s), "
        "additional notes, additional details, additional reading, related information, related resource(s), "
        "related article(s), related topic(s), related link(s), related alert(s), further information, "
        "further reading, general information, other information, other resources, reference(s), see also, "
        "resources, notes, important notes, status, summary, overview, introduction, background, abstract, content, "
        "description, environment, impact, applies to, prerequisite(s), requirement(s), disclaimer(s), example(s), "
        "next step(s), expected result(s), expected behavior, expected behaviour, change history, release notes, "
        "subscribe, send feedback, question, answer, "
        "steps to reproduce, how to reproduce, reproduction steps, did this solve your problem, "
        "did this solve the problem, did this fix the problem, third-party information disclaimer, "
        "product documentation, users affected, who is affected, affected products and versions, affected versions, "
        "support"
    ),
}
_VAGUE = frozenset(["method", "methods", "steps", "common", "option", "options", "recommendation", "recommendations"])
_PROBLEM_WORDS = frozenset({"problem", "problems", "issue", "issues"})
_QUALIFYING = """
    the your most possible potential probable likely typical common main quick temporary permanent alternative alternate
    recommended suggested proposed preferred other additional
"""
_QUALIFIERS = frozenset(_QUALIFYING.split())
LONGEST_LABEL = 150
_CODE_WORDS = counted(r"(?:[\w/]+ ){0,3}(?:error|status|response|return|exit|result) codes?"
                         r"(?: (?:reference|list|table|overview|summary|and meanings?))?",
                         longest=LONGEST_LABEL)  # fmt: skip
_PRACTICES = counted(r"(?:[\w/]+ ){0,4}(?:best|good) practices?", longest=LONGEST_LABEL)
_JOINS = frozenset(["for", "to", "when", "if", "by", "using", "in", "on", "with", "of", "that", "visible"])
_JOINABLE_WORDS = """
    symptom symptoms cause causes resolution resolutions solution solutions workaround workarounds work-around fix
    mitigation mitigations remediation
"""
_JOINABLE = frozenset(_JOINABLE_WORDS.split())
_SEPARATOR = linear(r"\s*[:\uff1a\u2013\u2014(]\s*|\s+-+\s+|\.\s+")
_PARTS = linear(r"\s*[/\\&]\s*")
_NUMBER = counted(r"#?\d{1,3}(?:\.\d{1,2})?|[a-h]|i{1,3}|iv|vi{0,3}|ix|x", longest=LONGEST_LABEL)
_CAPITALS = counted(r"[A-Z][A-Z '/&,()-]*:?", longest=LONGEST_LABEL)
SHORTEST_IN_CAPITALS = 4
LONGEST_IN_CAPITALS = 80


def _forms(phrases: str) -> list[str]:
    listed = [phrase.strip() for phrase in phrases.split(",")]
    return [phrase.replace("(s)", ending) for phrase in listed for ending in ("", "s")]


_KINDS = {" ".join(phrase.split()): Kind(name) for name, phrases in PHRASES.items() for phrase in phrases.split(",")}
_KINDS |= {form: kind for kind, phrases in _PHRASES.items() for form in _forms(phrases)}


def read_label(text: str) -> Label | None:
    """What a heading or a bold line says stands under it; None when it is a title of its own."""
    text = text.strip().strip("*_").strip()
    if not text or len(text) > LONGEST_LABEL:
        return None
    text = text.rstrip(".:\N{FULLWIDTH COLON}").strip().replace("(s)", "s").replace("(S)", "S")
    if text.endswith("?") and " " in text:
        text = text.rstrip("? ")
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    head, *rest = _SEPARATOR.split(text, maxsplit=1)
    words = head.lower().split()
    tail = rest[0].strip(": ") if rest and not text[len(head) :].lstrip().startswith("(") else ""
    if len(words) > 1 and _NUMBER.fullmatch(words[-1]):
        return _labelled(words[:-1], tail, numbered=True)
    return _labelled(words, tail) or _joined(head, tail) or _numbered_inside(head)


def _joined(head: str, rest: str) -> Label | None:
    r"""'Solution/Workaround', 'Cause\Possible cause': each part is a label, and the first says of what."""
    parts = _PARTS.split(head)
    labels = [_labelled(part.lower().split(), rest) for part in parts] if len(parts) > 1 else []
    return labels[0] if labels and all(labels) else None


def _numbered_inside(head: str) -> Label | None:
    """'Method 2 Reset the view': the number parts the label from the rest."""
    words = head.split()
    for index, word in enumerate(words[1:4], start=1):
        if word.strip("#.)").isdecimal():
            return _labelled([w.lower() for w in words[:index]], " ".join(words[index + 1 :]), numbered=True)
    return None


def _labelled(words: list[str], rest: str, *, numbered: bool = False) -> Label | None:
    if _names_problem(words):
        return Label(Kind.SYMPTOMS, numbered, rest, names_problem=numbered or bool(rest))
    kind = _kind(" ".join(words)) or _kind_without_qualifiers(words) or _kind_before_join(words)
    return Label(kind, numbered, rest) if kind else None


def _names_problem(words: list[str]) -> bool:
    return bool(words) and words[-1] in _PROBLEM_WORDS and words[:-1] in ([], ["the"])


def _kind(phrase: str) -> Kind | None:
    if _CODE_WORDS.fullmatch(phrase):
        return Kind.CODES
    if _PRACTICES.fullmatch(phrase):
        return Kind.PREVENTION
    return _KINDS.get(phrase)


def _kind_without_qualifiers(words: list[str]) -> Kind | None:
    start = 0
    while start < len(words) and words[start] in _QUALIFIERS:
        start += 1
    return _kind(" ".join(words[start:])) if start else None


def _kind_before_join(words: list[str]) -> Kind | None:
    """'Resolution for error message 1', 'Symptoms visible to users': the words up to the preposition."""
    end = next((index for index, word in enumerate(words) if word in _JOINS), 0)
    if not end or words[end - 1] not in _JOINABLE:
        return None
    return _kind(" ".join(words[:end])) or _kind_without_qualifiers(words[:end])


def is_capital_line(line: str) -> bool:
    """Whether a line is written as a heading in capitals: nothing but words, none of them in lower case."""
    text = line.strip()
    return (
        SHORTEST_IN_CAPITALS <= len(text) <= LONGEST_IN_CAPITALS and text.isupper() and bool(_CAPITALS.fullmatch(text))
    )


def is_capital_label(line: str) -> bool:
    """Whether a line of its own in capitals is one of the labels."""
    return is_capital_line(line) and read_label(line) is not None
