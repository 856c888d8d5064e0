"""Says which problem a section of a guide belongs to, which ones lie in it, and which ones an error code points to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from troubleshooting.catalogue.database_rows import GuideRow
from troubleshooting.catalogue.values import Problem


def sections(
    rows: Iterable[GuideRow], problems: Iterable[Problem], of_guide: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], str]:
    """(guide slug, anchor) -> the problem that the section is, or is a part of.

    What lies in none belongs to the problem that the guide is as a whole, else to the only one that it has.
    """
    own = {(problem.guide.slug, problem.anchor): problem.id for problem in problems}
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        slug = row.fields["slug"]
        only = of_guide.get(slug, ("",))[0] if len(of_guide.get(slug, ())) == 1 else own.get((slug, ""), "")
        above: list[tuple[int, str]] = []
        for anchor, level in row.sections:
            above = [(depth, problem) for depth, problem in above if depth < level]
            if problem := own.get((slug, anchor)):
                above.append((level, problem))
            if problem := above[-1][1] if above else only:
                found[slug, anchor] = problem
    return found | own


def within(
    rows: Iterable[GuideRow], problems: Iterable[Problem], of_sections: Mapping[tuple[str, str], str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """(guide slug, anchor of a section) -> the problems that lie in it and are no section."""
    ids = {(problem.guide.slug, problem.anchor): problem.id for problem in problems}
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        slug = row.fields["slug"]
        anchors = {"", *(anchor for anchor, _ in row.sections)}
        for problem in row.problems:
            place, own = (slug, problem.section), ids.get((slug, problem.anchor), "")
            if problem.anchor not in anchors and of_sections.get(place) != own:
                found[place] = (*found.get(place, ()), own)
    return found


def codes(
    rows: Iterable[GuideRow], problems: Iterable[Problem], of_sections: Mapping[tuple[str, str], str]
) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Error codes in lower case -> the problems that name or define them, none for those that only a table explains.

    With it, how each is written: the codes of most guides first, and the first of each guide before the second of any.
    """
    found: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    ranks: dict[str, tuple[int, int]] = {}
    for of_guide in _codes_by_guide(rows, problems, of_sections):
        for place, (key, (code, ids)) in enumerate(of_guide.items()):
            names.setdefault(key, code)
            found.setdefault(key, set()).update(ids)
            fewer, first = ranks.get(key, (0, place))
            ranks[key] = fewer - 1, min(first, place)
    ordered = sorted(names, key=lambda key: (ranks[key], key))
    return {key: frozenset(ids) for key, ids in found.items()}, {key: names[key] for key in ordered}


def _codes_by_guide(
    rows: Iterable[GuideRow], problems: Iterable[Problem], of_sections: Mapping[tuple[str, str], str]
) -> list[dict[str, tuple[str, set[str]]]]:
    """For each guide, its codes as {key: (as written, problems)}; one in its title points to all of its problems."""
    of_guides: dict[str, list[Problem]] = {}
    for problem in problems:
        of_guides.setdefault(problem.guide.slug, []).append(problem)
    found = []
    for row in rows:
        slug = row.fields["slug"]
        own = of_guides.get(slug, [])
        listed: dict[str, tuple[str, set[str]]] = {}
        for key, code in row.title_codes:
            listed[key] = code, {problem.id for problem in own}
        for key, code, anchor in row.codes:
            listed.setdefault(key, (code, set()))[1].update({of_sections.get((slug, anchor), "")} - {""})
        for problem in own:
            for code in problem.codes:
                listed.setdefault(code.lower(), (code, set()))[1].add(problem.id)
        found.append(listed)
    return found
