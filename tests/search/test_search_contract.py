"""What every search engine does: the same tests for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.search.index.contract import Engine, Hits, id_for_staff
from kb.search.postgres.engine import PostgresEngine
from kb.search.text.query import Query, parse
from kb.search.whoosh.engine import WhooshEngine
from tests.support import postgres
from tests.support.indexed import EVERYONE, INSIDERS, LIBRARY, guide, section
from tests.support.naughty import BIG_LIST, BOTH_LISTS, NAUGHTY

SYNONYMS = {
    ("login",): (("sign", "in"),),
    ("sign", "in"): (("login",),),
    ("mail",): (("post",),),
    ("post",): (("mail",),),
}


def whoosh(folder: Path, _stack: ExitStack) -> Engine:
    return WhooshEngine(folder / "index", synonyms=lambda: SYNONYMS)


def in_postgres(_folder: Path, stack: ExitStack) -> Engine:
    def fallback(query: Query, *_: object) -> Hits:
        assert not engine.digests(), query
        return Hits(0, ())

    engine = PostgresEngine(stack.enter_context(postgres.connection()), fallback=fallback, synonyms=lambda: SYNONYMS)
    return engine


ENGINES: dict[str, Callable[[Path, ExitStack], Engine]] = {"whoosh": whoosh, "postgres": in_postgres}
Search = Callable[..., Hits]
Make = Callable[..., Engine]


@pytest.fixture(params=ENGINES)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """A way to make engines that have indexed nothing, each by a name of its own."""
    with ExitStack() as stack:
        yield lambda name="one": ENGINES[request.param](tmp_path / name, stack)


@pytest.fixture
def empty(make: Make) -> Engine:
    """An engine that has indexed nothing."""
    return make()


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with the library; tests leave it as it is."""
    with ExitStack() as stack:
        made = ENGINES[request.param](tmp_path_factory.mktemp("engine"), stack)
        made.rebuild(LIBRARY)
        yield made


@pytest.fixture
def search(engine: Engine) -> Search:
    def find(text: str, audiences: frozenset[str] = EVERYONE, **options: object) -> Hits:
        filters = {key: str(options.pop(key)) for key in ("category", "product", "audience", "code") if key in options}
        return engine.search(parse(text, **filters), audiences, **options)  # type: ignore[arg-type]

    return find


def slugs(hits: Hits) -> list[str]:
    return [hit.slug for hit in hits.items]


def marked(hits: Hits) -> list[str]:
    snippet = hits.items[0].snippet
    return [snippet.text[start:end] for start, end in snippet.marks]


# What is found


def test_the_best_section_of_the_best_guide_comes_first(search: Search) -> None:
    hits = search("token expires")
    assert hits.items[0].slug == "guide-2"
    assert hits.items[0].anchor == "token-expiration"
    assert hits.items[0].section == "Token expiration"
    assert hits.items[0].title == "Authentication fails"
    assert hits.items[0].category == "Authentication"


def test_a_hit_is_a_guide_and_its_other_sections_that_match_stand_with_it(search: Search) -> None:
    hits = search("conn_timeout")
    assert slugs(hits) == ["guide-1"]
    assert {hits.items[0].anchor, *(hit.anchor for hit in hits.items[0].also)} == {"symptoms", "error-codes"}
    assert all(hit.slug == "guide-1" and not hit.also for hit in hits.items[0].also)


def test_hits_are_in_the_order_of_their_scores(search: Search) -> None:
    scores = [hit.score for hit in search("server connection error").items]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)


def test_a_snippet_marks_the_words_in_the_text(search: Search) -> None:
    hits = search("port firewall")
    assert hits.items[0].snippet.text == "Open port 443 in the firewall, then repeat the request."
    assert marked(hits) == ["port", "firewall"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("CONN_TIMEOUT", "guide-1"),
        ("conn_timeout", "guide-1"),
        ("conn timeout", "guide-1"),
        ("conn-timeout", "guide-1"),
        ("0x8004010F", "guide-3"),
        ("0X8004010f", "guide-3"),
        ("8004010F", "guide-3"),
        ("5.7.1", "guide-3"),
        ("550 5.7.1", "guide-3"),
        ("ERROR 2013", "guide-4"),
        ("error 2013", "guide-4"),
        ("2013", "guide-4"),
        ("401", "guide-2"),
    ],
)
def test_an_error_code_is_found_however_it_is_written(search: Search, text: str, slug: str) -> None:
    assert slugs(search(text))[0] == slug


def test_an_error_code_leads_to_the_section_that_defines_it(search: Search) -> None:
    assert search("CONN_TIMEOUT").items[0].anchor == "error-codes"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("connections", "guide-1"),
        ("a query that scans tables", "guide-4"),
        ("zurich", "guide-5"),
        ("ZÜRICH", "guide-5"),
        ("email", "guide-5"),
        ("e-mail", "guide-5"),
        ("e mail", "guide-5"),
        ("fire wall", "guide-1"),
        ("time outs", "guide-1"),
        ("time-out", "guide-1"),
        ("time_out", "guide-1"),
        ("tokenexpiration", "guide-2"),
        ("login to the console", "guide-5"),
        ("post is not delivered", "guide-3"),
    ],
)
def test_other_ways_to_write_it_find_the_same(search: Search, text: str, slug: str) -> None:
    hits = search(text)
    assert slugs(hits)[0] == slug
    assert hits.correction is None


