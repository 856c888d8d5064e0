"""The editor: who may write, what is kept, what is shown beside the text, and what a form without JavaScript does."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture
from pytest_django import DjangoAssertNumQueries

from kb.editorial import drafts, reviews
from kb.models import Attachment, Guide, Image, Link, Revision
from tests.conftest import PublishGuide, WriteGuide
from tests.support import studio
from tests.support.doubtful import IN_PROSE, MADE_SURE

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture(autouse=True)
def content_dir(settings: object, folder: Path) -> None:
    """Guides written in the browser belong to the folder of the test."""
    settings.CONTENT_DIR = folder  # type: ignore[attr-defined]


@pytest.fixture
def ada() -> User:
    return studio.person("ada", "writers")


@pytest.fixture
def client(ada: User) -> Client:
    """A browser in which a writer is signed in."""
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def guide(ada: User, publish_once: PublishGuide) -> Guide:
    return publish_once(ada)


def url(name: str, guide: Guide) -> str:
    return reverse(f"kb:write-{name}", args=[guide.slug])


def draft_of(guide: Guide, author: User) -> Revision:
    found = drafts.draft_of(guide, author)
    assert found
    return found


ADDRESSES = ("guide", "draft", "check", "details", "images", "propose", "take-up", "give-up")
POSTED = ADDRESSES[1:5] + ADDRESSES[6:]


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_signed_out_are_asked_to_sign_in(guide: Guide, name: str) -> None:
    send = Client().post if name in POSTED else Client().get
    answer = send(url(name, guide))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{reverse('kb:sign-in')}?next={url(name, guide)}"


@pytest.mark.parametrize("name", ADDRESSES)
def test_readers_and_support_may_not_write(guide: Guide, name: str) -> None:
    browser = Client()
    browser.force_login(studio.person("sam", "support"))
    send = browser.post if name in POSTED else browser.get
    assert send(url(name, guide)).status_code == 403


def test_a_script_is_told_in_json_that_the_session_has_ended(guide: Guide) -> None:
    answer = Client().post(url("draft", guide), {"text": "x"}, **JSON)
    assert answer.status_code == 401
    assert answer.json()["state"] == "signed-out"


def test_the_session_says_who_is_signed_in(client: Client, ada: User) -> None:
    told = client.get(reverse("kb:write-session")).json()
    assert (told["user"], told["may_write"]) == (ada.pk, True)
    gone = Client().get(reverse("kb:write-session"))
    assert gone.json()["user"] is None
    assert gone.json()["token"]
    assert "no-store" in gone.headers["Cache-Control"]


def test_a_guide_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("kb:write-guide", args=["nothing"])).status_code == 404


# Starting


def test_a_new_guide_starts_from_a_template(client: Client, ada: User) -> None:
    form = {"template": "problem", "title": "Toner runs out", "category": "Printers"}
    answer = client.post(reverse("kb:write-new"), form)
    guide = Guide.objects.get(slug="toner-runs-out")
    assert answer.headers["Location"] == url("guide", guide)
    assert guide.source == "printers/toner-runs-out.md"
    assert "# Toner runs out" in draft_of(guide, ada).text
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_new_guide_without_a_title_is_asked_for_one(client: Client) -> None:
    answer = client.post(reverse("kb:write-new"), {"template": "nonsense", "title": " "})
    assert answer.status_code == 400
    assert b"Give it a title" in answer.content
    assert not Guide.objects.exists()


def test_readers_see_nothing_of_a_new_guide(client: Client) -> None:
    client.post(reverse("kb:write-new"), {"template": "problem", "title": "Toner runs out"})
    assert Client().get("/guides/toner-runs-out/").status_code == 404


# Saving


def send(client: Client, guide: Guide, text: str, **counters: object) -> dict[str, object]:
    form = {"based_on": guide.revision.number if guide.revision else "", "saved": 0, "into": "", **counters}
    answer: dict[str, object] = client.post(url("draft", guide), {"text": text, **form}, **JSON).json()
    return answer


def test_each_save_goes_on_where_the_last_one_ended(client: Client, ada: User, guide: Guide) -> None:
    first = send(client, guide, "# One\n")
    assert (first["state"], first["saved"], first["based_on"]) == ("saved", 1, 1)
    second = send(client, guide, "# Two\n", saved=first["saved"], based_on=first["based_on"])
    assert (second["number"], second["saved"]) == (first["number"], 2)
    assert draft_of(guide, ada).text == "# Two\n"
    assert guide.revisions.count() == 2


def test_details_that_were_not_in_the_text_yet_are_kept_on_leaving(client: Client, ada: User, guide: Guide) -> None:
    form = {"text": studio.TEXT, "based_on": "1", "saved": "0", "owner": "Office", "was_owner": ""}
    client.post(url("draft", guide), form, **JSON)
    assert draft_of(guide, ada).text == f"---\nowner: Office\n---\n\n{studio.TEXT}"
    broken = {**form, "text": f"---\n: [\n---\n{studio.TEXT}", "saved": "1"}
    client.post(url("draft", guide), broken, **JSON)
    assert draft_of(guide, ada).text == broken["text"]


def test_a_second_tab_loses_nothing_and_is_shown_both_texts(client: Client, ada: User, guide: Guide) -> None:
    send(client, guide, "# Tab one\n")
    answer = send(client, guide, "# Tab two\n")
    assert (answer["state"], answer["other"]) == ("conflict", "# Tab one\n")
    assert {draft.text for draft in guide.revisions.filter(author=ada, state="draft")} == {"# Tab one\n", "# Tab two\n"}
    again = send(client, guide, "# Tab two, more\n", **{key: answer[key] for key in ("based_on", "saved", "into")})
    assert again["state"] == "saved"
    assert draft_of(guide, ada).text == "# Tab one\n"
    client.post(url("take-up", guide), {"number": answer["number"]})
    assert draft_of(guide, ada).text == "# Tab two, more\n"


def test_what_was_just_proposed_is_not_kept_as_a_ghost(client: Client, ada: User, guide: Guide) -> None:
    saved = send(client, guide, "# Two\n")
    drafts.propose(draft_of(guide, ada))
    late = send(client, guide, "# Two\n", saved=saved["saved"])
    assert (late["number"], late["based_on"], late["saved"]) == (saved["number"], saved["number"], 0)
    assert drafts.draft_of(guide, ada) is None


def test_changes_that_were_asked_for_are_written_on_the_proposal(client: Client, ada: User, guide: Guide) -> None:
    send(client, guide, "# Two\n")
    proposal = drafts.propose(draft_of(guide, ada))
    reviews.ask_for_changes(proposal, studio.person("eve", "editors"), "Name the printer.")
    page = client.get(url("guide", guide)).content.decode()
    assert "Name the printer." in page
    answer = send(client, guide, "# Two, named\n", saved=proposal.saved)
    assert answer["based_on"] == proposal.number
    again = send(client, guide, "# Two, named so\n", **{key: answer[key] for key in ("based_on", "saved")})
    assert (again["state"], again["number"]) == ("saved", answer["number"])
    proposal.refresh_from_db()
    assert proposal.text == "# Two\n"


@pytest.mark.parametrize("form", [{"based_on": "99"}, {"based_on": "x"}, {"based_on": "-1"}])
def test_a_base_that_is_not_there_is_refused_in_a_sentence(client: Client, guide: Guide, form: dict[str, str]) -> None:
    answer = client.post(url("draft", guide), {"text": "x", **form}, **JSON)
    assert answer.status_code == 409
    assert "out of date" in answer.json()["message"]


def test_odd_counters_keep_the_text_all_the_same(client: Client, ada: User, guide: Guide) -> None:
    answer = send(client, guide, "# Kept\n", saved="²", into="99999999999999")
    assert answer["state"] == "saved"
    assert draft_of(guide, ada).text == "# Kept\n"


def test_nobody_writes_into_the_draft_of_another(client: Client, guide: Guide) -> None:
    ben = studio.person("ben", "writers")
    theirs = studio.draft(guide, ben, "# By Ben\n")
    send(client, guide, "# By Ada\n", into=theirs.number, saved=theirs.saved)
    theirs.refresh_from_db()
    assert theirs.text == "# By Ben\n"
    assert client.post(url("give-up", guide), {"number": theirs.number}).status_code == 404


# Beside the text


def test_the_check_shows_the_page_and_what_is_wrong_with_it(client: Client, guide: Guide) -> None:
    text = "---\nprevalence: always\n---\n# Jam\n"
    told = client.post(url("check", guide), {"text": text}, **JSON).json()
    assert told["findings"] == [
        {"line": 2, "message": "'prevalence' must be common, occasional or rare.", "severity": "error"}
    ]
    told = client.post(url("check", guide), {"text": studio.TEXT}, **JSON).json()
    assert 'class="steps"' in told["preview"]
    assert "1 symptom, " in told["said"]
    assert "2 steps" in told["said"]
    assert told["sections"][0] == {"anchor": "paper-jam", "title": "Paper jam", "line": 1}
    assert told["fields"]["title"] == ""


def test_the_check_keeps_nothing_and_lets_no_script_through(client: Client, guide: Guide) -> None:
    told = client.post(url("check", guide), {"text": "# Jam <script>x</script>\n\n<script>y</script>"}, **JSON).json()
    assert "<script" not in told["preview"]
    assert "<script" not in told["said"]
    assert guide.revisions.count() == 1


LABEL = "label:solution-5"


def test_the_check_tells_what_is_understood_line_by_line(client: Client, guide: Guide) -> None:
    text = "# Jam\n\n**Symptoms:**\n- It stops\n\n**Cause:** It is full.\n\n**Solution:**\n1. Delete all jobs.\n"
    said = client.post(url("check", guide), {"text": text}, **JSON).json()["said"]
    dangerous = '<span class="understood__danger">dangerous</span>'
    for line, words in (
        (4, "<strong>Symptom</strong> It stops"),
        (6, "<strong>Cause</strong> It is full."),
        (9, f"<strong>Step</strong> Delete all jobs. {dangerous}"),
    ):
        assert f'data-line="{line}">Line {line}</span> {words}' in said
    assert "No problem was found" not in said


def test_the_check_says_why_no_problem_is_found_and_what_makes_it_sure(client: Client, guide: Guide) -> None:
    said = client.post(url("check", guide), {"text": IN_PROSE}, **JSON).json()["said"]
    assert "No fix was found: is &quot;An update of the agent is out.&quot; (line 5) one?" in said
    assert f'name="action" value="{LABEL}"' in said
    assert "[[5, 27, &quot;\\n\\n### Solution\\n\\n&quot;]]" in said


@pytest.mark.parametrize("text", [studio.TEXT, IN_PROSE])
def test_the_check_asks_a_bounded_number_of_queries(
    client: Client, guide: Guide, text: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(17):
        client.post(url("check", guide), {"text": text}, **JSON)


def test_a_detail_changes_only_its_line(client: Client, guide: Guide) -> None:
    text = "---\n# kept\ntitle: 'Jam'  # as it was\ntags: [a, b]\n---\n# Jam\n"
    form = {"text": text, "was_title": "Jam", "title": "Paper jam", "was_tags": "a", "tags": "a"}
    told = client.post(url("details", guide), form, **JSON).json()
    assert told["text"] == text.replace("'Jam'", "Paper jam")


def test_a_detail_of_a_head_that_cannot_be_read_is_refused_with_its_line(client: Client, guide: Guide) -> None:
    form = {"text": "---\ntitle: [\n---\n", "was_title": "", "title": "Jam"}
    answer = client.post(url("details", guide), form, **JSON)
    assert answer.status_code == 422
    assert answer.json()["line"] >= 2


def test_items_with_commas_are_parted_by_semicolons(client: Client, guide: Guide) -> None:
    text = '---\napplies_to: ["Windows 10, 11", macOS]\n---\n# Jam\n'
    shown = client.post(url("check", guide), {"text": text}, **JSON).json()["fields"]["applies_to"]
    assert shown == "Windows 10, 11; macOS;"
    form = {"text": text, "was_applies_to": shown, "applies_to": "Windows 10, 11; macOS; Linux"}
    told = client.post(url("details", guide), form, **JSON).json()
    assert '"Windows 10, 11", macOS, Linux' in told["text"]


# Images


def picture() -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (4, 4), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def test_an_image_is_kept_and_shown_in_the_preview(client: Client, guide: Guide) -> None:
    file = SimpleUploadedFile("Open flap.png", picture(), "image/png")
    told = client.post(url("images", guide), {"image": file, "alt": "The [open] flap"}, **JSON).json()
    assert told["markdown"] == r"![The \[open\] flap](images/open-flap.png)"
    text = f"# Jam\n\n{told['markdown']}\n"
    preview = client.post(url("check", guide), {"text": text}, **JSON).json()["preview"]
    assert Image.objects.get().get_absolute_url() in preview


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"alt": "x"}, "Choose an image"),
        ({"alt": " ", "image": SimpleUploadedFile("a.png", picture())}, "what the image shows"),
        ({"alt": "x", "image": SimpleUploadedFile("a.png", b"<svg/>")}, "PNG, JPEG, WebP or GIF"),
    ],
)
def test_an_image_that_will_not_do_is_refused_in_a_sentence(
    client: Client, guide: Guide, form: dict[str, object], said: str
) -> None:
    answer = client.post(url("images", guide), form, **JSON)
    assert answer.status_code == 422
    assert said in answer.json()["message"]
    assert not Image.objects.exists()


# Files to download


def test_a_file_is_kept_linked_and_for_everyone_once_its_guide_is(client: Client, guide: Guide, ada: User) -> None:
    file = SimpleUploadedFile("Boot [log].txt", b"all well", "text/plain")
    told = client.post(url("images", guide), {"image": file, "alt": "The [log]"}, **JSON).json()
    assert told["markdown"] == r"[The \[log\]](files/boot-log.txt)"
    text = f"# Jam\n\n{told['markdown']}\n"
    preview = client.post(url("check", guide), {"text": text}, **JSON).json()["preview"]
    assert f'href="{told["address"]}"' in preview
    assert "(TXT, 0.1 kB)" in preview
    attachment = Attachment.objects.get()
    assert (attachment.is_uploaded, attachment.uploaded_by) == (True, ada)
    assert Client().get(told["address"]).status_code == 404
    Guide.objects.filter(pk=guide.pk).update(audience="public")
    Link.objects.create(guide=guide, target=attachment.source, line=3)
    answer = Client().get(told["address"])
    assert b"".join(answer) == b"all well"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pdf", b"<html>", "no PDF"),
        ("a.txt", b"<!doctype html><script>alert(1)</script>", "web page"),
        ("a.log", b"#!/bin/sh", "script"),
        ("a.zip", b"PK", "no ZIP"),
        ("a.txt", b"x" * 20_000_001, "over 20 MB"),
        ("a.html", b"<p>", "PNG, JPEG, WebP or GIF"),
    ],
)
def test_a_file_that_readers_may_not_have_is_refused_in_a_sentence(
    client: Client, guide: Guide, name: str, data: bytes, said: str
) -> None:
    form = {"alt": "x", "image": SimpleUploadedFile(name, data)}
    answer = client.post(url("images", guide), form, **JSON)
    assert answer.status_code == 422
    assert said in answer.json()["message"]
    assert not Attachment.objects.exists()


def test_a_file_is_added_at_the_end_of_the_text_without_javascript(client: Client, guide: Guide) -> None:
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")
    client.post(url("guide", guide), form_of(guide, "# Jam\n", action="image", alt="", image=file))
    kept = guide.revisions.get(state="draft")
    assert kept.text.endswith("\n\n[a.pdf](files/a.pdf)\n")


# Without JavaScript


def form_of(guide: Guide, text: str, **more: object) -> dict[str, object]:
    return {"text": text, "based_on": guide.revision.number if guide.revision else "", "saved": 0, "into": "", **more}


def test_a_form_saves_the_text_with_the_details_that_were_changed(client: Client, ada: User, guide: Guide) -> None:
    form = form_of(guide, "# Two\r\n", was_owner="", owner="Ada", was_tags="", tags="", action="save")
    assert client.post(url("guide", guide), form).headers["Location"] == url("guide", guide)
    assert draft_of(guide, ada).text == "---\nowner: Ada\n---\n\n# Two\n"


def test_a_preview_saves_and_shows_the_page_with_its_findings(client: Client, guide: Guide) -> None:
    form = form_of(guide, "# Two\n\n**Solution:**\n1. Open it\n\n![](a.png)\n", action="preview")
    page = client.post(url("guide", guide), form, follow=True).content.decode()
    assert "has no description" in page
    assert 'class="steps"' in page


def test_a_label_is_put_into_the_text_that_is_shown_and_not_into_the_one_that_is_saved(
    client: Client, ada: User, guide: Guide
) -> None:
    text = IN_PROSE.replace("\n", "\r\n")
    answer = client.post(url("guide", guide), form_of(guide, text, action=LABEL))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'autocomplete="off">\n{MADE_SURE}</textarea>' in page
    assert "&quot;### Solution&quot; is in the text now" in page
    assert "1 symptom, 1 step" in page
    assert draft_of(guide, ada).text == IN_PROSE
    assert f'<a href="{url("guide", guide)}?preview=1#page_said">take the label out again</a>' in page
    again = client.get(f"{url('guide', guide)}?preview=1").content.decode()
    assert f'autocomplete="off">\n{IN_PROSE}</textarea>' in again
    kept = draft_of(guide, ada)
    client.post(url("guide", guide), form_of(guide, MADE_SURE) | {"saved": kept.saved})
    assert draft_of(guide, ada).text == MADE_SURE


def test_a_label_for_a_text_that_has_changed_is_not_put_in_and_nothing_typed_is_lost(
    client: Client, ada: User, guide: Guide
) -> None:
    text = f"New first line.\n\n{IN_PROSE}"
    answer = client.post(url("guide", guide), form_of(guide, text, action=LABEL), follow=True)
    assert "The text has changed since" in answer.content.decode()
    assert draft_of(guide, ada).text == text


def test_details_that_cannot_be_changed_keep_the_text(client: Client, ada: User, guide: Guide) -> None:
    text = "---\ntitle: [\n---\n# Two\n"
    answer = client.post(url("guide", guide), form_of(guide, text, was_title="", title="Jam"))
    assert answer.status_code == 400
    assert draft_of(guide, ada).text == text
    assert f'name="saved" value="{draft_of(guide, ada).saved}"' in answer.content.decode()


def test_a_text_keeps_its_first_blank_line_in_the_form(client: Client, ada: User, guide: Guide) -> None:
    studio.draft(guide, ada, "\n\n# Two\n")
    assert '">\n\n\n# Two\n</textarea>' in client.get(url("guide", guide)).content.decode()


def test_two_forms_are_both_kept_and_both_shown(client: Client, ada: User, guide: Guide) -> None:
    client.post(url("guide", guide), form_of(guide, "# Form one\n"))
    answer = client.post(url("guide", guide), form_of(guide, "# Form two\n"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "# Form one" in page
    assert "# Form two" in page
    assert guide.revisions.filter(author=ada, state="draft").count() == 2


def test_an_image_comes_to_the_end_of_the_text(client: Client, ada: User, guide: Guide) -> None:
    file = SimpleUploadedFile("flap.png", picture(), "image/png")
    client.post(url("guide", guide), form_of(guide, "# Two\n", action="image", image=file, alt="The flap"))
    assert draft_of(guide, ada).text == "# Two\n\n![The flap](images/flap.png)\n"


def test_the_style_of_the_editor_is_allowed_by_a_nonce_alone(client: Client, guide: Guide) -> None:
    answer = client.get(url("guide", guide))
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self' 'nonce-" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_editor_asks_a_bounded_number_of_queries(
    client: Client, ada: User, guide: Guide, django_assert_max_num_queries: object
) -> None:
    studio.draft(guide, ada, "# Two\n")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get(url("guide", guide))


# Proposing


def test_a_draft_is_proposed_with_a_comment_and_a_time(client: Client, ada: User, guide: Guide) -> None:
    draft = studio.draft(guide, ada, "# Two\n")
    form = {"comment": "Shorter", "publish_at": "2099-01-31T09:00", "saved": draft.saved}
    client.post(url("propose", guide), form)
    draft.refresh_from_db()
    assert (draft.state, draft.comment) == ("in_review", "Shorter")
    assert draft.publish_at is not None
    assert timezone.localtime(draft.publish_at).strftime("%Y-%m-%d %H:%M") == "2099-01-31 09:00"


@pytest.mark.parametrize(("when", "said"), [("2001-01-01T09:00", "has passed"), ("soon", "such as 2026-01-31")])
def test_a_time_that_will_not_do_is_refused(client: Client, ada: User, guide: Guide, when: str, said: str) -> None:
    draft = studio.draft(guide, ada, "# Two\n")
    answer = client.post(url("propose", guide), {"publish_at": when, "saved": draft.saved})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_what_changed_since_the_page_was_opened_is_not_proposed_unseen(client: Client, ada: User, guide: Guide) -> None:
    draft = studio.draft(guide, ada, "# Two\n")
    drafts.save_draft(guide, ada, "# Three\n", guide.revision, draft.saved)
    answer = client.post(url("propose", guide), {"saved": draft.saved})
    assert answer.status_code == 400
    assert "changed elsewhere" in answer.content.decode()


def test_what_blocks_the_publication_is_shown_with_its_line(client: Client, ada: User, guide: Guide) -> None:
    studio.draft(guide, ada, "---\nprevalence: always\n---\n# Two\n")
    page = client.get(url("propose", guide)).content.decode()
    assert "common, occasional or rare" in page
    assert "#line-2" in page


def test_without_a_draft_there_is_nothing_to_propose(client: Client, guide: Guide) -> None:
    assert client.get(url("propose", guide)).status_code == 404


def test_only_editors_may_approve_what_they_propose(client: Client, ada: User, guide: Guide) -> None:
    draft = studio.draft(guide, ada, "# Two\n")
    client.post(url("propose", guide), {"saved": draft.saved, "action": "publish"})
    draft.refresh_from_db()
    assert draft.state == "in_review"
    eve = studio.person("eve", "editors")
    theirs = studio.draft(guide, eve, f"{studio.TEXT}\nMore.\n")
    browser = Client()
    browser.force_login(eve)
    browser.post(url("propose", guide), {"saved": theirs.saved, "action": "publish"})
    theirs.refresh_from_db()
    assert theirs.state == "published"


def test_an_editor_is_told_what_keeps_their_text_from_being_published(guide: Guide) -> None:
    eve = studio.person("eve", "editors")
    draft = studio.draft(guide, eve, "---\nprevalence: always\n---\n# Two\n")
    browser = Client()
    browser.force_login(eve)
    answer = browser.post(url("propose", guide), {"saved": draft.saved, "action": "publish"}, follow=True)
    assert "Line 2" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


# The tree

TWO = """# Printer

