"""What other systems mark as not for readers is kept as a draft."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from kb.editorial import approval, drafts, upkeep
from kb.editorial.decisions import Conflict, NotPossible, Outdated, Published
from kb.library import retiring, revisions
from kb.library.export import export
from kb.library.folders import load
from kb.library.folders.address_file import HEADING
from kb.models import Guide, Link, Revision
from kb.web.studio import own_drafts
from tests.project.test_docs import DOCS
from troubleshooting.evaluation.checks import run

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = DOCS["docs/writers.md"]
BODY = "# {0}\n\n**Symptoms:**\n- The {0} light blinks\n\n**Solution:**\n1. Unplug the {0}.\n2. Plug it in.\n"
KEYS = (
    "draft: true",
    "Draft: 'TRUE'",
    "draft: yes",
    "published: false",
    "published: 'No'",
    "publish: false",
    "private: true",
    "internal: on",
    "unlisted: true",
    "hidden: true",
    "status: draft",
    "state: DRAFT",
    "status: In review",
    "visibility: internal",
    "visibility: private",
    "visibility: [agents]",
    "user_segment: Agents and managers",
    "publish_date: 2999-01-01",
    "publish_date: '2999-01-01'",
    "publishDate: 2999-01-01T09:30:00Z",
    "publish-date: 2999-1-1 09:30:00 +0200",
    "published: 2999-01-01",
    "publish_date: next week",
    "permissions: [staff]",
    "user_segment_id: 1234",
    "expiryDate: 2001-01-01",
    "status: archived",
    "date: 2999-01-01",
    "date: 1 January 2999",
    "publish: 2999-01-01",
    "release_date: 2999-01-01",
    "scheduled: 2999-01-01 09:00",
    "scheduled: true",
    "expires: 2001-01-01",
    "metadata: {draft: true}",
    "publishing: {status: draft}",
    "publish_date: 9999-12-31T23:59:59-05:00",
    "date: 9999-12-31 23:59:59",
    "groups: [admin]",
    "date: {created: 2999-01-01}",
    "privacy: {view: private}",
    "sidebar: {hidden: true}",
    "dg-publish: false",
    "archived: true",
    "staff: true",
    "build: {list: never}",
)
FOR_READERS = (
    "draft: false",
    "draft:",
    "published: true",
    "published: 2001-01-01",
    "publish_date: 2001-01-01",
    "publish_date: March 3, 2001",
    "private: no",
    "status: done",
    "visibility: public",
    "user_segment_id:",
    "expiryDate: 2999-01-01",
    "hide: [toc]",
    "date: 2001-01-01",
    "date: soon",
    "date: 0001-01-01T00:00:00Z",
    "publish_date: 0001-01-01T00:00:00+14:00",
    "expiryDate: 0001-01-01T00:00:00Z",
    "expires: 9999-12-31T23:59:59-05:00",
    "release_date: version 3",
    "scheduled: false",
    "publish: true",
    "metadata: {draft: false}",
    "image: {hidden: true}",
    "groups: [public]",
    "groups:",
    "privacy: {view: public}",
    "permissions: {view: everyone, edit: staff}",
    "sidebar: {hidden: false}",
    "dg-publish: true",
    "archived: false",
    "staff: Ann Smith",
    "build: {list: always}",
)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    made = tmp_path / "guides"
    made.mkdir()
    settings.CONTENT_DIR = made
    return made


def write(folder: Path, name: str, *keys: str, body: str = "") -> None:
    text = "---\n" + "".join(f"{key}\n" for key in keys) + "---\n" if keys else ""
    (folder / name).write_text(text + (body or BODY.format(Path(name).stem)))


def state(source: str) -> str:
    return Guide.objects.get(source=source).state


def shown(source: str) -> int:
    return Client().get(Guide.objects.get(source=source).get_absolute_url()).status_code


def test_what_is_marked_as_not_for_readers_is_a_draft_and_said_with_its_line(folder: Path) -> None:
    for number, key in enumerate(KEYS):
        write(folder, f"lamp-{number}.md", "title: Lamp", key)
    report, found = load.load([folder]), run.check([folder])
    assert (report.new, report.failed) == ([], [])
    for number, key in enumerate(KEYS):
        source = f"lamp-{number}.md"
        assert source in report.drafts, key
        assert any(line.startswith(f"{source}:3: ") and "kept as a draft" in line for line in report.warnings), key
        assert (state(source), shown(source)) == ("draft", 404), key
        said = [each.message for each in found if (each.file, each.line) == (source, 3)]
        assert any("kept as a draft" in message for message in said), key


@pytest.mark.slow
def test_what_is_for_readers_is_published(folder: Path) -> None:
    for number, key in enumerate(FOR_READERS):
        write(folder, f"lamp-{number}.md", "title: Lamp", key)
    report = load.load([folder])
    assert (report.drafts, report.failed) == ([], [])
    for number, key in enumerate(FOR_READERS):
        assert f"lamp-{number}.md" in report.new, key
        assert shown(f"lamp-{number}.md") == 200, key


def test_each_mark_that_the_document_for_writers_names_is_one(folder: Path) -> None:
    row = next(line for line in WRITERS.splitlines() if line.startswith("| `draft: true`"))
    named = re.findall(r"`([^`]+)`", row.split(" | ")[0])
    assert len(named) >= 12
    for number, key in enumerate(named):
        write(folder, f"lamp-{number}.md", "title: Lamp", key)
    report = load.load([folder])
    assert (report.new, report.failed, len(report.drafts)) == ([], [], len(named))


def test_a_mark_in_a_mapping_is_told_with_its_own_line(folder: Path) -> None:
    write(folder, "lamp.md", "metadata:", "  owner: Ann", "  draft: true")
    assert load.load([folder]).warnings == [
        "lamp.md:4: This text is not for readers ('draft: true'): it is kept as a draft."
    ]


def test_nothing_of_a_draft_is_on_any_surface(folder: Path) -> None:
    write(folder, "lamp.md", "draft: true", "tags: [glimmer]", body=BODY.format("glimmer"))
    write(folder, "door.md", body=BODY.format("door") + "\nSee [the lamp](lamp.md#glimmer) and [it](lamp).\n")
    load.load([folder])
    client, slug = Client(), Guide.objects.get(source="lamp.md").slug
    pages = [
        "/",
        "/guides/door/",
        "/search/?q=glimmer",
        "/troubleshoot/",
        "/troubleshoot/?symptom=glimmer+light+blinks",
    ]
    pages += ["/api/v1/guides", "/api/v1/search?q=glimmer", "/sitemap.xml", "/feed.xml"]
    for address in pages:
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert "Unplug the glimmer" not in page, address
        assert f"/guides/{slug}" not in page, address
    assert client.get(f"/api/v1/guides/{slug}").status_code == 404


def test_a_link_to_a_draft_is_a_finding_and_no_link(folder: Path) -> None:
    write(folder, "lamp.md", "draft: true")
    write(folder, "door.md", body="# Door\n\nSee [the lamp](lamp.md).\n")
    load.load([folder])
    assert 'href="/guides/lamp' not in Guide.objects.get(source="door.md").html
    (finding,) = [found for found in run.check([folder]) if found.file == "door.md"]
    assert (finding.line, finding.severity) == (3, "error")
    assert finding.message == "The link leads to 'lamp.md', which is kept as a draft: readers are not led there."


def test_an_answer_that_leads_to_a_draft_is_refused(folder: Path) -> None:
    write(folder, "lamp.md", "draft: true")
    tree = "# Door\n\n## Questions\n- Is it dark?\n  - Yes: [Lamp](lamp.md)\n  - No: [Shut](#shut)\n"
    write(folder, "door.md", body=tree + "\n## Shut\n\n**Symptoms:**\n- It is shut\n\n**Solution:**\n1. Open it.\n")
    (refusal,) = load.load([folder]).failed
    assert (refusal.source, refusal.line) == ("door.md", 5)


def test_a_published_guide_is_retired_by_the_key_and_comes_back_without_it(folder: Path) -> None:
    write(folder, "lamp.md")
    write(folder, "door.md", body="# Door\n\nSee [the lamp](lamp.md).\n")
    load.load([folder])
    write(folder, "lamp.md", "draft: true")
    report = load.load([folder])
    assert (report.retired, report.drafts) == (["lamp.md"], [])
    assert (state("lamp.md"), shown("lamp.md")) == ("retired", 404)
    assert 'href="/guides/lamp' not in Guide.objects.get(source="door.md").html
    assert not Link.objects.filter(guide__state="retired", guide__source="door.md").exists()
    again = load.load([folder])
    assert (again.retired, again.drafts, len(again.unchanged)) == ([], [], 2)
    assert state("lamp.md") == "retired"
    write(folder, "lamp.md")
    load.load([folder])
    assert (state("lamp.md"), shown("lamp.md")) == ("published", 200)
    assert 'href="/guides/lamp' in Guide.objects.get(source="door.md").html
    assert not Revision.objects.filter(state="draft").exists()


def test_a_draft_that_is_rewritten_stays_one_and_one_without_the_key_is_published(folder: Path) -> None:
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    write(folder, "lamp.md", "draft: true", "title: Bright lamp")
    assert load.load([folder]).drafts == ["lamp.md"]
    assert Guide.objects.get(source="lamp.md").title == "Bright lamp"
    assert Revision.objects.filter(state="draft").count() == 1
    write(folder, "lamp.md", "draft: false", "title: Bright lamp")
    report = load.load([folder])
    assert (report.failed, report.in_review, shown("lamp.md")) == ([], [], 200)


def test_a_guide_published_before_heads_were_asked_is_retired(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "lamp.md", "draft: true")
    with monkeypatch.context() as patch:
        patch.setattr("kb.library.folders.file_drafts.reasons", lambda _told: ())
        load.load([folder])
    assert state("lamp.md") == "published"
    Guide.objects.update(read_with="of another version")
    assert load.load([folder]).retired == ["lamp.md"]
    assert state("lamp.md") == "retired"
    assert load.load([folder]).unchanged == ["lamp.md"]
    assert state("lamp.md") == "retired"


def test_a_dry_run_says_it_and_writes_nothing(folder: Path) -> None:
    write(folder, "lamp.md")
    load.load([folder])
    write(folder, "lamp.md", "draft: true")
    write(folder, "door.md", "draft: true")
    report = load.load([folder], dry_run=True)
    assert (report.retired, report.drafts) == (["lamp.md"], ["door.md"])
    assert state("lamp.md") == "published"
    assert Guide.objects.count() == 1
    out = io.StringIO()
    call_command("load_guides", str(folder), stdout=out)
    assert "1 kept as a draft, because it says that it is not for readers (door.md)." in out.getvalue()
    assert "door.md:2: warning: This text is not for readers ('draft: true'): it is kept as a draft." in out.getvalue()


def test_an_export_gives_back_the_files_of_drafts(folder: Path, tmp_path: Path) -> None:
    write(folder, "door.md")
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    write(folder, "door.md", "published: false")
    load.load([folder])
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    for target in (tmp_path / "out", folder):
        export.export(target, prune=True)
        assert {path.name: path.read_bytes() for path in target.iterdir()} == files


def test_a_file_of_a_draft_that_is_renamed_stays_a_draft(folder: Path) -> None:
    write(folder, "lamp.md")
    write(folder, "door.md", "draft: true")
    load.load([folder])
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    for name in ("lamp", "door"):
        (folder / f"{name}.md").rename(folder / f"new-{name}.md")
    report = load.load([folder], prune=True)
    assert (report.new, report.missing, report.retired) == ([], [], [])
    assert {guide.source: guide.state for guide in Guide.objects.all()} == {
        "new-lamp.md": "retired",
        "new-door.md": "draft",
    }


def test_a_draft_whose_file_is_gone_goes_with_it_and_comes_back_as_a_draft(folder: Path, tmp_path: Path) -> None:
    write(folder, "lamp.md")
    write(folder, "door.md", "draft: true")
    load.load([folder])
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    texts = {path: path.read_text() for path in folder.iterdir()}
    for path in texts:
        path.unlink()
    assert sorted(load.load([folder]).missing) == ["door.md", "lamp.md"]
    assert sorted(load.load([folder], prune=True).retired) == ["door.md", "lamp.md"]
    assert load.load([folder], prune=True).retired == []
    assert export.export(tmp_path / "out").written == []
    for path, text in texts.items():
        path.write_text(text)
    assert sorted(load.load([folder]).drafts) == ["door.md", "lamp.md"]
    assert {guide.state for guide in Guide.objects.all()} == {"draft", "retired"}


def test_what_has_errors_and_is_marked_is_a_draft_and_no_failure(folder: Path) -> None:
    write(folder, "lamp.md")
    load.load([folder])
    write(folder, "lamp.md", "draft: true", body=BODY.format("lamp") + "\n## Questions\n- A?\n  - Yes: [x](#none)\n")
    report = load.load([folder])
    assert (report.failed, report.retired, state("lamp.md")) == ([], ["lamp.md"], "retired")


# Times to come


def _move_time_on(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + dt.timedelta(days=365 * 990)
    monkeypatch.setattr(timezone, "now", lambda: later)


@pytest.mark.parametrize("was_published", [False, True])
@pytest.mark.parametrize("by", ["load", "timer"])
def test_a_time_that_has_come_publishes_what_waited_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, by: str, *, was_published: bool
) -> None:
    if was_published:
        write(folder, "lamp.md")
        load.load([folder])
    write(folder, "lamp.md", "publish_date: 2999-01-01")
    load.load([folder])
    assert approval.publish_due() == []
    assert shown("lamp.md") == 404
    _move_time_on(monkeypatch)
    if by == "timer":
        assert len(approval.publish_due()) == 1
    load.load([folder])
    guide = Guide.objects.select_related("revision").get()
    assert guide.state == "published"
    assert guide.revision_id == guide.loaded_id
    assert guide.revision is not None
    assert guide.revision.text.startswith("---\npublish_date: 2999")
    assert "The lamp light blinks" in guide.html
    assert load.load([folder]).unchanged == ["lamp.md"]


def test_a_time_with_another_mark_publishes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "lamp.md", "draft: true", "publish_date: 2999-01-01")
    load.load([folder])
    _move_time_on(monkeypatch)
    assert approval.publish_due() == []
    load.load([folder])
    assert state("lamp.md") == "draft"


# In the browser


def test_an_edited_guide_stays_published_and_the_file_waits_in_review(folder: Path, admin_user: User) -> None:
    write(folder, "lamp.md")
    load.load([folder])
    guide = Guide.objects.select_related("revision").get()
    assert guide.revision is not None
    edited = revisions.record(
        guide,
        BODY.format("lamp") + "\nA lantern.\n",
        Revision.State.IN_REVIEW,
        admin_user,
        based_on=guide.revision,
    )
    approval.approve(edited, admin_user)
    write(folder, "lamp.md", "draft: true")  # it knows nothing of the lantern
    report = load.load([folder])
    assert report.in_review == ["lamp.md"]
    assert any("readers still see" in line for line in report.warnings)
    waiting = Revision.objects.get(state="in_review")
    seen = Guide.objects.select_related("revision").get().revision
    decision = approval.edit_and_approve(waiting, admin_user, waiting.text, merged_with=seen)
    assert [(found.line, found.severity) for found in decision.findings] == [(2, "error")]  # type: ignore[union-attr]
    assert "A lantern." in Guide.objects.get().html


def test_a_text_that_says_draft_is_not_published_from_the_browser(folder: Path, admin_client: Client) -> None:
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    guide = Guide.objects.get()
    listed = admin_client.get("/write/guides/?state=draft").content.decode()
    assert "lamp" in listed
    page = admin_client.get(f"/write/guides/{guide.slug}/?preview=1").content.decode()
    assert "Unplug the lamp." in page
    assert "take this line out to publish it" in page
    assert 'name="based_on" value="1"' in page
    text = (folder / "lamp.md").read_text() + "\nMore.\n"
    admin_client.post(f"/write/guides/{guide.slug}/", {"text": text, "action": "save", "saved": "0", "based_on": "1"})
    draft = Revision.objects.get(author__isnull=False)
    address = f"/write/guides/{guide.slug}/propose/"
    answer = admin_client.post(address, {"saved": draft.saved, "action": "publish"}, follow=True).content.decode()
    assert "Line 2: This text is not for readers (&#x27;draft: true&#x27;)" in answer
    assert state("lamp.md") == "draft"
    draft.refresh_from_db()
    saved = {"text": text.replace("draft: true\n", "title: Lamp\n"), "action": "save", "saved": str(draft.saved)}
    admin_client.post(f"/write/guides/{guide.slug}/", saved)
    draft = Revision.objects.filter(author__isnull=False).latest("number")
    admin_client.post(address, {"saved": draft.saved, "action": "publish"})
    assert state("lamp.md") == "published"
    assert load.load([folder]).unchanged == ["lamp.md"]
    assert state("lamp.md") == "published"


def test_a_link_without_an_ending_leads_neither_to_a_draft_nor_to_what_is_for_staff(folder: Path) -> None:
    write(folder, "lamp.md", "draft: true")
    write(folder, "vault.md", "audience: staff")
    write(folder, "door.md", body="# Door\n\nSee [the lamp](lamp) and [the vault](vault).\n")
    load.load([folder])
    html = Guide.objects.get(source="door.md").html
    assert "/guides/lamp" not in html
    assert "/guides/vault" not in html


def saved(guide: Guide, author: User, old: str, new: str) -> Revision:
    """What the author has as a draft after changing what the editor opens."""
    opened = own_drafts.open_text(guide, author)
    kept = drafts.save_draft(guide, author, opened.text.replace(old, new), opened.based_on, opened.saved)
    assert isinstance(kept, Revision)
    return kept


@pytest.mark.parametrize("was_published", [False, True])
def test_what_its_file_says_since_is_never_published_over(
    folder: Path, admin_user: User, *, was_published: bool
) -> None:
    if was_published:
        write(folder, "lamp.md")
        load.load([folder])
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    draft = saved(Guide.objects.get(), admin_user, "draft: true", "title: Lamp")
    file = folder / "lamp.md"
    file.write_text(file.read_text() + "\nA committed line.\n")
    load.load([folder])
    decision = approval.approve(drafts.propose(draft), admin_user)
    assert isinstance(decision, Outdated | Conflict)
    export.export(folder, prune=True)
    assert "A committed line." in file.read_text()


def test_what_is_published_in_the_browser_takes_the_place_of_the_files_draft(folder: Path, admin_user: User) -> None:
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    draft = saved(Guide.objects.get(), admin_user, "draft: true", "title: Lamp")
    assert isinstance(approval.approve(drafts.propose(draft), admin_user), Published)
    assert not Revision.objects.filter(state="draft").exists()
    (folder / "lamp.md").unlink()
    load.load([folder], prune=True)
    export.export(folder, prune=True)
    assert not (folder / "lamp.md").exists()


def test_a_guide_that_its_file_retired_is_brought_back_by_its_file_alone(folder: Path, admin_user: User) -> None:
    write(folder, "lamp.md")
    load.load([folder])
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    with pytest.raises(NotPossible, match="take that line out of the file"):
        upkeep.bring_back(Guide.objects.get())
    write(folder, "lamp.md")
    load.load([folder])
    assert Guide.objects.get().state == "published"


def test_a_files_text_that_was_scheduled_and_can_not_be_published_is_in_review_again(
    folder: Path, admin_user: User
) -> None:
    write(folder, "lamp.md")
    load.load([folder])
    retiring.retire([Guide.objects.get()], by=admin_user)
    write(folder, "lamp.md", body=BODY.format("lamp") + "\nMore.\n")
    load.load([folder])
    waiting = drafts.schedule(Revision.objects.get(state="in_review"), timezone.now() + dt.timedelta(days=1))
    approval.approve(waiting, admin_user)
    approval.publish_due(timezone.now() + dt.timedelta(days=2))
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


def test_a_text_for_staff_stays_so_when_its_file_becomes_a_draft_for_everyone(folder: Path, admin_user: User) -> None:
    write(folder, "lamp.md", "audience: staff", "title: For staff")
    load.load([folder])
    write(folder, "lamp.md", "draft: true", "title: For everyone")
    load.load([folder])
    guide = Guide.objects.get()
    assert (guide.title, guide.audience) == ("For staff", "staff")


def test_addresses_of_a_guide_are_remembered_while_it_is_a_draft(folder: Path) -> None:
    write(folder, "lamp.md")
    load.load([folder])
    upkeep.rename(Guide.objects.get(), "bright-lamp")
    export.export(folder)
    told = (folder / "addresses.yml").read_text()
    write(folder, "lamp.md", "draft: true")
    load.load([folder])
    export.export(folder)
    assert (folder / "addresses.yml").read_text() == told


HAD_ADDRESSES = """lamp.md:
  address: bright-lamp
  anchors:
    mend: fixing
  first: torch
  former:
  - lamp
  - old/lamp
  - torch
  sections:
    repair: fixing
