"""Links follow what they lead to: a guide or a contact that comes, goes or moves; what breaks is said before."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.editorial import checking, upkeep
from kb.library import retiring
from kb.library.folders import load
from kb.library.links import breaking
from kb.library.links.report import inventory
from kb.library.links.site import lines_of
from kb.models import Guide
from tests.conftest import WriteGuide
from tests.support.studio import published

pytestmark = pytest.mark.django_db

HOME = "# Home\n\n## Here\n\nText.\n"
LINKING = "# Linking\n\n[a](network/home.md) [b](network/home) [c](contacts/desk.md)\n"
DESK = "---\nname: Desk\n---\nAsk.\n"
EVERYONE = frozenset({"public"})


def links(client: Client, slug: str = "linking") -> int:
    return client.get(f"/guides/{slug}/").content.decode().count('href="/guides/home/')


def test_links_go_with_a_guide_that_is_retired_and_come_back_with_it(
    write_guide: WriteGuide, client: Client, eve: User
) -> None:
    home = write_guide(HOME, "network/home.md")
    write_guide(LINKING, "linking.md")
    assert links(client) == 2
    retiring.retire([home], by=eve, comment="Old")
    assert links(client) == 0
    assert "missing-link" in client.get("/guides/linking/").content.decode()
    upkeep.bring_back(home)
    assert links(client) == 2


def test_links_go_with_a_guide_that_lost_its_file_and_come_back_with_it(
    write_guide: WriteGuide, client: Client, folder: Path
) -> None:
    write_guide(HOME, "network/home.md")
    write_guide(LINKING, "linking.md")
    (folder / "network/home.md").unlink()
    load.load([folder], prune=True)
    assert links(client) == 0
    write_guide(HOME, "network/home.md")
    assert links(client) == 2


def test_a_guide_with_a_question_about_what_is_retired_stays_as_it_is(
    write_guide: WriteGuide, client: Client, eve: User
) -> None:
    home = write_guide("# Home\n\n**Symptoms:**\n- It hums\n\n**Solution:**\n1. Fill it\n", "home.md")
    tree = "# Linking\n\n## Decision tree\n\n- Does it hum?\n  - Yes: [Home](home.md)\n  - No: [Home](home.md)\n"
    write_guide(tree, "linking.md")
    retiring.retire([home], by=eve, comment="Old")
    assert client.get("/guides/home/").status_code == 404
    assert "Does it hum?" in client.get("/guides/linking/").content.decode()


def test_links_to_a_folder_follow_its_guide(write_guide: WriteGuide, client: Client, eve: User) -> None:
    write_guide("# Linking\n\n[a](network) [b](network/)\n", "linking.md")
    home = write_guide(HOME, "network/index.md")
    page = client.get("/guides/linking/").content.decode()
    assert page.count('href="/guides/network/') == 2
    upkeep.rename(home, "net")
    assert client.get("/guides/linking/").content.decode().count('href="/guides/net/') == 2


def test_links_lead_to_a_contact_that_arrives_later_and_go_with_it(
    write_guide: WriteGuide, client: Client, folder: Path
) -> None:
    write_guide(LINKING, "linking.md")
    assert "/contacts/#desk" not in client.get("/guides/linking/").content.decode()
    (folder / "contacts").mkdir()
    for _ in range(2):
        (folder / "contacts/desk.md").write_text(DESK)
        load.load([folder])
        assert 'href="/contacts/#desk"' in client.get("/guides/linking/").content.decode()
        (folder / "contacts/desk.md").unlink()
        load.load([folder], prune=True)
        assert 'href="/contacts/#desk"' not in client.get("/guides/linking/").content.decode()


def test_links_to_the_former_path_of_a_file_lead_on(write_guide: WriteGuide, client: Client, folder: Path) -> None:
    write_guide(HOME, "network/home.md")
    write_guide(LINKING, "linking.md")
    (folder / "network/home.md").rename(folder / "network/house.md")
    load.load([folder])
    write_guide(LINKING + "\nMore.\n", "linking.md")
    assert client.get("/guides/linking/").content.decode().count('href="/guides/house/') == 2
    write_guide("---\naudience: staff\n---\n" + HOME, "network/house.md")
    write_guide(LINKING, "linking.md")
    assert "house" not in client.get("/guides/linking/").content.decode()


def test_the_former_path_of_a_file_that_turns_to_staff_is_no_link(
    write_guide: WriteGuide, client: Client, folder: Path
) -> None:
    write_guide(HOME, "network/home.md")
    write_guide(LINKING, "linking.md")
    (folder / "network/home.md").unlink()
    write_guide("---\naudience: staff\n---\n" + HOME, "network/house.md")
    assert Guide.objects.filter(slug="house", audience="staff").count() == Guide.objects.count() - 1
    assert links(client) == 0
    assert "house" not in client.get("/guides/linking/").content.decode()


def test_addresses_of_this_site_and_their_anchors_are_looked_at(write_guide: WriteGuide, eve: User) -> None:
    home = write_guide(HOME, "home.md")
    upkeep.rename(home, "house")
    write_guide(
        """
        # Linking

        [ok](/guides/home/#here) [ok](/guides/house/) [ok](/guides/House#here) [ok](/guides/)
        [bad](/guides/house/#there)
        [bad](/guides/home/#there) and [bad](/guides/away/#x)
        [bad](/contacts/#nobody)
        [relative](home.md#there)
        `/guides/house/#there`
        """,
        "linking.md",
    )
    found = [(one.line, one.target) for one in inventory(EVERYONE).broken]
    assert sorted(found) == [
        (4, "/guides/house/#there"),
        (5, "/guides/away/#x"),
        (5, "/guides/home/#there"),
        (6, "/contacts/#nobody"),
        (7, "home.md#there"),
        (8, "/guides/house/#there"),
    ]


def test_addresses_of_this_site_that_a_text_would_break_are_shown_with_their_places(eve: User) -> None:
    home = published(eve, HOME, "home")
    upkeep.rename(home, "house")
    published(eve, "# Linking\n\n[a](/guides/home/#here)\n\n[b](/guides/house/) [c](/guides/house/#gone)\n", "linking")
    home = Guide.objects.get(slug="house")
    lost = checking.check(home, "# Home\n\nAll is new.\n\n## This\n\nToo.\n\n## That\n\nAs well.\n").document
    assert [str(place) for place in breaking.breaking(home, lost)] == [
        "Linking, line 3: /guides/home/#here. No heading would have this anchor any more."
    ]
    assert [place.line for place in breaking.breaking(home, None)] == [3, 5, 5]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](/guides/x/)", [1]),
        ("\n<a href='/guides/x/'>", [2]),
        ("[a](/guides/x/#y)", []),
        ("[a](/guides/x/y/)", []),
        ("See /guides/x/.", [1]),
        ("[a](/other/guides/x/)", []),
        ("[1]: /guides/x/\r\n", [1]),
    ],
)
def test_an_address_is_found_where_it_is_written_whole(text: str, found: list[int]) -> None:
    assert lines_of("/guides/x/", text) == found


def test_a_load_says_which_links_a_changed_file_breaks_before_it_does(write_guide: WriteGuide, folder: Path) -> None:
    write_guide(HOME, "home.md")
    write_guide("# Linking\n\n[a](home.md#here)\n", "linking.md")
    write_guide("# Both\n\n[a](home.md#here)\n", "both.md")
    (folder / "home.md").write_text("# Home\n\n## New\n\nOther.\n\n## Newer\n\nElse.\n")
    (folder / "both.md").write_text("# Both\n\n[a](home.md#new)\n")
    said = "linking.md:3: The link to 'home.md#here' would break. No heading would have this anchor any more."
    assert [line for line in load.load([folder], dry_run=True).warnings if "would break" in line] == [said]
    (folder / "home.md").unlink()
    gone = [line for line in load.load([folder], dry_run=True, prune=True).warnings if "would break" in line]
    assert gone == ["linking.md:3: The link to 'home.md#here' would break. The guide would be gone."]
