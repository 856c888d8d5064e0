"""Says what is wrong in a guide that could be read, each time with its line and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from kb.content import questions
from kb.content.blocks import Outline
from kb.content.document import Finding, Leaf, Metadata, Question, Structure
from kb.content.foreign.lines import shown
from kb.content.headings import headings
from kb.content.passages import passages
from kb.content.phrases import Phrase
from kb.content.staff_signs import title_for_staff

LEFT_OUT = Phrase("Pages do not show <{name}>: say it in words, or link to where it can be seen.")
READ_BY_ALL = Phrase(
    "Everyone reads what stands below '{title}': put it into a '> [!STAFF]' box, or into a guide with "
    "'audience: staff'."
)
NOT_FOLLOWED = Phrase("The link to '{target}' leads nowhere: browsers follow no such address.")


def check(structure: Structure, metadata: Metadata, outline: Outline) -> list[Finding]:
    """The findings of one guide, by line; what only other guides can tell is checked elsewhere."""
    found = [
        *_guide(metadata, outline),
        *_headings(outline),
        *_for_staff(metadata, outline),
        *_problems(structure),
        *questions.find(passages(outline, headings(outline)))[1],
        *_leaves(structure),
        *(
            Finding(line, Phrase("This image has no description: write one between [ and ]."))
            for line in outline.images_without_text
        ),
        *(Finding(line, LEFT_OUT.filled(name=name)) for name, line in outline.left_out),
        *(Finding(line, NOT_FOLLOWED.filled(target=shown(address))) for address, line in outline.not_followed),
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.severity, finding.message))


def _guide(metadata: Metadata, outline: Outline) -> Iterator[Finding]:
    if not any(section.text.strip() for section in outline.sections):
        yield Finding(outline.first_line, Phrase("This guide is empty: write what readers need."))
    if metadata.title_from_file:
        yield Finding(outline.first_line, Phrase("This guide has no title: begin it with a line '# Title'."))


def _headings(outline: Outline) -> Iterator[Finding]:
    path: list[tuple[int, set[str]]] = [(0, set())]
    for section in outline.sections:
        if not section.level:
            continue
        while path[-1][0] >= section.level:
            path.pop()
        title = section.title.casefold()
        if not title:
            yield Finding(section.line, Phrase("This heading is empty: write its words or take it out."))
        elif title in path[-1][1]:
            yield Finding(
                section.line,
                Phrase("The heading '{title}' is there twice at one level: make them differ.", title=section.title),
            )
        path[-1][1].add(title)
        path.append((section.level, set()))


def _for_staff(metadata: Metadata, outline: Outline) -> Iterator[Finding]:
    """Headings such as 'Staff only' of what everyone reads: a heading alone keeps nothing from readers."""
    if metadata.audience != "public":
        return
    for section in outline.sections:
        if section.level and title_for_staff(section.title, is_box=False):
            yield Finding(section.line, READ_BY_ALL.filled(title=shown(section.title)))


def _problems(structure: Structure) -> Iterator[Finding]:
    for problem in structure.problems:
        if not problem.symptoms:
            message = Phrase(
                "The problem '{title}' has no symptom: write what a person sees under 'Symptoms'.", title=problem.title
            )
            yield Finding(problem.line, message)
        if not problem.steps:
            message = Phrase(
                "The problem '{title}' has no step: write what to do as a numbered list.", title=problem.title
            )
            yield Finding(problem.line, message)


def _leaves(structure: Structure) -> Iterator[Finding]:
    anchors = {section.anchor for section in structure.sections} | {place.anchor for place in structure.landmarks}
    for leaf in _leaves_of(structure):
        path, _, anchor = leaf.target.partition("#")
        if not path and anchor not in anchors:
            message = Phrase(
                "The answer leads to '#{anchor}', but no heading of this guide has that anchor.", anchor=anchor
            )
            yield Finding(leaf.line, message, "error")


def _leaves_of(structure: Structure) -> Iterator[Leaf]:
    waiting: list[Question | Leaf] = list(structure.questions)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Leaf):
            yield node
        else:
            waiting += [branch.then for branch in node.branches]
