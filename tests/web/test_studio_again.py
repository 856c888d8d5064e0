"""Forms of the studio that are sent when the session has ended: what was typed is shown, to be sent once more."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kb.editorial import drafts
from kb.models import Guide
from tests.conftest import PublishGuide
from tests.support import studio

pytestmark = pytest.mark.django_db
TYPED = "# Paper jam\n\nTyped while nobody was signed in.\n"
OURS = {"origin": "http://testserver"}


@pytest.fixture
def ada() -> User:
    return studio.person("ada", "writers")


@pytest.fixture
def guide(ada: User, publish_once: PublishGuide) -> Guide:
    return publish_once(ada)


def address(guide: Guide) -> str:
    return reverse("kb:write-guide", args=[guide.slug])


def form_of(guide: Guide) -> dict[str, str]:
    return {"text": TYPED, "based_on": str(guide.revision.number) if guide.revision else "", "action": "save"}


def test_what_was_typed_is_shown_to_who_is_signed_out_and_sent_again(guide: Guide, ada: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/accounts/sign-in/")
    form = form_of(guide) | {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    shown = browser.post(address(guide), form, headers=OURS)
    assert shown.status_code == 403
    assert "You are signed out" in shown.content.decode()
    assert "Typed while nobody was signed in." in shown.content.decode()
    browser.force_login(ada)
    again = browser.post(address(guide), form | {"csrfmiddlewaretoken": "x" * 64}, headers=OURS)
    page = again.content.decode()
    assert "Send it once more" in page
    assert '<input type="hidden" name="action" value="save">' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    sent = browser.post(address(guide), form | {"csrfmiddlewaretoken": token[1]}, headers=OURS)
    assert sent.status_code == 302
    draft = drafts.draft_of(guide, ada)
    assert draft
    assert draft.text == TYPED


def test_what_another_site_sends_is_not_shown_to_be_sent_once_more(guide: Guide, ada: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"referer": "http://testserver.evil/"}, {}):
        answer = browser.post(address(guide), form_of(guide), headers=headers)
        assert "Typed while" not in answer.content.decode()
        browser.force_login(ada)
        answer = browser.post(address(guide), form_of(guide), headers=headers)
        assert "Typed while" not in answer.content.decode()
        browser.logout()


def test_scripts_and_links_are_answered_as_before(guide: Guide) -> None:
    assert Client().get(address(guide), headers=OURS).status_code == 302
    answer = Client().post(address(guide), form_of(guide), headers=OURS | {"accept": "application/json"})
    assert answer.json()["state"] == "signed-out"


def test_what_was_written_is_seen_however_short_and_the_rest_is_not(guide: Guide) -> None:
    form = form_of(guide) | {"comment": "Short", "was_summary": "Old\n", "owner": ""}
    page = Client().post(address(guide), form, headers=OURS).content.decode()
    assert re.search(r"<textarea[^>]+name=.comment.[^>]+>\nShort</textarea>", page)
    assert '<input type="hidden" name="was_summary"' in page
    assert '<input type="hidden" name="owner" value="">' in page


def test_a_file_is_said_to_be_lost_and_marks_are_no_markup(guide: Guide) -> None:
    form = form_of(guide) | {"text": "</textarea><script>x</script>\n", "image": SimpleUploadedFile("x.png", b"x")}
    page = Client().post(address(guide), form, headers=OURS).content.decode()
    assert "The file can&#x27;t be kept" in page or "The file can't be kept" in page
    assert "<script>x" not in page