def test_a_pasted_log_finds_what_it_is_about(search: Search) -> None:
    lines = [f"2024-01-02 10:00:{second:02} INFO worker-{second} request took 12 ms" for second in range(60)]
    text = "\n".join([*lines, "ERROR 2013 (HY000): Lost connection to MySQL server during query", *lines])[:10_000]
    assert slugs(search(text))[0] == "guide-4"


def test_a_pasted_stack_trace_of_ten_thousand_characters_is_taken(search: Search) -> None:
    frame = '  File "/srv/app/client.py", line 12, in fetch\n    return self.session.get(url)\n'
    text = "Traceback (most recent call last):\n" + frame * 120 + "TimeoutError: CONN_TIMEOUT while connecting"
    assert slugs(search(text[-10_000:]))[0] == "guide-1"


def test_what_no_guide_says_finds_nothing(search: Search) -> None:
    assert search("xylophone") == Hits(0, ())


def test_only_marks_find_nothing(search: Search) -> None:
    assert search("?!") == Hits(0, ())
    assert search("-login").total == 0


def test_a_phrase_quoted_in_a_pasted_message_lifts_the_guide_that_says_so(empty: Engine) -> None:
    apart = guide(1, "First", "The mail server is lost. It has no name. Read the relay log. A connection is made.")
    as_it_stands = guide(
        2, "Second", "The relay log is made. It has no name. Read the mail. A lost server connection is."
    )
    empty.rebuild([apart, as_it_stands])
    said = 'Since the update it fails with\n"lost server connection" or "no such thing".'
    assert slugs(empty.search(parse(said), EVERYONE)) == ["guide-2", "guide-1"]
    unquoted = said.replace('"', "")
    scores = [empty.search(parse(text), EVERYONE).items[0].score for text in (said, unquoted)]
    assert scores[0] > scores[1]


def test_words_that_stand_together_count_more_than_words_apart(empty: Engine) -> None:
    apart = guide(1, "First", "The quota is set by staff. Nobody else may do so. Each licence has a date.")
    together = guide(2, "Second", "The date is set by staff. Nobody else may do so. Each licence quota has it.")
    empty.rebuild([apart, together])
    assert slugs(empty.search(parse("licence quota"), EVERYONE)) == ["guide-2", "guide-1"]


def test_a_guide_that_defines_an_error_code_comes_before_one_that_only_names_it(empty: Engine) -> None:
    names = guide(1, "First", "E_QUOTA and E_QUOTA again. E_QUOTA is common.")
    defines = guide(
        2, "Second", section("Codes", "E_QUOTA means that the quota is used up for this month.", codes=("E_QUOTA",))
    )
    empty.rebuild([names, defines])
    assert slugs(empty.search(parse("E_QUOTA"), EVERYONE)) == ["guide-2", "guide-1"]


def test_a_heading_that_says_just_what_was_asked_comes_first(empty: Engine) -> None:
    tree = section(
        "Decision tree", "Was the connection refused? Connection refused: see there. Connection reset: here."
    )
    refused = section("Connection refused", "A machine said no. " * 10)
    empty.rebuild([guide(1, "Triage", tree), guide(2, "Other", section("Reset", "It broke off."), refused)])
    hits = empty.search(parse("connection refused"), EVERYONE)
    assert (hits.items[0].slug, hits.items[0].anchor) == ("guide-2", "connection-refused")


ACRONYMS = (
    guide(1, "Names", "The Domain Name System (DNS) maps names."),
    guide(2, "Lookups", "When the domain name system is slow, wait."),
    guide(3, "Resolver", "Set the DNS servers by hand."),
    guide(4, "Domains", "Each domain has a system and a name."),
    guide(5, "Servers", "The WebSphere Application Server (WAS) starts late."),
    guide(6, "Other", "What was ready starts late."),
)


def test_an_acronym_finds_what_the_guides_say_it_stands_for(empty: Engine) -> None:
    empty.rebuild(ACRONYMS)
    assert set(slugs(empty.search(parse("dns"), EVERYONE))) == {"guide-1", "guide-2", "guide-3"}
    assert {"guide-1", "guide-2", "guide-3"} <= set(slugs(empty.search(parse("domain name system"), EVERYONE)))


def test_an_acronym_in_capitals_is_no_stop_word(empty: Engine) -> None:
    empty.rebuild(ACRONYMS)
    assert "guide-5" in slugs(empty.search(parse("WAS xylophones"), EVERYONE))
    assert empty.search(parse("was xylophones"), EVERYONE).total == 0


# Operators


def test_a_quoted_phrase_is_found_only_as_it_stands(search: Search) -> None:
    assert slugs(search('"lost connection"')) == ["guide-4"]
    assert search('"connection lost"').total == 0
    assert slugs(search('"unable to relay"')) == ["guide-3"]


