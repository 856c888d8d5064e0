"""Makes a library of any size from the guides of a folder, and indexes it without a database.

Sections are mixed, titles stay distinct, and the vocabulary grows with the texts as that of a real library does.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import django

from kb.content import front_matter, outline, problems
from kb.content.document import ContentError
from kb.content.reading import decode
from kb.search.index.contract import GuideDocument, SectionDocument
from kb.search.text.analysis import tokenize
from tests.bench.times import say

if TYPE_CHECKING:
    from kb.search.whoosh.engine import WhooshEngine

ROOT = Path(__file__).resolve().parent.parent.parent
CORPORA = Path(os.environ.get("KB_CORPORA", ROOT.parent / "shared")) / "corpora"
SEED = 20_26
STAFF_EVERY = 8  # guides
# Heaps' law: texts of n words have FACTOR * n ** GROWTH different ones; the exponent is near 1/2 for English, and the
# factor is that of the guides of the corpora.
FACTOR, GROWTH = 19.0, 0.5
AGAIN = 0.5  # how likely with a new word one of those made before comes again
SYLLABLES = 4
QUESTIONS, MOST_ASKED = 1 / 3, 15  # the share of queries that are questions; words of one
MISSPELT = 0.1  # the share of the others that have a letter too few
OPENINGS = ("How do I fix", "Why is it that", "What to do when")
MOST_TRIES = 3
_SYLLABLES = [f"{start}{vowel}" for start in "bdfgklmnprstvz" for vowel in "aeiou"]


@dataclass(slots=True)
class Source:
    """What the guides of a folder hold: what libraries are made of."""

    titles: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    shapes: list[GuideDocument] = field(default_factory=list)
    sections: list[SectionDocument] = field(default_factory=list)
    vocabulary: int = 0  # different words of all texts


def source(folder: Path) -> Source:
    """The guides below a folder that can be read."""
    found = Source()
    for number, path in enumerate(sorted(folder.rglob("*.md"))):
        try:
            found.shapes.append(_document(number, path.read_bytes(), path.relative_to(folder).as_posix()))
        except ContentError:
            continue
    found.titles = list(dict.fromkeys(guide.title for guide in found.shapes))
    found.sections = [section for guide in found.shapes for section in guide.sections]
    found.vocabulary = len({word for section in found.sections for word in tokenize(section.text).words})
    found.headings = list(dict.fromkeys(section.title for section in found.sections if section.title))
    return found


def _document(number: int, data: bytes, name: str) -> GuideDocument:
    text = front_matter.split(decode(data))
    parsed = outline.parse(text.body, text.body_line)
    head, _ = front_matter.metadata(text.fields, outline=parsed, source=name)
    structure = problems.find(parsed, head.title, head.summary)
    symptoms: dict[str, list[str]] = {}
    for problem in structure.problems:
        symptoms.setdefault(problem.anchor, []).extend(symptom.text for symptom in problem.symptoms)
    codes: dict[str, list[str]] = {}
    for code in structure.error_codes:
        codes.setdefault(code.anchor, []).append(code.code)
    sections = tuple(
        SectionDocument(
            section.anchor,
            section.title,
            section.level,
            section.text,
            tuple(dict.fromkeys(symptoms.get(section.anchor, ()))),
            tuple(dict.fromkeys(codes.get(section.anchor, ()))),
        )
        for section in structure.sections
    )
    category = name.rpartition("/")[0]
    return GuideDocument(
        guide_id=number,
        slug=f"guide-{number}",
        title=head.title,
        summary=head.summary,
        category=category,
        category_slug=category.lower(),
        audience="public",
        applies_to=head.applies_to,
        tags=head.tags,
        digest=f"{number:064x}",
        sections=sections,
    )


def library(given: Source, guides: int, seed: int = SEED) -> Iterator[GuideDocument]:
    """So many guides, one after the other, none kept; the same for the same seed."""
    chance = random.Random(seed)
    words = _Words(given.vocabulary, chance)
    for number in range(guides):
        shape = given.shapes[number % len(given.shapes)]
        turn = number // len(given.titles)
        title = given.titles[number % len(given.titles)]
        heading = given.headings[(turn - 1) % len(given.headings)]
        again = f" ({turn // len(given.headings) + 1})" if turn > len(given.headings) else ""
        sections = chance.choices(given.sections, k=len(shape.sections))
        yield replace(
            shape,
            guide_id=number + 1,
            slug=f"guide-{number + 1}",
            title=f"{title}: {heading}{again}" if turn else title,
            audience="public" if number % STAFF_EVERY else "staff",
            digest=f"{number + 1:064x}",
            sections=tuple(map(words.put_into, sections)),
        )


class _Words:
    """Puts words into texts that none had before, as many as Heaps' law asks for, and some of them again."""

    def __init__(self, known: int, chance: random.Random) -> None:
        self._chance = chance
        self._known = known
        self._words = 0
        self._made: list[str] = []

    def put_into(self, section: SectionDocument) -> SectionDocument:
        """The section with the words that are due at the end of it."""
        pieces = section.text.split(" ")
        self._words += len(pieces)
        due = int(FACTOR * self._words**GROWTH) - self._known - len(self._made)
        for _ in range(due):
            word = self._new_word()
            again = [self._chance.choice(self._made)] if self._made and self._chance.random() < AGAIN else []
            self._made.append(word)
            for each in (word, *again):
                pieces.insert(self._chance.randint(1, len(pieces)), each)
        return replace(section, text=" ".join(pieces)) if due > 0 else section

    def _new_word(self) -> str:
        """A name that can be spoken, the next of all of four syllables or more."""
        number, syllables = len(self._made), list[str]()
        while number or len(syllables) < SYLLABLES:
            number, rest = divmod(number, len(_SYLLABLES))
            syllables.append(_SYLLABLES[rest])
        return "".join(syllables)


