"""What a guide or contact said while it was for staff stays with staff, also when it is for everyone now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import product
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kb.editorial import approval, drafts, reviews
from kb.library.folders import load
from kb.models import Contact, Guide, Image, Revision
from tests.conftest import MakeOnce
from tests.library.test_uploads import encoded
from tests.support.studio import draft, person, proposal, published

pytestmark = pytest.mark.django_db

CANARY = "quokka"  # spelt whole nowhere but in what was for staff
FIELDS = (
    *("title", "summary", "category", "product", "tag", "owner", "contact", "heading", "symptom", "step", "alt"),
    *("picture", "code", "comment", "remark", "note", "proposed", "drafted", "card", "role", "alias"),
)
STAFF = """---
title: The quokkatitle jams
summary: What quokkasummary does.
category: Printers/Quokkacategory
audience: staff
applies_to: [quokkaproduct]
tags: [quokkatag]
owner: Quokkaowner
contacts: [quokkacontact]
aliases: [quokkaalias]
---
# The quokkatitle jams

## Quokkaheading jams
**Symptoms:**
- The quokkasymptom stops (always)
- The log says `QUOKKACODE_1`

**Solution:**
1. Open the flap of the quokkastep, pull the sheet out, close the flap, wait a minute and print a page again.

![The quokkaalt](images/quokkapicture.png)
"""
PUBLIC = """---
title: Paper jam
category: Printers
---
# Paper jam

## Paper jams
**Symptoms:**
- The printer stops (always)

**Solution:**
1. Open the flap of the printer, pull the sheet out, close the flap, wait a minute and print a page again.
"""
CARD = "---\nname: {name}\nrole: {role}\naudience: {audience}\n---\nAsk them.\n"
OTHER = "# A quokkatitle of its own\n\n**Symptoms:**\n- It {hums}\n\n**Solution:**\n1. Wait\n"
LINKS = re.compile(r"""(?:href|src|action|formaction)="([^"#][^"]*)\"|<(?:loc|id)>([^<]+)""")
LEFT_OUT = re.compile(r"sign-out|^/static/|^/admin/|[?&]line=(?!3\b)")  # each line of a text has a form of its own
MOST_OF_ONE_PAGE = 30
SLOW = pytest.mark.night
WITHOUT = {
    "nobody": (),
    "reader": (),
    "writer": ("propose_revision",),
    "reviewer": ("propose_revision", "review_revision"),
    "editor": ("propose_revision", "review_revision", "publish_guide", "retire_guide"),
}
OFTEN = ("nobody", "editor")  # who sees the least, and who sees the most


@pytest.fixture
def library(folder: Path, make_once: MakeOnce) -> Guide:
    """A guide that was for staff, then everyone's, with a proposal and a draft for staff; and one never published."""
    make_once("what was for staff", lambda: make(folder), folder)
    return Guide.objects.get(source="paper-jam.md")


def make(folder: Path) -> None:
    keeper = person("keeper", "editors")
    (folder / "contacts").mkdir()
    (folder / "images").mkdir()
    (folder / "images" / "quokkapicture.png").write_bytes(encoded("PNG"))
    (folder / "quokkafile.md").write_text(STAFF)
    (folder / "contacts" / "desk.md").write_text(CARD.format(name="Quokkacard", role="Quokkarole", audience="staff"))
    (folder / "contacts" / "quokkacontact.md").write_text(CARD.format(name="Quokka", role="", audience="staff"))
    assert not load.load([folder]).failed
    (folder / "quokkafile.md").rename(folder / "paper-jam.md")
    assert not load.load([folder], prune=True).failed
    (folder / "paper-jam.md").write_text(PUBLIC)
    (folder / "contacts" / "desk.md").write_text(CARD.format(name="Desk", role="", audience="public"))
    assert not load.load([folder]).failed
    guide = Guide.objects.get(source="paper-jam.md")
    staff = Revision.objects.get(guide=guide, number=1)
    Revision.objects.filter(pk=staff.pk).update(comment="The quokkacomment")
    reviews.remark(staff, keeper, "The quokkaremark")
    reviews.comment_at_line(staff, keeper, 3, "The quokkanote")
    proposed = proposal(guide, keeper, STAFF.replace("quokkastep", "quokkaproposed"))
    reviews.comment_at_line(proposed, keeper, 3, "The quokkanote")
    reviews.ask_for_changes(proposed, keeper, "The quokkaremark")
    drafts.propose(proposed, "The quokkacomment")
    draft(guide, person("other", "writers"), STAFF.replace("quokkastep", "quokkadrafted"))
    drafts.start_guide(keeper, OTHER.replace("# ", "---\naudience: staff\n---\n# ", 1), "never-published")
    published(keeper, OTHER.replace("# ", "---\naudience: staff\nowner: Quokkaowner\n---\n# ", 1), "for-staff")
    guide.refresh_from_db()
    assert (guide.audience, guide.slug) == ("public", "paper-jam")