def test_an_excluded_word_or_phrase_takes_guides_out(search: Search) -> None:
    assert {"guide-1", "guide-4"} <= set(slugs(search("connection")))
    assert "guide-4" not in slugs(search("connection -query"))
    assert "guide-4" not in slugs(search('connection -"lost connection"'))
    assert slugs(search("-firewall category:network")) == ["guide-5"]


def test_a_category_holds_those_below_it(search: Search) -> None:
    assert set(slugs(search("the", category="Network"))) == {"guide-1", "guide-5"}
    assert slugs(search('the category:"Network/Time outs"')) == ["guide-1"]
    assert slugs(search("the", category="network/time-outs")) == ["guide-1"]
    assert search("the category:net").total == 0


def test_a_product_narrows_the_hits(search: Search) -> None:
    assert slugs(search("server", product="outlook 2016")) == ["guide-3"]


def test_a_code_narrows_the_hits_to_guides_that_have_it(search: Search) -> None:
    assert slugs(search("connection code:conn_timeout")) == ["guide-1"]
    assert slugs(search("code:0x8004010F")) == slugs(search("code:8004010f")) == ["guide-3"]
    assert slugs(search("mail code:5.7.1")) == ["guide-3"]
    assert (search("code:0x8004010F").items[0].anchor, marked(search("code:0x8004010F"))) == (
        "offline-address-book",
        ["0x8004010F"],
    )
    assert search("code:5.7").total == 0
    assert search("code:?!").total == 0
    assert slugs(search('connection code:"error  2013"')) == ["guide-4"]
    assert search("connection code:401").total == 0


def test_guides_that_define_a_code_come_before_those_that_name_it_in_title_heading_or_text(empty: Engine) -> None:
    empty.rebuild(
        [
            guide(1, "All about E_QUOTA", "The quota of a folder is full."),
            guide(2, "Folders", section("After E_QUOTA", "The quota, the quota. The quota is full.")),
            guide(3, "Moving", "The quota is full: E_QUOTA is shown."),
            guide(4, "Zones", section("Codes", "It means that a quota is full.", codes=("E_QUOTA",))),
            guide(5, "Other", "An E quota, and E_QUOTAS."),
        ]
    )
    assert slugs(empty.search(parse("code:e_quota"), EVERYONE)) == ["guide-4", "guide-1", "guide-2", "guide-3"]
    with_words = slugs(empty.search(parse("quota code:e_quota"), EVERYONE))
    assert with_words[0] == "guide-4"
    assert set(with_words) == {"guide-1", "guide-2", "guide-3", "guide-4"}
    assert slugs(empty.search(parse("quota code:e_quota"), EVERYONE, limit=2, offset=1)) == with_words[1:3]


def test_filters_alone_list_the_guides_by_title(search: Search) -> None:
    hits = search("category:Network")
    assert slugs(hits) == ["guide-1", "guide-5"]
    assert hits.total == 2


def test_counts_tell_what_the_hits_can_be_narrowed_to(search: Search) -> None:
    hits = search("console")
    assert hits.categories == {"Network": 1, "Network/Time outs": 1}
    assert hits.products == {"Console": 2, "Gateway": 1}


def test_counts_by_category_stay_when_a_category_is_chosen(search: Search) -> None:
    everywhere, narrowed = search("connection server"), search("connection server", category="Database")
    assert narrowed.total == 1
    assert narrowed.categories == everywhere.categories
    assert narrowed.products != everywhere.products


def test_totals_and_counts_agree(search: Search) -> None:
    hits = search("connection server", limit=1)
    assert len(hits.items) == 1
    assert hits.total == sum(hits.categories.values())


def test_pages_follow_one_another(search: Search) -> None:
    whole = slugs(search("the server connection", limit=10))
    assert len(whole) > 3
    paged = [
        slug for offset in range(0, 10, 2) for slug in slugs(search("the server connection", limit=2, offset=offset))
    ]
    assert paged == whole
    assert slugs(search("the server connection", limit=10, offset=1000)) == []


# Corrections


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("autentication", "authentication"),
        ("conection refused", "connection refused"),
        ("Conection timeuot", "connection timeout"),
        ("deliverd mail", "delivered mail"),
    ],
)
def test_a_slip_is_put_right_and_said_so(search: Search, typed: str, meant: str) -> None:
    hits = search(typed)
    assert hits.correction is not None
    assert hits.correction.lower() == meant
    assert hits.total > 0


TRIAGE = (
    guide(1, "Mail flow", "You can rely on the connector. Access was denied. The database is in use, in either case."),
    guide(2, "Native clients", "A native client can call the server, or form a query. Your password is stored."),
    guide(3, "Calendar", "Share the calendar in Outlook. Receive a separate message in the Outlook mailbox."),
    guide(4, "Sign-in", "The authentication token has expired. The connection timeout is reached. Trust the address."),
    guide(5, "Pods", "A contact confirms the resolution. Restore the directory that is missing. Close the dialogue."),
    guide(6, "Servers", "The server is installed. Synchronize the attachment with the certificate of the environment."),
)


# Languages


