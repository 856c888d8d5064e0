"""The same vectors wherever a page shows what somebody wrote or asked: none runs in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kb.editorial import approval, reviews
from kb.library.folders import load
from kb.models import Guide, Notice
from kb.models.notices import LONGEST_NOTICE
from kb.rate_limits import limiter
from tests.support.hostile_texts import PLACES, on_one_line, tried_on_pages
from tests.support.studio import TEXT, person, proposal, published, signed_in
from tests.support.watching import Watcher

pytestmark = pytest.mark.django_db
TOGETHER, IN_ONE_TEXT = 40, 60
MOST = 1000  # that front matter or an address hold
ASKED = (
    "/search/?q={0}",
    "/search/?q=printer&category={0}",
    "/search/?q=printer&product={0}",
    "/search/?q={0}&page={0}",
    "/troubleshoot/?symptom={0}",
    "/troubleshoot/?symptom=printer&{0}={0}",
    "/troubleshoot/?guide={0}",
    "/troubleshoot/?category={0}",
    "/troubleshoot/hand-over/?symptom={0}",
    "/guides/?category={0}",
    "/guides/{0}/",
    "/categories/{0}/",
    "/codes/{0}/",
    "/accounts/sign-in/?next={0}",
    "/reading/flag/?guide={0}&section={0}",
    "/api/v1/docs/?operation=search&q={0}",
    "/nothing/{0}",
    "/write/guides/?q={0}&state={0}",
    "/write/pick/?q={0}",
    "/desk/?q={0}",
)


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """One person asks for more here than people do."""
    monkeypatch.setattr(limiter, "take", lambda *_given, **_named: limiter.Turn())


@pytest.fixture
def editor(db: None) -> User:
    """Somebody who writes and reviews."""
    return person("eve", "editors")


def parts(texts: Sequence[str], together: int = TOGETHER) -> Iterator[Sequence[str]]:
    return (texts[start : start + together] for start in range(0, len(texts), together))


def got(client: Client, address: str, *, only: Iterable[int] = (200,)) -> str:
    """The page that an address leads to; one of its frame, as htmx asks for it, is a page as well."""
    answer = client.get(address)
    assert answer.status_code in only, (answer.status_code, address)
    return answer.content.decode() if answer.headers["Content-Type"].startswith("text/html") else ""


def wrong_in(watcher: Watcher, pages: Iterable[str]) -> list[str]:
    """What is wrong in pages, many of which are shown together: their heads in one head, their bodies in one body."""
    wrong: list[str] = []
    for some in parts(list(pages)):
        heads = "".join(page.partition("<head>")[2].partition("<body")[0].rpartition("</head>")[0] for page in some)
        bodies = "".join(page.partition("<body")[2].partition(">")[2] or page for page in some)
        bodies = bodies.replace("</body>", "").replace("</html>", "")
        wrong += watcher.wrong(f"<!DOCTYPE html><html><head>{heads}</head><body>{bodies}</body></html>")
    return wrong


def assert_none(wrong: list[str]) -> None:
    assert not wrong, f"{len(wrong)}: " + "\n".join(wrong[:20])


def head(text: str) -> str:
    """A front matter in which each key has this text."""
    said = json.dumps(on_one_line(text)[:290])
    return (
        f"---\ntitle: {said}\nsummary: {said}\ncategory: {said}\ntags: [{said}]\naliases: [{said}]\n"
        f"applies_to: [{said}]\nowner: {json.dumps(on_one_line(text)[:190])}\ncontacts: [{said}]\n---\n"
    )


BODY = (
    "\n## {0}\n\n**Symptoms:**\n- {0}\n\n**Solution:**\n1. {0}\n2. Restart {0}\n\n"
    "| Error code | Meaning | Action |\n| --- | --- | --- |\n| E_{1} | {0} | {0} |\n\n"
    "**When to escalate:** {0}\n\n**Escalation path:** {0}\n"
)


def test_none_runs_in_titles_and_front_matter(watcher: Watcher, folder: Path, editor: User) -> None:
    for number, text in enumerate(tried_on_pages()):
        if "\0" not in text and len(text) < MOST:
            body = BODY.replace("{0}", on_one_line(text)).replace("{1}", str(number))
            (folder / f"g{number}.md").write_text(head(text) + body, errors="replace")
    (folder / "contacts").mkdir()
    for number, text in enumerate(tried_on_pages()[::10]):
        said = json.dumps(on_one_line(text)[:100])
        card = f"---\nname: {said}\nrole: {said}\nemail: {said}\nphone: {said}\nhours: {said}\n---\n{text}\n"
        (folder / "contacts" / f"c{number}.md").write_text(card, errors="replace")
    load.load([folder])
    slugs = list(Guide.objects.visible_to(None).values_list("slug", flat=True))
    assert len(slugs) > len(tried_on_pages()) // 2
    reader, writer = Client(), signed_in(editor)
    lists = ["/", "/guides/", "/categories/", "/codes/", "/contacts/", "/troubleshoot/", "/troubleshoot/tree/"]
    lists += [f"/guides/?page={number}" for number in range(2, len(slugs) // 50 + 1)]
    pages = [got(reader, address, only=(200, 404)) for address in lists]
    pages += [got(reader, f"/guides/{slug}/") for slug in slugs]
    pages += [got(reader, f"/troubleshoot/?guide={slug}&steps=all", only=(200, 302)) for slug in slugs]
    pages += [got(reader, f"/codes/E_{number}/", only=(200, 404)) for number in range(0, len(tried_on_pages()), 3)]
    pages += [got(writer, f"/write/guides/{slug}/") for slug in slugs[::5]]
    pages += [got(writer, address) for address in ("/write/", "/write/guides/", "/write/attention/", "/write/links/")]
    assert_none(wrong_in(watcher, pages))


def test_none_runs_in_what_was_asked_for(watcher: Watcher, editor: User) -> None:
    published(editor, TEXT, "printer")
    client = signed_in(editor)
    pages = [
        got(client, address.replace("{0}", quote(text[:MOST], safe="")), only=(200, 301, 302, 400, 404))
        for number, text in enumerate(tried_on_pages())
        for address in (ASKED[number % len(ASKED)], ASKED[0], ASKED[4])
    ]
    assert_none(wrong_in(watcher, pages))


def test_none_runs_in_comments_and_in_names_of_people(watcher: Watcher, editor: User) -> None:
    guide, client, pages = published(editor, TEXT, "printer"), signed_in(editor), []
    for number, some in enumerate(parts(tried_on_pages(), IN_ONE_TEXT)):
        author = person(f"writer{number}", "writers")
        author.first_name = on_one_line(some[0])[:150]
        author.save()
        proposed = proposal(guide, author, TEXT + f"3. Wait {number}\n")
        for line, text in enumerate(some):
            reviews.comment_at_line(proposed, author, line % 9 + 1, text)
            reviews.remark(proposed, author, text)
        pages.append(got(client, f"/write/guides/printer/review/{proposed.number}/"))
        pages.append(got(client, "/write/guides/printer/history/"))
        reviews.set_aside(proposed, editor, some[0])
    assert_none(wrong_in(watcher, pages))


def test_none_runs_in_notices(watcher: Watcher, editor: User) -> None:
    Notice.objects.bulk_create(
        Notice(text=on_one_line(text)[:LONGEST_NOTICE], starts_at=timezone.now(), author=editor)
        for text in tried_on_pages()
        if "\0" not in text
    )
    assert_none(wrong_in(watcher, [got(Client(), "/"), got(signed_in(editor), "/write/notices/")]))


def test_none_runs_in_previews(watcher: Watcher, editor: User) -> None:
    published(editor, TEXT, "printer")
    client, texts = signed_in(editor), []
    for number, text in enumerate(tried_on_pages()):
        shown = head(text) + PLACES[number % len(PLACES)].replace("{0}", on_one_line(text)) + f"\n\n{text}\n"
        answer = client.post("/write/guides/printer/check/", {"text": shown})
        assert answer.status_code == 200, text
        found = answer.json()
        texts += [found["preview"], found["said"]]
    assert_none([one for some in parts(texts, 200) for one in watcher.in_place_of(some)])


def test_none_runs_in_differences(watcher: Watcher, editor: User) -> None:
    client, pages, some = signed_in(editor), [], list(parts(tried_on_pages(), IN_ONE_TEXT))
    for number, (before, now) in enumerate(zip(some, [*some[1:], some[0]], strict=True)):
        old, new = (
            "\n\n".join(["# Printer", *filter(lambda text: "\0" not in text, texts)]) for texts in (before, now)
        )
        guide = published(editor, old + "\n", f"printer-{number}")
        approval.approve(proposal(guide, editor, new + "\n"), editor)
        waiting = proposal(guide, editor, old + "\n\nIt waits.\n")
        there = f"/write/guides/{guide.slug}"
        views = (f"{there}/compare/1/2/", f"{there}/compare/1/2/?view=source", f"{there}/review/{waiting.number}/")
        pages += [got(client, address) for address in (*views, f"{there}/revisions/1/", f"{there}/conflict/1/")[:4]]
    assert_none(wrong_in(watcher, pages))


def test_what_would_run_on_one_of_many_pages_is_seen(watcher: Watcher, editor: User) -> None:
    published(editor, TEXT, "printer")
    page = got(Client(), "/guides/printer/")
    assert not wrong_in(watcher, [page, page])
    assert wrong_in(watcher, [page, page.replace("Paper jam", "<img src=x onerror=alert(1)>"), page])
