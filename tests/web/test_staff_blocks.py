"""What a guide for everyone says to staff only: customers reach it nowhere, and staff find it where they look."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from textwrap import dedent

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from PIL import Image as Picture

from kb.editorial import approval
from kb.editorial.decisions import Published
from kb.library.folders import load
from kb.models import Guide, Image, Revision
from kb.models.audience import EVERYONE, INSIDERS
from kb.search import configured
from kb.search.text.query import parse
from tests.conftest import MakeOnce, WriteGuide
from tests.support.crawling import crawl
from tests.support.studio import TEXT, person, proposal, published, signed_in
from troubleshooting.catalogue import build

WORD = "kanarie"  # begins every word that is planted
MOST_PAGES = 160

GUIDE = """
    ---
    title: Lamp
    category: Office
    ---
    # Lamp

    > [!STAFF] kanarietitle
    > Zebrafish kanarieopening text of the very first paragraph of this guide, long enough for a summary of it.

    A lamp that stays dark, and what to do about it when nothing else helps you any more.

    ## Lamp stays dark

    **Symptoms:**

    - The lamp is dark

      > [!STAFF]
      > The kanariesymptom shows

    **Cause:** The bulb is loose.

    **Solution:**

    1. Turn the bulb.

    > [!STAFF]
    > 1. Reset the kanariestep in the panel.
    > 2. Call the kanarievendor.

    > [!STAFF]
    > ### Kanarieheading
    >
    > **Symptoms:** The message "Kanariemessage walrus happened" appears.
    >
    > **Cause:** kanariecause
    >
    > **Solution:** Restart the kanarieserver.
    >
    > | Error code | Meaning | Action |
    > | --- | --- | --- |
    > | KANARIE_77 | kanariemeaning | kanarieaction |
    >
    > ![kanariealt](kanarie.png) and [see](other.md "kanarielink"), and [there](secret.md#kanarieanchor)
    >
    > ```
    > kanariecode --all
    > ```
    >
    > **When to escalate:** when kanarietrigger occurs
    >
    > **Escalation path:** Kanariecontact
    kanarielazy

    ## Lamp flickers

    > [!STAFF]
    > Domain Kanarie System (DKS), narwhal

    Wait.
"""
SECRET = "---\naudience: staff\n---\n# Inside\n\n## Kanarieanchor\n\nkanariesecret\n"
OTHER = "# Other\n\n**Symptoms:** The lamp is dark\n\n**Solution:** Buy one.\n"


def picture() -> bytes:
    out = BytesIO()
    Picture.new("RGB", (20, 20), (9, 9, 9)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def lamp(folder: Path, make_once: MakeOnce) -> Guide:
    """The guide with all that is planted in it, revised once, beside one for staff and one for everyone."""

    def make() -> None:
        (folder / "kanarie.png").write_bytes(picture())
        (folder / "secret.md").write_text(SECRET)
        (folder / "other.md").write_text(OTHER)
        for text in (GUIDE.replace("Turn the bulb", "Look at the bulb"), GUIDE):
            (folder / "lamp.md").write_text(dedent(text).lstrip("\n"))
            report = load.load([folder])
            assert not report.failed, report.failed

    make_once("a lamp with something for staff", make, folder)
    return Guide.objects.get(slug="lamp")


@pytest.fixture(params=["signed out", "a customer", "a writer who may not see staff's guides"])
def outsider(request: pytest.FixtureRequest, db: None) -> Client:
    if request.param == "signed out":
        return Client()
    user = person("eve")
    if "writer" in request.param:
        rights = ("propose_revision", "review_revision", "publish_guide", "retire_guide")
        user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return signed_in(User.objects.get(pk=user.pk))


@pytest.fixture
def insider(db: None) -> Client:
    return signed_in(person("grace", "support"))


BEGINNINGS = (
    *("/", "/guides/", "/guides/lamp/", "/categories/", "/codes/", "/contacts/", "/feed.xml", "/sitemap.xml"),
    *("/opensearch.xml", "/robots.txt", "/troubleshoot/", "/troubleshoot/tree/", "/troubleshoot/tree/?guide=lamp"),
    *("/troubleshoot/?guide=lamp", "/troubleshoot/?guide=lamp&steps=all", "/troubleshoot/?symptom=the+lamp+is+dark"),
    *("/troubleshoot/?symptom=lamp&help=1", "/troubleshoot/?category=office", "/troubleshoot/hand-over/?symptom=lamp"),
    *("/guides/lamp/revisions/1/", "/guides/lamp/revisions/2/", "/desk/", "/write/", "/write/guides/"),
    *("/write/guides/lamp/", "/write/guides/lamp/history/", "/write/guides/lamp/compare/1/2/", "/write/links/"),
    *("/write/guides/lamp/revisions/1/", "/write/attention/", "/write/pick/?q=lamp", "/write/guides/?q=zebrafish"),
    *("/api/v1/guides", "/api/v1/guides/lamp", "/api/v1/search?q=lamp", "/api/v1/contacts", "/api/v1/openapi.json"),
    *("/api/v1/walk?guide=lamp", "/api/v1/walk?symptom=the+lamp+is+dark", "/api/v1/walk?symptom=lamp&help=1"),
    *("/search/?q=lamp", "/search/?q=bulb", "/search/?q=zebrafihs", "/search/?q=DKS", "/search/?q=walrus+happened"),
    *("/search/?q=narwhal", "/search/?q=%22walrus+happened%22", "/search/?q=audience:staff", "/search/?q=narwhla+lamp"),
    *("/search/suggest/?q=kana", "/search/suggest/?q=lamp+kan", "/search/suggest/?q=zebr", "/search/suggest/?q=lam"),
    *("/api/v1/search?q=zebrafish", "/api/v1/search?q=walrus", "/troubleshoot/?symptom=walrus+happened"),
)


@pytest.mark.night
def test_whoever_is_no_staff_reaches_it_nowhere(lamp: Guide, outsider: Client) -> None:
    shown = set[str]()
    for address, response in crawl(outsider, BEGINNINGS, MOST_PAGES):
        shown.add(address)
        assert WORD not in response.content.decode().lower(), address
        assert WORD not in repr(response.headers).lower(), address
    assert "/guides/other/" in shown


@pytest.mark.parametrize("address", ["/codes/KANARIE_77/", "/api/v1/codes/KANARIE_77", "/guides/secret/"])
def test_pages_of_what_only_staff_are_told_are_not_there(lamp: Guide, outsider: Client, address: str) -> None:
    assert outsider.get(address).status_code == 404


@pytest.mark.parametrize("words", ["zebrafish", "walrus", "narwhal", "KANARIE_77", "kanarielazy", '"walrus happened"'])
def test_only_staff_find_its_words(lamp: Guide, words: str) -> None:
    engine = configured.engine()
    assert engine.search(parse(words), EVERYONE).total == 0
    (hit,) = engine.search(parse(words), INSIDERS).items
    assert (hit.slug, hit.guide_id, hit.audience) == ("lamp", lamp.pk, "public")
    assert engine.complete("kanar", EVERYONE) == []
    assert engine.complete("kanar", INSIDERS)
    assert engine.similar_queries("zebrafihs", EVERYONE) == []


def test_staff_find_the_guide_once(lamp: Guide) -> None:
    hits = configured.engine().search(parse("lamp bulb"), INSIDERS)
    assert [hit.slug for hit in hits.items].count("lamp") == 1
    assert hits.total == len(hits.items) == 2


def test_staff_see_it_on_the_page_marked_for_them(lamp: Guide, insider: Client) -> None:
    page = insider.get("/guides/lamp/").content.decode()
    for planted in ("title", "opening", "symptom", "step", "meaning", "alt", "code", "lazy"):
        assert f"{WORD}{planted}" in page
    assert page.count('class="admonition staff"') == 5
    assert page.count("Staff only") >= 5
    assert '<a href="/guides/secret/#kanarieanchor">there</a>' in page  # from here they may follow it
    assert insider.get("/guides/lamp/revisions/1/").content.decode().count("Staff only") >= 5


def test_a_page_that_was_kept_is_never_the_one_of_staff(lamp: Guide, insider: Client) -> None:
    theirs = insider.get("/guides/lamp/")
    tag = theirs.headers.get("ETag", "*")
    for _ in range(2):
        answer = Client().get("/guides/lamp/", headers={"If-None-Match": tag})
        assert (answer.status_code, WORD in answer.content.decode()) == (200, False)
    assert "private" in theirs.headers["Cache-Control"] or "no-store" in theirs.headers["Cache-Control"]
    assert WORD in insider.get("/guides/lamp/").content.decode()


def test_programs_of_staff_get_the_whole_text_and_others_the_public_one(lamp: Guide, insider: Client) -> None:
    whole = insider.get("/api/v1/guides/lamp").json()["markdown"]
    assert whole == dedent(GUIDE).lstrip("\n")
    public = Client().get("/api/v1/guides/lamp").json()
    assert "Turn the bulb." in public["markdown"]
    assert "[!STAFF]" not in public["markdown"]
    assert "Turn the bulb." in public["problems"][0]["steps"]


def test_walks_of_staff_have_its_steps_problems_and_codes(lamp: Guide, insider: Client) -> None:
    told, hidden = build.read(EVERYONE), build.read(INSIDERS)
    steps = {step.text: step.for_staff for problem in hidden.problems.values() for step in problem.steps}
    assert steps["Turn the bulb."] is False
    assert steps["Reset the kanariestep in the panel."] is True
    of_all = {step.text: step.html for problem in told.problems.values() for step in problem.steps}
    shown = [step for problem in hidden.problems.values() for step in problem.steps]
    assert of_all == {step.text: step.public_html for step in shown if not step.for_staff}
    assert {step.public_html for step in shown if step.for_staff} == {""}
    assert all("Staff only" in step.html for step in shown if WORD in step.html.lower() and not step.for_staff)
    assert "kanarie_77" in hidden.codes
    assert WORD not in repr(told).lower()
    assert set(told.problems) <= set(hidden.problems)  # so that staff can go on with a customer's walk
    page = insider.get("/troubleshoot/?guide=lamp&steps=all").content.decode()
    assert "kanariestep" in page


def test_its_images_are_for_staff(lamp: Guide, insider: Client, outsider: Client) -> None:
    address = Image.objects.get().get_absolute_url()
    assert outsider.get(address).status_code == 404
    shown = insider.get(address)
    assert (shown.status_code, len(b"".join(shown)) > 0) == (200, True)  # type: ignore[arg-type]  # it streams
    assert shown.headers["Cache-Control"] == "private, max-age=0"
    shown.close()


def test_a_guide_that_says_nothing_to_staff_alone_any_more_is_found_by_its_words_no_longer(
    lamp: Guide, write_guide: WriteGuide
) -> None:
    write_guide("# Lamp\n\nOnly this.\n", "lamp.md")
    engine = configured.engine()
    assert engine.search(parse("zebrafish"), INSIDERS).total == 0
    assert engine.search(parse("only this"), INSIDERS).total == 1
    assert set(engine.digests()) == set(Guide.objects.values_list("pk", flat=True))
    assert list(Revision.objects.filter(guide=lamp, audience="public").values_list("number", flat=True)) == [3]


def test_an_index_that_is_lost_is_built_with_it_again(lamp: Guide) -> None:
    engine = configured.engine()
    before = engine.digests()
    assert -lamp.pk in before
    assert engine.repair() is False
    engine.remove(before)
    assert engine.repair() is True
    assert engine.digests() == before
    assert engine.search(parse("zebrafish"), EVERYONE).total == 0


def test_its_writers_see_it_marked_and_other_writers_see_the_guide_when_it_is_gone(db: None) -> None:
    editor, other = person("ada", "editors"), person("eve")
    other.user_permissions.set(Permission.objects.filter(codename="propose_revision"))
    text = f"{TEXT}\n> [!STAFF]\n> The kanarieroller is worn.\n"
    guide = published(editor, text, "paper")
    assert guide.revision is not None
    assert (guide.audience, guide.revision.audience, guide.public_text) == ("public", "staff", f"{TEXT}\n")
    checked = signed_in(editor).post("/write/guides/paper/check/", {"text": text}).json()
    assert '<p class="admonition-title">Staff only</p>' in checked["preview"]
    assert checked["findings"] == []
    assert signed_in(other).get("/write/guides/paper/").status_code == 404
    example = f"{TEXT}\n```\n> [!STAFF]\n```\n"
    outcome = approval.approve(proposal(guide, editor, example), editor)
    assert isinstance(outcome, Published)
    assert signed_in(other).get("/write/guides/paper/").status_code == 200
    assert Client().get("/api/v1/guides/paper").json()["markdown"] == example