MIXED = (
    guide(1, "Mailbox is full", "Delete old mail, or ask for a larger mailbox. The quota is told by the die."),
    replace(
        guide(2, "Das Postfach ist voll", "Die Postfachgröße ist begrenzt. Löschen Sie alte Nachrichten."),
        language="de",
    ),
    replace(guide(3, "Drucker druckt nicht", "Schalten Sie den Drucker aus. Fragen Sie Frau Müller."), language="de"),
    replace(guide(4, "Boîte aux lettres pleine", "Supprimez les anciens messages."), language="fr"),
    replace(guide(5, "Почтовый ящик переполнен", "Удалите старые письма."), language="ru"),
    guide(6, "Printers", "The printer prints nothing: switch it off and on."),
    guide(7, "Calls", "A call that is postponed rings later."),
)


@pytest.fixture(params=ENGINES, scope="module")
def mixed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with guides in several languages; tests leave it as it is."""
    with ExitStack() as stack:
        made = ENGINES[request.param](tmp_path_factory.mktemp("mixed"), stack)
        made.rebuild(MIXED)
        yield made


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("postfach voll", "guide-2"),
        ("volle Postfächer", "guide-2"),
        ("Größe", "guide-2"),
        ("postfachgroesse", "guide-2"),
        ("die nachricht löschen", "guide-2"),
        ("druckern", "guide-3"),
        ("mueller", "guide-3"),
        ("Muller", "guide-3"),
        ("boite pleine", "guide-4"),
        ("письмо", "guide-5"),
        ("переполненный ящик", "guide-5"),
        ("full mailboxes", "guide-1"),
        ("printing", "guide-6"),
    ],
)
def test_each_language_of_a_library_is_looked_up_by_its_own_rules(mixed: Engine, text: str, slug: str) -> None:
    assert slugs(mixed.search(parse(text), EVERYONE))[:1] == [slug]


def test_a_question_in_a_language_of_no_guide_is_not_mended_into_another(empty: Engine) -> None:
    empty.rebuild([guide for guide in MIXED if guide.language == "en"])
    for text in ("postfach voll", "boîte aux lettres", "drucker druckt nicht", "impresora no imprime"):
        hits = empty.search(parse(text), EVERYONE)
        assert (hits.correction, hits.proposal) == (None, None), text
        assert empty.similar_queries(text, EVERYONE) == [], text


@pytest.fixture(params=ENGINES, scope="module")
def triage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with guides whose words are near to many others; tests leave it as it is."""
    with ExitStack() as stack:
        made = ENGINES[request.param](tmp_path_factory.mktemp("triage"), stack)
        made.rebuild(TRIAGE)
        yield made


CORRECT_WORDS = (
    "relay denied", "5.7.1 relay denied", "relay", "café outlook", "café", "naïve", "naïve client", "cafe outlook",
    "ball", "ball server", "fork server", "fork", "trash", "crust address", "foam a query", "farm query", "cake",
    "corm", "walk the server", "motive client", "nature client", "calendula", "addition", "revolution",
    "revolution of a contact", "contest", "context", "massage outlook", "massage", "outlast", "password wallet",
    "missive", "server conform", "attainment", "environs", "dictator", "erector", "passport denied", "hose outlook",
    "RESTORM the directory", "token prose", "tokén expired", "sérver", "kalender", "Case VOICES",
)  # fmt: skip


def test_a_correct_word_that_no_guide_has_is_never_put_right(triage: Engine) -> None:
    for text in CORRECT_WORDS:
        assert triage.search(parse(text), EVERYONE).correction is None, text


USUAL_SLIPS = {
    "autentication": "authentication", "authenitcation": "authentication", "conection timeout": "connection timeout",
    "pasword": "password", "passwrod is stored": "password is stored", "recieve": "receive",
    "recieve a message": "receive a message", "mesage": "message", "outlok": "outlook",
    "seperate mailbox": "separate mailbox", "atachment": "attachment", "adress": "address",
    "enviroment": "environment", "certficate": "certificate", "sychronize": "synchronize",
    "databse in use": "database in use", "timeuot": "timeout", "tokne": "token", "natvie": "native",
    "direcotry missing": "directory missing", "mailboxx": "mailbox", "conectoin": "connection",
    "authentification expired": "authentication expired", "expierd token": "expired token",
    "Shaer": "share", "resoluton": "resolution", "installled server": "installed server",
}  # fmt: skip


def test_a_usual_slip_is_put_right(triage: Engine) -> None:
    for typed, meant in USUAL_SLIPS.items():
        hits = triage.search(parse(typed), EVERYONE)
        assert (hits.correction or "").lower() == meant
        assert hits.total > 0, typed
        assert triage.search(parse(typed), EVERYONE, literal=True).correction is None, typed


def test_what_may_have_been_meant_is_offered_beside_the_hits_for_the_other_words(triage: Engine) -> None:
    hits = triage.search(parse("Relay denied"), EVERYONE)
    assert slugs(hits) == ["guide-1"]
    assert (hits.correction, hits.proposal) == (None, "rely denied")
    assert triage.search(parse("revolution contact"), EVERYONE).proposal == "resolution contact"
    assert triage.search(parse("conection relay denied"), EVERYONE).proposal == "connection rely denied"