"""


@pytest.mark.parametrize("by", ["file", "timer", "browser"])
def test_what_is_remembered_of_a_new_files_addresses_is_kept_until_it_is_published(
    folder: Path, admin_user: User, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    mark = "publish_date: 2999-01-01" if by == "timer" else "draft: true"
    body = "# Lamp\n\n## Repair\n\n**Symptoms:**\n- It is dark\n\n**Solution:**\n1. Push the lamp.\n"
    write(folder, "lamp.md", mark, body=body)
    told = f"{HEADING}{HAD_ADDRESSES}"
    (folder / "addresses.yml").write_text(told)
    for _again in range(2):
        load.load([folder])
        export.export(folder)
        assert (folder / "addresses.yml").read_text() == told
    client = Client()
    for address in ("/guides/torch/", "/guides/old/lamp.html", "/guides/bright-lamp/"):
        assert client.get(address, follow=True).status_code == 404, address
    if by == "file":
        write(folder, "lamp.md", body=body)
        load.load([folder])
    elif by == "timer":
        _move_time_on(monkeypatch)
        approval.publish_due()
    else:
        draft = saved(Guide.objects.get(), admin_user, "draft: true", "title: Lamp")
        assert isinstance(approval.approve(drafts.propose(draft), admin_user), Published)
    for address in ("/guides/torch/", "/guides/lamp/", "/guides/old/lamp.html"):
        assert client.get(address, follow=True).redirect_chain[-1][0] == "/guides/bright-lamp/", address
    page = client.get("/guides/bright-lamp/").content.decode()
    assert 'id="mend"' in page
    guide = Guide.objects.get()
    assert (guide.key, guide.problems.get().key) == ("torch", "fixing")
    export.export(folder)
    assert (folder / "addresses.yml").read_text() == told


def test_a_post_of_jekyll_waits_for_the_day_in_its_name_unless_its_head_has_one(folder: Path) -> None:
    (folder / "_posts").mkdir()
    for name in ("2999-01-01-later", "2001-01-01-early"):
        write(folder, f"_posts/{name}.md", "title: Lamp")
    write(folder, "_posts/2999-01-02-dated.md", "date: 2001-01-01")
    write(folder, "2999-01-01-no-post.md", "title: Lamp")
    report = load.load([folder])
    assert report.drafts == ["_posts/2999-01-01-later.md"]
    assert any(line.startswith("_posts/2999-01-01-later.md:1: The time for readers") for line in report.warnings)
