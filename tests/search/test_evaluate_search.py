"""Measuring search with questions whose answers are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kb.library.folders import load
from kb.models import Guide
from kb.search.evaluation import (
    Answer,
    Question,
    QuestionError,
    ask,
    guides_at,
    measure,
    misses,
    percentile,
    read_questions,
)
from kb.search.plain import PlainIndex
from tests.support.indexed import guide

WriteGuide = Callable[..., Guide]


def answer(found: list[int], relevant: set[int] | None = None, seconds: float = 0.001) -> Answer:
    relevant = relevant or {1}
    return Answer(Question("q", tuple(str(pk) for pk in relevant)), frozenset(relevant), tuple(found), seconds)


def test_recall_is_the_share_of_the_relevant_that_is_found() -> None:
    figures = measure([answer([1, 2]), answer([2, 3, 4, 1]), answer([2] * 10 + [1]), answer([3, 1], {1, 2})])
    assert figures.questions == 4
    assert figures.recall == {1: 0.25, 5: (1 + 1 + 0 + 0.5) / 4, 10: (1 + 1 + 0 + 0.5) / 4}


def test_the_reciprocal_rank_counts_the_first_ten() -> None:
    assert measure([answer([1])]).mrr == 1
    assert measure([answer([1]), answer([2, 1]), answer([3] * 10 + [1]), answer([])]).mrr == (1 + 0.5) / 4


def test_milliseconds_are_told_by_the_nearest_rank() -> None:
    figures = measure([answer([1], seconds=number / 1000) for number in range(100)])
    assert (figures.p50, figures.p95) == (pytest.approx(50), pytest.approx(95))
    assert percentile([7.0], 0.95) == 7.0


def test_the_worst_misses_come_first() -> None:
    second, missing, first, fifth = answer([2, 1]), answer([2]), answer([1]), answer([2, 3, 4, 5, 1])
    assert misses([second, missing, first, fifth]) == [missing, fifth, second]


def test_a_path_means_the_guides_whose_source_ends_with_it() -> None:
    sources = {1: "/srv/guides/net/time-outs.md", 2: "/srv/guides/time-outs.md", 3: "/srv/guides/net/my-time-outs.md"}
    assert guides_at("time-outs.md", sources) == {1, 2}
    assert guides_at("net/time-outs.md", sources) == {1}
    assert guides_at("/srv/guides/time-outs.md", sources) == {2}
    assert guides_at("outs.md", sources) == frozenset()


def test_each_question_is_put_to_the_search() -> None:
    questions = [Question("one", ("a.md",)), Question("two", ("b.md", "none.md"))]
    answers = ask(questions, {1: "a.md", 2: "b.md"}, {"one": [1], "two": [1, 2]}.__getitem__)
    assert [(each.rank, each.relevant) for each in answers] == [(1, {1}), (2, {2})]
    assert answers[1].recall(10) == 0.5
    assert all(each.seconds >= 0 for each in answers)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"query": "a"}',
        '{"query": 1, "relevant": ["a"]}',
        '{"query": " ", "relevant": ["a"]}',
        '{"query": "a", "relevant": "a"}',
        '"text"',
        "null",
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text('{"query": "a", "relevant": ["b.md"]}\n\n' + line)
    with pytest.raises(QuestionError, match=r"queries\.jsonl:3: write"):
        read_questions(path)


def test_questions_that_no_guide_answers_are_left_out_unless_they_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text('{"query": "a", "relevant": []}\n{"query": "b", "relevant": ["b.md"]}\n')
    assert [question.text for question in read_questions(path)] == ["b"]
    assert [question.line for question in read_questions(path, also_uncovered=True)] == [1, 2]
    path.write_text('{"query": "a", "relevant": []}\n')
    with pytest.raises(QuestionError, match="has no questions"):
        read_questions(path)


def test_a_file_without_questions_or_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(QuestionError, match="has no questions"):
        read_questions(tmp_path / "empty.jsonl")
    with pytest.raises(QuestionError, match="can't be read"):
        read_questions(tmp_path / "absent.jsonl")


# The command


@pytest.fixture
def queries(write_guide: WriteGuide, tmp_path: Path) -> Path:
    write_guide("# Time-outs\n\n## Fix\n\nOpen the firewall.\n", "net/time-outs.md")
    write_guide("# Tokens\n\n## Fix\n\nRefresh the token.\n", "tokens.md")
    write_guide("---\naudience: staff\n---\n# Vault\n\n## Fix\n\nTurn the zirconium key.\n", "vault.md")
    path = tmp_path / "queries.jsonl"
    questions = [("firewall", "time-outs.md"), ("refresh a token", "time-outs.md"), ("zirconium", "vault.md")]
    path.write_text("".join(json.dumps({"query": text, "relevant": [name]}) + "\n" for text, name in questions))
    return path


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("evaluate_search", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_tells_figures_halves_and_misses(queries: Path) -> None:
    told = run(queries)
    assert told.splitlines()[0].endswith("/queries.jsonl")
    assert "recall@1" in told.splitlines()[1]
    assert told.splitlines()[2].split()[:5] == ["all", "3", "0.333", "0.333", "0.333"]
    assert told.splitlines()[3].startswith("odd lines")
    assert "plain" not in told
    assert "not found: refresh a token\n  wanted: time-outs.md\n  first:  Tokens" in told
    assert "wanted: vault.md (no published guide has this path)\n  first:  nothing" in told


def test_the_command_can_search_as_staff(queries: Path) -> None:
    assert json.loads(run(queries, "--staff", "--json"))["recall_at_1"] == pytest.approx(2 / 3, abs=1e-4)


def test_the_command_prints_json(queries: Path) -> None:
    told = json.loads(run(queries, "--json", "--limit", "1"))
    assert told["queries"] == 3
    assert told["recall_at_10"] == told["mrr_at_10"] == pytest.approx(1 / 3, abs=1e-4)
    assert [half["queries"] for half in told["halves"]] == [2, 1]
    assert len(told["misses"]) == 1
    assert told["p50_ms"] <= told["p95_ms"]


def test_the_command_tells_of_each_file_apart(queries: Path) -> None:
    other = queries.with_name("others.jsonl")
    other.write_text(json.dumps({"query": "firewall", "relevant": ["time-outs.md"]}))
    told = json.loads(run(queries, other, "--json"))
    assert [(Path(each["file"]).name, each["queries"], each["recall_at_1"]) for each in told] == [
        ("queries.jsonl", 3, 0.3333),
        ("others.jsonl", 1, 1.0),
    ]
    assert [line for line in run(queries, other).splitlines() if "jsonl" in line][1].endswith("/others.jsonl")


def test_the_command_puts_the_same_questions_to_a_plain_index(queries: Path) -> None:
    assert json.loads(run(queries, "--plain", "--json"))["plain"]["recall_at_1"] == pytest.approx(1 / 3, abs=1e-4)
    staff = json.loads(run(queries, "--plain", "--staff", "--json"))["plain"]
    assert (staff["queries"], staff["recall_at_1"]) == (3, pytest.approx(2 / 3, abs=1e-4))
    assert next(line for line in run(queries, "--plain").splitlines() if line.startswith("plain")).split()[3:5] == [
        "3",
        "0.333",
    ]


def test_a_plain_index_finds_guides_by_their_best_sections_with_titles_first(tmp_path: Path) -> None:
    in_title = guide(1, "Crashing printer", "Nothing.", "Nothing else.")
    in_text = guide(2, "Other", "A printer.", "The printers crash: printers crash, and crashed.")
    plain = PlainIndex(tmp_path, [in_title, in_text, guide(3, "Third", "None of it.")])
    assert plain.search('printer "crash) OR [', limit=10) == [1, 2]
    assert plain.search("printers crash", limit=1) == [1]
    assert plain.search("the of", limit=10) == []
    plain.close()


def test_the_command_lists_as_many_misses_as_asked_for(queries: Path) -> None:
    assert run(queries, "--limit", "1").count("wanted:") == 1


def test_a_long_question_is_cut_in_the_list(queries: Path) -> None:
    queries.write_text(json.dumps({"query": "refresh\n" + "x " * 200, "relevant": ["vault.md"]}))
    assert "…" in run(queries)


def test_the_command_says_what_is_wrong(queries: Path) -> None:
    with pytest.raises(CommandError, match="can't be read"):
        run(queries.parent / "absent.jsonl")
    with pytest.raises(CommandError, match="give a number from 1 to 100"):
        run(queries, "--limit", "0")


@pytest.mark.slow
@pytest.mark.corpora
def test_search_finds_what_people_asked_for_in_the_technotes(db: None, corpora: Path) -> None:
    folders = [corpora / "corpora" / name for name in ("outlook", "openshift-runbooks", "technotes/guides")]
    load.load(folders)
    told = json.loads(run(corpora / "corpora/technotes/queries.jsonl", "--json"))
    assert told["queries"] == 128
    for figures in (told, *told["halves"]):
        assert figures["mrr_at_10"] >= 0.87
        assert figures["recall_at_10"] >= 0.97