def test_what_does_not_go_with_the_other_words_or_is_too_far_is_not_offered(triage: Engine) -> None:
    for text in ("relay calendar", "ball server", "café database", "relay denied xylophone -case"):
        hits = triage.search(parse(text), EVERYONE)
        assert hits.proposal is None, text


def test_a_word_is_known_though_it_does_not_begin_like_its_other_forms(empty: Engine) -> None:
    empty.rebuild([guide(1, "Limits", "The inability to sign in."), guide(2, "Other", "Tokens.")])
    assert slugs(empty.search(parse("inability"), EVERYONE)) == ["guide-1"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("offlineaddressbook", "guide-3"),
        ("offlineaddressbookmissing", ""),
        ("lostconnection", "guide-4"),
        ("lostconnectiontoserver", "guide-4"),
        ("signintoconsole", ""),
        ("openport443", ""),
        ("messagewith", "guide-3"),
        ("rejectsthemessage", "guide-3"),
    ],
)
def test_up_to_four_words_run_together_are_found_where_guides_write_them_so(
    search: Search, text: str, slug: str
) -> None:
    assert slugs(search(text)) == ([slug] if slug else [])


def test_the_words_can_be_searched_as_typed(search: Search) -> None:
    hits = search("autentication", literal=True)
    assert hits == Hits(0, ())


def test_a_correct_rare_word_is_not_put_right(empty: Engine) -> None:
    empty.rebuild(
        [guide(1, "Latin", "The word forn is rare."), *(guide(n, "Form", "Fill in the form.") for n in range(2, 30))]
    )
    hits = empty.search(parse("forn"), EVERYONE)
    assert slugs(hits) == ["guide-1"]
    assert hits.correction is None


def test_what_has_a_digit_or_is_quoted_or_short_is_not_put_right(search: Search) -> None:
    for text in ("0x8004010E", '"conection"', "tkn"):
        assert search(text).correction is None


def test_the_correction_keeps_the_rest_of_what_was_typed(search: Search) -> None:
    assert search("conection -outlook category:Network").correction == "connection -outlook category:Network"


# The nearest texts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("athentcaton", "authentication"),
        ("authen", "authentication"),
        ('"lost conection"', '"lost connection"'),
        ("firewal", "firewall"),
        ("qurey xylophone", "query xylophone"),
        ("qurey xylophone firewal tokne", "query xylophone firewall token"),
        ("0x8004010E", "0x8004010f"),
        ("2012", "2013"),
        ("serverconnection", "server connection"),
    ],
)
def test_the_nearest_texts_have_words_of_the_guides(engine: Engine, typed: str, meant: str) -> None:
    near = engine.similar_queries(typed, EVERYONE)
    assert near[0] == meant
    for text in near:
        assert engine.search(parse(text), EVERYONE).total, text


def test_a_text_that_would_find_nothing_either_is_not_near(engine: Engine) -> None:
    assert engine.similar_queries('"conection lost"', EVERYONE) == []


def test_there_is_nothing_near_to_words_that_guides_have_or_to_none(engine: Engine) -> None:
    for text in ("", "connection", "the", "?!", "xylophone", "0x9004010E", "conection " * 100):
        assert engine.similar_queries(text, EVERYONE) == [], text


def test_three_words_at_most_are_near_to_one_and_the_commonest_comes_first(empty: Engine) -> None:
    assert empty.similar_queries("gate", EVERYONE) == []
    empty.rebuild([guide(n, "Doors", f"A gate{end}.") for n, end in enumerate(("ways", "way", "s", "d", "way"), 1)])
    near = empty.similar_queries("gatew", EVERYONE)
    assert len(near) == 3
    assert near[0] == "gateway"
    assert empty.similar_queries("gatew", EVERYONE, limit=1) == ["gateway"]


def test_a_staff_word_is_near_to_nothing_that_a_customer_types(engine: Engine) -> None:
    assert engine.similar_queries("quetzalcoatlx", INSIDERS) == ["quetzalcoatl"]
    assert engine.similar_queries("quetzalcoatlx", EVERYONE) == []
    assert engine.similar_queries("connection quetzalcoatlx", INSIDERS) == ["connection quetzalcoatl"]
    assert engine.similar_queries("connection quetzalcoatlx", EVERYONE) == []


# Completion


def test_words_of_titles_and_headings_come_before_commoner_ones(empty: Engine) -> None:
    texts = [guide(n, "Other", "Every time, time and time again.") for n in range(10, 20)]
    empty.rebuild([guide(1, "Timeouts", "Wait."), guide(2, "Late", section("Timer", "It rings.")), *texts])
    assert empty.complete("tim", EVERYONE) == ["timeouts", "timer", "time"]


def test_words_of_headings_that_stand_with_those_before_come_first(empty: Engine) -> None:
    texts = [guide(n, "Token", "It was an expensive one.") for n in range(10, 20)]
    empty.rebuild([guide(1, "Token expiry", "Wait."), *texts])
    assert empty.complete("token exp", EVERYONE) == ["token expiry", "token expensive"]


