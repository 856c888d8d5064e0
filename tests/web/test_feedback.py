"""'Did this help?' under each section, the flags of staff, and the views that pages tell of."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kb.config import background
from kb.library.feedback import views
from kb.models import DayCount, Guide, SectionFlag, SectionVote
from kb.models.audience import EVERYONE, INSIDERS
from kb.models.day_counts import CountKey
from kb.rate_limits.rules import By, Deed
from kb.search import use
from kb.search.log import record
from kb.web import page_cache
from kb.web.pages import asking
from tests.conftest import WriteGuide
from tests.support.limited import lowered
from tests.support.studio import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]

HERE = {"Sec-Fetch-Site": "same-origin"}
HTMX = HERE | {"HX-Request": "true"}
JAM = {"guide": "printer", "revision": "1", "section": "paper-jam"}
TEXT = """
    # Printer

    Here is what helps.

    ## Paper jam

    **Symptoms:**

    - The paper is stuck

    **Solution:**

    1. Open the flap.

    ## Care

    ### Every week

    Wipe it.

    ## Nothing said
"""


@pytest.fixture
def guide(write_guide: WriteGuide) -> Guide:
    return write_guide(TEXT, "printer.md")


@pytest.fixture
def reader() -> Client:
    return Client(enforce_csrf_checks=True, headers=HERE)


def say(client: Client, helped: str = "no", headers: dict[str, str] = HERE, **sent: str) -> int:
    """Answer as a browser does, which keeps the cookie and sends the same again."""
    return client.post("/reading/helped/", JAM | {"helped": helped} | sent, headers=headers, follow=True).status_code


# Where it is asked


def test_it_is_asked_under_what_says_something(client: Client, guide: Guide) -> None:
    page = client.get("/guides/printer/").content.decode()
    assert re.findall(r'data-asked="([^"]*)"', page) == ["paper-jam", "care"]
    jam, care = (page.index(f'data-asked="{name}"') for name in ("paper-jam", "care"))
    assert page.index("Open the flap") < jam < page.index('id="care"') < page.index("Wipe it") < care
    assert care < page.index('id="nothing-said"')
    assert "csrf" not in page.lower()
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("# One\n\nOnly text.\n", [""]),
        ("# It fails\n\n## Symptoms\n\n- It is slow\n\n## Solution\n\n1. Wait.\n", [""]),
        ("# Two\n\n## All\n\nRead on.\n\n### A\n\n**Symptoms:**\n\n- Slow\n\n**Solution:**\n\n1. Wait.\n", ["a"]),
    ],
)
def test_it_is_asked_once_of_what_is_one_problem(
    client: Client, write_guide: WriteGuide, text: str, asked: list[str]
) -> None:
    page = client.get(write_guide(text).get_absolute_url()).content.decode()
    assert re.findall(r'data-asked="([^"]*)"', page) == asked


def test_a_guide_of_ever_so_many_sections_is_not_littered(
    client: Client, write_guide: WriteGuide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_ASKED", 3)
    guide = write_guide("# Many\n\n" + "".join(f"## Part {number}\n\nText {number}.\n\n" for number in range(9)))
    page = client.get(guide.get_absolute_url()).content.decode()
    assert page.count("data-asked") == 3
    assert all(f"Text {number}." in page for number in range(9))


# Votes


def test_a_vote_counts_at_once_and_the_reason_comes_after(reader: Client, guide: Guide) -> None:
    first = reader.post("/reading/helped/", JAM | {"helped": "no"})
    assert (first.status_code, SectionVote.objects.count()) == (307, 0)
    assert reader.cookies["reader"]["path"] == "/reading/"
    assert reader.cookies["reader"]["httponly"]
    again = reader.post(first.headers["Location"], JAM | {"helped": "no"})
    assert again.status_code == 303
    assert SectionVote.objects.get().helped is False
    page = reader.get(again.headers["Location"]).content.decode()
    assert "Something is missing" in page
    assert 'href="/guides/printer/#paper-jam"' in page
    said = reader.post("/reading/why/", JAM | {"helped": "no", "reason": "incomplete", "sentence": "Which flap?"})
    assert "writers will read it" in reader.get(said.headers["Location"]).content.decode()
    vote = SectionVote.objects.get()
    assert (vote.reason, vote.sentence, vote.audience) == ("incomplete", "Which flap?", "public")


def test_one_person_has_one_vote_and_another_one_more(guide: Guide) -> None:
    mine, other = Client(), Client()
    assert [say(mine), say(mine), say(mine, "yes"), say(other, "yes")] == [200] * 4
    assert list(SectionVote.objects.values_list("helped", flat=True)) == [True, True]


def test_a_browser_that_keeps_no_cookie_is_told_that_it_is_not_counted(guide: Guide) -> None:
    answer = Client().post("/reading/helped/?again=1", JAM | {"helped": "no"}, headers=HERE)
    assert answer.status_code == 422
    assert "not counted" in answer.content.decode()
    assert not SectionVote.objects.exists()


def test_in_place_the_answer_is_a_part_of_the_page(guide: Guide) -> None:
    client = Client()
    say(client)
    part = client.post("/reading/helped/", JAM | {"helped": "no"}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert re.search(r'value="no"[^>]* aria-pressed="true"', part)
    wrong = client.post("/reading/why/", JAM | {"helped": "no", "reason": "nonsense", "sentence": "Hm"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "Hm</textarea>" in wrong.content.decode()
    long = client.post("/reading/why/", JAM | {"helped": "no", "sentence": "x" * 501}, headers=HTMX)
    assert "Shorten" in long.content.decode()
    assert "x" * 501 in long.content.decode()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"section": "made-up"}, 404),
        ({"guide": "nothing"}, 404),
        ({"revision": "9"}, 422),
        ({"helped": "perhaps"}, 422),
        ({"section": "paper-jam\0"}, 200),
    ],
)
def test_what_makes_no_sense_is_told_and_not_counted(guide: Guide, change: dict[str, str], status: int) -> None:
    assert say(Client(), **({"helped": "no"} | change)) == status
    assert SectionVote.objects.count() == (status == 200)


def test_other_sites_and_floods_are_not_counted(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    assert say(Client(), headers={"Sec-Fetch-Site": "cross-site"}) == 403
    lowered(monkeypatch, Deed.VOTE, By.NETWORK, 2)
    client = Client()
    say(client)
    assert say(client) == 429
    assert "Too many answers" in client.post("/reading/helped/", JAM, headers=HTMX).content.decode()
    assert SectionVote.objects.count() == 1


def test_the_guide_stays_kept_for_who_has_voted(
    guide: Guide, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.get("/guides/printer/")
    say(client)
    with django_assert_num_queries(0):
        assert not client.get("/guides/printer/").cookies


# Flags


def test_staff_flag_a_section_and_take_it_back(staff_client: Client, guide: Guide) -> None:
    assert "page_outdated-paper-jam" in staff_client.get("/guides/printer/").content.decode()
    flag = JAM | {"kind": "outdated", "note": "The new one has no flap"}
    answer = staff_client.post("/reading/flag/", flag)
    assert answer.headers["Location"] == "/guides/printer/#paper-jam"
    staff_client.post("/reading/flag/", flag)
    (kept,) = SectionFlag.objects.all()
    assert (kept.section, kept.kind, kept.note, kept.revision) == ("paper-jam", "outdated", flag["note"], 1)
    page = staff_client.get("/guides/printer/").content.decode()
    assert re.search(r'value="outdated"[^>]* aria-pressed="true"', page)
    staff_client.post("/reading/flag/", JAM | {"kind": "outdated", "back": "1"}, headers=HTMX)
    assert not SectionFlag.objects.exists()


def test_a_flag_needs_staff_a_token_and_a_kind(staff_client: Client, client: Client, guide: Guide) -> None:
    assert 'class="flag"' not in client.get("/guides/printer/").content.decode()
    assert client.post("/reading/flag/", JAM | {"kind": "wrong"}).status_code == 302
    reader = signed_in(User.objects.create_user("rita"))
    assert reader.post("/reading/flag/", JAM | {"kind": "wrong"}).status_code == 403
    wrong = staff_client.post("/reading/flag/", JAM | {"kind": "silly", "note": "Keep me"})
    assert wrong.status_code == 422
    assert 'value="Keep me"' in wrong.content.decode()
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get(username="ada"))
    assert careful.post("/reading/flag/", JAM | {"kind": "wrong"}).status_code == 403
    assert not SectionFlag.objects.exists()


def test_the_studio_tells_writers_what_was_said(ada: User, eve: User, guide: Guide) -> None:
    voter = Client()
    say(voter)
    voter.post("/reading/why/", JAM | {"helped": "no", "reason": "wrong", "sentence": "There is no flap"}, headers=HERE)
    signed_in(eve).post("/reading/flag/", JAM | {"kind": "missing", "note": "A picture"})
    writer = signed_in(ada)
    history = writer.get("/write/guides/printer/history/").content.decode()
    assert "0 of 1" in history
    page = writer.get("/write/guides/printer/feedback/").content.decode()
    assert "There is no flap" in page
    assert "It did not help: It is wrong" in page
    assert "A picture" in page
    (settle,) = re.findall(r'action="([^"]*/settle/)"', page)
    writer.post(settle)
    assert SectionFlag.objects.get().settled_by == ada
    assert "A picture" not in writer.get("/write/guides/printer/feedback/").content.decode()


# Views


def tell(*sections: str, slug: str = "printer", client: Client | None = None, **headers: str) -> int:
    sent = {"guide": slug, "section": sections}
    return (client or Client()).post("/reading/viewed/", sent, headers=HERE | headers).status_code


def counted() -> dict[tuple[str, str, str], int]:
    views.flush()
    rows = DayCount.objects.filter(kind="view", day=timezone.localdate())
    return {(row.guide.slug, row.section, row.audience): row.count for row in rows.select_related("guide")}


def test_views_of_guides_and_sections_are_counted_by_day(guide: Guide, staff_client: Client) -> None:
    assert [tell("", "paper-jam", "paper-jam"), tell(""), tell("", client=staff_client)] == [204] * 3
    assert counted() == {
        ("printer", "", "public"): 2,
        ("printer", "paper-jam", "public"): 1,
        ("printer", "", "staff"): 1,
    }
    tell("", "paper-jam")
    assert counted()["printer", "paper-jam", "public"] == 2


def test_what_can_not_have_been_read_is_not_counted(guide: Guide, write_guide: WriteGuide) -> None:
    write_guide("---\naudience: staff\n---\n# Vault\n\n## Key\n\nTurn it.\n", "vault.md")
    tell("", "key", slug="vault")
    tell("made-up")
    tell("", slug="nothing")
    assert counted() == {}
    assert [tell(), tell("", slug="a/b"), tell("a b")] == [400] * 3
    assert tell("", **{"Sec-Fetch-Site": "cross-site"}) == 403


@pytest.mark.parametrize("header", [{"Sec-GPC": "1"}, {"DNT": "1"}, {"User-Agent": "Mozilla/5.0 (Examplebot/2.1)"}])
def test_who_asks_not_to_be_followed_is_not_counted_and_no_robot(guide: Guide, header: dict[str, str]) -> None:
    assert tell("", **header) == 204
    assert counted() == {}


def test_a_flood_of_views_is_cut(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.VIEW, By.NETWORK, 2)
    assert [tell("") for _ in range(3)] == [204, 204, 429]
    monkeypatch.setattr(views, "MOST_WAITING", 1)
    views.viewed("printer", ["paper-jam"], EVERYONE)
    assert counted() == {("printer", "", "public"): 2}


# What the counts order


def test_common_problems_are_those_that_people_read(client: Client, write_guide: WriteGuide) -> None:
    text = "# {0}\n\n## {0} fails\n\n**Symptoms:**\n\n- {0} is off\n\n**Solution:**\n\n1. Wait.\n"
    for name in ("Alpha", "Beta", "Gamma"):
        write_guide(text.format(name), f"{name.lower()}.md")
    assert "Common problems" not in client.get("/").content.decode()
    write_guide(f"---\nprevalence: common\n---\n{text.format('Delta')}", "delta.md")
    for name, times in (("gamma", 30), ("beta", 5), ("alpha", 1)):
        for _ in range(times):
            views.viewed(name, ["", f"{name}-fails"], EVERYONE)
    views.flush()
    use.forget()
    page_cache.forget()
    page = client.get("/").content.decode()
    assert re.findall(r'link-card__title">(\w+) fails<', page) == ["Gamma", "Delta", "Beta"]


def test_what_staff_read_orders_nothing_for_others(client: Client, staff_client: Client, guide: Guide) -> None:
    for _ in range(9):
        views.viewed("printer", ["", "paper-jam"], INSIDERS)
    views.flush()
    assert "Common problems" in staff_client.get("/").content.decode()
    assert "Common problems" not in client.get("/").content.decode()


def test_what_is_read_fades(guide: Guide) -> None:
    today = timezone.localdate()
    for days, section in ((0, ""), (30, "paper-jam"), (400, "care")):
        counted = CountKey(guide.pk, section, DayCount.Kind.VIEW, "public")
        DayCount.objects.add({counted: 8}, today - timedelta(days=days))
    faded = DayCount.objects.all().faded(today, 10)
    assert faded == {(guide.pk, ""): 8.0, (guide.pk, "paper-jam"): pytest.approx(4.0)}


def test_of_guides_that_match_alike_the_one_that_is_read_is_suggested_and_related_first(
    client: Client, write_guide: WriteGuide
) -> None:
    for name in ("one", "two", "three"):
        write_guide(f"---\ntags: [sync]\n---\n# Calendar sync {name}\n\nWait.\n", f"{name}.md")
    addresses = r'href="/guides/(\w+)/[#"]'
    before = re.findall(addresses, client.get("/search/suggest/?q=calendar", headers=HTMX).content.decode())
    last = before[-1]
    for _ in range(20):
        views.viewed(last, [""], EVERYONE)
    views.flush()
    use.forget()
    page_cache.forget()
    after = re.findall(addresses, client.get("/search/suggest/?q=calendar", headers=HTMX).content.decode())
    assert after == [last, *before[:-1]]
    related = client.get(f"/guides/{before[0]}/").content.decode().partition("Related guides")[2]
    assert re.findall(addresses, related)[0] == last


def test_what_is_opened_of_a_search_is_counted_by_day(guide: Guide) -> None:
    record.record("jam", 1, EVERYONE, "printer#paper-jam", 1)
    record.record("printer", 1, EVERYONE, "printer", 1)
    record.flush()
    counts = DayCount.objects.filter(kind="opened").values_list("section", "count")
    assert dict(counts) == {"": 2, "paper-jam": 1}


def test_each_view_has_the_writer_of_a_server_look(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr(background.Writer, "wake", lambda writer: woken.append(writer.name))
    tell("")
    assert woken == ["views"]


def test_what_can_not_be_written_is_dropped(
    guide: Guide, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(DayCount.objects, "add", lambda *_: 1 / 0)
    assert tell("") == 204
    assert counted() == {}
    assert "could not be counted" in caplog.text
