"""The pages of walks, as a reader meets them; a browser without JavaScript is enough."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb.library.folders import load
from kb.models import Contact, Guide
from tests.conftest import WriteGuide, WriteGuides
from troubleshooting.catalogue import build
from troubleshooting.models import Learned
from troubleshooting.planning.learning import Tally, tallies_as_json

pytestmark = pytest.mark.django_db

WALK = "/troubleshoot/"
NETWORK = """
    ---
    title: Network trouble
    category: Network
    contacts: [desk]
    ---
    # Network trouble

    ## Time-out

    **Symptoms:**

    - The request takes a minute
    - The error code is `CONN_TIMEOUT`

    **Solution:**

    1. Check the **firewall**.
    2. Ask for `ping`:

       ```
       ping example.com
       ```

    ## Certificate refused

    **Symptoms:**

    - The browser warns of the certificate

    **Solution:**

    1. Set the clock.

    ## When to escalate

    - All customers are cut off
"""
BILLING = """
    ---
    category: Billing
    ---
    # Wrong invoice

    **Symptoms:**

    - The invoice shows <b>twice</b> the amount

    **Solution:**

    1. Write to billing.
"""
STAFF = """
    ---
    audience: staff
    category: Xylophone
    ---
    # Xylophone out of tune

    **Symptoms:**

    - The xylophone rattles

    **Solution:**

    1. Tune the xylophone.