def test_the_last_word_is_completed(engine: Engine) -> None:
    assert "authentication" in engine.complete("auth", EVERYONE)
    assert engine.complete("Lost conn", EVERYONE)[0].startswith("lost conn")
    assert "lost connection" in engine.complete("Lost conn", EVERYONE)


def test_words_that_stand_with_those_before_come_first(engine: Engine) -> None:
    assert engine.complete("offline ad", EVERYONE)[0] == "offline address"
    assert engine.complete("slow q", EVERYONE) == []
    assert engine.complete("slow qu", EVERYONE)[0] in {"slow queries", "slow query"}


def test_an_identifier_is_completed(engine: Engine) -> None:
    assert "conn_timeout" in engine.complete("CONN_TI", EVERYONE)


def test_nothing_is_completed_after_a_space_or_from_nothing(engine: Engine) -> None:
    for text in ("", " ", "auth ", "?", "a"):
        assert engine.complete(text, EVERYONE) == []


def test_no_more_is_offered_than_asked_for(engine: Engine) -> None:
    assert len(engine.complete("co", EVERYONE, limit=2)) == 2


# Suggestions


TOUCHED = (
    guide(1, "Other", section("Details", "The timer rings, time after time. " * 5)),
    guide(2, "Late", section("Timer", "It rings.")),
    guide(3, "Timeouts", "Wait."),
    guide(4, "Clocks", "Each has a timer."),
    guide(5, "Secret timeouts", "Wait.", audience="staff"),
)


def test_titles_that_begin_as_typed_are_suggested_first_then_headings_then_the_rest(empty: Engine) -> None:
    empty.rebuild(TOUCHED)
    found = empty.suggest("tim", EVERYONE)
    assert [hit.title for hit in found.hits][:2] == ["Timeouts", "Late"]
    assert {hit.title for hit in found.hits[2:]} == {"Other", "Clocks"}
    assert found.hits[1].section == "Timer"
    assert found.hits[1].anchor == "timer"
    assert list(found.completions) == empty.complete("tim", EVERYONE)


def test_no_suggestion_is_of_a_staff_guide_unless_for_staff(empty: Engine) -> None:
    empty.rebuild(TOUCHED)
    assert "Secret timeouts" in {hit.title for hit in empty.suggest("timeou", INSIDERS).hits}
    for text in ("timeou", "secret", "sec", "secret tim", "audience:staff tim"):
        found = empty.suggest(text, EVERYONE)
        assert "ecret" not in repr((found.hits, [ended.removeprefix(text) for ended in found.completions])), text
    assert empty.suggest("timeou", frozenset()).hits == ()


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("token exp", "guide-2"),
        ("lost conn", "guide-4"),
        ("conn_ti", "guide-1"),
        ("0x8004010F", "guide-3"),
        ("login to the cons", "guide-5"),
        ("conection tim", "guide-1"),
        ("conection", "guide-1"),
        ('"lost connection"', "guide-4"),
        ("connection -query firew", "guide-1"),
        ("server category:Database", "guide-4"),
        ("mail ", "guide-3"),
    ],
)
def test_what_a_search_would_find_is_suggested(engine: Engine, text: str, slug: str) -> None:
    assert engine.suggest(text, EVERYONE).hits[0].slug == slug


def test_a_letter_that_a_word_may_begin_with_tells_of_titles_only(empty: Engine) -> None:
    letters = [guide(number, f"Other {number}", section("Details", "The x of the timer.")) for number in range(3, 6)]
    empty.rebuild([guide(1, "Timer rings", "It rings."), guide(2, "Timer x", "It rings."), *letters])
    assert [hit.slug for hit in empty.suggest("timer x", EVERYONE).hits[:2]] == ["guide-2", "guide-1"]
    assert [hit.slug for hit in empty.suggest("timer r", EVERYONE).hits[:1]] == ["guide-1"]


def test_a_stop_word_that_may_go_on_is_looked_up_as_it_stands(empty: Engine) -> None:
    empty.rebuild(TOUCHED)
    assert {hit.title for hit in empty.suggest("timer a", EVERYONE).hits} == {"Late", "Other", "Clocks"}
    assert {hit.title for hit in empty.suggest("timer after", EVERYONE).hits} == {"Late", "Other", "Clocks"}


def test_each_guide_is_suggested_once_and_no_more_than_asked_for(engine: Engine) -> None:
    for text in ("co", "connection", "the server", "server category:Network", "the"):
        for limit in (1, 2, 5):
            hits = engine.suggest(text, EVERYONE, limit=limit).hits
            assert len({hit.slug for hit in hits}) == len(hits) <= limit, text


def test_nothing_is_suggested_for_what_no_guide_says(engine: Engine) -> None:
    for text in ("", "xylophone", "?!", "-login"):
        assert engine.suggest(text, EVERYONE).hits == (), text


# Audiences


def test_staff_find_staff_guides_and_others(search: Search) -> None:
    assert slugs(search("zirconium", INSIDERS)) == ["guide-6"]
    assert "guide-1" in slugs(search("connection", INSIDERS))


def test_staff_can_search_staff_guides_alone(search: Search) -> None:
    assert slugs(search("the key server audience:staff", INSIDERS)) == ["guide-6"]
    assert "guide-6" not in slugs(search("the key server audience:public", INSIDERS))