def somebody(name: str) -> User:
    user = User.objects.create_user(name, password="correct horse battery")
    user.user_permissions.set(Permission.objects.filter(codename__in=WITHOUT[name]))
    return user


def browser_of(name: str) -> Client:
    client = Client()
    if name != "nobody":
        client.force_login(somebody(name))
    return client


def addresses_of_site() -> Iterator[str]:
    """All addresses of the site, but for the administration's, with the names and numbers there are put in."""
    values: dict[str, Iterable[object]] = {
        "contact": ["desk"],
        "address": ["paper-jam"],
        "category": ["printers"],
        "code": ["429"],
        "name": [image.get_absolute_url().rpartition("/")[2] for image in Image.objects.all()],
        "pk": Revision.objects.exclude(line_comments=None).values_list("line_comments__pk", flat=True),
    }
    of_guides = {guide: list(guide.revisions.values_list("number", flat=True)) for guide in Guide.objects.all()}
    texts: dict[str, list[int]] = {guide.slug: numbers for guide, numbers in of_guides.items()} | {"desk": [1, 2]}
    for route in _routes(get_resolver().url_patterns):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        for slug, numbers in texts.items() if "slug" in names else [("", [])]:
            here = {"slug": [slug], "number": numbers, "before": numbers[:1], "now": numbers} | values
            if all(name in here for name in names) and not route.startswith("admin/"):
                for given in product(*(here[name] for name in names)):
                    address = route
                    for value in given:
                        address = re.sub(r"<(?:\w+:)?\w+>", str(value), address, count=1)
                    yield f"/{address}"


def _routes(patterns: Iterable[URLPattern | URLResolver], above: str = "") -> Iterator[str]:
    for one in patterns:
        route = above + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, route)
        else:
            yield route


WORDS = [
    *(
        "/search/?q=quokk",
        "/search/?q=flap",
        "/search/suggest/?q=quokk",
        "/search/suggest/?q=jam",
        "/api/v1/search?q=jam",
    ),
    *("/write/pick/?guide=paper-jam&q=quokk", "/write/pick/?guide=paper-jam&q=jam", "/write/links/?show=external"),
    *(
        "/write/guides/?q=quokk",
        "/write/guides/?state=draft",
        "/write/guides/?audience=staff",
        "/write/guides/?state=in_review",
    ),
    *("/troubleshoot/?symptom=jam", "/api/v1/guides/paper-jam", "/api/v1/guides/for-staff", "/api/v1/walk?symptom=jam"),
]


