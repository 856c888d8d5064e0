"""A text goes from its writer to readers, as both would do it in their browsers: reviewed, merged, restored, timed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, ROOT, WIDE, DataFolder, serving

pytestmark = pytest.mark.slow  # minutes of work by two people

GUIDE = (
    "# Paper jam\n\n**Symptoms:**\n- The printer stops (always)\n\n**Solution:**\n1. Open the flap\n2. Pull it out\n"
)
PEOPLE = """
import json
from django.contrib.auth.models import Group, User
from kb.editorial import approval, drafts
from kb.models import Guide
from kb.models.roles import make_groups
make_groups()
def person(name, group):
    user, _ = User.objects.get_or_create(username=name)
    user.set_password("correct horse battery"); user.save()
    user.groups.set(Group.objects.filter(name=group))
    return user
ada, eve = person("ada", "writers"), person("eve", "editors")
for slug, text in json.loads(input()).items():
    guide = Guide.objects.filter(slug=slug).first()
    if guide is None:
        guide = drafts.start_guide(eve, text, slug)
        approval.approve(drafts.propose(drafts.draft_of(guide, eve)), eve)
    else:
        by = ada if text.startswith("!") else eve
        draft = drafts.save_draft(guide, by, text.removeprefix("!"), guide.revision, 0)
        if by == eve:
            approval.approve(drafts.propose(draft), eve)