CANARIES = ("zirconium", "quetzalcoatl", "zirc_9", "vault", "keeping", "hsm")


def seen_by_a_customer(engine: Engine, text: str) -> str:
    hits = [engine.search(parse(text), EVERYONE, literal=literal) for literal in (False, True)]
    hits.append(engine.search(parse(text, audience="staff"), EVERYONE))
    # What only repeats the text says nothing; `similar_queries` may, beside the words it gives in place of others.
    near = [
        word
        for other in engine.similar_queries(text, EVERYONE, limit=100)
        for word in set(other.split()) - {*text.split()}
    ]
    offered = engine.complete(text, EVERYONE, limit=100), engine.suggest(text, EVERYONE, limit=100)
    return repr((hits, offered, near)).lower()


@pytest.mark.parametrize("canary", CANARIES)
def test_a_word_of_a_staff_guide_shows_in_nothing_that_a_customer_gets(engine: Engine, canary: str) -> None:
    slips = [canary[:-1], canary[:3] + canary[4:], canary[1:], canary + "s", canary[:2] + "x" + canary[3:]]
    starts = [canary[:length] for length in range(1, len(canary) + 1)]
    for text in (canary, *slips, *starts, f"the {canary}", f"category:{canary}", "the", "audience:staff", "rotate key"):
        seen = seen_by_a_customer(engine, text)
        assert not [word for word in CANARIES if word in seen], text


def test_searching_for_a_staff_word_is_like_searching_for_a_word_that_nobody_uses(engine: Engine) -> None:
    for template in ("{}", "connection {}", '"{}"', "connection -{}", "{} server"):
        known = engine.search(parse(template.format("quetzalcoatl")), EVERYONE)
        unknown = engine.search(parse(template.format("quetzalcoatx")), EVERYONE)
        assert known == unknown


def test_staff_guides_change_no_score_of_a_public_one(empty: Engine) -> None:
    public = [document for document in LIBRARY if document.audience == "public"]
    empty.rebuild(public)
    before = empty.search(parse("rotate the server key connection"), EVERYONE)
    empty.rebuild([*public, *(guide(n, "Server key", "Connection key", audience="staff") for n in range(100, 130))])
    assert empty.search(parse("rotate the server key connection"), EVERYONE) == before


def test_a_guide_that_becomes_staff_only_is_gone_for_customers_with_all_its_words(empty: Engine) -> None:
    empty.rebuild([*LIBRARY, guide(7, "Quokka", "The quokka eats marsupial figs.")])
    assert empty.complete("quok", EVERYONE) == ["quokka"]
    empty.add([guide(7, "Quokka", "The quokka eats marsupial figs.", audience="staff")])
    assert slugs(empty.search(parse("quokka"), INSIDERS)) == ["guide-7"]
    for text in ("quokka", "quokk", "marsupiel", "marsup"):
        seen = seen_by_a_customer(empty, text)
        assert "quokka" not in seen
        assert "marsupial" not in seen


# Change


def test_an_empty_engine_finds_nothing(empty: Engine) -> None:
    assert empty.search(parse("login"), EVERYONE) == Hits(0, ())
    assert empty.complete("log", EVERYONE) == []
    assert empty.digests() == {}


def test_a_guide_that_is_added_again_takes_its_own_place(empty: Engine) -> None:
    empty.add([guide(1, "Old words", "giraffe"), guide(2, "Other", "giraffe")])
    empty.add([guide(1, "New words", "elephant")])
    assert slugs(empty.search(parse("giraffe"), EVERYONE)) == ["guide-2"]
    assert [hit.title for hit in empty.search(parse("elephant"), EVERYONE).items] == ["New words"]


def test_a_guide_that_comes_twice_at_once_counts_as_it_came_last(empty: Engine) -> None:
    empty.add([guide(1, "First", "giraffe"), guide(1, "Second", "elephant")])
    assert empty.search(parse("giraffe"), EVERYONE).total == 0
    assert empty.search(parse("elephant"), EVERYONE).total == 1


def test_a_guide_that_is_removed_is_gone(empty: Engine) -> None:
    empty.add([guide(1, "One", "giraffe"), guide(2, "Two", "giraffe")])
    empty.remove([1, 99])
    assert slugs(empty.search(parse("giraffe"), EVERYONE)) == ["guide-2"]
    assert empty.digests().keys() == {2}


def test_guides_come_and_go_at_once(empty: Engine) -> None:
    empty.add([guide(1, "One", "giraffe"), guide(2, "Two", "giraffe"), guide(3, "Three", "giraffe")])
    empty.update([guide(2, "Two", "elephant"), guide(4, "Four", "giraffe")], [1, 2, 99])
    assert sorted(slugs(empty.search(parse("giraffe"), EVERYONE))) == ["guide-3", "guide-4"]
    assert slugs(empty.search(parse("elephant"), EVERYONE)) == ["guide-2"]
    assert empty.digests().keys() == {2, 3, 4}


