"""The desk, as staff meet it: who may see it, taking a walk over, notes, and what the cause turned out to be."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from kb.models import Guide
from kb.models.references import in_groups
from kb.outbox import letters as outbox
from tests.conftest import WriteGuides
from troubleshooting.models import Handover, Outcome

pytestmark = pytest.mark.django_db

PRINTER = """
    ---
    title: Printer trouble
    ---
    # Printer trouble

    ## No paper

    **Symptoms:**

    - The lamp blinks

    **Solution:**

    1. Add paper.

    ## Paper jam

    **Symptoms:**

    - It hums

    **Solution:**

    1. Open the back.
"""
INTERNAL = """
    ---
    title: Internal faults
    audience: staff
    ---
    # Internal faults

    ## Burnt fuse

    **Symptoms:**

    - It smells of ozone

    **Solution:**

    1. Replace the fuse.
"""


@pytest.fixture
def handover(write_guides_once: WriteGuides) -> Handover:
    """A walk that was handed over."""
    write_guides_once({"printer.md": PRINTER, "internal.md": INTERNAL})
    return handed_over("CDFGHJKM3479")


@pytest.fixture
def page(handover: Handover) -> str:
    """The address of its page."""
    return handover.get_absolute_url()


def handed_over(reference: str, **fields: object) -> Handover:
    values = {
        "reference": reference,
        "once": reference,
        "subject": "the printer hums",
        "walk": "symptom=the+printer+hums",
        "walk_key": f"walk-{reference}",
        "audience": "public",
        "transcript": "Symptom, in my words: the printer <hums>",
        "guides": [{"slug": "printer", "title": "Printer trouble", "revision": 1}],
    }
    return Handover.objects.create(**(values | fields))


def send(client: Client, address: str, form: dict[str, str] | None = None) -> str:
    """The page that comes of a form, sent by somebody who saw the walk as it is now."""
    version = {"version": str(Handover.objects.get(reference="CDFGHJKM3479").version)}
    return client.post(address, version | (form or {}), follow=True).content.decode()


def problem_id(page: str, title: str) -> str:
    """The id of a problem that a page offers as the cause."""
    start = page.index('id="cause"')
    label = page.rindex('for="cause-', start, page.index(title, start)) + len('for="cause-')
    return page[label : page.index('"', label)]


@pytest.mark.parametrize("path", ["/desk/hand-overs/", "/desk/CDFG-HJKM-3479/"])
def test_who_is_signed_out_is_led_to_sign_in(client: Client, handover: Handover, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/sign-in/?next={quote(path)}")


@pytest.mark.parametrize(
    "action",
    [
        "",
        "take-over/",
        "assign/",
        "notes/",
        "answers/",
        "cause/",
        "duplicate/",
        "no-cause/",
        "reopen/",
        "send-again/",
    ],
)
def test_who_is_no_staff_may_not_open_nor_change_anything(handover: Handover, action: str) -> None:
    reader = Client()
    reader.force_login(User.objects.create_user("eve", password="correct horse battery"))
    path = f"{handover.get_absolute_url()}{action}"
    answer = reader.post(path, {"text": "x", "cause": "none", "sentence": "x"}) if action else reader.get(path)
    assert answer.status_code == 403
    assert "hums" not in answer.content.decode()
    assert reader.get("/desk/hand-overs/").status_code == 403
    handover.refresh_from_db()
    assert (handover.taken_at, handover.closed_at, handover.notes.count()) == (None, None, 0)


def test_the_permission_to_read_staff_guides_opens_the_desk(page: str) -> None:
    agent = User.objects.create_user("bo", password="correct horse battery")
    agent.user_permissions.add(Permission.objects.get(codename="view_staff_guides"))
    client = Client()
    client.force_login(agent)
    assert client.get(page).status_code == 200
    assert 'href="/desk/"' in client.get("/").content.decode()


def test_an_unknown_reference_is_a_clear_404(staff_client: Client, handover: Handover) -> None:
    for reference in ("CDFG-HJKM-3477", "nonsense", "%00"):
        answer = staff_client.get(f"/desk/{reference}/")
        assert answer.status_code == 404
        assert "There is no walk with this reference" in answer.content.decode()


def test_a_page_shows_the_transcript_the_guides_with_their_revisions_and_the_walk(
    staff_client: Client, handover: Handover, page: str
) -> None:
    handover.note, handover.reply_to = "Since <today>", "me@example.org"
    handover.guides = [*handover.guides, {"slug": "gone", "title": "Gone", "revision": 4}]
    handover.save()
    Guide.objects.get(slug="printer").revision.__class__.objects.filter(guide__slug="printer").update(number=3)
    shown = staff_client.get(page).content.decode()
    assert "Symptom, in my words: the printer &lt;hums&gt;" in shown
    assert "Since &lt;today&gt;" in shown
    assert 'href="mailto:me@example.org"' in shown
    named = '<a href="/guides/printer/revisions/1/">revision 1</a>'
    assert f"Printer trouble</a>, {named}; it is revision 3 now" in shown
    assert 'Gone (not published any more), <a href="/guides/gone/revisions/4/">revision 4</a>' in shown
    assert 'href="/troubleshoot/?symptom=the+printer+hums"' in shown


def test_a_reference_that_is_typed_leads_to_its_page(staff_client: Client, client: Client, handover: Handover) -> None:
    for typed in ("cdfg hjkm 3479", "CDFGHJKM3479", "cdfg-hjkm-3479"):
        for path in (f"/desk/hand-overs/?reference={quote(typed)}", f"/search/?q={quote(typed)}"):
            answer = staff_client.get(path, follow=True)
            assert "Symptom, in my words" in answer.content.decode()
    assert "is not a reference" in staff_client.get("/desk/hand-overs/?reference=printer").content.decode()
    searched = client.get("/search/?q=CDFG-HJKM-3479")
    assert searched.status_code == 200
    assert "/desk/" not in searched.content.decode()


def test_a_walk_is_taken_over_by_one_and_may_be_taken_from_them(staff_client: Client, page: str) -> None:
    other = Client()
    other.force_login(User.objects.create_user("bo", password="correct horse battery", is_staff=True))
    staff_client.post(f"{page}take-over/", {"version": "0"})
    late = other.post(f"{page}take-over/", {"version": "0"})
    assert late.status_code == 409
    assert "Somebody was quicker" in late.content.decode()
    assert "Took it over." in late.content.decode()
    handover = Handover.objects.select_related("taken_by").get()
    assert handover.taken_by is not None
    assert handover.taken_by.get_username() == "ada"
    shown = other.get(page).content.decode()
    assert "ada has it since" in shown
    assert "Take over from ada" in shown
    assert "Take over" not in staff_client.get(page).content.decode()
    send(other, f"{page}take-over/")
    handover.refresh_from_db()
    assert handover.taken_by is not None
    assert handover.taken_by.get_username() == "bo"


def test_notes_are_kept_with_their_author(staff_client: Client, page: str) -> None:
    answer = staff_client.post(f"{page}notes/", {"text": "Called <them>"}, follow=True)
    shown = answer.content.decode()
    assert "Called &lt;them&gt;" in shown
    assert '<p class="row__note">ada, ' in shown
    refused = staff_client.post(f"{page}notes/", {"text": " "})
    assert refused.status_code == 422
    assert "This field is required." in refused.content.decode()


def test_the_cause_is_chosen_from_what_the_walk_led_to(staff_client: Client, page: str, handover: Handover) -> None:
    cause = problem_id(staff_client.get(page).content.decode(), "Paper jam")
    shown = send(staff_client, f"{page}cause/", {"cause": cause})
    assert "It was <strong>Paper jam</strong>" in shown
    assert "Closed by ada on" in shown
    outcome = Outcome.objects.get()
    assert (outcome.kind, outcome.problem, outcome.walk) == ("cause", cause, handover.walk_key)
    assert outcome.guide == Guide.objects.get(slug="printer")
    assert (outcome.revision, bool(outcome.digest)) == (1, True)


def test_the_cause_is_looked_for_among_all_problems_those_for_staff_too(staff_client: Client, page: str) -> None:
    shown = staff_client.get(f"{page}?q=ozone").content.decode()
    assert "Problems that fit “ozone”" in shown
    cause = problem_id(shown, "Burnt fuse")
    assert "It was <strong>Burnt fuse" in send(staff_client, f"{page}cause/", {"cause": cause})
    assert "No problem fits “zzzz”" in staff_client.get(f"{page}?q=zzzz").content.decode()


def test_a_cause_counts_once_however_often_it_is_recorded(staff_client: Client, page: str) -> None:
    jam = problem_id(staff_client.get(page).content.decode(), "Paper jam")
    paper = problem_id(staff_client.get(f"{page}?q=lamp").content.decode(), "No paper")
    for cause in (jam, paper, paper):
        send(staff_client, f"{page}cause/", {"cause": cause})
    assert Outcome.objects.get().problem == paper


def test_what_no_guide_covers_needs_a_sentence(staff_client: Client, page: str) -> None:
    refused = staff_client.post(f"{page}cause/", {"cause": "none", "version": "0"})
    assert refused.status_code == 422
    assert "Say in a sentence what it was" in refused.content.decode()
    shown = send(staff_client, f"{page}cause/", {"cause": "none", "sentence": "A mouse in it"})
    assert "No guide covers it. A mouse in it" in shown
    assert (Outcome.objects.get().problem, Outcome.objects.get().guide) == ("", None)


@pytest.mark.parametrize("form", [{}, {"cause": "gone-since"}, {"cause": "x" * 40}])
def test_a_cause_that_is_none_is_refused(staff_client: Client, page: str, form: dict[str, str]) -> None:
    assert staff_client.post(f"{page}cause/", form | {"sentence": "Kept", "version": "0"}).status_code == 422
    assert not Outcome.objects.exists()
    assert Handover.objects.get().closed_at is None


def test_the_list_is_filtered_by_state_and_paged(staff_client: Client, handover: Handover, page: str) -> None:
    letters = "CDFGHJKMNPQRTVWXY34"
    for number in range(26):
        handed_over(f"34793479CD{letters[number % 19]}{letters[number // 19]}", subject=f"walk {number}")
    first = staff_client.get("/desk/hand-overs/").content.decode()
    assert 'New <span class="chip__count">27</span>' in first
    assert "walk 25" in first
    assert "Page 1 of 2" in first
    assert "the printer hums" in staff_client.get("/desk/hand-overs/?state=new&page=2").content.decode()
    send(staff_client, f"{page}take-over/")
    taken = staff_client.get("/desk/hand-overs/?state=taken").content.decode()
    assert "the printer hums" in taken
    assert "ada has it" in taken
    send(staff_client, f"{page}cause/", {"cause": "none", "sentence": "A mouse"})
    assert "no guide covers it" in staff_client.get("/desk/hand-overs/?state=closed").content.decode()
    assert "Nobody works on one" in staff_client.get("/desk/hand-overs/?state=taken").content.decode()
    assert staff_client.get("/desk/hand-overs/?state=odd").status_code == 200
    assert staff_client.get("/desk/hand-overs/?page=9").status_code == 404


def test_pages_ask_the_database_little(
    staff_client: Client, handover: Handover, page: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        handover.notes.create(author=User.objects.create(username=f"agent-{number}"), text="x")
        handed_over(f"CDFGHJKM347{'CDFGH'[number]}", taken_by=User.objects.get(username=f"agent-{number}"))
    staff_client.get(page)
    with django_assert_max_num_queries(14):  # the same and the look, of which the earliest go
        staff_client.get(page)
    with django_assert_max_num_queries(9):  # 4 for the person, counts, two for the page, contacts, products
        staff_client.get("/desk/hand-overs/")


def test_walks_whose_people_and_guides_are_gone_still_open(staff_client: Client, handover: Handover, page: str) -> None:
    agent = User.objects.create(username="agent")
    handover.notes.create(author=agent, text="x")
    send(staff_client, f"{page}cause/", {"cause": problem_id(staff_client.get(page).content.decode(), "Paper jam")})
    Handover.objects.update(taken_by=agent, closed_by=agent)
    agent.delete()
    Guide.objects.all().update(state="retired")
    shown = staff_client.get(page).content.decode()
    assert "Closed by somebody who left" in shown
    assert "It was <strong>Paper jam</strong>" in shown
    assert in_groups(handover.reference) in shown


@pytest.mark.parametrize("form", ["notes", "cause"])
def test_a_page_that_is_shown_again_looks_for_problems_on_its_own_address(
    staff_client: Client, page: str, form: str
) -> None:
    answer = staff_client.post(f"{page}{form}/", {"version": "0"})
    assert answer.status_code == 422
    assert f'hx-get="{page}causes/"' in answer.content.decode()
    assert staff_client.get(f"{page}{form}/?q=jam").headers["Location"] == f"{page}?q=jam"


def test_staff_see_what_became_of_each_way_and_why(staff_client: Client, handover: Handover, page: str) -> None:
    assert "How it was sent" not in staff_client.get(page).content.decode()
    outbox.put(handover.shown_reference, {"mail": {}, "webhook": {}}, is_kept=True)
    Handover.objects.update(delivery="waiting")
    shown = staff_client.get(page).content.decode()
    assert "Mail: waiting to be sent" in shown
    assert "and waiting to be sent" in shown
    assert "waiting to be sent" in staff_client.get("/desk/hand-overs/").content.decode()
    outbox.send_due("mail")
    shown = staff_client.get(page).content.decode()
    assert "Mail: waiting, tried 1 time, next on" in shown
    assert "No mail server is set up any more (KB_EMAIL_URL)." in shown
    assert "Webhook: waiting to be sent" in shown
    assert "Send it again" not in shown


def test_what_could_not_be_sent_is_marked_and_can_be_sent_again(
    staff_client: Client, handover: Handover, page: str
) -> None:
    outbox.put(handover.shown_reference, {"mail": {}}, is_kept=True)
    Handover.objects.update(delivery="waiting")
    outbox.send_due("mail", timezone.now() + timedelta(days=1))
    shown = staff_client.get(page).content.decode()
    assert "nobody may have told them yet" in shown
    assert "<strong>could not be sent</strong>, given up on" in shown
    assert "No mail server is set up any more (KB_EMAIL_URL)." in shown
    assert "<strong>could not be sent</strong>" in staff_client.get("/desk/hand-overs/").content.decode()
    assert staff_client.get(f"{page}send-again/").headers["Location"] == page
    again = staff_client.post(f"{page}send-again/", follow=True).content.decode()
    assert "Mail: waiting" in again
    assert "Send it again" not in again
    handover.refresh_from_db()
    assert handover.delivery == "waiting"
