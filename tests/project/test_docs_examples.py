"""What the documents tell people to type is typed here: searches, commands, settings, guides, walks and references."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands, load_command_class
from django.test import Client

from kb.config.environment import Environment, variable_of
from kb.content.hours import read_hours
from kb.content.reading import read_guide
from kb.models.references import in_groups, read_reference
from tests.conftest import CONTENT
from tests.project.test_docs import DOCS
from troubleshooting.evaluation.checks import run

WRITERS, STAFF = DOCS["docs/writers.md"], DOCS["docs/staff.md"]


def blocks(language: str, *texts: str) -> list[str]:
    """The fenced examples in a language."""
    found = [re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE) for text in texts]
    return [block for some in found for block in some]


def commands() -> Iterator[str]:
    """Each `manage.py` line of the documents' shell examples, as it stands."""
    for block in blocks("bash", *DOCS.values()):
        yield from (line.strip() for line in re.findall(r"manage\.py ([a-z_]+[^|&;\n]*)", block))


def searches() -> list[str]:
    """Each search of the table for staff, a row with several of them in turn."""
    rows = re.findall(r"^\| ([^|]*`.*?) \|", STAFF.partition("| you type |")[2].partition("\n\n")[0], re.MULTILINE)
    return [search for row in rows for search in re.findall(r"`([^`]+)`", row)]


@pytest.mark.slow
@pytest.mark.parametrize("text", searches())
def test_each_example_of_a_search_finds_something_in_the_shipped_guides(
    shipped: None, staff_client: Client, text: str
) -> None:
    answer = staff_client.get("/search/", {"q": text}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="hit__guide"' in page or answer.redirect_chain, text
    assert answer.redirect_chain or "corrected" not in page, "an example needs no correction"


def test_there_are_examples_of_each_way_to_search() -> None:
    assert len(searches()) >= 7
    assert any(search.startswith('"') for search in searches())


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_each_command_takes_the_options_that_it_is_shown_with(line: str) -> None:
    name, *arguments = shlex.split(line, comments=True)
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parser.parse_args(arguments)


@pytest.mark.parametrize("name", DOCS)
def test_the_settings_are_taken_as_they_are_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of one document together: some need others that stand before them."""
    for variable, value in re.findall(r"^export ([A-Z_]+)=(.*)$", "\n".join(blocks("bash", DOCS[name])), re.MULTILINE):
        (shown,) = shlex.split(re.sub(r"\$\(openssl rand -hex (\d+)\)", "0" * 64, value))
        monkeypatch.setenv(variable, shown)
        known = {variable_of(field) for field in Environment.model_fields}
        assert variable in known
    Environment()


@pytest.mark.parametrize(
    "text", [block for block in blocks("markdown", *DOCS.values()) if "# " in block.split("\n- ")[0]]
)
def test_each_guide_that_is_shown_is_understood(text: str) -> None:
    document = read_guide(text, "network/connection-timeouts.md", {})
    if "## Decision tree" in text:
        (first,) = document.structure.questions
        assert [branch.label for branch in first.branches] == ["Before", "After"]
        return
    if document.metadata.kind == "reply":
        assert not document.structure.problems
        return
    (problem,) = document.structure.problems
    if "### Method 2" in text:
        assert [(way.title, len(way.steps)) for way in problem.procedures] == [("New profile", 2), ("Restart", 2)]
        assert [step.dangerous for step in problem.steps] == [True, False, False, False]
        assert problem.steps[-1].condition == "If you use a proxy"
        return
    assert len(problem.symptoms) == 2
    assert [step.text.partition(" ")[0] for step in problem.steps] == ["Check", "Raise", "If"]
    assert document.structure.triggers == (problem.steps[-1].text.rstrip("."),)
    assert not [finding for finding in document.findings if finding.severity == "error"]


def test_the_alert_that_is_shown_becomes_one() -> None:
    alert, for_staff = [block for block in blocks("markdown", WRITERS) if block.startswith("> [!")]
    hidden = read_guide(f"# Lamp\n\nTurn it.\n\n{for_staff}", "lamp.md")
    assert "token" not in hidden.html
    assert "Staff only: If that does not help" in hidden.whole.html
    assert (
        "This deletes the local cache." in read_guide(alert, "a.md", {}).html.partition('class="admonition warning"')[2]
    )


@pytest.mark.slow
def test_the_walks_that_are_shown_lead_where_they_say_through_the_shipped_guides(tmp_path: Path) -> None:
    (walks,) = blocks("yaml", WRITERS)
    guides = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    (guides / "walks" / "shown.yml").write_text(walks)
    (guides / "walks" / "wrong.yml").write_text(walks.replace("technical-support", "nobody"))
    assert {finding.file for finding in run.check_folder(guides)} == {"walks/wrong.yml"}


@pytest.mark.parametrize("hours", re.findall(r"`(?=Mon|24)([^`]+)`", WRITERS))
def test_the_hours_that_are_shown_are_read(hours: str) -> None:
    assert read_hours(hours)


def test_the_reference_that_is_shown_could_be_one() -> None:
    shown = re.findall(r"`([0-9A-Z]{4}-[0-9A-Z-]+)`", STAFF)
    assert shown
    assert [in_groups(read_reference(reference)) for reference in shown] == shown


def test_the_frame_and_the_script_that_are_shown_are_there(shipped: None, client: Client) -> None:
    shown = "\n".join(blocks("html", *DOCS.values()))
    addresses = [urlsplit(address) for address in re.findall(r'src="https://help\.example\.com([^"]+)"', shown)]
    static = [address.path for address in addresses if address.path.startswith("/static/")]
    pages = [address for address in addresses if not address.path.startswith("/static/")]
    assert static
    assert all((CONTENT.parent / path.lstrip("/")).exists() for path in static)
    assert pages
    assert [client.get(f"{page.path}?{page.query}").status_code for page in pages] == [200] * len(pages)


@pytest.mark.parametrize("address", ["?category=network", "?guide=connection-triage"])
def test_the_trees_that_are_shown_can_be_opened(shipped: None, client: Client, address: str) -> None:
    assert f"`{address}`" in WRITERS
    assert client.get(f"/troubleshoot/tree/{address}").status_code == 200
