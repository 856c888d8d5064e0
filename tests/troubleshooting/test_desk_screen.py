"""The desk's screen: what a pasted text is about, how sections and steps are handed on, replies, pins and looks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kb.models import Guide, SearchRecord, SectionFlag
from kb.search.log import record
from tests.conftest import WriteGuide, WriteGuides
from troubleshooting.models import DeskLook, DeskPin, Handover, WalkStep

pytestmark = pytest.mark.django_db

PRINTER = """
    ---
    title: Printer trouble
    category: Hardware/Printers
    ---
    # Printer trouble

    ## Paper jam

    **Symptoms:**

    - The printer hums and stops with `ERR_PAPER_JAM`

    **Solution:**

    1. Open the back, as [the manual](manual.md#back) says.
    2. Run this:

       ```sh
       lpstat -p
       ```

    3. Close it & wait.

    ### After that

    Print a page.

    ## No paper

    **Symptoms:**

    - The lamp blinks

    **Solution:**

    1. Add paper.

    **When to escalate:**

    - Smoke rises from the printer
"""
MANUAL = """
    # Manual of the printer

    ## Back

    It opens to the left. The printer hums when it is closed.
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
REPLY = """
    ---
    title: Steps to try
    kind: reply
    ---
    # Steps to try

    Hello **{{name}}**, please try:

    {{steps}}

    {{your name}}
"""
SAID_TO_STAFF = """
    # Scanner trouble

    ## Dim lamp

    **Symptoms:**

    - The lamp of the scanner is dim

    **Solution:**

    1. Dust the lamp.
    2. Clean the glass.

    > [!STAFF]
    >
    > 1. Order a canary lamp.
"""
BEFORE_A_STEP = """
    # Scanner trouble

    > [!STAFF]
    > Look at the canary board first.

    ## Noise

    **Symptoms:**

    - The scanner is noisy

    **Solution:**

    > [!STAFF]
    > If the customer is on the canary plan:

    1. Restart it.

       > [!STAFF]
       > This deletes all scans of the canary.

    2. Wait.

    ## Dust

    **Symptoms:**

    - The glass is dusty

    **Solution:**

    If you use the glass plate:

    1. Polish the glass.
"""
TICKET = """Hello,
the printer hums and stops with ERR_PAPER_JAM, and it smells of ozone since Ada Quaxly tried it.
Now smoke rises from the printer!
"""


@pytest.fixture
def library(write_guides_once: WriteGuides) -> None:
    """Two guides for everyone, one for staff, and a reply."""
    texts = {"printer.md": PRINTER, "manual.md": MANUAL, "internal.md": INTERNAL, "replies/steps.md": REPLY}
    write_guides_once(texts)


def pasted(client: Client, text: str = TICKET) -> str:
    answer = client.post("/desk/pasted/", {"text": text})
    assert answer.status_code == 200
    return answer.content.decode()


def picks(page: str) -> dict[str, str]:
    """What can be picked on a page: the values by the words beside them."""
    boxes = re.findall(r'name="pick" value="([^"]+)".*?<span class="visually-hidden">Pick step \d+: (.*?)</span>', page)
    return {html.unescape(words): value for value, words in boxes}


def area(page: str, name: str) -> str:
    """What a text area of a page holds."""
    found = re.search(rf'<textarea[^>]*(?:id|name)="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return html.unescape(found[1])


def in_order(page: str, parts: Iterable[str]) -> bool:
    places = [page.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


PAGES = ["", "pasted/", "sections/printer/", "copy/?guide=printer", "pins/", "reply/"]


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_is_for_staff(library: None, page: str) -> None:
    path = f"/desk/{page}"
    reader = Client()
    assert reader.get(path, follow=True).redirect_chain[-1][0].startswith("/accounts/sign-in/")
    reader.force_login(User.objects.create_user("eve"))
    answers = [reader.get(path, follow=True), reader.post(path, {"text": TICKET, "guide": "printer"})]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert "Paper jam" not in answers[0].content.decode()
    assert ">Desk</a>" not in reader.get("/").content.decode()


def test_a_pasted_ticket_is_told_red_flags_codes_problems_and_sections(library: None, staff_client: Client) -> None:
    assert '<a href="/desk/">Desk</a>' in staff_client.get("/").content.decode()
    page = pasted(staff_client)
    parts = ("Smoke rises from the printer", "ERR_PAPER_JAM</code>", 'id="desk-likely"', ">Paper jam</a>")
    assert in_order(page[page.index('id="desk-found"') :], parts)
    assert re.search(r"\d+%</span>", page)
    assert "Printer trouble · Hardware \u203a Printers" in page
    assert re.search(r">Burnt fuse</a> <span class=\"badge badge--staff\">", page)
    assert set(picks(page)) >= {"Open the back, as the manual says.", "Close it & wait.", "Replace the fuse."}


def test_nothing_of_a_pasted_text_is_stored_anywhere(library: None, staff_client: Client) -> None:
    answer = staff_client.post("/desk/pasted/", {"text": TICKET})
    record.flush()
    assert "Ada Quaxly" in area(answer.content.decode(), "text")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not {"Location", "X-Search-Found"} & set(answer.headers)
    assert (SearchRecord.objects.count(), WalkStep.objects.count(), DeskLook.objects.count()) == (0, 0, 0)
    assert all("Quaxly" not in str(session.get_decoded()) for session in Session.objects.all())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our tables
            assert "Quaxly" not in str(cursor.fetchall()), table


def walk_from(page: str) -> str:
    """Where the walk leads that a page offers for a pasted text."""
    found = re.search(r'href="(/troubleshoot/[^"]*)"[^>]*>(?:Tell them apart|Answer a few)', page)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize(
    "text",
    [TICKET, "the printer hums, says Ada Quaxly", TICKET + "Quaxly: failed error 7\n" * 200],
)
def test_the_walk_from_a_pasted_text_holds_only_what_guides_know(
    library: None, staff_client: Client, text: str
) -> None:
    address = walk_from(pasted(staff_client, text))
    assert "hums" in address
    assert not re.search("quaxly|ada|hello|failed", address, re.IGNORECASE)
    walk = staff_client.get(address)
    assert (walk.status_code, "Quaxly" in walk.content.decode()) == (200, False)


def test_the_walk_from_a_pasted_text_of_which_guides_know_nothing_asks_from_the_start(
    library: None, staff_client: Client
) -> None:
    assert walk_from(pasted(staff_client, "zzyzx qwrtp")) == "/troubleshoot/?start=questions"


def test_an_empty_box_and_words_of_no_guide_are_told_so(library: None, staff_client: Client) -> None:
    answer = staff_client.post("/desk/pasted/", {"text": "  "})
    assert (answer.status_code, "Paste the ticket" in answer.content.decode()) == (422, True)
    assert "Nothing in this text is known to any guide" in pasted(staff_client, "zzyzx qwrtp")
    assert pasted(staff_client, "\0 \ud7ff printer hums {{ % " * 20_000)


def test_a_reference_in_the_box_leads_to_its_walk(staff_client: Client) -> None:
    Handover.objects.create(reference="CDFGHJKM3479", once="1", walk_key="1", subject="It hums", transcript="It hums")
    answer = staff_client.post("/desk/pasted/", {"text": " cdfg hjkm 3479\n"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/CDFGHJKM3479/")
    assert "It hums" in staff_client.get(answer.headers["Location"]).content.decode()
    hand = staff_client.get("/desk/").content.decode()
    assert hand.count('href="/desk/CDFG-HJKM-3479/"') == 2  # looked at, and waiting
    assert staff_client.get("/desk/?state=taken&page=2").headers["Location"] == "/desk/hand-overs/?state=taken&page=2"
    assert "is not a reference" in staff_client.get("/desk/?reference=printer").content.decode()


def test_a_section_is_copied_as_a_link_as_text_as_markdown_and_for_a_mail(library: None, staff_client: Client) -> None:
    page = staff_client.get("/desk/copy/?guide=printer&section=paper-jam").content.decode()
    root = "http://testserver/guides/printer/"
    assert area(page, "copy-link-text") == f"{root}#paper-jam"
    plain = area(page, "copy-plain-text")
    assert in_order(
        plain, ["Paper jam", "1. Open the back", "       lpstat -p", "3. Close it & wait.", "After that", root]
    )
    assert "No paper" not in plain
    markdown = area(page, "copy-markdown-text")
    assert markdown.startswith("## Paper jam\n\n**Symptoms:**\n\n- The printer hums and stops with `ERR_PAPER_JAM`\n")
    assert "[the manual](http://testserver/guides/manual/#back)" in markdown
    assert markdown.endswith("### After that\n\nPrint a page.")
    mail = area(page, "copy-html-text")
    assert '<a href="http://testserver/guides/manual/#back">the manual</a>' in mail
    assert not re.search(r'class=|id=|data-|href="[/#]', mail)


def test_a_step_is_copied_with_a_link_to_itself(library: None, staff_client: Client) -> None:
    step = picks(pasted(staff_client))["Open the back, as the manual says."]
    forms = staff_client.get(f"/desk/copy/?step={step}", headers={"Accept": "application/json"}).json()
    assert forms["link"] == "http://testserver/guides/printer/#step-paper-jam-1"
    assert 'id="step-paper-jam-1"' in staff_client.get("/guides/printer/").content.decode()
    assert forms["markdown"].startswith("Open the back, as [the manual](http://testserver/guides/manual/#back) says.")
    assert staff_client.get("/desk/copy/?step=gone").status_code == 404
    assert staff_client.get("/desk/copy/?guide=printer&section=gone").status_code == 404


def test_picked_steps_become_a_reply_in_order_without_what_is_for_staff_only(
    library: None, staff_client: Client
) -> None:
    steps = picks(pasted(staff_client))
    chosen = [steps[name] for name in ("Open the back, as the manual says.", "Close it & wait.", "Replace the fuse.")]
    page = staff_client.post("/desk/reply/", {"pick": [*chosen, "manual#back", "gone"]}).content.decode()
    plain = area(page, "reply-plain")
    link = "http://testserver/guides/printer/#paper-jam"
    assert plain.startswith(f"Paper jam\n{link}\n\n1. Open the back, as the manual (http://testserver")
    assert in_order(plain, ["2. Close it & wait.", "Back\nhttp://testserver/guides/manual/#back"])
    assert f"**[Paper jam]({link})**" in area(page, "reply-markdown")
    assert f'<a href="{link}">Paper jam</a>' in area(page, "reply-html")
    assert not any("fuse" in area(page, f"reply-{name}") for name in ("plain", "markdown", "html"))
    assert "Left out, as it is for staff only: Burnt fuse" in page
    assert "1 of what you picked is in no guide any more" in page
    with_staff = staff_client.post("/desk/reply/", {"pick": chosen, "staff": "1"}).content.decode()
    assert "Replace the fuse." in area(with_staff, "reply-plain")
    assert "This reply holds what is for staff only:</strong> Burnt fuse" in with_staff


def test_what_a_guide_says_to_staff_only_is_shown_on_the_desk_and_handed_on_only_when_asked_for(
    staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(SAID_TO_STAFF, "scanner.md")
    shown = staff_client.get("/desk/sections/scanner/?section=dim-lamp").content.decode()
    assert "canary" in shown
    steps = picks(shown)
    assert len(steps) == 3
    page = staff_client.get("/desk/copy/?guide=scanner&section=dim-lamp").content.decode()
    assert "canary" not in page
    assert "2. Clean the glass." in area(page, "copy-plain-text")
    told = staff_client.post("/desk/reply/", {"pick": list(steps.values())}).content.decode()
    assert not any("canary" in area(told, f"reply-{name}") for name in ("plain", "markdown", "html"))
    assert area(told, "reply-markdown").endswith("1. Dust the lamp.\n2. Clean the glass.")
    assert "Left out, as it is for staff only: a step of Dim lamp" in told
    with_staff = staff_client.post("/desk/reply/", {"pick": list(steps.values()), "staff": "1"}).content.decode()
    assert "canary" in area(with_staff, "reply-plain")
    assert "This reply holds what is for staff only" in with_staff


def test_what_staff_alone_are_told_before_or_within_a_step_is_in_no_copy_of_it(
    staff_client: Client, write_guide: WriteGuide
) -> None:
    write_guide(BEFORE_A_STEP, "scanner.md")
    shown = staff_client.get("/desk/sections/scanner/?section=noise").content.decode()
    assert "If the customer is on the canary plan:" in shown
    steps = picks(shown) | picks(staff_client.get("/desk/sections/scanner/?section=dust").content.decode())
    assert list(steps) == ["Restart it.", "Wait.", "Polish the glass."]
    replies = [
        staff_client.post("/desk/reply/", {"pick": list(steps.values())} | with_staff).content.decode()
        for with_staff in ({}, {"staff": "1"})
    ]
    told = [area(page, f"reply-{name}") for page in replies for name in ("plain", "markdown", "html")]
    for step in steps.values():
        copied = staff_client.get(f"/desk/copy/?step={step}", headers={"Accept": "application/json"}).json()
        told += copied.values()
    for section in ("noise", "dust"):
        page = staff_client.get(f"/desk/copy/?guide=scanner&section={section}").content.decode()
        told.append(area(page, "copy-markdown-text"))
        assert told[-1].startswith(f"## {section.title()}\n")
    assert [text for text in told if "canary" in text or "Careful" in text] == []
    assert area(replies[0], "reply-plain").endswith("1. If you use the glass plate: Polish the glass.")
    write_guide("> [!STAFF]\n> All of it is about the canary.\n", "all.md")
    assert "canary" in staff_client.get("/desk/sections/all/").content.decode()
    assert "canary" not in staff_client.get("/desk/copy/?guide=all").content.decode()


def test_a_canned_reply_is_filled_in_around_what_was_written(library: None, staff_client: Client) -> None:
    form = {"plain": "1. Open it, my words.", "markdown": "1. *Open* it", "html": "<p>Open it</p>", "canned": "steps"}
    asked = staff_client.post("/desk/reply/", form | {"choose": "1"}).content.decode()
    assert [area(asked, f"reply-{name}") for name in ("plain", "markdown", "html")] == list(form.values())[:3]
    fields = re.findall(r'name="(blank:[^"]+)" type="text" value="([^"]*)"', asked)
    assert fields == [("blank:name", ""), ("blank:your name", "ada")]
    answer = staff_client.post("/desk/reply/", form | {"add": "1", "blank:name": "<Ada>", "blank:your name": "Sam"})
    page = answer.content.decode()
    assert area(page, "reply-plain") == "Hello <Ada>, please try:\n\n1. Open it, my words.\n\nSam"
    assert area(page, "reply-markdown") == "Hello **<Ada>**, please try:\n\n1. *Open* it\n\nSam"
    assert area(page, "reply-html").startswith("<p>Hello <strong>&lt;Ada&gt;</strong>, please try:</p>\n<p>Open it</p>")


def test_a_reply_that_can_not_be_written_says_what_to_do_and_keeps_what_was_typed(
    library: None, staff_client: Client
) -> None:
    nothing = staff_client.post("/desk/reply/", {})
    assert (nothing.status_code, "Pick the steps" in nothing.content.decode()) == (422, True)
    unknown = staff_client.post("/desk/reply/", {"plain": "My words", "canned": "gone", "add": "1"})
    assert unknown.status_code == 422
    assert area(unknown.content.decode(), "reply-plain") == "My words"


def test_pins_are_kept_by_person_at_most_fifty_and_as_long_as_they_may_be_seen(
    library: None, staff_client: Client
) -> None:
    pinned = {"guide": "internal", "section": "burnt-fuse"}
    assert staff_client.post("/desk/pins/", pinned).headers["Location"] == "/desk/sections/internal/?section=burnt-fuse"
    staff_client.post("/desk/pins/", pinned)
    assert DeskPin.objects.count() == 1
    assert "Burnt fuse" in staff_client.get("/desk/").content.decode()
    other = Client()
    other.force_login(User.objects.create_user("other", is_staff=True))
    assert "Burnt fuse" not in other.get("/desk/").content.decode()
    own, printer = DeskPin.objects.get(), Guide.objects.get(slug="printer")
    DeskPin.objects.bulk_create(
        DeskPin(user=own.user, guide=printer, section=f"s{n}", pinned_at=own.pinned_at) for n in range(49)
    )
    refused = staff_client.post("/desk/pins/", {"guide": "printer", "section": "no-paper"})
    assert (refused.status_code, "take one away first" in refused.content.decode()) == (422, True)
    staff_client.post("/desk/pins/", pinned | {"off": "1"})
    assert staff_client.post("/desk/pins/", {"guide": "printer", "section": "no-paper"}).status_code == 302
    assert staff_client.post("/desk/pins/", {"guide": "printer", "section": "gone"}).status_code == 404


def test_each_result_can_be_flagged(library: None, staff_client: Client) -> None:
    page = pasted(staff_client)
    article = next(part for part in page.split("<article")[1:] if ">Paper jam</a>" in part)
    form = re.search(r'<form method="post" action="(/reading/flag/)".*?</form>', article, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(guide|section|revision)" value="([^"]*)"', form[0]))
    assert fields == {"guide": "printer", "section": "paper-jam", "revision": "1"}
    staff_client.post(form[1], fields | {"kind": "outdated"})
    flag = SectionFlag.objects.get()
    assert (flag.guide.slug, flag.section, flag.kind, flag.revision) == ("printer", "paper-jam", "outdated", 1)


def test_the_last_twenty_things_looked_at_are_kept_the_newest_first(
    library: None, staff_client: Client, write_guide: WriteGuide
) -> None:
    staff_client.get("/desk/sections/printer/?section=paper-jam")
    assert staff_client.get("/desk/codes/err_paper_jam/").headers["Location"] == "/codes/ERR_PAPER_JAM/"
    for _ in range(2):
        staff_client.get("/desk/sections/printer/?section=no-paper")
    staff_client.get("/desk/sections/manual/", headers={"Sec-Purpose": "prefetch"})
    page = staff_client.get("/desk/").content.decode()
    looks = page[page.index('id="desk-looks"') : page.index('id="desk-handovers"')]
    assert in_order(looks, ["No paper", "ERR_PAPER_JAM", "Paper jam"])
    assert looks.count("<li>") == 3
    (row,) = DeskLook.objects.filter(section="no-paper")
    DeskLook.objects.bulk_create(
        DeskLook(user=row.user, code=f"C{number}", looked_at=row.looked_at) for number in range(30)
    )
    staff_client.get("/desk/sections/manual/")
    assert DeskLook.objects.count() == 20
    staff_client.get("/desk/sections/printer/?section=paper-jam")
    write_guide(PRINTER.replace("## Paper jam", "## Jam of paper"), "printer.md")
    assert "Jam of paper" in staff_client.get("/desk/").content.decode()


def test_the_number_of_queries_does_not_depend_on_what_is_shown(
    library: None, staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pasted(staff_client)
    with django_assert_max_num_queries(22):
        pasted(staff_client)
    steps = list(picks(pasted(staff_client)).values())
    with django_assert_max_num_queries(14):
        staff_client.post("/desk/reply/", {"pick": steps})
    for key in ("paper-jam", "no-paper"):
        staff_client.post("/desk/pins/", {"guide": "printer", "section": key})
        staff_client.get(f"/desk/sections/printer/?section={key}")
    with django_assert_max_num_queries(11):
        staff_client.get("/desk/")