def queries(documents: Iterable[GuideDocument], each: int, seed: int = SEED) -> Iterator[str]:
    """So many different texts for each guide that people may search for: words of a section, or a question."""
    chance = random.Random(seed)
    seen: set[int] = set()
    for document in documents:
        texts = [words for section in document.sections if len(words := section.text.split()) > MOST_ASKED]
        asked = 0
        for _ in range(MOST_TRIES * each if texts else 0):
            text = _query(chance.choice(texts), chance)
            if hash(text) not in seen and asked < each:
                seen.add(hash(text))
                asked += 1
                yield text


def _query(words: list[str], chance: random.Random) -> str:
    if chance.random() < QUESTIONS:
        length = chance.randint(6, MOST_ASKED)
        start = chance.randint(0, len(words) - length)
        return " ".join([chance.choice(OPENINGS), *words[start : start + length]]) + "?"
    chosen = chance.sample(words, chance.randint(1, 6))
    if chance.random() < MISSPELT:
        chosen[0] = chosen[0][:2] + chosen[0][3:]
    return " ".join(chosen)


def indexed(documents: Iterable[GuideDocument], folder: Path) -> WhooshEngine:
    """The default engine with these guides in its index in the folder."""
    from kb.search.whoosh.engine import WhooshEngine  # noqa: PLC0415  # once Django is set up

    engine = WhooshEngine(folder)
    engine.rebuild(documents)
    return engine


def main() -> None:
    """Index a library and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, required=True, help="How many guides")
    parser.add_argument("--into", type=Path, required=True, help="Folder of the index")
    parser.add_argument("--of", type=Path, default=CORPORA, help="Folder of the guides that are mixed")
    parser.add_argument("--queries", type=int, default=0, help="How many texts to search for")
    parser.add_argument("--asked", type=Path, help="File for them, one a line")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    given = source(asked.of)
    start = time.process_time()
    with (asked.asked or Path(os.devnull)).open("w") as file:
        each = -(-asked.queries * 5 // (asked.guides * 4))  # a short guide has fewer
        file.writelines(f"{text}\n" for text in queries(library(given, asked.guides), each))
    start = time.process_time()
    for _ in library(given, asked.guides):
        pass
    making, start = time.process_time() - start, time.process_time()
    indexed(library(given, asked.guides), asked.into)
    took = time.process_time() - start - making
    size = sum(path.stat().st_size for path in asked.into.rglob("*") if path.is_file()) / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    say(
        f"{asked.guides} guides: {took:.1f} s of processor time to index, {size:.0f} MB of files, {most:.0f} MB at most"
    )


if __name__ == "__main__":
    main()