"""


@dataclass(frozen=True)
class Studio:
    """A site with a writer, ada, and an editor, eve; `write` publishes texts as eve, or drafts ('!...') as ada."""

    address: str
    folder: Path

    def write(self, texts: dict[str, str]) -> None:
        """Put texts into the library, by slug."""
        environment = {**os.environ, "KB_DATA_DIR": str(self.folder)}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", PEOPLE]
        subprocess.run(
            command, cwd=ROOT, env=environment, input=json.dumps(texts), text=True, check=True, capture_output=True
        )


@pytest.fixture(scope="module")
def studio(data_folder: DataFolder) -> Iterator[Studio]:
    """A server of its own."""
    folder = data_folder("studio")
    with serving(folder) as address:
        found = Studio(address, folder)
        found.write({})
        yield found


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, studio: Studio) -> Iterator[SignIn]:
    """A page on which somebody is signed in; nothing may go wrong in it that only its console shows."""
    wrong: list[str] = []
    contexts = []

    def signed_in(name: str, size: dict[str, int] = WIDE, *, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=studio.address,
            viewport=size,  # type: ignore[arg-type]
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto("/accounts/sign-in/?next=/write/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill("correct horse battery")
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Studio")).to_be_visible()
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert not [text for text in wrong if "status of 4" not in text], wrong


def propose(page: Page, slug: str, comment: str) -> None:
    page.goto(f"/write/guides/{slug}/propose/")
    page.get_by_label("What you changed, and why").fill(comment)
    page.get_by_role("button", name=re.compile("^Propose")).click()


@pytest.mark.parametrize(
    ("size", "script"),
    [
        (WIDE, True),
        pytest.param(PHONE, True, marks=pytest.mark.night),
        pytest.param(WIDE, False, marks=pytest.mark.night),
    ],
)
def test_a_text_is_proposed_spoken_of_changed_and_approved(
    studio: Studio, sign_in: SignIn, size: dict[str, int], *, script: bool
) -> None:
    slug = f"jam-{size['width']}-{script}".lower()
    studio.write({slug: GUIDE.replace("Paper", slug)})
    studio.write({slug: "!" + GUIDE.replace("Paper", slug).replace("flap", "lid")})
    ada, eve = sign_in("ada", size, script=script), sign_in("eve", size, script=script)
    expect(ada.get_by_role("link", name=f"{slug} jam")).not_to_have_count(0)
    propose(ada, slug, "It is a lid")

    eve.goto("/write/")
    eve.get_by_role("region", name="To review").get_by_role("link", name=f"{slug} jam").click()
    expect(eve.locator("ins", has_text="lid")).to_be_visible()
    eve.get_by_role("link", name="As written", exact=True).click()
    eve.get_by_role("link", name="Comment at line 7").click()
    eve.get_by_role("textbox", name="Comment at line 7").fill("Which lid?")
    eve.get_by_role("button", name="Comment", exact=True).click()
    expect(eve.get_by_text("Which lid?")).to_be_visible()
    eve.get_by_label("What is to be changed, or a remark").fill("Say which one, please")
    eve.get_by_role("button", name="Ask for changes").click()
    expect(eve.get_by_text("Changes asked for: its author sees what you wrote.")).to_be_visible()

    ada.goto("/write/")
    ada.get_by_role("region", name="My drafts").get_by_role("link", name=f"{slug} jam").click()
    expect(ada.get_by_text("Say which one, please")).to_be_visible()
    if script:
        ada.locator(".cm-content").first.click()
        ada.keyboard.press("Control+End")
        with ada.expect_response(lambda response: response.request.method == "POST" and "/draft/" in response.url):
            ada.keyboard.insert_text("3. Close the lid")
    else:
        ada.locator("textarea[name=text]").fill(
            GUIDE.replace("Paper", slug).replace("flap", "lid") + "3. Close the lid\n"
        )
        ada.get_by_role("button", name="Save").first.click()
    ada.goto(f"/write/guides/{slug}/review/2/")
    ada.get_by_role("button", name="Mark as settled").first.click()
    propose(ada, slug, "As it is called")

    eve.goto("/write/")
    eve.get_by_role("region", name="To review").get_by_role("link", name=f"{slug} jam").click()
    expect(eve.locator("ins", has_text="Close the lid")).to_be_visible()
    expect(eve.get_by_text("settled by ada")).to_be_visible()
    eve.get_by_label("Comment may be left out").fill("Well said")
    eve.get_by_role("button", name="Approve", exact=True).click()
    expect(eve.get_by_text("Published: readers see revision 3 now.")).to_be_visible()
    eve.goto(f"/guides/{slug}/")
    expect(eve.get_by_text("Close the lid")).to_be_visible()


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=pytest.mark.night)])
def test_two_who_changed_the_same_line_say_what_holds(studio: Studio, sign_in: SignIn, *, script: bool) -> None:
    slug = f"clash-{script}".lower()
    studio.write({slug: GUIDE})
    studio.write({slug: "!" + GUIDE.replace("flap", "lid")})
    studio.write({slug: GUIDE.replace("flap", "door")})
    ada = sign_in("ada", script=script)
    ada.goto(f"/write/guides/{slug}/conflict/2/")
    expect(ada.get_by_role("group", name="Conflict 1").get_by_text("Open the door")).to_be_visible()
    expect(ada.get_by_role("group", name="Conflict 1").get_by_text("Open the lid")).to_be_visible()
    ada.get_by_role("button", name="Take it as my draft").click()
    expect(ada.get_by_text(re.compile("Marks of the conflict are left at lines"))).to_be_visible()
    ada.get_by_label("Both, one after the other").check()
    ada.get_by_role("button", name="Put these choices into the text below").click()
    ada.get_by_role("button", name="Show what it changes").click()
    expect(ada.locator("ins", has_text="lid").first).to_be_visible()
    ada.get_by_role("button", name="Take it as my draft").click()
    expect(ada.get_by_role("heading", name="Paper jam").first).to_be_visible()
    assert ada.url.endswith(f"/write/guides/{slug}/")


def test_what_is_typed_into_the_merge_is_what_is_kept(studio: Studio, sign_in: SignIn) -> None:
    studio.write({"merge": GUIDE})
    studio.write({"merge": "!" + GUIDE.replace("flap", "lid")})
    studio.write({"merge": GUIDE.replace("stops", "halts")})
    ada = sign_in("ada")
    ada.goto("/write/guides/merge/conflict/2/")
    expect(ada.get_by_text("merged without a conflict")).to_be_visible()
    editor = ada.locator(".cm-merge-b .cm-content")
    editor.click()
    ada.keyboard.press("Control+End")
    ada.keyboard.type("\nTyped by hand\n")
    ada.get_by_role("button", name="Take it as my draft").click()
    expect(ada).to_have_url(f"{studio.address}/write/guides/merge/")
    ada.goto("/write/guides/merge/revisions/2/?view=source")
    expect(ada.get_by_label("Revision 2 as written")).to_have_value(re.compile("halts[^§]*lid[^§]*Typed by hand"))


@pytest.mark.night
def test_a_former_text_is_published_again_and_a_guide_is_retired_and_renamed(studio: Studio, sign_in: SignIn) -> None:
    studio.write({"old": GUIDE})
    studio.write({"old": GUIDE.replace("flap", "lid"), "seeing": "# Seeing\n\nSee [the jam](old.md).\n"})
    eve = sign_in("eve")
    eve.goto("/write/guides/old/history/")
    eve.get_by_role("button", name="Compare the two that are chosen").click()
    expect(eve.locator("del", has_text="flap")).to_be_visible()
    eve.goto("/write/guides/old/revisions/1/")
    eve.get_by_role("button", name="Publish it again").click()
    expect(eve.get_by_text("Published: readers see revision 3 now.")).to_be_visible()
    eve.goto("/write/guides/old/rename/")
    eve.get_by_label("Address").fill("Jammed paper")
    eve.get_by_role("button", name="Rename").click()
    eve.goto("/guides/old/")
    expect(eve).to_have_url(f"{studio.address}/guides/jammed-paper/")
    eve.get_by_role("link", name="History").click()
    eve.get_by_role("button", name="Checked, still right").click()
    expect(eve.get_by_text("Checked, still right: “Paper jam”.")).to_be_visible()
    eve.get_by_role("link", name="Retire").click()
    expect(eve.get_by_text("1 link would break")).to_be_visible()
    eve.get_by_label("Why").fill("Nobody prints")
    eve.get_by_role("button", name="Retire it").click()
    expect(eve.get_by_text("Nobody prints")).to_be_visible()
    eve.goto("/write/links/?q=seeing")
    expect(eve.get_by_role("row", name=re.compile("Seeing.*seeing.md:3.*not published"))).to_be_visible()
    eve.goto("/write/guides/jammed-paper/history/")
    eve.get_by_role("button", name="Bring back").click()
    expect(eve.get_by_text("Brought back: readers see it again.")).to_be_visible()


@pytest.mark.night
def test_a_text_is_scheduled_and_shown_with_its_time(studio: Studio, sign_in: SignIn) -> None:
    studio.write({"timed": GUIDE.replace("Paper", "Timed")})
    studio.write({"timed": "!" + GUIDE.replace("Paper", "Timed").replace("flap", "lid")})
    ada, eve = sign_in("ada"), sign_in("eve")
    propose(ada, "timed", "For the new year")
    eve.goto("/write/guides/timed/review/2/")
    eve.get_by_label(re.compile("^Publish on")).fill("2040-01-01T09:00")
    eve.get_by_role("button", name="Approve", exact=True).click()
    expect(eve.get_by_text("Approved: it will be published on 1 January 2040, 09:00 (UTC)")).to_be_visible()
    eve.goto("/write/")
    expect(eve.get_by_text("to be published on 1 January 2040, 09:00 (UTC)")).to_be_visible()


@pytest.mark.night
def test_what_was_typed_of_a_contact_is_found_again_and_merged_with_what_came_meanwhile(
    studio: Studio, sign_in: SignIn
) -> None:
    eve, other = sign_in("eve"), sign_in("eve")
    eve.goto("/write/contacts/technical-support/")
    area = eve.get_by_label("Text of the contact")
    text = area.input_value()
    area.fill(text.replace("tier: 1", "tier: 2"))
    eve.goto("/write/")

    other.goto("/write/contacts/technical-support/")
    other.get_by_label("Text of the contact").fill(f"{text}\nHave the log at hand.\n")
    other.get_by_role("button", name="Save and publish").click()
    expect(other.get_by_text("is saved: readers see it now")).to_be_visible()

    eve.goto("/write/contacts/technical-support/")
    eve.get_by_role("button", name="Take it").click()
    expect(area).to_have_value(text.replace("tier: 1", "tier: 2"))
    eve.get_by_role("button", name="Save and publish").click()
    expect(eve.get_by_text("Both changed different lines, and are merged below")).to_be_visible()
    expect(eve.get_by_role("button", name="Take it")).to_have_count(0)
    eve.get_by_role("button", name="Save and publish").click()
    expect(eve.get_by_text("is saved: readers see it now")).to_be_visible()
    eve.goto("/write/contacts/technical-support/")
    expect(area).to_have_value(re.compile(r"tier: 2(.|\n)*Have the log at hand"))
    eve.get_by_role("link", name="history").click()
    expect(eve.get_by_role("link", name="Revision 3")).to_be_visible()


@pytest.mark.night
def test_what_a_reviewer_typed_outlives_a_closed_tab(studio: Studio, sign_in: SignIn) -> None:
    studio.write({"shelf": GUIDE.replace("Paper", "Shelf")})
    studio.write({"shelf": "!" + GUIDE.replace("Paper", "Shelf").replace("flap", "lid")})
    propose(sign_in("ada"), "shelf", "It is a lid")
    eve = sign_in("eve")
    eve.goto("/write/guides/shelf/review/2/edit/")
    eve.locator(".cm-content").click()
    eve.keyboard.press("Control+End")
    eve.keyboard.insert_text("3. Close the lid\n")
    eve.goto("/write/")
    eve.goto("/write/guides/shelf/review/2/edit/")
    expect(eve.locator(".cm-content")).not_to_contain_text("Close the lid")
    eve.get_by_role("button", name="Take it").click()
    expect(eve.locator(".cm-content")).to_contain_text("3. Close the lid")
    eve.get_by_role("button", name="Approve this text").click()
    expect(eve.get_by_text("Published: readers see revision 3 now.")).to_be_visible()
    assert eve.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('kb:unsent:'))") == []
    eve.goto("/guides/shelf/")
    expect(eve.get_by_text("Close the lid")).to_be_visible()
