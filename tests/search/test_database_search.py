"""The search of the plain database: what the contract asks of it, its bounds, and what it keeps from customers."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from kb.models import ErrorCode, Guide, Problem, Section
from kb.search.database import search as database
from kb.search.database.search import search_database
from kb.search.index.contract import GuideDocument, Hits
from kb.search.text.query import Query, parse
from tests.search import test_search_contract as contract
from tests.search.test_search_contract import (  # noqa: F401 - run here against the database
    search,
    test_a_category_holds_those_below_it,
    test_a_code_narrows_the_hits_to_guides_that_have_it,
    test_a_guide_without_sections_is_found_by_its_title,
    test_a_hit_is_a_guide_and_its_other_sections_that_match_stand_with_it,
    test_a_pasted_log_finds_what_it_is_about,
    test_a_pasted_stack_trace_of_ten_thousand_characters_is_taken,
    test_a_phrase_quoted_in_a_pasted_message_lifts_the_guide_that_says_so,
    test_a_product_narrows_the_hits,
    test_a_quoted_phrase_is_found_only_as_it_stands,
    test_a_snippet_marks_the_words_in_the_text,
    test_an_excluded_word_or_phrase_takes_guides_out,
    test_counts_by_category_stay_when_a_category_is_chosen,
    test_counts_tell_what_the_hits_can_be_narrowed_to,
    test_filters_alone_list_the_guides_by_title,
    test_guides_that_define_a_code_come_before_those_that_name_it_in_title_heading_or_text,
    test_hits_are_in_the_order_of_their_scores,
    test_no_audience_finds_nothing,
    test_only_marks_find_nothing,
    test_pages_follow_one_another,
    test_searching_for_a_staff_word_is_like_searching_for_a_word_that_nobody_uses,
    test_staff_can_search_staff_guides_alone,
    test_staff_find_staff_guides_and_others,
    test_staff_guides_change_no_score_of_a_public_one,
    test_the_best_section_of_the_best_guide_comes_first,
    test_totals_and_counts_agree,
    test_what_no_guide_says_finds_nothing,
)
from tests.support.indexed import EVERYONE, INSIDERS, LIBRARY, guide, section
from tests.support.naughty import BOTH_LISTS, NAUGHTY

pytestmark = pytest.mark.django_db


class Rows:
    """The rows of guides in the database, searched as an engine is."""

    def rebuild(self, documents: Iterable[GuideDocument]) -> None:
        """Make the guides of the documents the only ones."""
        Guide.objects.all().delete()
        self.add(documents)

    def add(self, documents: Iterable[GuideDocument]) -> None:
        """Write the rows of guides."""
        for document in documents:
            names = ("slug", "title", "summary", "category", "category_slug", "audience")
            fields = {name: getattr(document, name) for name in names}
            row = Guide.objects.create(
                pk=document.guide_id,
                state=Guide.State.PUBLISHED,
                applies_to=list(document.applies_to),
                tags=list(document.tags),
                updated_at=timezone.now(),
                **fields,
            )
            for position, part in enumerate(document.sections):
                at = {"guide": row, "position": position, "anchor": part.anchor}
                Section.objects.create(title=part.title, level=part.level, line=1, text=part.text, **at)
                for code in part.codes:
                    ErrorCode.objects.create(code=code, key=code.lower(), **at)

    def search(
        self,
        query: Query,
        audiences: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        literal: bool = True,  # noqa: ARG002
    ) -> Hits:
        """The hits of the database, which corrects nothing."""
        return search_database(query, audiences, limit, offset)

    def complete(self, *_: object, **__: object) -> list[str]:
        """Nothing: the database ends no words."""
        return []

    similar_queries = complete


@pytest.fixture
def empty() -> Rows:
    """A library without guides."""
    return Rows()


@pytest.fixture
def engine(empty: Rows) -> Rows:
    """The library of the contract, as rows."""
    empty.add(LIBRARY)
    return empty


def slugs(hits: Hits) -> list[str]:
    return [hit.slug for hit in hits.items]


def found(text: str, audiences: frozenset[str] = EVERYONE, **filters: str) -> list[str]:
    return slugs(search_database(parse(text, **filters), audiences, 10, 0))


# What is found


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("CONN_TIMEOUT", "guide-1"),
        ("conn timeout", "guide-1"),
        ("0X8004010f", "guide-3"),
        ("550 5.7.1", "guide-3"),
        ("error 2013", "guide-4"),
        ("refreshing of tokens", "guide-2"),
        ("a query that scans tables", "guide-4"),
        ("ZÜRICH", "guide-5"),
        ("e-mail", "guide-5"),
    ],
)
def test_codes_and_forms_of_words_are_found(text: str, slug: str) -> None:
    assert found(text)[0] == slug


def test_the_rarer_word_counts_more(empty: Rows) -> None:
    common = [guide(n, f"Server {n}", "The server is slow.") for n in range(1, 9)]
    empty.add([*common, guide(9, "Other", "A giraffe is on the line.")])
    assert found("giraffe server")[0] == "guide-9"


def test_the_piece_of_text_that_is_shown_holds_the_words(empty: Rows) -> None:
    empty.add([guide(1, "Long", "Nothing is said here. " * 60 + "The giraffe is late. " + "Nor here. " * 60)])
    snippet = search_database(parse("giraffe"), EVERYONE, 10, 0).items[0].snippet
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["giraffe"]
    assert len(snippet.text) < 300


def test_a_guide_that_only_its_title_finds_shows_how_it_starts(empty: Rows) -> None:
    empty.add([guide(1, "Giraffes", section("First", "Animals."), section("Second", "More of them."))])
    (hit,) = search_database(parse("giraffe"), EVERYONE, 10, 0).items
    assert (hit.anchor, hit.snippet.text) == ("first", "Animals.")


def test_a_word_within_a_word_is_neither_found_nor_excluded(empty: Rows) -> None:
    empty.add([guide(1, "Internet", "The internet is slow.")])
    assert found("net") == []
    assert found("slow -net") == ["guide-1"]
    assert found('"inter"') == []


def test_a_code_that_a_problem_names_narrows_too(empty: Rows) -> None:
    empty.add([guide(1, "First", "It is slow."), guide(2, "Second", "It is slow.")])
    Problem.objects.create(guide_id=2, position=0, title="Slow", codes=["E_SLOW 7"])
    assert found("slow code:e_fast") == []
    assert found("slow", code="e_slow  7") == ["guide-2"]


@pytest.mark.usefixtures("engine")
def test_filters_alone_can_be_narrowed_and_counted() -> None:
    hits = search_database(parse("product:console -firewall", category="network"), EVERYONE, 10, 0)
    assert slugs(hits) == ["guide-5"]
    assert hits.categories == {"Network": 1}
    assert hits.products == {"Console": 1}
    assert found("code:402") == []
    assert found("code:401") == ["guide-2"]
    assert found("code:CONN_TIMEOUT") == ["guide-1"]


# Staff guides


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("canary", contract.CANARIES)
def test_a_word_of_a_staff_guide_shows_in_nothing_that_a_customer_gets(canary: str) -> None:
    texts = (canary, f'"{canary}"', f"the {canary}", "the", "audience:staff", "rotate key", f"code:{canary}")
    for text in (*texts, f"category:{canary}", f"product:{canary}", "product:console", "-firewall category:network"):
        hits = [search_database(parse(text), EVERYONE, 100, 0)]
        hits.append(search_database(parse(text, audience="staff"), EVERYONE, 100, 0))
        assert not [word for word in contract.CANARIES if word in repr(hits).lower()], text


@pytest.mark.usefixtures("engine")
def test_guides_that_are_not_published_are_not_found() -> None:
    Guide.objects.filter(pk=1).update(state=Guide.State.RETIRED)
    assert found("firewall") == []
    assert "guide-1" not in found("category:network")


# Bounds


QUERIES = (
    "firewall port request again server open",
    '"lost connection" -outlook category:Database product:x code:"error 2013" audience:public',
    "category:network -firewall",
    "word " * 1_900,
    "\n".join(f"at module{number}.function{number} (line {number})" for number in range(300)),
    " ".join(f'"quoted{number} words"' for number in range(60)),
    " ".join(f"-without{number}" for number in range(60)) + " connection",
)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("text", QUERIES, ids=range(len(QUERIES)))
def test_a_search_takes_three_bounded_statements_at_most(text: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        search_database(parse(text), INSIDERS, 10, 0)
    assert len(queries) <= 3
    for query in queries:
        assert " LIMIT " in query["sql"] or " COUNT(*) " in query["sql"]
        assert query["sql"].count(" LIKE ") < 250


def test_what_the_bound_cuts_off_is_the_least_likely(empty: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MOST_GUIDES", 3)
    monkeypatch.setattr(database, "MOST_LISTED", 3)
    empty.add([guide(n, f"Animal {n}", "A giraffe.") for n in range(1, 9)])
    empty.add([guide(9, "Zebra", "A giraffe and a zebra.", category="Zoo", products=("Fence",))])
    assert found("giraffe zebra")[0] == "guide-9"
    for text in ("giraffe category:zoo", "giraffe product:fence", "category:zoo", "product:FENCE"):
        assert found(text) == ["guide-9"], text
    assert search_database(parse("giraffe"), EVERYONE, 10, 0).total == 3


def test_of_too_many_sections_the_first_of_each_guide_are_read(empty: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MOST_SECTIONS", 2)
    parts = [section(f"Part {number}", "A giraffe.") for number in range(5)]
    empty.add([guide(1, "First", *parts), guide(2, "Second", *parts)])
    assert sorted(found("giraffe")) == ["guide-1", "guide-2"]


def test_of_too_much_text_the_titles_are_read_all_the_same(empty: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MOST_TEXT", 20)
    empty.add([guide(1, "First", "A giraffe is here."), guide(2, "Giraffes", "A giraffe, and then a zebra.")])
    assert sorted(found("giraffe")) == ["guide-1", "guide-2"]
    assert found("zebra") == []


# Whatever is typed


@pytest.mark.usefixtures("engine")
def test_what_can_not_be_ranked_finds_nothing_and_is_written_down(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "Planner", None)
    assert search_database(parse("firewall"), EVERYONE, 10, 0) == Hits(0, ())
    assert "could not be ranked" in caplog.text


@pytest.mark.night
@BOTH_LISTS
@pytest.mark.usefixtures("engine")
def test_nothing_typed_raises(texts: tuple[str, ...]) -> None:
    for text in (*NAUGHTY, *texts):
        hits = search_database(parse(text), INSIDERS, 10, 0)
        assert hits.total >= len(hits.items), text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=contract.WORDS.flatmap(lambda first: contract.st.text(max_size=20).map(lambda rest: f"{first} {rest}")))
def test_any_mixture_of_words_and_operators_is_answered(engine: Rows, text: str) -> None:
    for hit in search_database(parse(text), EVERYONE, 5, 0).items:
        assert hit.audience == "public"
        for shown in (hit, *hit.also):
            ends = [0, *(end for _, end in shown.snippet.marks)]
            assert all(ends[i] <= start < end for i, (start, end) in enumerate(shown.snippet.marks))
            assert ends[-1] <= len(shown.snippet.text)
