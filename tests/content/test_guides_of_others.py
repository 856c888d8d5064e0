"""Guides that were written by people who never heard of this software: all are read, and understood."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kb.content import front_matter, lint, outline, problems
from kb.content.document import Problem


def symptoms(problem: Problem) -> list[str]:
    return [symptom.text for symptom in problem.symptoms]


@pytest.mark.corpora
def test_labelled_lists_under_headings_give_six_problems(corpora: Path) -> None:
    structure = problems.find(outline.parse((corpora / "seeds/000_0f4a3fb077b5b0db.md").read_text()))
    assert [problem.anchor for problem in structure.problems] == [
        "invalid-credentials",
        "token-expiration",
        "invalid-license-key",
        "usage-limit-exceeded",
        "connection-timeouts",
        "rate-limiting",
    ]
    assert sum(len(problem.symptoms) for problem in structure.problems) == 12
    assert sum(len(problem.steps) for problem in structure.problems) == 24
    assert [code.code for code in structure.error_codes] == ["400", "401", "403", "404", "429", "500"]
    assert [problem.codes for problem in structure.problems if problem.codes] == [("401",), ("429",)]
    assert (len(structure.triggers), len(structure.path)) == (4, 4)


@pytest.mark.corpora
def test_introduced_lists_give_six_problems(corpora: Path) -> None:
    structure = problems.find(outline.parse((corpora / "seeds/001_810578ac4a362da1.md").read_text()))
    assert [symptoms(problem) for problem in structure.problems] == [
        ["Connection timeout errors"],
        ["Certificate errors"],
        ['"Invalid API Key" errors'],
        ["Authentication tokens expire after 24 hours"],
        ["Slow Response Times"],
        ["Rate limits"],
    ]
    assert [len(problem.steps) for problem in structure.problems] == [5, 4, 4, 3, 5, 4]
    assert [code.code for code in structure.error_codes if code.action] == [
        "400",
        "401",
        "403",
        "404",
        "429",
        "500",
        "503",
    ]
    assert structure.problems[0].codes == ("CONN_TIMEOUT", "CONN_REFUSED", "CONN_RESET")
    assert structure.problems[0].steps[0].markdown.startswith("**Check your internet connection** - ")


@pytest.mark.corpora
@pytest.mark.parametrize(("name", "count"), [("outlook", 334), ("openshift-runbooks", 271), ("technotes/guides", 121)])
def test_guides_that_others_wrote_are_all_read(corpora: Path, name: str, count: int) -> None:
    files = sorted((corpora / "corpora" / name).rglob("*.md"))
    assert len(files) == count
    for file in files:
        head = front_matter.split(file.read_text())
        body = outline.parse(head.body, head.body_line)
        metadata, _ = front_matter.metadata(head.fields, outline=body, source=file.name)
        structure = problems.find(body, metadata.title)
        assert metadata.title
        assert structure.sections
        lint.check(structure, metadata, body)


@pytest.mark.corpora
def test_articles_with_symptoms_and_a_resolution_become_problems(
    corpora: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = missed = 0
    for file in sorted((corpora / "corpora/outlook").rglob("*.md")):
        body = outline.parse(front_matter.split(file.read_text()).body)
        titles = [section.title.strip().lower() for section in body.sections]
        if any(title.startswith("symptom") for title in titles) and any(
            title.startswith(("resolution", "workaround", "solution", "method", "fix", "mitigation"))
            for title in titles
        ):
            both += 1
            missed += not any(problem.symptoms and problem.steps for problem in problems.find(body).problems)
    figure = f"{both - missed} of {both} articles with symptoms and a resolution became problems"
    with capsys.disabled():
        sys.stdout.write(f"\n{figure}: {1 - missed / both:.1%}\n")
    assert both > 200
    assert missed <= both * 0.02


@pytest.mark.corpora
def test_every_runbook_with_a_mitigation_becomes_a_problem_named_as_its_alert(corpora: Path) -> None:
    for file in sorted((corpora / "corpora/openshift-runbooks").rglob("*.md")):
        body = outline.parse(file.read_text())
        titles = [section.title.lower() for section in body.sections]
        if "meaning" in titles and "mitigation" in titles:
            found = [problem for problem in problems.find(body).problems if not problem.anchor]
            assert found, file.name
            assert body.title in symptoms(found[0]) or "symptoms" in file.read_text().lower(), file.name
            assert found[0].steps
