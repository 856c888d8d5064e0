"""Addresses that pages had in the site of another tool lead on, and links by them, from the first load on."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from kb.content.old_addresses import old_addresses
from kb.library.export.export import export
from kb.library.folders import load
from kb.library.folders.load_report import LoadReport
from kb.models import FormerAddress, Guide, Link

pytestmark = pytest.mark.django_db

HEAD = "---\ntitle: {}\n{}\n---\n\nA pump that stops.\n\n{}\n"


def _write(folder: Path, source: str, title: str, keys: str = "", body: str = "") -> None:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(title, keys, body).replace("\n\n---", "\n---"))


def _load(folder: Path) -> LoadReport:
    report = load.load([folder])
    assert report.failed == []
    return report


def _links(source: str) -> list[str]:
    html = Guide.objects.get(source=source).html
    return [part.partition('"')[0] for part in html.split('<a href="')[1:]]


def _of_links(report: LoadReport) -> list[str]:
    return [finding.message for finding in report.findings if "link" in finding.message.lower()]


@pytest.mark.parametrize(
    ("keys", "source", "found"),
    [
        ({"permalink": "/docs/pump/"}, "pump.md", ("/docs/pump/",)),
        ({"permalink": "callouts"}, "a.md", ("callouts",)),
        ({"permalink": "/:categories/:title/"}, "a.md", ()),
        ({"permalink": "pretty"}, "a.md", ()),
        ({"redirect_from": ["/old/pump.html", "/pumps/"]}, "a.md", ("/old/pump.html", "/pumps/")),
        ({"Redirect-From": "/old"}, "a.md", ("/old",)),
        ({"aliases": ["/x/", "Old name"]}, "a.md", ("/x/", "Old name")),
        ({"slug": "hose"}, "garden/a.md", ("hose", "garden/hose")),
        ({"slug": "/top/hose"}, "garden/a.md", ("/top/hose",)),
        ({"url": "/posts/one/"}, "a.md", ("/posts/one/",)),
        ({"url": "https://example.org/ticket/17"}, "a.md", ()),
        ({"url": "javascript:alert(1)", "slug": None, "permalink": {"a": "b"}}, "a.md", ()),
        ({}, "_docs/deep/pump.md", ("docs/deep/pump",)),
        ({}, "_posts/2024-01-02-winter.md", ("2024/01/02/winter",)),
    ],
)
def test_heads_and_paths_say_where_a_page_stood(keys: dict[str, object], source: str, found: tuple[str, ...]) -> None:
    assert old_addresses(keys, source) == found


def test_links_by_old_addresses_lead_to_their_guides_from_the_first_load_on(folder: Path, client: Client) -> None:
    _write(folder, "docs/pump.md", "Pump", "permalink: /help/pump/\nredirect_from: /old/pump.html")
    _write(folder, "docs/hose.md", "Hose", "slug: garden-hose")
    body = "See [a](/help/pump/), [b](/old/pump.html#why), [c](garden-hose), [d](/gone/)."
    _write(folder, "docs/start.md", "Start", body=body)
    report = _load(folder)
    assert _links("docs/start.md") == ["/guides/pump/", "/guides/pump/#why", "/guides/hose/"]
    assert len(_of_links(report)) == 2  # no such heading, and nothing at /gone/
    targets = Link.objects.filter(guide__source="docs/start.md").values_list("target", "leads_to__source")
    assert ("docs/pump.md", "docs/pump.md") in targets
    for address in ("/guides/help/pump/", "/guides/old/pump.html", "/guides/garden-hose/"):
        assert client.get(address, follow=True).status_code == 200, address
    assert _load(folder).changed == []
    assert _links("docs/start.md") == ["/guides/pump/", "/guides/pump/#why", "/guides/hose/"]


def test_a_guide_that_did_not_change_leads_to_one_that_gets_an_old_address(folder: Path) -> None:
    _write(folder, "pump.md", "Pump")
    _write(folder, "start.md", "Start", body="See [a](/help/pump/).")
    _load(folder)
    assert _links("start.md") == []
    _write(folder, "pump.md", "Pump", "redirect_from: /help/pump/")
    report = _load(folder)
    assert report.changed == ["pump.md"]
    assert _links("start.md") == ["/guides/pump/"]


def test_an_old_address_of_a_guide_for_staff_or_of_a_draft_leads_nobody_there(folder: Path) -> None:
    _write(folder, "secret.md", "Secret", "audience: staff\npermalink: /help/secret/")
    _write(folder, "draft.md", "Draft", "draft: true\npermalink: /help/draft/")
    _write(folder, "start.md", "Start", body="See [a](/help/secret/) and [b](/help/draft/).")
    _write(folder, "contacts/desk.md", "Desk", "name: Desk\nemail: desk@example.org", "See [a](/help/secret/).")
    load.load([folder])
    assert _links("start.md") == []
    assert "/guides/secret" not in Client().get("/contacts/").content.decode()
    assert "/guides/secret" not in Client().get("/api/v1/guides/start/").content.decode()


def test_a_file_is_meant_before_an_old_address_of_another(folder: Path) -> None:
    _write(folder, "help/pump.md", "The pump")
    _write(folder, "other.md", "Other", "redirect_from: /help/pump/")
    _write(folder, "start.md", "Start", body="See [a](/help/pump/).")
    _load(folder)
    (address,) = _links("start.md")
    assert Guide.objects.get(slug=address.split("/")[2]).source == "help/pump.md"


def test_what_a_head_says_is_not_said_again_in_the_file_of_addresses(folder: Path, tmp_path: Path) -> None:
    _write(folder, "_docs/pump.md", "Pump", "permalink: /help/pump/\nredirect_from: /old/pump.html")
    _load(folder)
    assert set(FormerAddress.objects.values_list("address", flat=True)) == {"help/pump", "old/pump", "docs/pump"}
    export(tmp_path / "out")
    assert not (tmp_path / "out" / "addresses.yml").exists()


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("net/_index.md", "---\ntitle: Nets\n---\n\nAll of them.\n", "---\ntitle: Networks\n---\n\nAll of them.\n"),
        ("net/README.md", "# Nets\n\nAll of them.\n", "# Networks\n\nAll of them.\n"),
        ("net/_category_.json", '{"label": "Nets"}', '{"label": "Networks"}'),
        ("net/_category_.yml", "label: Nets\n", "label: Networks\n"),
    ],
)
def test_a_new_title_of_a_folder_reaches_guides_that_did_not_change(
    folder: Path, source: str, before: str, after: str
) -> None:
    _write(folder, "net/cable.md", "Cable")
    _write(folder, "net/own.md", "Own", "category: Mine")
    _write(folder, "other.md", "Other")
    (folder / source).write_text(before)
    _load(folder)
    assert Guide.objects.get(slug="cable").category == "Nets"
    (folder / source).write_text(after)
    report = _load(folder)
    assert "net/cable.md" not in report.changed
    assert Guide.objects.get(slug="cable").category == "Networks"
    assert Guide.objects.get(slug="own").category == "Mine"
    numbers = Guide.objects.get(slug="cable").revisions.count()
    _load(folder)
    assert Guide.objects.get(slug="cable").revisions.count() == numbers == 1