def test_a_rebuild_forgets_what_is_not_in_it(empty: Engine) -> None:
    empty.add([guide(1, "One", "giraffe")])
    empty.rebuild([guide(2, "Two", "elephant")])
    assert empty.search(parse("giraffe"), EVERYONE).total == 0
    assert empty.digests() == {2: guide(2, "Two", "elephant").digest}


def test_many_small_changes_end_where_one_build_does(make: Make) -> None:
    changed, built = make("changed"), make("built")
    built.rebuild(LIBRARY)
    for document in LIBRARY:
        changed.add([document])
    for document in LIBRARY[:3]:
        changed.remove([document.guide_id])
        changed.add([document])
    assert changed.digests() == built.digests()
    for text in ("connection", "token", "the server", "zirconium", "conection"):
        found, expected = (each.search(parse(text), INSIDERS) for each in (changed, built))
        assert found.total == expected.total > 0
        assert {hit.slug: (hit.anchor, hit.snippet) for hit in found.items} == {
            hit.slug: (hit.anchor, hit.snippet) for hit in expected.items
        }
        assert found.correction == expected.correction


def test_a_guide_without_sections_is_found_by_its_title(empty: Engine) -> None:
    empty.add([guide(1, "Giraffe", summary="Long neck.")])
    hits = empty.search(parse("giraffe"), EVERYONE)
    assert [(hit.anchor, hit.snippet.text) for hit in hits.items] == [("", "")]


def test_digests_name_what_is_indexed(engine: Engine) -> None:
    assert engine.digests() == {document.guide_id: document.digest for document in LIBRARY}


# Whatever is typed


def test_nothing_typed_raises(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    for text, audiences in product(NAUGHTY, (EVERYONE, INSIDERS, frozenset[str]())):
        assert len(engine.suggest(text, audiences).hits) <= 5, text
        hits = engine.search(parse(text), audiences)
        assert len(hits.items) <= 10, text
        assert hits.total >= len(hits.items), text
        assert all(isinstance(completed, str) for completed in engine.complete(text, audiences)), text
        assert all(isinstance(other, str) for other in engine.similar_queries(text, audiences)), text
        assert not caplog.records, text


@BOTH_LISTS
def test_nothing_of_the_big_list_of_naughty_strings_raises(
    engine: Engine, caplog: pytest.LogCaptureFixture, texts: tuple[str, ...]
) -> None:
    assert len(BIG_LIST) > 450
    for text in texts:
        for audiences in (EVERYONE, INSIDERS):
            assert len(engine.suggest(text, audiences).hits) <= 5, text
            hits = engine.search(parse(text), audiences)
            assert hits.total >= len(hits.items), text
            assert all(isinstance(completed, str) for completed in engine.complete(text, audiences)), text
            assert len(engine.similar_queries(text, audiences)) <= 5, text
        assert not caplog.records, text


def test_no_audience_finds_nothing(engine: Engine) -> None:
    assert engine.search(parse("connection"), frozenset()) == Hits(0, ())


WORDS = st.sampled_from(
    [
        "login",
        "connection",
        "CONN_TIMEOUT",
        "5.7.1",
        '"',
        "-",
        "category:",
        "code:",
        "audience:staff",
        "*",
        "(",
        ")",
        "\n",
        "~",
    ]
)


def test_staff_find_a_guide_as_it_is_to_them_in_place_of_the_one_for_everyone(empty: Engine) -> None:
    lamp = guide(1, "Lamp", "Turn the bulb, or the bulbus")
    more = replace(guide(1, "Lamp", "Turn the bulb, and reset the wombat"), guide_id=id_for_staff(1), audience="staff")
    empty.add([lamp, more, guide(2, "Other", "Turn it")])
    assert [(hit.guide_id, hit.audience) for hit in empty.search(parse("wombat"), INSIDERS).items] == [(1, "public")]
    assert empty.search(parse("turn"), INSIDERS).total == empty.search(parse("turn"), EVERYONE).total == 2
    assert empty.search(parse("wombat"), EVERYONE).total == 0
    assert empty.search(parse("bulbus"), INSIDERS).total == 0  # that is in no text that they read
    assert empty.search(parse("turn audience:staff"), INSIDERS).total == 0
    assert (empty.complete("womb", EVERYONE), empty.complete("womb", INSIDERS)) == ([], ["wombat"])
    assert "bulbus" not in empty.complete("bulb", INSIDERS)
    empty.remove([id_for_staff(1)])
    assert empty.search(parse("wombat"), INSIDERS).total == 0
    assert empty.search(parse("bulbus"), INSIDERS).total == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.lists(WORDS | st.text(max_size=8), max_size=25).map(" ".join), offset=st.integers(-5, 50))
def test_any_mixture_of_words_and_operators_is_answered(engine: Engine, text: str, offset: int) -> None:
    hits = engine.search(parse(text), EVERYONE, limit=5, offset=offset)
    assert len(hits.items) <= min(5, hits.total)
    for hit in hits.items:
        assert hit.audience == "public"
        for shown in (hit, *hit.also):
            ends = [0, *(end for _, end in shown.snippet.marks)]
            assert all(ends[i] <= start < end for i, (start, end) in enumerate(shown.snippet.marks))
            assert ends[-1] <= len(shown.snippet.text)
