"""Reads the symptoms under a label: items, sentences and quoted messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kb.content import trouble, vocabulary
from kb.content.blocks import Block, Code, Item, ListBlock, Paragraph, Quote, text_of
from kb.content.document import Frequency, Symptom
from kb.content.headings import Passage
from kb.content.labels import Kind
from kb.content.observation import (
    cleaned,
    conditions,
    is_boilerplate,
    is_how_to,
    is_raised,
    last_sentence,
    observable,
    raised_when,
    statements,
    without_opening,
)
from kb.content.passages import DESCRIPTIONS
from kb.content.patterns import counted, linear
from kb.content.vocabulary import LONGEST_SENTENCE
from kb.content.wording import cut, cut_at_sentence, sentences, symptom_key

LONGEST_SYMPTOM = 300
LONGEST_MESSAGE = 220
MOST_SENTENCES = 6
MOST_SYMPTOMS = 40
MOST_MESSAGES = 4
_FREQUENCY = linear(rf"\s*\(({'|'.join(get_args(Frequency))})\)\s*[.:;]?\s*$", re.IGNORECASE)
_SCENE = counted(
    r"\b(?:scenarios?|conditions?|circumstances|situations?|environment|configuration|prerequisites)\b|"
    r"\b(?:follow(?:ing)?|these|below)\b.{0,20}\b(?:steps|actions|settings|options|methods|procedures?)\b|"
    r"\b(?:affect(?:s|ed)|appl(?:y|ies) to|versions?|products?)\b|^(?:consider|assume|suppose)|"
    r"^this (?:issue|problem|behaviou?r|error|symptom) .{0,30}\b(?:occurs?|happens?|appears?|exists?)\b",
    re.IGNORECASE,
)
_COMMAND = counted(
    r"\b(?:following|this|these)(?: \w+){0,2} "
    r"(?:commands?|cmdlets?|scripts?|code|query|queries|macros?|procedure|example)\b",
    re.IGNORECASE,
)
_LISTED = counted(
    r"\b(?:following|these|such|more|any|several)\b(?: of the following)?(?: \w+){0,2} "
    r"(?:symptoms?|issues?|problems?|errors?|messages?|warnings?|behaviou?rs?|results?|prompts?|events?)\b",
    re.IGNORECASE,
)
_MESSAGE = counted(
    r"\b(?:errors?|warnings?|messages?|prompts?|dialog(?: box)?|notifications?|pop-?ups?|text|events?|logs?|"
    r"exceptions?|entry|entries|codes?|alerts?|output|stack|trace|says|states|reads|ndr|signature)\b",
    re.IGNORECASE,
)
_NUMBERED = linear(r"(?:symptom|issue|problem|error message|scenario)s? ?#?\d{0,2}[.:]?$", re.IGNORECASE)
_PROSE = counted(r"(?:you|when|this|these|in|to|the following|if|for|however|additionally|after|note)\b", re.IGNORECASE)
_POINTS = counted(r"\b(?:following|these)\b")
_TASK = linear(r"^\[[ xX]?\] ?")
_STANZA_END = linear(r"\n\s*\n")
_NOTHING = linear(r"(?:none(?: known)?|n/?a|not applicable|unknown|abstract|-+)", re.IGNORECASE)
Lead = Literal["none", "scene", "message", "another", "items"]


@dataclass(slots=True)
class _Found:
    """What one block or sentence gave: a symptom, how sure it is, and its line."""

    text: str
    line: int
    sure: bool = True


def read(blocks: Sequence[Block]) -> list[Symptom]:
    """The symptoms of some blocks, each once, in their order."""
    found = list(_read(blocks))
    sure = [item for item in found if item.sure]
    return distinct(symptom(item.text, item.line) for item in (sure or found[:2]))


def labelled(own: Sequence[Passage], title: str) -> list[Symptom]:
    """The symptoms of a labelled problem: those under the label, else what introduces it or its title says."""
    found = [one for passage in own if passage.kind is Kind.SYMPTOMS for one in _under_label(passage)]
    if not found:
        described = (one for passage in own if describes(passage) for one in read(passage.blocks))
        found = [one for one in described if observable(one.text) or is_raised(one.text)]
    if not found:
        found = [one for passage in own if passage.kind is Kind.MEANING for one in _meant(passage, title)]
    if not found:
        found = [one for passage in own if passage.kind is None for one in _opening(passage)]
    if not found and own and title and not is_how_to(title):
        found = [Symptom(cleaned(title), own[0].line)]
    return distinct(found)


def describes(passage: Passage) -> bool:
    """Whether a passage describes the problem: beside a solution, 'Description' and 'Scenario' do."""
    return passage.kind is Kind.INFORMATION and passage.name.strip(" :*").lower() in DESCRIPTIONS


def _under_label(passage: Passage) -> list[Symptom]:
    below_label = read(passage.blocks)
    named = [symptom(cleaned(passage.title), passage.line)] if passage.title else []
    return [*named, *below_label] if not below_label or observable(passage.title) else below_label


def _meant(passage: Passage, title: str) -> Iterator[Symptom]:
    """What an alert means is its name, and what it is raised for."""
    yield Symptom(cleaned(title), passage.line)
    prose = next((block for block in passage.blocks if isinstance(block, Paragraph)), None)
    for sentence in sentences(prose.text)[:1] if prose else []:
        yield symptom(raised_when(sentence), passage.line)


def _opening(passage: Passage) -> Iterator[Symptom]:
    """What the first paragraph of a section says that goes wrong."""
    prose = next((block for block in passage.blocks if isinstance(block, Paragraph)), None)
    for text in [*conditions(prose.text), *statements(prose.text)] if prose else []:
        if observable(text):
            yield symptom(text, prose.line if prose else passage.line)


def symptom(text: str, line: int) -> Symptom:
    """A symptom with the frequency that its text ends with taken off."""
    match = _FREQUENCY.search(text)
    words = text[: match.start()] if match else text
    often = next((word for word in get_args(Frequency) if match and word == match.group(1).lower()), None)
    return Symptom(cut(words.strip(), LONGEST_SYMPTOM), line, often)


def distinct(symptoms: Iterable[Symptom]) -> list[Symptom]:
    """The symptoms that say something, each once."""
    kept: dict[str, Symptom] = {}
    for one in symptoms:
        key = symptom_key(one.text)
        if key and len(kept) < MOST_SYMPTOMS and not _NOTHING.fullmatch(one.text):
            kept.setdefault(key, one)
    return list(kept.values())


def _read(blocks: Sequence[Block]) -> Iterator[_Found]:
    lead: Lead = "none"
    pending: _Found | None = None
    blocks = [block for block in blocks if not _is_aside(block)]
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        taken = list(_under_lead(block, lead))
        if taken or not isinstance(block, Paragraph):
            yield from taken or ([pending] if pending else [])
            lead, pending = ("another" if taken and lead in ("message", "another") else "none"), None
            continue
        yield from [pending] if pending else []
        lead, pending = _lead_of(block, following)
        yield from _sentences(block, leads=lead != "none")
    yield from [pending] if pending else []


def _is_aside(block: Block) -> bool:
    """A note, a picture, or the 'or' between two messages."""
    if isinstance(block, Paragraph):
        words = "".join(run.text for run in block.runs if not run.image).strip(" -*_").lower()
        return words in ("", "or", "and", "and/or")
    return isinstance(block, Quote) and bool(block.alert)


def _under_lead(block: Block, lead: Lead) -> Iterator[_Found]:
    """What a block holds when the paragraph before it leads to it."""
    match block:
        case ListBlock() if lead != "scene":
            for item in block.items:
                yield from _item(item)
        case Quote() if lead != "scene":
            yield _Found(_message(text_of(block.blocks)), block.line)
        case Code() if (lead == "none" or block.text.startswith("$ ")) and trouble.is_error_text(block):
            yield from (_Found(text, block.line) for text in [trouble.message_in(block.text)] if text)
        case Code() if lead in ("message", "another", "items"):
            for stanza in _STANZA_END.split(block.text)[:MOST_MESSAGES]:
                yield _Found(_message(stanza), block.line)
        case Paragraph() if lead == "message" and not _PROSE.match(block.text) and len(block.text) < LONGEST_SENTENCE:
            yield _Found(_message(block.text), block.line)


def _item(item: Item) -> Iterator[_Found]:
    lead = item.lead
    if lead is None:
        yield from _read(item.blocks)
        return
    text = _TASK.sub("", " ".join(lead.text.split()))
    rest = item.blocks[1:]
    if rest and _NUMBERED.fullmatch(text):
        yield from _read(rest)
    elif rest and text.endswith(":"):
        yield from _read(item.blocks)
    else:
        yield _Found(_whole(text), item.line)


def _whole(text: str) -> str:
    """An item as it is when it is short, its first sentence when it goes on."""
    kept = text if len(text) <= LONGEST_MESSAGE else next(iter(sentences(text)), text)
    frequency = _FREQUENCY.search(text)
    return cleaned(_FREQUENCY.sub("", kept)) + (f" ({frequency.group(1)})" if frequency else "")


def _message(text: str) -> str:
    """The first lines of a message that say what is wrong, as far as a person would read them out."""
    kept: list[str] = []
    rows = [row for row in (" ".join(row.split()) for row in text.split("\n")) if row]
    start = next((index for index, row in enumerate(rows) if observable(row)), 0) if len(rows) > MOST_MESSAGES else 0
    for line in rows[start:]:
        kept.append(line)
        if len(" ".join(kept)) > LONGEST_MESSAGE // 2:
            break
    return cut_at_sentence(" ".join(kept), LONGEST_MESSAGE)


def _lead_of(block: Paragraph, following: Block | None) -> tuple[Lead, _Found | None]:
    """What the last sentence of a paragraph leads to, and the symptom that it is itself when nothing comes of it."""
    sentence = last_sentence(block.text)
    points = not isinstance(following, Paragraph) and _POINTS.search(sentence)
    if following is None or not (sentence.endswith(":") or points):
        return "none", None
    own = cleaned(sentence)
    own_symptom = _Found(own, block.end_line) if observable(own) and not is_boilerplate(sentence) else None
    text = without_opening(sentence)
    if isinstance(following, ListBlock) and not _LISTED.search(text) and (_SCENE.search(text) or following.ordered):
        return "scene", own_symptom
    if isinstance(following, Code) and _COMMAND.search(text):
        return "scene", own_symptom
    return ("message" if _MESSAGE.search(text) else "items"), own_symptom


def _sentences(block: Paragraph, *, leads: bool) -> Iterator[_Found]:
    marked = (f"\u2063{run.text}\u2063" if run.strong or run.code else run.text for run in block.runs)
    whole = [sentence.replace("\u2063", "") for sentence in sentences("".join(marked)[: LONGEST_SENTENCE * 4])]
    for sentence in (whole[:-1] if leads else whole)[:MOST_SENTENCES]:
        text = cleaned(sentence)
        if text and not is_boilerplate(sentence):
            concludes = observable(text) or vocabulary.CONCLUDES.match(sentence)
            yield _Found(text, block.line, sure=bool(concludes))
