"""Proposes a table of products from what guides say they apply to: versions and years are taken apart from names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml
from rapidfuzz import fuzz, process

from kb.content.patterns import linear
from kb.content.product_table import Family, ProductTable, Version, words_of

ALIKE_NAMES = 90  # of 100: names of families from which on they are one, spelled in two ways
ALIKE_VERSIONS = 94
SHORTEST_MISSPELT = 5
MOST_COMPARED = 800
FEWEST_OF_VENDOR = 3  # families whose names begin with one word, from which on it is that of who makes them
# What a version or an edition begins with.
_EDITION = linear(
    r"\s+(?:(?:version |release |v|r)?\d[\w.]*\+?|for|on|with|ltsc|enterprise|standard|professional|premium|home|pro|"
    r"edition|(?:and|or) (?:later|newer|earlier|above)|xp|vista|online|mobile|desktop)(?:\s|$)",
    re.IGNORECASE,
)
_BEFORE = linear(r"(?:new|classic|legacy|the)\s+", re.IGNORECASE)
# What makes no version of its own.
_NO_EDITION = linear(
    r"(?:^|[\s(,]+)(?:service pack \d+|sp\s?\d+|update \d+|and (?:later|newer|earlier|above)(?: versions)?|"
    r"or (?:later|newer|earlier|above)(?: versions)?|editions?)(?:[\s)]+|$)",
    re.IGNORECASE,
)
_DIGITS = linear(r"\d+")
_HEADER = """# What the guides apply to: families with their versions. Walks ask by them what somebody is using.
# 'also' has other ways to write a family; 'Name: [other, other]' other ways to write a version.
"""


@dataclass(slots=True)
class _Parted:
    """Names by the family that they begin with: what is left of each, and how many guides name it."""

    names: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    counts: Counter[str] = field(default_factory=Counter)


def product_counts(lists: Iterable[Iterable[object]]) -> Counter[str]:
    """How many guides name each product, from what each says that it applies to."""
    return Counter(product for listed in lists for product in {str(name) for name in listed})


def proposed(counts: Mapping[str, int]) -> ProductTable:
    """The families that product names make up; `counts` says of each how many guides name it."""
    cleaned: Counter[str] = Counter()
    for name, count in counts.items():
        if words_of(name):
            cleaned[" ".join(name.split()).strip(" .,;")] += count
    if len(cleaned) > MOST_COMPARED:
        cleaned = Counter(dict(cleaned.most_common(MOST_COMPARED)))
    parted = _parted(cleaned)
    into = _merged(parted.counts)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for base in parted.names:
        members[into.get(base, base)].append(base)
    ordered = sorted(members, key=lambda family: (-sum(parted.counts[base] for base in members[family]), family))
    return ProductTable(tuple(_family(name, members[name], parted, cleaned) for name in ordered))


def completed(table: ProductTable, counts: Mapping[str, int]) -> ProductTable:
    """The table with what is proposed for the names that it does not hold."""
    others = proposed({name: count for name, count in counts.items() if not table.holds(name)})
    return ProductTable((*table.families, *others.families)) if others.families else table


def as_yaml(table: ProductTable) -> str:
    """The table as `products.yml` has it."""
    families: dict[str, object] = {}
    for family in table.families:
        versions: list[object] = [
            {version.name: list(version.spellings)} if version.spellings else version.name
            for version in family.versions
        ]
        families[family.name] = {"also": list(family.spellings), "versions": versions} if family.spellings else versions
    return _HEADER + (yaml.safe_dump(families, allow_unicode=True, sort_keys=False, width=110) if families else "{}\n")


def _parted(cleaned: Mapping[str, int]) -> _Parted:
    beginning: defaultdict[str, list[str]] = defaultdict(list)
    for name in cleaned:
        beginning[words_of(name)[0]].append(name)
    makers = {word for word, names in beginning.items() if _is_maker(word, names)}
    parted = _Parted()
    known: dict[tuple[str, ...], str] = {}
    for name, count in cleaned.items():
        prefix = _BEFORE.match(name)
        bare = name[prefix.end() :] if prefix and prefix.end() < len(name) else name
        end = _EDITION.search(bare)
        base = bare[: end.start()] if end else bare
        if not words_of(base) or (words_of(base)[0] in makers and len(words_of(base)) == 1):
            base = bare
        family = known.setdefault(words_of(base), base)  # however it is written
        parted.names[family][name] = name[: len(name) - len(bare)] + bare[len(base) :]
        parted.counts[family] += count
    return parted


def _is_maker(word: str, names: Sequence[str]) -> bool:
    """Whether a word that names begin with is that of who makes them: names of products follow it, few versions."""
    others = {words_of(name)[:2] for name in names if len(words_of(name)) > 1 and not _EDITION.match(name[len(word) :])}
    versions = [name for name in names if len(words_of(name)) == 1 or _EDITION.match(name[len(word) :])]
    return len(others) >= FEWEST_OF_VENDOR and len(others) > len(versions)


def _merged(counts: Mapping[str, int]) -> dict[str, str]:
    """The families that go into another one: those that end with its name, and those that are spelled nearly so."""
    bases = sorted(counts, key=lambda base: (len(words_of(base)), -counts[base], base))
    into: dict[str, str] = {}
    kept: list[str] = []
    for base in bases:
        words = words_of(base)
        home = next((other for other in kept if words[-len(words_of(other)) :] == words_of(other)), "")
        if not home and len(base) >= SHORTEST_MISSPELT:
            found = process.extractOne(base, kept, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=ALIKE_NAMES)
            home = found[0] if found and _DIGITS.findall(found[0]) == _DIGITS.findall(base) else ""
        if home:
            into[base] = home
        else:
            kept.append(base)
    # The way that most guides write it names the family where two are spelled nearly the same.
    for base, home in list(into.items()):
        if counts[base] > counts[home] and len(words_of(base)) == len(words_of(home)):
            into = {key: base if value == home else value for key, value in into.items() if key != base}
            into[home] = base
    return into


def _family(name: str, bases: Sequence[str], parted: _Parted, counts: Mapping[str, int]) -> Family:
    rests = {full: rest for base in bases for full, rest in parted.names[base].items()}
    versions: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    spellings = [base for base in bases if base != name]
    for full, rest in rests.items():
        kept = words_of(_NO_EDITION.sub(" ", rest))
        versions[kept].append(full)
    spellings += [full for full in versions.pop((), []) if words_of(full) != words_of(name)]
    found = [_version(name, names, counts) for names in _alike(versions)]
    found.sort(key=lambda version: version.name.casefold())
    if len(found) == 1 and not any(words_of(full) == words_of(base) for base in bases for full in rests):
        (only,) = found  # nothing to tell it from
        return Family(only.name, (), tuple(_new([*only.spellings, name], [only.name])))
    return Family(name, tuple(found), tuple(_new(spellings, [name])))


def _alike(versions: Mapping[tuple[str, ...], list[str]]) -> Iterator[list[str]]:
    """The names of each version; those that are spelled nearly the same, with the same numbers, are one."""
    groups: dict[str, list[str]] = {}
    for key in sorted(versions, key=lambda key: (-len(versions[key]), key)):
        rest = " ".join(key)
        found = process.extractOne(rest, list(groups), scorer=fuzz.ratio, score_cutoff=ALIKE_VERSIONS)
        home = found[0] if found and _DIGITS.findall(found[0]) == _DIGITS.findall(rest) else rest
        groups.setdefault(home, []).extend(versions[key])
    yield from groups.values()


def _version(family: str, names: Sequence[str], counts: Mapping[str, int]) -> Version:
    """A version by the name that says its family as it is called, else by the one that most guides use."""
    plain = [name for name in names if words_of(name)[: len(words_of(family))] == words_of(family)]
    name = min(plain or names, key=lambda name: (-counts[name], len(name), name))
    return Version(name, tuple(_new([other for other in names if other != name], [name])))


def _new(names: Iterable[str], taken: Iterable[str]) -> Iterator[str]:
    """Those of the names that say something else than the ones before them."""
    seen = {words_of(name) for name in taken}
    for name in sorted(names):
        if words_of(name) not in seen:
            seen.add(words_of(name))
            yield name
