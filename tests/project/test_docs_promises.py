"""What the documents say comes of an example does come of it: searches, heads, labels, files, addresses, options."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client
from pytest_django import Settings

from kb.config.environment import Environment
from kb.content import codes
from kb.content.contacts import read_contact
from kb.content.reading import read_guide
from kb.models import Guide
from tests.conftest import CONTENT, WriteGuide
from tests.project.test_docs import README
from tests.project.test_docs_examples import STAFF, WRITERS, blocks
from troubleshooting.planning.tables import STEP_COST

NUMBERED = "\n1. Open the lid.\n2. Close it again.\n"


def table(text: str, head: str) -> list[list[str]]:
    """The rows of the table below a head, cell by cell."""
    rows = text.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip().strip("|").split(" | ")] for row in rows]


def quoted(text: str) -> list[str]:
    """What stands in back quotes."""
    return re.findall(r"`([^`]+)`", text)


def found_by(client: Client, text: str) -> str:
    """The page that a search shows, also when it leads on."""
    answer = client.get("/search/", {"q": text}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def guides_on(page: str) -> list[Guide]:
    slugs = dict.fromkeys(re.findall(r'class="hit__guide"><a href="/guides/([^/"]+)/', page))
    return [Guide.objects.get(slug=slug) for slug in slugs]


def example(of: str) -> str:
    """The search of the table for staff that is told to give so."""
    (row,) = [row for row in table(STAFF, "you type | you get") if of in row[1]]
    return quoted(row[0])[0]


# Searches


def test_an_error_code_alone_leads_to_its_page(shipped: None, client: Client) -> None:
    (row,) = [row for row in table(STAFF, "you type | you get") if "the page of the code" in row[1]]
    for code in quoted(row[0]):
        answer = client.get("/search/", {"q": code}, follow=True)
        assert answer.redirect_chain, code
        assert answer.request["PATH_INFO"].lower() == f"/codes/{code.lower()}/"


def test_words_in_quotation_marks_are_found_as_they_stand(shipped: None, client: Client) -> None:
    text = example("exactly these words")
    found = guides_on(found_by(client, text))
    assert found
    for guide in found:
        assert text.strip('"') in " ".join(re.sub(r"<[^>]+>", "", guide.html).lower().split())


def test_a_word_that_is_not_wanted_is_in_none(shipped: None, client: Client) -> None:
    wanted, unwanted = example("no guide that speaks").split(" -")
    found = guides_on(found_by(client, f"{wanted} -{unwanted}"))
    assert found
    assert len(found) < len(guides_on(found_by(client, wanted)))
    assert not [guide.slug for guide in found if re.search(rf"\b{unwanted}\b", guide.html, re.IGNORECASE)]


def test_a_category_a_code_and_an_audience_narrow_a_search(shipped: None, staff_client: Client) -> None:
    of_category = guides_on(found_by(staff_client, example("only guides of that category")))
    assert {guide.category_slug.partition("/")[0] for guide in of_category} == {"network"}
    of_code = guides_on(found_by(staff_client, example("only guides that name the code")))
    assert of_code
    assert all("KEY_INVALID" in guide.html for guide in of_code)
    of_staff = guides_on(found_by(staff_client, example("only guides for staff")))
    assert {guide.audience for guide in of_staff} == {"staff"}


def test_a_word_that_is_mistyped_is_corrected_and_can_be_had_as_typed(shipped: None, client: Client) -> None:
    assert "A word that is mistyped is corrected" in STAFF
    page = found_by(client, "certifcate has expired")
    assert "Showing results for <strong>certificate has expired</strong>" in page
    assert guides_on(page)
    (as_typed,) = re.findall(r'href="([^"]+)">Search instead for', page)
    answer = client.get(unescape(as_typed))
    assert answer.status_code == 200
    assert "Showing results for" not in answer.content.decode()


def test_a_reference_is_taken_by_any_search_box_of_staff(shipped: None, staff_client: Client) -> None:
    (reference,) = re.findall(r"`([0-9A-Z]{4}-[0-9A-Z-]+)`", STAFF)
    answer = staff_client.get("/search/", {"q": reference}, follow=True)
    assert "/desk/" in answer.request["PATH_INFO"]


# The README


def options() -> list[tuple[str, str]]:
    """Each option that the table of commands gives, and those that are named in sentences about `load_guides`."""
    rows = table(README, "command | what it does")
    named = [(words[1], option) for row in rows for words in [quoted(row[0])[0].split()] for option in _options(row[0])]
    prose = README.partition("load_guides ~/our-guides")[2].partition("## ")[0]
    return named + [("load_guides", option) for text in quoted(prose) for option in _options(text)]


def _options(text: str) -> list[str]:
    return re.findall(r"--[a-z-]+", text)


@pytest.mark.parametrize(("name", "option"), sorted(set(options())))
def test_each_option_that_is_named_is_one(name: str, option: str) -> None:
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    assert option in parser.format_help()


def test_the_settings_of_the_table_take_the_forms_that_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {row[0].strip("`"): quoted(row[2]) for row in table(README, "variable | default | meaning")}
    (database, postgres), (mail,), (origin,) = (
        shown[f"KB_{name}"] for name in ("DATABASE_URL", "EMAIL_URL", "EMBED_ORIGINS")
    )
    for url in (database, postgres):
        monkeypatch.setenv("KB_DATABASE_URL", url)
        monkeypatch.setenv("KB_EMAIL_URL", mail)
        monkeypatch.setenv("KB_EMAIL_FROM", "help@shop.example")
        monkeypatch.setenv("KB_EMBED_ORIGINS", origin)
        assert Environment().embed_origins == [origin]


def test_each_token_that_is_called_an_error_code_is_one() -> None:
    (row,) = [row for row in table(README, "word | meaning") if row[0] == "error code"]
    shown = quoted(row[1])
    assert len(shown) == 3
    rows = "".join(f"| `{code}` | It is odd | Look |\n" for code in shown)
    read = read_guide(f"# Codes\n\n| Code | Meaning | Action |\n| --- | --- | --- |\n{rows}", "a.md", {})
    assert [codes.bare(one.code) for one in read.structure.error_codes] == shown


@pytest.mark.django_db
def test_the_api_serves_what_it_is_said_to_serve_and_is_described_where_it_is_said(
    shipped: None, client: Client
) -> None:
    text = README.partition("## JSON API")[2].partition("## ")[0]
    root, docs = quoted(text)
    assert client.get(docs).status_code == 200
    described = client.get(f"{root}openapi.json").json()
    asked = {
        "guides": "guides",
        "search": "search?q=timeout",
        "error codes": "codes/429",
        "walks": "walk?start=questions",
    }
    assert "guides, search, error codes and walks" in text
    paths = [path.partition("{")[0].rstrip("/") for path in described["paths"]]
    for what, address in asked.items():
        answer = client.get(f"{root}{address}")
        assert answer.status_code == 200, what
        json.loads(answer.content)
        assert f"{root}{address}".partition("?")[0].removesuffix("/429") in paths, what
        assert client.post(f"{root}{address}").status_code == 405


# A guide as a file


def test_the_file_that_is_shown_is_loaded_to_the_address_that_is_said_and_found_when_it_was_renamed(
    folder: Path, settings: Settings, client: Client, db: None
) -> None:
    settings.CONTENT_DIR = folder
    (text,) = [block for block in blocks("markdown", WRITERS) if "category: Network/Time-outs" in block]
    (named,) = re.findall(r"Save it as `([^`]+)`", WRITERS)
    (address,) = re.findall(r"becomes the address: `([^`]+)`", WRITERS)
    (folder / named).parent.mkdir()
    (folder / named).write_text(text)
    (folder / "contacts").mkdir()
    (folder / "contacts" / "technical-support.md").write_text("---\nname: Technical support\n---\n")
    call_command("load_guides", "--dry-run", "-v", "2")
    assert not Guide.objects.exists()
    call_command("load_guides")
    page = client.get(address)
    assert page.status_code == 200
    assert "Raise the time-out to 30 seconds." in page.content.decode()
    (folder / named).rename((folder / named).with_name("time-outs.md"))
    call_command("load_guides")
    assert client.get(address).headers["Location"] == "/guides/time-outs/"


def test_the_link_that_is_shown_leads_to_a_heading_of_a_shipped_guide(shipped: None) -> None:
    (path, anchor) = re.findall(r"by their files \(`\.\./([^#`]+)#([^`]+)`\)", WRITERS)[0]
    assert (CONTENT / path).exists()
    assert Guide.objects.get(source=path).sections.filter(anchor=anchor).exists()


# Front matter


KEYS = table(WRITERS, "key | meaning | when absent")
KEPT_BACK = [text for row in KEYS if "not for readers" in row[1] for text in quoted(row[0])]
VALUES = {
    "title": "Other",
    "kind": "reply",
    "summary": "Said here.",
    "description": "Said here.",
    "category": "Network/Time-outs",
    "audience": "staff",
    "applies_to": "[Model 1]",
    "appliesto": "[Model 1]",
    "tags": "[one, two]",
    "aliases": "[old]",
    "alias": "[old]",
    "redirect_from": "/old/",
    "permalink": "/old/",
    "slug": "old",
    "url": "/old/",
    "prevalence": "rare",
    "step_cost": "2",
    "lang": "de",
    "language": "de",
    "owner": "Grace",
    "review_by": "2030-01-01",
    "contacts": "[technical-support]",
}


def head(key: str, value: str) -> str:
    return f"---\n{key}: {value}\n---\n# Paper jam\n\nIt is stuck.\n"


def test_each_key_of_the_table_is_tried_here() -> None:
    keys = [key for row in KEYS if "not for readers" not in row[1] for key in quoted(row[0])]
    assert sorted(keys) == sorted(VALUES)


@pytest.mark.parametrize("key", VALUES)
def test_each_key_is_understood(key: str) -> None:
    plain = read_guide("# Paper jam\n\nIt is stuck.\n", "printers/a.md", {}).metadata
    read = read_guide(head(key, VALUES[key]), "printers/a.md", {})
    assert read.metadata.extra == {}
    assert read.metadata != plain
    assert read.findings == ()


def test_what_is_absent_is_as_the_table_says(write_guide: WriteGuide) -> None:
    absent = {quoted(row[0])[0]: row[2] for row in KEYS}
    first = "The printer stops, and a sheet is stuck somewhere in it."
    guide = write_guide(f"# Paper jam\n\n{first}\n\nMore of it is said down here.\n", "printers/a.md")
    assert (guide.title, guide.summary, guide.category) == ("Paper jam", first, "Printers")
    assert (absent["audience"], absent["prevalence"]) == (f"`{guide.audience}`", f"`{guide.prevalence}`")
    assert write_guide("Text.\n", "printers/no-heading.md").title == "No heading"
    assert absent["step_cost"] == f"{STEP_COST:g}"
    assert absent["lang"].endswith(f"`{guide.language}`")


@pytest.mark.parametrize("line", KEPT_BACK)
@pytest.mark.django_db
def test_what_is_said_to_keep_a_guide_from_readers_does(line: str, client: Client, folder: Path) -> None:
    assert len(KEPT_BACK) == 14
    said = line if ":" in line else f"{line}: {dt.date.today() + dt.timedelta(days=40)}"  # noqa: DTZ011
    (folder / "jam.md").write_text(f"---\n{said}\n---\n# Paper jam\n\nIt is stuck.\n")
    call_command("load_guides", str(folder))
    assert Guide.objects.get().state == Guide.State.DRAFT
    assert client.get("/guides/jam/").status_code == 404


# Problems


BLOCKS = {row[0]: [label.strip() for label in row[1].split(",")] for row in table(WRITERS, "block | labels")}


def test_all_blocks_of_the_table_are_tried_here() -> None:
    assert set(BLOCKS) == {"symptoms", "cause", "diagnosis", "solution", "error codes", "escalation"}


@pytest.mark.parametrize("form", ["### {}", "**{}:**", "**{}**", "### {}:"])
@pytest.mark.parametrize("label", [label for kind in ("symptoms", "cause", "solution") for label in BLOCKS[kind]])
def test_each_label_of_a_problem_is_understood_as_heading_and_in_bold(label: str, form: str) -> None:
    said = {kind: labels[0] for kind, labels in BLOCKS.items()}
    said |= {kind: label for kind in said if label in BLOCKS[kind]}
    for shown in (str, str.upper, str.lower):
        over = {kind: form.format(shown(text)) for kind, text in said.items()}
        text = (
            f"# Jams\n\n## Paper jam\n\n{over['symptoms']}\n\n- It hums\n\n"
            f"{over['cause']}\n\nThe sheet is torn.\n\n{over['solution']}\n{NUMBERED}"
        )
        (problem,) = read_guide(text, "a.md", {}).structure.problems
        assert [symptom.text for symptom in problem.symptoms] == ["It hums"], shown(label)
        assert [step.text for step in problem.steps] == ["Open the lid.", "Close it again."], shown(label)
        assert problem.causes == ("The sheet is torn.",), shown(label)


def test_how_often_a_symptom_is_seen_may_end_it() -> None:
    shown = re.findall(r"`\((\w+)\)`", WRITERS.partition("symptom may end in")[2].partition(";")[0])
    listed = "".join(f"- It hums {word} ({word})\n" for word in shown)
    (problem,) = read_guide(f"# Jam\n\n**Symptoms:**\n{listed}\n**Fix:**\n{NUMBERED}", "a.md", {}).structure.problems
    assert [symptom.frequency for symptom in problem.symptoms] == shown == ["always", "often", "sometimes", "rarely"]


def test_an_introduction_is_the_symptom_and_a_bare_list_is_no_problem() -> None:
    (shown,) = re.findall(r"an introduction \('([^']+)'\)", WRITERS)
    (problem,) = read_guide(f"# Trust\n\n{shown}\n{NUMBERED}", "a.md", {}).structure.problems
    assert [symptom.text.lower() for symptom in problem.symptoms] == ["certificate errors"]
    assert len(problem.steps) == 2
    assert read_guide(f"# Good habits\n\nEvery day.\n\nText.\n{NUMBERED}", "a.md", {}).structure.problems == ()


# Contacts


def test_each_key_of_a_contact_is_understood() -> None:
    said = WRITERS.partition("## Contacts")[2].partition("and a body")[0]
    keys = [key for key in quoted(said) if key != "contacts"]
    given = {"name": "Ada", "role": "Night shift", "tier": "2", "email": "ada@shop.example", "phone": "+44 1632 960001"}
    given |= {"url": "https://shop.example/help", "hours": "24/7", "for": "[printers]"}
    assert sorted(keys) == sorted(given)
    head = "".join(f"{key}: {value}\n" for key, value in given.items())
    card = read_contact(f"---\n{head}---\n\nHave the number at hand.\n", "contacts/ada.md")
    assert (card.name, card.role, card.tier, card.email) == ("Ada", "Night shift", 2, "ada@shop.example")
    assert (card.phone, card.url, card.hours) == ("+44 1632 960001", "https://shop.example/help", "24/7")
    assert card.handles == ("printers",)
    assert card.findings == ()
