"""The table of products: families with their versions, and the ways to write them; and what of it a text names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from kb.content.languages.english import is_english
from kb.content.patterns import linear

_WORD = linear(r"[^\W_]+(?:[.+#'][^\W_]+)*[+#]*")
MOST_WORDS_READ = 400


@dataclass(frozen=True, slots=True)
class Version:
    """A version or edition of a family, and other ways to write it."""

    name: str
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A product with its versions, and other ways to write its own name."""

    name: str
    versions: tuple[Version, ...] = ()
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands in the table: the names of the family and of the version, '' for the family as a whole."""

    family: str
    version: str = ""


@dataclass(frozen=True)
class ProductTable:
    """All families."""

    families: tuple[Family, ...] = ()

    def place(self, product: str) -> Place:
        """Where a product belongs that a guide names, by the longest name in it; one in no family is its own."""
        words = words_of(product)
        if found := self._names.get(words):
            return found
        places = [place for _, place in self._found(words)]
        return max(places, key=lambda place: bool(place.version)) if places else Place(product)

    def holds(self, product: str) -> bool:
        """Whether it has a place in the table."""
        return bool(self._names.get(words_of(product)) or any(True for _ in self._found(words_of(product))))

    def named_in(self, text: str, common: Iterable[str] = ()) -> list[Place]:
        """What a text names, each once; a version stands for its family, too.

        A name that is a mere word of English counts in small letters only for the `common` families.
        """
        found: dict[Place, None] = {}
        written = _WORD.findall(text)[:MOST_WORDS_READ]
        for at, place in self._found(tuple(word.casefold() for word in written)):
            name = written[at[0] : at[1]]
            is_mere_word = len(name) == 1 and name[0].islower() and is_english(name[0])
            if not is_mere_word or place.family in set(common):
                found.setdefault(place)
        versions = {place.family for place in found if place.version}
        return [place for place in found if place.version or place.family not in versions]

    def _found(self, words: tuple[str, ...]) -> Iterator[tuple[tuple[int, int], Place]]:
        """The names in some words, from left to right, the longest at each place: (where, place)."""
        start = 0
        while start < len(words):
            for end in range(min(len(words), start + self._longest), start, -1):
                if place := self._names.get(words[start:end]):
                    yield (start, end), place
                    start = end - 1
                    break
            start += 1

    @cached_property
    def _names(self) -> Mapping[tuple[str, ...], Place]:
        names: dict[tuple[str, ...], Place] = {}
        for family in self.families:
            for name in (family.name, *family.spellings):
                names.setdefault(words_of(name), Place(family.name))
        for family in self.families:
            for version in family.versions:
                for words in _ways_to_write(version, family):
                    names.setdefault(words, Place(family.name, version.name))
        return {words: place for words, place in names.items() if words}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._names), default=0)


def _ways_to_write(version: Version, family: Family) -> Iterator[tuple[str, ...]]:
    """The words of a version as it may be written; what it begins with may be any way to write its family."""
    own = words_of(family.name)
    for words in map(words_of, (version.name, *version.spellings)):
        yield words
        if words[: len(own)] == own:
            yield from (words_of(other) + words[len(own) :] for other in family.spellings)


NO_PRODUCTS = ProductTable()


@lru_cache(4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as names are compared: without case and signs."""
    return tuple(word.casefold() for word in _WORD.findall(name))


@dataclass(frozen=True, slots=True)
class TableError:
    """What is wrong in a line (from 1) of the file of the table, and what to do."""

    line: int
    message: str


@dataclass(slots=True)
class Entries:
    """Families as they are collected from a file, with the line of each name."""

    families: list[Family] = field(default_factory=list)
    errors: list[TableError] = field(default_factory=list)
    lines: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)

    def takes(self, name: str, line: int) -> bool:
        """Whether a name is new; one that is there already, or that has no word, is an error."""
        key = words_of(name)
        if not key:
            self.errors.append(TableError(line, f"'{name}' holds no word: take it out."))
            return False
        if key in self.lines:
            other, earlier = self.lines[key]
            message = f"'{name}' is in line {earlier} already{'' if other == name else f' as {other!r}'}: keep one."
            self.errors.append(TableError(line, message))
            return False
        self.lines[key] = (name, line)
        return True
