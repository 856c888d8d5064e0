"""Reads what a guide asks, from the nested lists under *Questions* or *Decision tree*, and says what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable

from kb.content.blocks import Item, ListBlock, Run, plain
from kb.content.document import Branch, ContentError, Finding, Leaf, Question
from kb.content.headings import Passage
from kb.content.inline import relative
from kb.content.labels import Kind
from kb.content.patterns import linear
from kb.content.phrases import Phrase

MOST_QUESTIONS_IN_A_ROW = 12
FEWEST_ANSWERS = 2
_ARROWS = linear(r"\s*(?::|->|=>|\u2192)\s*|\s+[\u2013\u2014-](?:$|\s+)")


def find(passages: Iterable[Passage]) -> tuple[tuple[Question, ...], list[Finding]]:
    """The trees that are whole, and an error for each of the others."""
    questions: list[Question] = []
    findings: list[Finding] = []
    for passage in passages:
        items = [item for block in passage.blocks if isinstance(block, ListBlock) for item in block.items]
        # A list of plain items under *Questions* is a list of questions for the reader, not a tree.
        is_tree = any(isinstance(inner, ListBlock) for item in items for inner in item.blocks)
        for item in items if passage.kind is Kind.QUESTIONS and is_tree else ():
            reader = _TreeReader()
            question = reader.read(item)
            findings += reader.findings
            if question and not reader.findings:
                questions.append(question)
    return tuple(questions), findings


class _TreeReader:
    """Reads one tree; what is wrong in it goes to `findings`, and the rest of the tree is read on."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def read(self, item: Item) -> Question | None:
        """The tree whose first question an item asks; None when that question itself is wrong."""
        try:
            return self._question(item, 1)
        except ContentError as error:
            self._note(error)
            return None

    def _question(self, item: Item, depth: int) -> Question:
        """The question that an item asks, with the answers in the list below it."""
        return self._ask(plain(item.lead.runs) if item.lead else "", item, depth)

    def _ask(self, text: str, item: Item, depth: int) -> Question:
        if not text.strip(" :?"):
            raise ContentError(Phrase("This question is empty: write what to ask."), item.line)
        if depth > MOST_QUESTIONS_IN_A_ROW:
            raise ContentError(
                Phrase(
                    "More than {number} questions follow one another: part the tree.",
                    number=MOST_QUESTIONS_IN_A_ROW,
                ),
                item.line,
            )
        answers = _items_below(item)
        if len(answers) < FEWEST_ANSWERS:
            number = "only one answer" if answers else "no answer"
            message = f"The question '{text}' has {number}: give it at least two, in a list below it."
            raise ContentError(message, item.line)
        branches = [branch for answer in answers if (branch := self._tried(answer, depth))]
        labels = [branch.label.casefold() for branch in branches]
        for label in sorted({label for label in labels if labels.count(label) > 1}):
            self._note(
                ContentError(
                    Phrase("The question '{text}' has the answer '{label}' twice: keep one.", text=text, label=label),
                    item.line,
                )
            )
        return Question(text, item.line, tuple(branches))

    def _tried(self, item: Item, depth: int) -> Branch | None:
        try:
            return self._branch(item, depth)
        except ContentError as error:
            self._note(error)
            return None

    def _branch(self, item: Item, depth: int) -> Branch:
        runs = item.lead.runs if item.lead else ()
        label, rest = _label(runs)
        inner = _items_below(item)
        link = next((run for run in runs if run.target and not run.image), None)
        if not label:
            raise ContentError(Phrase("This answer is empty: write what the person may reply."), item.line)
        if link and inner:
            raise ContentError(
                Phrase("The answer '{label}' has both a link and a list below it: keep one.", label=label), item.line
            )
        if link is None:
            return Branch(label, item.line, self._follow(label, rest, item, depth))
        if relative(link.target) is None:
            message = Phrase(
                "The answer '{label}' leads out of the guides: link to a problem or a contact.", label=label
            )
            raise ContentError(message, item.line)
        text = plain(run for run in runs if run.target == link.target)
        return Branch(label, item.line, Leaf(text, link.target, item.line))

    def _follow(self, label: str, rest: str, item: Item, depth: int) -> Question:
        inner = _items_below(item)
        if rest and inner:
            return self._ask(rest, item, depth + 1)
        if not inner:
            message = Phrase("The answer '{label}' leads nowhere: link it to a problem or a contact.", label=label)
            raise ContentError(message, item.line)
        if len(inner) > 1:
            message = Phrase(
                "The answer '{label}' leads to {number} questions: keep one.", label=label, number=len(inner)
            )
            raise ContentError(message, item.line)
        return self._question(inner[0], depth + 1)

    def _note(self, error: ContentError) -> None:
        self.findings.append(Finding(error.line, error.message, "error"))


def _items_below(item: Item) -> list[Item]:
    return [inner for block in item.blocks if isinstance(block, ListBlock) for inner in block.items]


def _label(runs: Iterable[Run]) -> tuple[str, str]:
    """An answer's words and what follows them: 'After: does it name a token?'; a bare link's words are its answer."""
    before: list[Run] = []
    linked = ""
    for run in runs:
        if run.target and not run.image:
            linked = run.text
            break
        before.append(run)
    parts = _ARROWS.split(plain(before).strip(), maxsplit=1)
    rest = parts[1].strip() if len(parts) > 1 else ""
    return (parts[0].strip() or linked.strip()), rest