"""


@pytest.fixture
def guides(write_guides_once: WriteGuides) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com", hours="Mon-Fri 9-17", tier=1)
    Contact.objects.create(slug="boss", name="The boss", tier=2)
    write_guides_once({"invoice.md": BILLING, "network.md": NETWORK})


def page(response: Any) -> str:
    assert response.status_code == 200, response
    return html.unescape(response.content.decode())


def heading(text: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert found
    return found[1].strip()


def link(text: str, label: str) -> str:
    """Where the link with this label leads."""
    found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>\s*{re.escape(label)}', text)
    assert found, (label, text)
    return found[1]


def follow(client: Client, text: str, *labels: str) -> str:
    """The page after following links and pressing buttons with these labels."""
    for label in labels:
        button = re.search(rf'<button [^>]*name="(\w+)" value="([^"]*)">{re.escape(label)}', text)
        text = page(press(client, text, *button.groups()) if button else client.get(link(text, label)))
    return text


def press(client: Client, text: str, name: str, value: str) -> Any:
    form = next(form for form in re.findall(r"<form .*?</form>", text, re.DOTALL) if f'value="{value}"' in form)
    action = re.search(r'action="([^"]*)"', form)
    assert action
    kept = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    return client.post(action[1], kept | {name: value}, follow=True, headers={"Sec-Fetch-Site": "same-origin"})


# The way through


def main_of(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def test_the_start_page_is_one_box_and_examples_while_nothing_else_is_known(client: Client, guides: None) -> None:
    text = main_of(page(client.get(WALK)))
    assert heading(text) == "What do you see?"
    assert '<textarea id="walk-symptom" name="symptom"' in text
    assert re.findall(r"<h2[^>]*>([^<]*)", text) == ["For example"]
    assert set(re.findall(r"<a [^>]*>([^<]*)", text)) == {
        "The request takes a minute",
        "The invoice shows twice the amount",
        "The browser warns of the certificate",
    }
    assert len(re.findall(r"<input(?! type=.hidden)|<textarea|<button", text)) == 2


@pytest.mark.parametrize("typed", ["", "   ", " \n\t "])
def test_who_sends_nothing_is_told_so(client: Client, guides: None, typed: str) -> None:
    sent = client.post(f"{WALK}pasted/", {"symptom": typed, "category": ""})
    assert "Nothing was typed. Say in a few words" in main_of(page(client.get(sent.headers["Location"])))
    assert "Nothing was typed" not in page(client.get(WALK))


def test_the_start_page_has_examples_of_what_walks_reached_most(client: Client, guides: None) -> None:
    network, invoice = Guide.objects.get(slug="network"), Guide.objects.get(slug="invoice")
    published = build.current(frozenset({"public"})).published
    problems = {problem.title: problem for problem in published.problems.values()}
    for title, guide, times in (("Time-out", network, 1), ("Wrong invoice", invoice, 3)):
        tally = Tally(problems[title].id, "", problems[title].digest, 1, solved=times)
        Learned.objects.create(guide=guide, counts=tallies_as_json([tally]), made_at=timezone.now())
    build.forget()
    text = page(client.get(WALK))
    examples = re.findall(r'<li><a href="([^"]*)">([^<]*)</a>', text.partition("For example")[2])
    assert examples[0][1].startswith("The invoice shows ")
    assert examples[1][1] == "The request takes a minute"
    assert [label for _, label in examples[2:]] == ["The browser warns of the certificate"]
    assert heading(page(client.get(examples[1][0]))) == "Is it this?"


def test_the_start_page_offers_the_commonest_products_and_a_way_to_all(client: Client, folder: Path) -> None:
    names = ("Anvil", "Bellows", "Chisel", "Drill", "Easel", "Forge", "Grinder", "Hoist", "Iron", "Jack")
    for number, name in enumerate(names):
        head = f"---\napplies_to: [{name}{', Common' if number < 9 else ''}]\n---\n"
        body = f"# Guide {number}\n\n**Symptoms:**\n\n- It breaks {number}\n\n**Solution:**\n\n1. Do {number}.\n"
        (folder / f"g{number}.md").write_text(head + body)
    load.load([folder])
    text = page(client.get(WALK))
    assert len(re.findall(r'class="chip" href="[^"]*product=', text)) == 8
    assert "You typed" not in follow(client, text, "Common")
    assert "Common" in follow(client, text, "Common").partition("Your answers")[2]
    every = follow(client, text, "Something else")
    assert heading(every) == "What are you using?"
    assert set(re.findall(rf">({'|'.join(names)}|Common)</a>", every)) == {*names, "Common"}


def test_a_walk_leads_by_questions_to_a_solution_and_is_solved(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?start=questions"))
    assert "3 problems possible" in text
    assert "Not sure" in text
    text = follow(client, text, "The browser warns of the certificate")
    assert heading(text) == "Certificate refused"
    assert "<strong>1</strong> of 3 problems left" in text
    assert "Set the clock." in text
    assert link(text, "Network trouble") == "/guides/network/#certificate-refused"
    text = follow(client, text, "Fixed it")
    assert heading(text) == "Good to hear that it works again"
    assert "This fixed it" in text
    assert heading(follow(client, text, "It is not fixed after all")) == "Certificate refused"


def test_steps_come_one_at_a_time_or_all_at_once(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?code=CONN_TIMEOUT"))
    assert "Step 1 of 2" in text
    assert "Check the <strong>firewall</strong>." in text
    assert "ping example.com" not in text
    text = follow(client, text, "Done, next")
    assert "Step 2 of 2" in text
    assert "ping example.com" in text
    whole = follow(client, text, "Show all 2 steps")
    assert "firewall" in whole
    assert "ping example.com" in whole
    assert "Did not help" in whole
    assert "Step 2 of 2" in follow(client, whole, "Show one step at a time")


def test_when_nothing_helps_the_contacts_come_with_a_summary(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?code=CONN_TIMEOUT"))
    for _ in range(20):
        if "This is not my problem" in text:
            text = follow(client, text, "This is not my problem")
        elif "answer--unsure" in text:
            text = follow(client, text, "Not sure")
        else:
            break
    assert heading(text) == "Nothing else here is likely to help"
    assert "Help desk" in text
    assert "Mon-Fri 9-17" in text
    summary = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert summary
    assert "Error code: CONN_TIMEOUT" in summary[1]
    assert "Not my problem, I said: Time-out" in summary[1]
    assert "Check the firewall" not in summary[1]
    mail = link(text, "Write with the summary")
    assert mail.startswith("mailto:desk@example.com?subject=")
    assert "Not my problem, I said: Time-out" in unquote(mail)


def test_a_reason_to_escalate_is_offered_and_leads_to_contacts_and_back(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?start=questions"))
    text = follow(client, text, "All customers are cut off")
    assert heading(text) == "All customers are cut off"
    assert "Help desk" in text
    assert "walk-progress" not in text
    assert "3 problems possible" in follow(client, text, "Go on with the questions instead")


def test_who_is_not_sure_three_times_in_a_row_is_offered_help(client: Client, folder: Path) -> None:
    for number, product in enumerate(("Printer", "Scanner", "Router", "Camera", "Phone", "Tablet", "Door", "Lamp")):
        signs = "".join(f"- The {product} shows sign {number}{sign}\n" for sign in "abc")
        body = f"# {product}\n\n**Symptoms:**\n\n{signs}\n**Solution:**\n\n1. Mend it.\n2. Or not.\n"
        (folder / f"g{number}.md").write_text(f"---\ncategory: {product}s\n---\n{body}")
    load.load([folder])
    text = page(client.get(f"{WALK}?start=questions"))
    for _ in range(3):
        assert "Ask for help now" not in text
        text = follow(client, text, "Not sure")
    assert "Question 4" in text
    before = text
    text = follow(client, text, "Ask for help now")
    assert heading(text) == "Whom to ask"
    assert "not sure" in text
    assert "Answers" in text
    assert heading(follow(client, text, "Go on with the questions instead")) == heading(before)


def test_each_of_all_steps_has_its_own_three_answers(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?code=CONN_TIMEOUT&steps=all"))
    for kind in ("solved", "failed", "skipped"):
        assert len(re.findall(rf'class="link-button" name="outcome" value="{kind}\.', text)) == 2
    failed = re.search(r'class="link-button" name="outcome" value="(failed\.[^"]+)"', text)
    assert failed
    fields = dict(re.findall(r'<input type="hidden" name="(code|steps)" value="([^"]*)"', text))
    after = page(client.post(f"{WALK}outcome/", fields | {"outcome": failed[1]}, follow=True))
    assert after.count('<span class="walk-step__state">Did not help</span>') == 1
    assert after.count('class="link-button" name="outcome"') == 3


def test_help_can_be_asked_for_at_every_step_and_a_problem_be_picked_from_there(client: Client, guides: None) -> None:
    question = page(client.get(f"{WALK}?start=questions"))
    solution = page(client.get(f"{WALK}?code=CONN_TIMEOUT"))
    for text in (question, solution):
        asked = follow(client, text, "Ask for help")
        assert heading(asked) == "Whom to ask"
        assert 'id="handover"' in asked
        assert 'class="handover__ways"' in asked
        first = re.search(r'<a href="([^"]*try=[^"]*)">', asked)
        assert first
        assert "Try this" in page(client.get(html.unescape(first[1])))
    assert "Ask for help</a>" not in asked


def test_each_answer_can_be_changed_and_the_walk_started_over(client: Client, guides: None) -> None:
    text = follow(client, page(client.get(f"{WALK}?start=questions")), "The browser warns of the certificate")
    text = follow(client, text, "Change")
    assert "Changing an answer" in text
    assert 'aria-current="true">The browser warns of the certificate' in text
    assert heading(follow(client, text, "Keep the answer as it is")) == "Certificate refused"
    text = follow(client, text, "The request takes a minute")
    assert heading(text) == "Time-out"
    assert heading(follow(client, text, "Start over")) == "What do you see?"


def test_a_symptom_in_ones_own_words_starts_near_what_a_search_finds(client: Client, guides: None) -> None:
    text = page(client.get(WALK, {"symptom": "browser says certificate"}))
    assert "browser says certificate" in text
    assert heading(text) == "Is it this?"
    assert "problems left" not in text
    text = follow(client, text, "Certificate refused")
    assert heading(text) == "Certificate refused"
    assert "Set the clock." in text


def test_the_symptom_can_be_worded_anew_and_the_rest_is_kept(client: Client, guides: None) -> None:
    text = page(client.get(WALK, {"symptom": "it's <slow> & odd", "category": "network"}))
    text = follow(client, text, "Change")
    assert "it's <slow> & odd</textarea>" in text
    assert '<input type="hidden" name="category" value="network">' in text
    assert "it's <slow> & odd" in follow(client, text, "Keep it as it is")


def test_a_start_that_was_picked_can_be_taken_back(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?category=billing&guide=network"))
    assert "You picked the category" in text
    assert "Network trouble" in text
    assert "You picked the category" not in follow(client, text, "Remove")


def test_candidates_can_be_looked_at_at_once(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?start=questions"))
    assert heading(follow(client, text, "Wrong invoice")) == "Wrong invoice"


def test_why_a_question_is_asked_is_told_on_demand(client: Client, guides: None) -> None:
    text = page(client.get(f"{WALK}?start=questions"))
    assert "Why is this asked?" in text
    assert "It splits the 3 problems that are left." in text


def test_guides_answers_are_shown_as_text_and_not_as_markup(client: Client, guides: None) -> None:
    response = client.get(f"{WALK}?start=questions")
    assert "&lt;b&gt;twice&lt;/b&gt;" in response.content.decode() or "<b>twice" not in response.content.decode()


def test_an_authored_tree_is_asked_and_can_end_at_a_contact(client: Client, write_guide: WriteGuide) -> None:
    Contact.objects.create(slug="desk", name="Help desk", folder="", source="")
    write_guide(NETWORK, "network.md")
    guide = write_guide("# Triage\n\nStart here.\n", "triage.md")
    leaf = {"problem": ["network", "time-out"]}
    guide.questions = [
        {
            "text": "Is it slow?",
            "branches": [{"label": "Yes", "then": leaf}, {"label": "No", "then": {"contact": "desk"}}],
        }
    ]
    guide.save()
    text = page(client.get(f"{WALK}?guide=triage"))
    assert heading(text) == "Is it slow?"
    assert "The guide that you came from starts with this question." in text
    assert heading(follow(client, text, "Yes")) == "Time-out"
    assert heading(follow(client, text, "No")) == "This is for Help desk"


# Bad input


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("start=questions&see-abcdefg=yes", "is not asked any more"),
        ("start=questions&area=nowhere", "is not an answer to"),
        ("code=E_NOTHING", "No guide knows the error code “E_NOTHING”"),
        ("category=a&category=b", "given more than once"),
        ("guide=%00%07gone", "There is no guide “gone” here"),
        ("start=questions&tried=zzzzzzz", "has been changed since"),
        (f"code={'x' * 5000}", "is too long"),
        (f"start=questions&{'q' * 5000}={'a' * 500}", "is not asked any more"),
    ],
)
def test_what_an_address_gets_wrong_is_explained_and_the_walk_goes_on(
    client: Client, guides: None, query: str, notice: str
) -> None:
    text = page(client.get(f"{WALK}?{query}"))
    assert notice in text
    assert len(text) < 40_000


@pytest.mark.parametrize(
    "query",
    [
        "symptom=%00%ff%fe",
        "symptom=" + "(" * 3000,
        "symptom=%22%27%3Cscript%3Ealert(1)%3C/script%3E&try=%3Cscript%3E",
        "looks-=x&looks-..=x&=x&ask-=1",
        "tried=....&fixed=.&change=change",
        "steps=all&start=questions",
        "start=x",
    ],
)
def test_no_address_breaks_a_walk(client: Client, guides: None, query: str) -> None:
    response = client.get(f"{WALK}?{query}", follow=True)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_long_pasted_text_is_shortened_in_the_address(client: Client, guides: None) -> None:
    log = "INFO all is well\n" * 200 + "ERROR CONN_TIMEOUT after 60 s"
    response = client.get(WALK, {"symptom": log})
    assert response.status_code == 302
    assert len(response["Location"]) < 600
    assert "CONN_TIMEOUT" in response["Location"]
    cards = page(client.get(response["Location"]))
    assert heading(follow(client, cards, "Time-out")) == "Time-out"


def test_more_text_than_can_be_read_is_refused_with_a_sentence(client: Client, guides: None) -> None:
    response = client.get(WALK, {"symptom": "x" * 10_001})
    assert response.status_code == 400
    assert "at most 10000 characters" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, guides: None, method: str) -> None:
    response = getattr(client, method)(WALK)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_an_empty_library_says_so_and_names_contacts(client: Client) -> None:
    Contact.objects.create(slug="desk", name="Help desk")
    text = page(client.get(f"{WALK}?start=questions"))
    assert heading(text) == "There are no problems to walk through yet"
    assert "Help desk" in text


# For everyone the same, and quick


def test_a_step_costs_no_more_than_four_queries_and_then_none(client: Client, guides: None) -> None:
    for address, allowed in ((f"{WALK}?start=questions", 4), (f"{WALK}?category=network", 0), (f"{WALK}?try=x", 0)):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) <= allowed, address


def test_a_step_costs_staff_no_more_than_four_queries(staff_client: Client, guides: None) -> None:
    staff_client.get(WALK)
    with CaptureQueriesContext(connection) as queries:
        staff_client.get(f"{WALK}?start=questions")
    assert len(queries) <= 4


def test_signed_out_readers_get_the_same_cacheable_page(client: Client, guides: None) -> None:
    first, second = client.get(f"{WALK}?start=questions"), Client().get(f"{WALK}?start=questions")
    assert first.content == second.content
    assert set(first.cookies) == {"visit"}
    assert "csrf" not in first.content.decode().lower()
    assert first["ETag"] == second["ETag"]
    again = client.get(f"{WALK}?start=questions", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.cookies


def test_many_answers_are_folded_behind_the_likeliest(client: Client, folder: Path) -> None:
    for number in range(15):
        head = f"---\napplies_to: [Product {number}]\n---\n"
        body = f"# Guide {number}\n\n**Symptoms:**\n\n- It breaks\n\n**Solution:**\n\n1. Do {number}.\n"
        (folder / f"g{number}.md").write_text(head + body)
    load.load([folder])
    text = page(client.get(f"{WALK}?start=questions"))
    assert heading(text) == "What are you using?"
    assert "<summary>3 more</summary>" in text
    assert len(set(re.findall(r">(Product \d+)</a>", text))) == 15


def test_the_mail_to_a_contact_is_titled_by_the_symptom(client: Client, guides: None) -> None:
    text = page(client.get(WALK, {"symptom": "it rains", "start": "questions"}))
    text = follow(client, text, "All customers are cut off")
    assert "subject=Help%20Centre%3A%20help%20needed%3A%20it%20rains&" in link(text, "Write with the summary")


def test_staff_guides_are_walked_by_staff_only(
    client: Client, staff_client: Client, guides: None, write_guide: WriteGuide
) -> None:
    write_guide(STAFF, "xylophone.md")
    for query in ("start=questions", "category=xylophone", "guide=xylophone", "symptom=rattles", ""):
        text = page(client.get(f"{WALK}?{query}"))
        assert "rattles" not in text.replace("You typed", "") or query == "symptom=rattles"
        assert "Tune the" not in text
    assert "The xylophone rattles" in page(staff_client.get(f"{WALK}?start=questions"))


def test_pages_hold_no_inline_script_or_style(client: Client, guides: None) -> None:
    for query in ("", "?start=questions", "?code=CONN_TIMEOUT", "?start=questions&tried=zzz"):
        text = client.get(f"{WALK}{query}").content.decode()
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]*src=)", text)
        assert " onclick=" not in text