def crawled(client: Client, starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What each page says that can be reached from some addresses by links of this site, signing out apart."""
    waiting, seen, pages = list(starts), set(), Counter[str]()
    while waiting:
        address = urldefrag(waiting.pop()).url
        page = address.partition("?")[0]
        if address in seen or LEFT_OUT.search(address) or pages[page] >= MOST_OF_ONE_PAGE:
            continue
        seen.add(address)
        pages[page] += 1
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code in {301, 302}:
            waiting.append(urljoin(address, answer["Location"]))
            yield address, answer["Location"]
        elif answer.streaming:
            answer.close()
            yield address, f"{CANARY}picture" if address.startswith("/images/") else ""
        else:
            text = answer.content.decode()
            yield address, text
            found = (urljoin(address, unescape(link or other)) for link, other in LINKS.findall(text))
            waiting += [
                link.removeprefix("http://testserver") for link in found if re.match(r"/(?!/)|http://testserver/", link)
            ]
    assert len(seen) > 40


@pytest.mark.slow
@pytest.mark.parametrize("name", [each if each in OFTEN else pytest.param(each, marks=SLOW) for each in WITHOUT])
def test_who_may_not_read_for_staff_comes_upon_no_staff_text(library: Guide, name: str) -> None:
    client = browser_of(name)
    told = [
        (address, text[max(0, place - 80) : place + 60])
        for address, text in crawled(client, [*addresses_of_site(), *WORDS])
        if (place := text.lower().find(CANARY)) >= 0
    ]
    assert told == []


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param(("writers",), id="writer", marks=SLOW),
        pytest.param(("editors",), id="editor", marks=SLOW),
        pytest.param((), id="administrator", marks=SLOW),
    ],
)
def test_staff_who_write_find_all_of_it(library: Guide, groups: tuple[str, ...]) -> None:
    client = Client()
    user = person("ada", *groups) if groups else User.objects.create_superuser("root", password="correct horse battery")
    client.force_login(user)
    pages = "".join(text.lower() for _address, text in crawled(client, [*addresses_of_site(), *WORDS]))
    needs_publish = set() if not groups or groups == ("editors",) else {"card", "role"}
    private = {"drafted"}  # what somebody else is still typing
    assert [field for field in FIELDS if f"{CANARY}{field}" not in pages and field not in needs_publish | private] == []


def test_staff_who_do_not_write_read_what_readers_saw(library: Guide) -> None:
    client = Client()
    client.force_login(person("sue", "support"))
    assert f"{CANARY}step" in client.get("/guides/paper-jam/revisions/1/").content.decode()
    assert client.get("/write/").status_code == 403
    assert client.get("/guides/for-staff/").status_code == 200


Sent = tuple[str, dict[str, str]]
FORMS: dict[str, Callable[[Guide, int], Sent]] = {
    "restored": lambda _guide, number: (f"restore/{number}/", {}),
    "merged with": lambda guide, number: (
        f"conflict/{guide.revision.number}/merge/" if guide.revision else "",
        {"theirs": str(number), "text": PUBLIC, "do": "preview"},
    ),
    "said of": lambda _guide, number: (f"review/{number}/remark/", {"text": ""}),
    "asked of": lambda _guide, number: (f"review/{number}/ask/", {"text": ""}),
    "approved": lambda _guide, number: (f"review/{number}/approve/", {}),
    "edited": lambda _guide, number: (f"review/{number}/edit/", {"text": PUBLIC, "do": "preview"}),
    "a draft's origin": lambda _guide, number: (
        "draft/",
        {"text": f"{PUBLIC}\n", "based_on": str(number), "saved": "0", "into": ""},
    ),
    "an editor's origin": lambda _guide, number: (
        "",
        {"text": f"{PUBLIC}\n", "based_on": str(number), "saved": "0", "into": "", "action": "preview"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_no_form_gives_a_staff_text_away(library: Guide, form: str) -> None:
    client = browser_of("editor")
    for number in library.revisions.filter(audience="staff").values_list("number", flat=True):
        address, fields = FORMS[form](library, number)
        answer = client.post(f"/write/guides/paper-jam/{address}", fields, follow=True)
        assert CANARY not in answer.content.decode().lower()
        mine = library.revisions.filter(author__username="editor").first()
        if mine:
            page = client.get(f"/write/guides/paper-jam/review/{mine.number}/?against=base&view=source")
            assert CANARY not in page.content.decode().lower()


def test_a_comment_at_a_staff_text_is_settled_by_staff(library: Guide) -> None:
    comment = library.revisions.get(number=1).line_comments.get()
    answer = browser_of("writer").post(f"/write/guides/paper-jam/review/{library.revision.number}/settle/{comment.pk}/")  # type: ignore[union-attr]
    comment.refresh_from_db()
    assert (answer.status_code, comment.is_settled) == (404, False)


def test_a_text_that_turns_to_staff_leaves_the_lists_of_others(library: Guide) -> None:
    ada = person("ada", "writers")
    text = draft(library, ada, f"{PUBLIC}\nMore.\n")
    drafts.save_draft(library, ada, STAFF, library.revision, text.saved)
    assert Revision.objects.get(pk=text.pk).audience == "staff"


def test_a_head_that_cannot_be_read_is_for_staff(library: Guide) -> None:
    broken = proposal(library, person("ada", "writers"), "---\ntitle: [quokka\n---\n# Jam\n")
    assert broken.audience == "staff"
    misspelt = draft(library, person("eve", "writers"), "---\naudince: staff\n---\n# Quokka\n")
    assert misspelt.audience == "staff"


def test_writers_keep_what_they_wrote_for_staff_until_it_is_published() -> None:
    writer, client = somebody("writer"), Client()
    client.force_login(writer)
    guide = drafts.start_guide(writer, OTHER.replace("# ", "---\naudience: staff\n---\n# ", 1), "mine")
    assert guide.audience == "staff"
    assert client.get("/write/guides/mine/").status_code == 200
    assert "mine" in client.get("/write/guides/").content.decode()
    found = drafts.draft_of(guide, writer)
    assert found
    approval.approve(drafts.propose(found), person("eve", "editors"))
    assert client.get("/write/guides/mine/").status_code == 404


def test_a_new_guide_keeps_its_name_when_somebody_writes_a_text_for_staff(db: None) -> None:
    writer, client = somebody("writer"), Client()
    client.force_login(writer)
    guide = drafts.start_guide(writer, PUBLIC, "mine")
    draft(guide, person("ada", "writers"), STAFF)
    guide.refresh_from_db()
    assert (guide.title, guide.audience) == ("Paper jam", "public")
    assert client.get("/write/guides/mine/").status_code == 200


def test_an_anchor_that_only_staff_knew_is_back_when_the_guide_is_theirs_again(library: Guide, folder: Path) -> None:
    assert CANARY not in library.html.lower()
    (folder / "paper-jam.md").write_text(PUBLIC.replace("title:", "audience: staff\ntitle:"))
    assert not load.load([folder]).failed
    library.refresh_from_db()
    assert 'id="quokkaheading-jams"' in library.html


def test_a_contact_that_was_for_staff_keeps_its_texts_to_staff(library: Guide) -> None:
    client = browser_of("editor")
    desk = Contact.objects.get(slug="desk")
    assert [one.audience for one in desk.revisions.order_by("number")] == ["staff", "public"]
    assert client.get("/write/contacts/desk/revisions/1/").status_code == 404
    assert client.get("/write/contacts/desk/?from=1").status_code == 404
    assert client.get("/write/contacts/quokkacontact/").status_code == 404


@pytest.mark.night
def test_a_text_for_staff_is_shown_to_no_writer_when_its_file_becomes_a_draft_for_everyone(folder: Path) -> None:
    (folder / "three.md").write_text(STAFF.replace("aliases: [quokkaalias]\n", ""))
    load.load([folder])
    (folder / "three.md").write_text(PUBLIC.replace("---\n", "---\ndraft: true\n", 1))
    load.load([folder])
    (folder / "three.md").write_text(PUBLIC)
    load.load([folder])
    for role in ("writer", "editor"):
        client = Client()
        client.force_login(somebody(role))
        starts = [f"/write/guides/three/{page}" for page in ("", "history/", "propose/", "review/1/", "review/2/")]
        told = [address for address, text in crawled(client, [*addresses_of_site(), *starts]) if CANARY in text.lower()]
        assert told == []
    told = [address for address, text in crawled(Client(), addresses_of_site()) if CANARY in text.lower()]
    assert told == []