## Paper jam

**Symptoms:**
- The printer stops with a crunch (always)

**Solution:**
1. Open the flap
2. Pull the sheet out

## No toner

**Symptoms:**
- Pages come out white (always)

**Solution:**
1. Change the cartridge
"""


def test_the_problems_of_a_text_that_asks_nothing_are_told_apart_as_it_stands(client: Client, ada: User) -> None:
    new = drafts.start_guide(ada, TWO, "new-one")
    drawn = tree(client, new, TWO)
    assert "tell its problems apart" in drawn
    assert "The printer stops with a crunch" in drawn
    assert "2 steps" in drawn
    assert "<a " not in drawn
    assert "Smoke rises" in tree(client, new, TWO.replace("Pages come out white", "Smoke rises"))


def test_the_tree_of_a_guide_that_one_may_not_see_is_not_drawn(ada: User) -> None:
    eve = studio.person("eve", "editors")
    hidden = studio.published(eve, f"---\naudience: staff\n---\n{studio.TEXT}", "hidden")
    only_writes = User.objects.create_user("max")
    only_writes.user_permissions.add(Permission.objects.get(codename="propose_revision"))
    browser = Client()
    browser.force_login(only_writes)
    address = reverse("troubleshooting:tree-of-text", args=[hidden.slug])
    assert browser.post(address, {"text": TWO}).status_code == 404


def tree(client: Client, guide: Guide, text: str) -> str:
    return client.post(reverse("troubleshooting:tree-of-text", args=[guide.slug]), {"text": text}).content.decode()


def test_the_tree_of_an_unsaved_text_is_drawn(client: Client, guide: Guide) -> None:
    questions = "## Decision tree\n- Is there paper in it?\n  - Yes: [Jam](#paper-jam)\n  - No: [x](#gone)\n"
    text = f"{studio.TEXT}3. Close it\n\n{questions}"
    drawn = tree(client, guide, text)
    assert "Is there paper in it?" in drawn
    assert "3 steps" in drawn
    assert "Leads nowhere yet" in drawn


def test_a_text_without_questions_is_told_so(client: Client, guide: Guide) -> None:
    assert "no questions of its own." not in tree(client, guide, TWO)
    assert "no questions of its own." in tree(client, guide, "# Jam\n")
    assert "needs none to be told apart" in tree(client, guide, studio.TEXT)
    assert Client().post(reverse("troubleshooting:tree-of-text", args=[guide.slug])).status_code == 302


def test_questions_that_nest_very_deep_are_drawn_or_told(client: Client, guide: Guide) -> None:
    deep = "".join(f"{'  ' * 2 * depth}- Q{depth}?\n{'  ' * (2 * depth + 1)}- Yes:\n" for depth in range(60))
    assert "editor__" in tree(client, guide, f"# Jam\n\n## Decision tree\n{deep}")


def test_an_answer_to_another_guide_is_drawn_with_its_problem(client: Client, write_guide: WriteGuide) -> None:
    write_guide(studio.TEXT, "printers/jam.md")
    guide = write_guide("# Triage\n\nStart here.\n", "printers/triage.md")
    text = "# Triage\n\n## Decision tree\n- Stuck?\n  - Yes: [Jam](jam.md#paper-jam)\n  - No: [Jam](jam.md)\n"
    assert tree(client, guide, text).count("2 steps") >= 2


def test_answers_of_scripts_are_json(client: Client, guide: Guide) -> None:
    answer = client.post(url("check", guide), {"text": "x"}, **JSON)
    assert json.loads(answer.content)
