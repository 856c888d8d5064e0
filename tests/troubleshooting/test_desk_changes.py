"""What staff do with a handed-over walk: answers, assignment, closing in three ways, opening again, and its events."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from kb.models.audience import STAFF, audiences_for, insiders
from tests.conftest import WriteGuides
from tests.troubleshooting.test_desk import INTERNAL, PRINTER, handed_over, problem_id, send
from troubleshooting.desk.handover.expiry import forget_older_than
from troubleshooting.models import Handover, HandoverEvent, Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def handover(write_guides_once: WriteGuides) -> Handover:
    """A walk by questions that was handed over."""
    write_guides_once({"printer.md": PRINTER, "internal.md": INTERNAL})
    return handed_over("CDFGHJKM3479", walk="start=questions")


@pytest.fixture
def page(handover: Handover) -> str:
    """The address of its page."""
    return handover.get_absolute_url()


def answers(shown: str) -> dict[str, dict[str, str]]:
    """The questions that a page offers to answer: by name of the field, the answers by their labels."""
    found = {}
    for name, options in re.findall(r'<select id="[^"]+" name="(answer-[^"]+)">(.*?)</select>', shown, re.DOTALL):
        choices = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', options)
        found[name] = {html.unescape(label): value for value, label in choices}
    return found


def selected(shown: str) -> list[str]:
    """The answers that are chosen."""
    return [html.unescape(label) for label in re.findall(r" selected>([^<]*)</option>", shown)]


def test_an_answer_is_given_and_changed_for_the_sender_and_what_came_is_kept(staff_client: Client, page: str) -> None:
    shown = staff_client.get(page).content.decode()
    ((field, choices),) = answers(shown).items()
    label = next(name for name in choices if name not in ("Not answered", "Not sure"))
    shown = send(staff_client, f"{page}answers/", {field: choices[label]})
    assert label in selected(shown)
    handover = Handover.objects.get()
    assert handover.walk == "start=questions"
    assert parse_qs(handover.changed_walk)[field.removeprefix("answer-")] == [choices[label]]
    assert f'href="/troubleshoot/?{html.escape(handover.changed_walk)}"' in shown
    assert 'href="/troubleshoot/?start=questions">As it was handed over' in shown
    shown = send(staff_client, f"{page}answers/", {field: ""})
    assert field.removeprefix("answer-") not in Handover.objects.get().changed_walk
    events = list(HandoverEvent.objects.values_list("kind", "walk"))
    assert [kind for kind, _ in events] == ["answers", "answers"]
    assert events[0][1] != events[1][1]
    assert f"“Not answered” became “{label}”" in html.unescape(shown)


def test_an_answer_chosen_while_somebody_else_changed_the_walk_is_kept_in_its_form(
    staff_client: Client, page: str
) -> None:
    ((field, choices),) = answers(staff_client.get(page).content.decode()).items()
    label = next(name for name in choices if name not in ("Not answered", "Not sure"))
    send(staff_client, f"{page}take-over/")
    late = staff_client.post(f"{page}answers/", {field: choices[label], "version": "0"})
    assert late.status_code == 409
    assert label in selected(late.content.decode())
    assert Handover.objects.get().changed_walk == ""


def test_an_answer_that_its_question_does_not_have_is_refused(staff_client: Client, page: str) -> None:
    (field,) = answers(staff_client.get(page).content.decode())
    answer = staff_client.post(f"{page}answers/", {field: "nonsense", "version": "0"})
    assert answer.status_code == 422
    assert "has no such answer any more" in answer.content.decode()
    assert not HandoverEvent.objects.exists()


def test_the_words_of_the_sender_are_changed_and_lead_elsewhere(staff_client: Client, page: str) -> None:
    Handover.objects.update(walk="symptom=the+printer+hums")
    assert "Paper jam" in staff_client.get(page).content.decode()
    shown = send(staff_client, f"{page}answers/", {"symptom": "it smells of ozone"})
    likeliest = shown[shown.index('id="likely"') :]
    assert "Burnt fuse" in likeliest[: likeliest.index("</li>")]


def test_what_was_tried_is_told_with_its_steps_and_is_no_candidate_any_more(
    staff_client: Client, handover: Handover, page: str
) -> None:
    address = staff_client.get("/api/v1/walk?symptom=the+printer+hums").json()
    assert address["candidates"][0]["title"] == "Paper jam"
    shown = staff_client.get(f"{page}?q=hums").content.decode()
    jam = problem_id(shown, "Paper jam")
    Handover.objects.update(walk=f"symptom=the+printer+lamp+blinks+and+it+hums&tried={jam}")
    Handover.objects.update(guides=[{"slug": "printer", "title": "Printer trouble", "revision": 7}])
    shown = staff_client.get(page).content.decode()
    tried = shown[shown.index('id="tried"') :]
    assert "Paper jam</a>: did not help" in tried
    assert re.search(r"Did not help</span>\s+Open the back\.", tried)
    assert '<a href="/guides/printer/revisions/7/">revision 7</a>; the guide is at revision 1 now' in tried
    titles = re.findall(r"<li><a[^>]*>([^<]*)</a> <span class=\"desk__chance\">", shown)
    assert "Paper jam" not in titles
    assert len(titles) == len(set(titles)) > 0


def test_it_is_given_to_a_colleague_who_may_open_the_desk_and_to_nobody_else(staff_client: Client, page: str) -> None:
    User.objects.create_user("bo").user_permissions.add(Permission.objects.get(codename="view_staff_guides"))
    User.objects.create_user("eve")
    assert '<option value="bo">' in staff_client.get(page).content.decode()
    shown = send(staff_client, f"{page}assign/", {"to": "Bo"})
    assert "bo has it since" in shown
    assert "Gave it to bo." in shown
    refused = staff_client.post(f"{page}assign/", {"to": "eve", "version": "1"})
    assert refused.status_code == 422
    assert 'value="eve"' in refused.content.decode()
    assert "Nobody called “eve” may open the desk" in refused.content.decode()
    assert "Nobody has taken it over yet" in send(staff_client, f"{page}assign/", {"to": ""})


def test_those_it_can_be_given_to_are_those_who_may_open_the_desk(db: None) -> None:
    User.objects.create_user("root", is_superuser=True)
    User.objects.create_user("staff", is_staff=True)
    User.objects.create_user("gone", is_staff=True, is_active=False)
    User.objects.create_user("granted").user_permissions.add(Permission.objects.get(codename="view_staff_guides"))
    User.objects.create_user("reader")
    by_query = [user.username for user in insiders()]
    assert by_query == [user.username for user in User.objects.order_by("username") if STAFF in audiences_for(user)]
    assert by_query == ["granted", "root", "staff"]


def test_the_later_of_two_is_told_and_what_they_typed_is_still_there(
    staff_client: Client, handover: Handover, page: str
) -> None:
    other = Client()
    other.force_login(User.objects.create_user("bo", is_staff=True))
    send(staff_client, f"{page}no-cause/", {"reason": "No answer for weeks"})
    form = {"cause": "none", "q": "A mouse in it", "fix": "Let it <out>", "version": "0"}
    late = other.post(f"{page}cause/", form)
    shown = late.content.decode()
    assert late.status_code == 409
    assert "Closed without a cause: No answer for weeks" in shown
    assert 'value="A mouse in it"' in shown
    assert "Let it &lt;out&gt;</textarea>" in shown
    assert re.search(r'value="none" checked', shown)
    assert Handover.objects.get().closing == "reason"
    assert other.post(f"{page}cause/", {key: form[key] for key in ("cause", "q")}).status_code == 409
    assert "No guide covers it. A mouse in it" in send(other, f"{page}cause/", form | {"version": "1"})
    assert Handover.objects.get().closing == "cause"


@pytest.mark.parametrize(
    ("way", "form"),
    [
        ("cause", {"q": "A mouse in it", "fix": "Let it out"}),
        ("cause", {"q": "A mouse in it", "fix": "Let it out", "look": "1"}),
        ("duplicate", {"reference": "CDFG"}),
        ("assign", {"to": "nobody-of-us"}),
    ],
)
def test_who_sends_what_can_not_be_saved_is_told_too_that_somebody_was_quicker(
    staff_client: Client, page: str, way: str, form: dict[str, str]
) -> None:
    send(staff_client, f"{page}no-cause/", {"reason": "No answer for weeks"})
    late = staff_client.post(f"{page}{way}/", form | {"version": "0"})
    shown = late.content.decode()
    assert late.status_code == 409
    assert "Somebody was quicker" in shown
    assert "Closed without a cause: No answer for weeks" in shown
    assert way != "cause" or ('value="A mouse in it"' in shown and "Let it out</textarea>" in shown)


def test_a_sentence_in_the_box_is_a_cause_that_no_guide_has_and_the_fix_is_kept(
    staff_client: Client, page: str
) -> None:
    unsure = staff_client.post(f"{page}cause/", {"q": "ozone", "fix": "Fuse", "version": "0"})
    assert unsure.status_code == 422
    assert "Choose what it turned out to be" in unsure.content.decode()
    assert "Burnt fuse" in unsure.content.decode()
    looked = staff_client.post(f"{page}cause/", {"q": "ozone", "fix": "Fuse", "look": "1", "version": "0"})
    assert looked.status_code == 200
    assert "Fuse</textarea>" in looked.content.decode()
    assert problem_id(looked.content.decode(), "Burnt fuse")
    shown = send(staff_client, f"{page}cause/", {"q": "A mouse in it", "cause": "none", "fix": "Let it out"})
    assert "No guide covers it. A mouse in it" in shown
    assert "What helped: Let it out" in shown
    handover = Handover.objects.get()
    assert (handover.cause, handover.cause_note, handover.fix) == ("", "A mouse in it", "Let it out")


def test_problems_are_offered_while_somebody_types(staff_client: Client, page: str) -> None:
    shown = staff_client.get(f"{page}causes/?q=ozone").content.decode()
    assert "Burnt fuse" in shown
    assert "<html" not in shown


def test_a_duplicate_leads_to_the_first_and_to_no_circle(staff_client: Client, handover: Handover, page: str) -> None:
    first, second = handed_over("CDFGHJKM347C"), handed_over("CDFGHJKM347D")
    Handover.objects.filter(pk=second.pk).update(duplicate_of=first, closed_at=timezone.now(), closing="duplicate")
    shown = send(staff_client, f"{page}duplicate/", {"reference": second.shown_reference.lower()})
    assert f'It is the same as <a href="{first.get_absolute_url()}">' in shown
    assert Handover.objects.get(pk=handover.pk).duplicate_of == first
    assert not Outcome.objects.exists()
    listed = staff_client.get(first.get_absolute_url()).content.decode()
    assert "The same as this:" in listed
    for reference, why in ((handover.shown_reference, "this walk itself"), ("CDFG", "no walk with this reference")):
        refused = staff_client.post(f"{first.get_absolute_url()}duplicate/", {"reference": reference, "version": "0"})
        assert refused.status_code == 422
        assert why in refused.content.decode()


def test_what_is_opened_again_has_no_cause_and_its_event_tells_what_it_was(staff_client: Client, page: str) -> None:
    jam = problem_id(staff_client.get(f"{page}?q=hums").content.decode(), "Paper jam")
    send(staff_client, f"{page}cause/", {"cause": jam})
    assert Outcome.objects.count() == 1
    shown = send(staff_client, f"{page}reopen/")
    assert "It was closed with: Paper jam" in shown
    handover = Handover.objects.get()
    assert (handover.cause, handover.closed_at, handover.guide, handover.closing) == ("", None, None, "")
    assert not Outcome.objects.exists()
    again = staff_client.post(f"{page}reopen/", {"version": str(handover.version)})
    assert again.status_code == 422
    assert list(HandoverEvent.objects.values_list("kind", flat=True)) == ["closed", "reopened"]


def test_what_is_closed_is_given_to_nobody(staff_client: Client, page: str) -> None:
    send(staff_client, f"{page}no-cause/", {"reason": "Solved itself"})
    refused = staff_client.post(f"{page}take-over/", {"version": "1"})
    assert refused.status_code == 422
    assert "open it again before" in refused.content.decode()


def test_what_is_too_old_goes_with_its_events(staff_client: Client, page: str) -> None:
    send(staff_client, f"{page}take-over/")
    Handover.objects.update(created_at=timezone.now() - timedelta(days=10_000))
    assert forget_older_than(timezone.now() - timedelta(days=1)) == 1
    assert not HandoverEvent.objects.exists()
