"""A page of the studio that is shown again, or come back to, after a form was sent is the page that was left."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.editorial import approval, drafts, reviews
from kb.editorial.decisions import Conflict
from kb.library import retiring
from kb.models import Guide, LineComment, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, proposal, published, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/write/guides/jam/review/2/"
LOOK = "?against=base&view=all&line=3"
LEFT = {"against": ["base"], "view": ["all"]}


@pytest.fixture
def editor(eve: User) -> Client:
    return signed_in(eve)


@pytest.fixture
def guide(ada: User, eve: User, publish_once: PublishGuide) -> Guide:
    """A guide of which revision 3 is published, and revision 2, made from the first, is in review."""
    guide = publish_once(ada, TEXT, "jam")
    proposal(guide, ada, TEXT.replace("flap", "lid"))
    approval.approve(proposal(guide, eve, TEXT.replace("stops", "halts")), eve)
    return guide


def action_of(page: str, name: str) -> str:
    """The address to which a form of the page, or a button of it, sends what was typed."""
    (found,) = set(re.findall(rf'action="([^"?]*/{name}/[^"]*)"', page))
    return unescape(found)


def look_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


REFUSED = {
    "ask": {"text": ""},
    "remark": {"text": " "},
    "approve": {"publish_at": "never"},
    "comment": {"line": "3", "text": ""},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_a_review_that_is_shown_again_is_looked_at_as_before(editor: Client, guide: Guide, name: str) -> None:
    page = editor.get(f"{PAGE}{LOOK}").content.decode()
    assert "Compared with revision 1." in page
    answer = editor.post(action_of(page, name), REFUSED[name])
    assert answer.status_code == 422
    again = answer.content.decode()
    assert "Compared with revision 1." in again
    assert 'aria-current="page">The whole text</a>' in again
    assert "Comment at line 3</label>" in again
    assert action_of(again, name) == action_of(page, name)


@pytest.mark.parametrize("name", ["withdraw", "schedule"])
def test_so_is_a_review_of_which_its_author_asks_what_can_not_be(ada: User, guide: Guide, name: str) -> None:
    writer = signed_in(ada)
    action = action_of(writer.get(f"{PAGE}{LOOK}").content.decode(), name)
    reviews.set_aside(Revision.objects.get(number=2), ada)
    answer = writer.post(action, {"publish_at": "2035-01-31T08:30"})
    assert answer.status_code == 409
    assert "Compared with revision 1." in answer.content.decode()
    assert 'aria-current="page">The whole text</a>' in answer.content.decode()


@pytest.mark.parametrize(("name", "sent"), [("ask", {"text": "Which lid?"}), ("remark", {"text": "Please be quick"})])
def test_a_review_is_come_back_to_as_it_was_looked_at(
    editor: Client, guide: Guide, name: str, sent: dict[str, str]
) -> None:
    answer = editor.post(action_of(editor.get(f"{PAGE}{LOOK}").content.decode(), name), sent)
    assert urlsplit(answer.headers["Location"]).path == PAGE
    assert look_of(answer.headers["Location"]) == LEFT


def test_a_comment_is_made_and_settled_without_another_look(editor: Client, guide: Guide) -> None:
    action = action_of(editor.get(f"{PAGE}{LOOK}").content.decode(), "comment")
    answer = editor.post(action, {"line": "3", "text": "Why?"})
    assert look_of(answer.headers["Location"]) == LEFT
    page = editor.get(answer.headers["Location"]).content.decode()
    comment = LineComment.objects.get()
    answer = editor.post(action_of(page, str(comment.pk)))
    assert look_of(answer.headers["Location"]) == LEFT
    assert f'id="{urlsplit(answer.headers["Location"]).fragment}"' in page


def test_an_approval_that_is_refused_leads_back_to_the_same_look(editor: Client, ada: User) -> None:
    guide = published(ada, TEXT, "jam")
    proposal(guide, ada, f"{TEXT}\n## Questions\n\n- Is it hot?\n  - Yes: [there](#nowhere)\n")
    answer = editor.post(action_of(editor.get(f"{PAGE}?view=source").content.decode(), "approve"))
    assert answer.headers["Location"] == f"{PAGE}?view=source"


def test_only_what_the_page_knows_is_kept(editor: Client, guide: Guide) -> None:
    page = editor.get(f"{PAGE}?against=me&view=%22%3E&line=-1&next=//elsewhere.example/").content.decode()
    assert urlsplit(action_of(page, "ask")).query == ""
    answer = editor.post(f"{PAGE}remark/?against=x&view=y&next=//elsewhere.example/", {"text": "Well"})
    assert answer.headers["Location"] == PAGE


@pytest.mark.slow
def test_what_needs_attention_is_come_back_to_at_the_same_findings(editor: Client, eve: User) -> None:
    for number in range(12):
        text = f"---\nreview_by: 2020-01-01\naudience: ITPro\n---\n# Guide {number}\n"
        published(eve, text, f"guide-{number}")
    page = editor.get("/write/attention/").content.decode()
    kind, *_ = sorted(re.findall(r'href="[?]kind=([0-9a-f]+)#', page))
    page = editor.get(f"/write/attention/?kind={kind}").content.decode()
    answer = editor.post(action_of(page, "guide-0/checked"), {"back": "attention"})
    assert answer.headers["Location"] == f"/write/attention/?kind={kind}"
    elsewhere = editor.post("/write/guides/guide-1/checked/?kind=x&page=y", {"back": "attention"})
    assert elsewhere.headers["Location"] == "/write/attention/"


@pytest.mark.slow
def test_a_history_is_come_back_to_at_the_same_page(editor: Client, eve: User, guide: Guide) -> None:
    text = Revision.objects.get(number=3).text
    for number in range(50):
        found = proposal(Guide.objects.get(), eve, f"{text}\n{number}\n")
        reviews.set_aside(found, eve)
    page = editor.get("/write/guides/jam/history/?page=2").content.decode()
    answer = editor.post(action_of(page, "checked"))
    assert answer.headers["Location"] == "/write/guides/jam/history/?page=2"
    retiring.retire([Guide.objects.get()], by=eve, comment="x")
    page = editor.get("/write/guides/jam/history/?page=2").content.decode()
    assert editor.post(action_of(page, "bring-back")).headers["Location"] == "/write/guides/jam/history/?page=2"


def test_an_editor_that_gives_another_draft_up_stays_at_the_one_that_is_open(ada: User, guide: Guide) -> None:
    draft(guide, ada, TEXT.replace("flap", "door"), Revision.objects.get(number=1))
    current = drafts.draft_of(guide, ada)
    assert current
    kept = drafts.save_draft(guide, ada, TEXT.replace("flap", "hatch"), current.based_on, 0)
    assert isinstance(kept, Conflict)
    writer, aside = signed_in(ada), kept.kept.number
    sent = {"into": str(aside), "number": str(current.number)}
    answer = writer.post("/write/guides/jam/give-up/", sent)
    assert answer.headers["Location"] == f"/write/guides/jam/?draft={aside}"
    answer = writer.post("/write/guides/jam/give-up/", {"into": str(aside), "number": str(aside)})
    assert answer.headers["Location"] == "/write/guides/jam/"
