"""Loading a folder: what is new, changed, moved, gone or bad, each told apart, and nothing lost."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from kb.library import indexing
from kb.library.folders import load, reader
from kb.library.folders.load_report import LoadReport
from kb.models import Contact, FormerAddress, Guide, Link, Revision
from kb.search import configured
from tests.support.endless import ENDLESS

pytestmark = pytest.mark.django_db

TOKENS = """---
title: Token problems
category: Access/Tokens
tags: [token, sign in]
aliases: [old-tokens, docs/tokens.md]
---
# Token problems

## Token expired

**Symptoms:**
- Requests fail after a day (always)

**Solutions:**
1. Refresh the token
2. Try again
"""


def _write(folder: Path, source: str, text: str | bytes) -> None:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def _load(folder: Path, **options: bool) -> LoadReport:
    return load.load([folder], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("audience", ["public", "staff"])
def test_the_first_load_writes_the_index_once(folder: Path, settings: Settings, audience: str) -> None:
    _write(folder, "tokens.md", TOKENS.replace("category:", f"audience: {audience}\ncategory:"))
    _load(folder)
    assert [path.name for path in (settings.DATA_DIR / "index").glob("g-*")] == ["g-00000001"]


def test_a_guide_becomes_rows_and_a_page(folder: Path) -> None:
    _write(folder, "access/tokens.md", TOKENS)
    assert _load(folder).new == ["access/tokens.md"]
    guide = Guide.objects.get()
    assert (guide.slug, guide.title, guide.category_slug) == ("tokens", "Token problems", "access/tokens")
    problem = guide.problems.get()
    assert problem.title == "Token expired"
    assert [symptom.text for symptom in problem.symptoms.all()] == ["Requests fail after a day"]
    assert [step.text for step in problem.steps.all()] == ["Refresh the token", "Try again"]
    assert guide.revision is not None
    assert guide.revision.text == TOKENS


def test_unchanged_files_are_left_alone(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    before = Guide.objects.get().updated_at
    os.utime(folder / "a.md", (0, 0))
    report = _load(folder)
    assert (report.unchanged, report.changed) == (["a.md"], [])
    assert Guide.objects.get().updated_at == before
    assert Revision.objects.count() == 1


def test_a_changed_file_is_a_new_revision_and_the_old_text_is_kept(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    _write(folder, "a.md", TOKENS.replace("after a day", "after two days"))
    assert _load(folder).changed == ["a.md"]
    states = list(Revision.objects.order_by("number").values_list("state", flat=True))
    assert states == ["superseded", "published"]
    assert Revision.objects.earliest("number").text == TOKENS


def test_a_changed_title_keeps_the_address(folder: Path) -> None:
    _write(folder, "a.md", "# One\n\nText.\n")
    _load(folder)
    _write(folder, "a.md", "# Two\n\nText.\n")
    _load(folder)
    assert b"Two" in Client().get("/guides/a/").content


@pytest.mark.parametrize("edit", ["", "\nAnd more.\n"])
def test_a_renamed_file_redirects_from_its_old_address(folder: Path, edit: str) -> None:
    _write(folder, "old-name.md", TOKENS)
    _load(folder)
    (folder / "old-name.md").unlink()
    _write(folder, "deeper/new-name.md", TOKENS + edit)
    report = _load(folder)
    assert (report.new, report.changed + report.unchanged) == ([], ["deeper/new-name.md"])
    assert Guide.objects.get().slug == "new-name"
    response = Client().get("/guides/old-name/")
    assert response.status_code == 301
    assert response.headers["Location"] == "/guides/new-name/"


def test_a_file_renamed_back_is_at_home_again(folder: Path) -> None:
    for source in ("one.md", "two.md", "one.md"):
        for path in folder.iterdir():
            path.unlink()
        _write(folder, source, TOKENS)
        _load(folder)
    assert Guide.objects.get().slug == "one"
    assert Client().get("/guides/two/").headers["Location"] == "/guides/one/"


def test_aliases_redirect(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    assert Client().get("/guides/old-tokens/").headers["Location"] == "/guides/a/"
    assert FormerAddress.objects.filter(address="docs/tokens").exists()


def test_two_files_of_one_name_have_two_addresses(folder: Path) -> None:
    _write(folder, "mac/share.md", "# Share on a Mac\n\nText.\n")
    _write(folder, "windows/share.md", "# Share on Windows\n\nText.\n")
    _load(folder)
    slugs = set(Guide.objects.values_list("slug", flat=True))
    assert slugs == {"share", "windows-share"}
    _load(folder)
    assert set(Guide.objects.values_list("slug", flat=True)) == slugs


BAD = {
    "not-yaml.md": (b"---\ntitle: x\nbad: [1,\n---\n# X\n", "not-yaml.md:"),
    "list.md": (b"---\n- a\n---\n# X\n", "list.md:"),
    "alias.md": (b"---\ntitle: &a x\nsummary: *a\n---\n# X\n", "alias.md:"),
    "latin.md": (b"# One\n\nGr\xfc\xdfe\n", "latin.md:3:"),
    "null.md": (b"# One\n\nA\x00B\n", "null.md:3:"),
    "large.md": (b"x" * 2_000_001, "large.md:1:"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_error_and_the_others_load(folder: Path, name: str) -> None:
    _write(folder, "good.md", TOKENS)
    _write(folder, name, BAD[name][0])
    report = _load(folder)
    assert report.new == ["good.md"]
    assert len(report.failed) == 1
    assert str(report.failed[0]).startswith(BAD[name][1])


def test_a_guide_that_can_not_be_read_any_more_stays_as_it_was(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    _write(folder, "a.md", b"---\nbad: [\n---\n")
    report = _load(folder, prune=True)
    assert len(report.failed) == 1
    assert report.retired == []
    assert Guide.objects.get().title == "Token problems"
    assert Client().get("/guides/a/").status_code == 200


@pytest.mark.night
def test_what_hangs_the_renderer_is_an_error_of_that_guide(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SECONDS_PER_TEXT", 1.0)
    _write(folder, "hostile.md", ENDLESS)
    _write(folder, "good.md", TOKENS)
    report = _load(folder)
    assert report.new == ["good.md"]
    assert "hostile.md" in str(report.failed[0])


def test_a_missing_file_is_told_and_retired_only_when_asked(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _write(folder, "b.md", "# Other\n\nText.\n")
    _load(folder)
    (folder / "a.md").unlink()
    assert _load(folder).missing == ["a.md"]
    assert Client().get("/guides/a/").status_code == 200
    assert _load(folder, prune=True).retired == ["a.md"]
    assert Client().get("/guides/a/").status_code == 404
    assert configured.engine().digests().keys() == {Guide.objects.get(slug="b").pk}


def test_a_retired_guide_comes_back_with_its_file(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    (folder / "a.md").unlink()
    _load(folder, prune=True)
    _write(folder, "a.md", TOKENS)
    _load(folder)
    assert Client().get("/guides/a/").status_code == 200
    assert len(configured.engine().digests()) == 1


def test_pruning_a_part_leaves_the_rest(folder: Path) -> None:
    _write(folder, "one/a.md", TOKENS)
    _write(folder, "two/b.md", "# Other\n\nText.\n")
    _load(folder)
    report = load.load([folder / "one"], prune=True)
    assert (report.unchanged, report.retired) == (["one/a.md"], [])
    (folder / "one" / "a.md").unlink()
    (folder / "two" / "b.md").unlink()
    assert load.load([folder / "one"], prune=True).retired == ["one/a.md"]


def test_one_file_can_be_loaded_alone(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _write(folder, "b.md", "# Other\n\nText.\n")
    _load(folder)
    _write(folder, "b.md", "# Other\n\nNew text.\n")
    assert load.load([folder / "b.md"]).changed == ["b.md"]


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _write(folder, "bad.md", b"\xff")
    report = _load(folder, dry_run=True)
    assert (report.new, len(report.failed)) == (["a.md"], 1)
    assert Guide.objects.count() == 0
    assert configured.engine().digests() == {}


def test_links_between_guides_lead_to_their_pages(folder: Path) -> None:
    _write(folder, "a/one.md", "# One\n\nSee [two](../b/two.md#second-part) and [none](none.md).\n")
    _write(folder, "b/two.md", "# Two\n\n## Second part\n\nBack to [one](../a/one.md).\n")
    _load(folder)
    one = Guide.objects.get(slug="one")
    assert 'href="/guides/two/#second-part"' in one.html
    assert 'href="/guides/one/"' in Guide.objects.get(slug="two").html
    assert "none.md" not in one.html
    assert Link.objects.get(target="b/two.md").leads_to == Guide.objects.get(slug="two")


def test_a_link_to_a_guide_that_comes_later_leads_there_then(folder: Path) -> None:
    _write(folder, "one.md", "# One\n\nSee [two](two.md).\n")
    _load(folder)
    assert "/guides/two/" not in Guide.objects.get().html
    _write(folder, "two.md", "# Two\n\nText.\n")
    report = _load(folder)
    assert (report.new, report.unchanged, report.changed) == (["two.md"], ["one.md"], [])
    assert 'href="/guides/two/"' in Guide.objects.get(slug="one").html


def test_a_link_to_a_guide_that_fails_is_not_dead(folder: Path) -> None:
    _write(folder, "one.md", "# One\n\nSee [two](two.md).\n")
    _write(folder, "two.md", b"\xff")
    _load(folder)
    assert "/guides/two/" not in Guide.objects.get().html


STAFF_GUIDE = "---\naudience: {audience}\n---\n# Quiet way\n\nText.\n"


def test_a_public_guide_does_not_show_where_a_staff_guide_is(folder: Path) -> None:
    _write(folder, "quiet.md", STAFF_GUIDE.format(audience="staff"))
    _write(folder, "contacts/oncall.md", "---\nname: On call\naudience: staff\n---\nRing.\n")
    links = "See [the quiet way](quiet.md) and [on call](contacts/oncall.md).\n"
    _write(folder, "open.md", f"# Open\n\n{links}")
    _write(folder, "inner.md", f"---\naudience: staff\n---\n# Inner\n\n{links}")
    _load(folder)
    shown = Guide.objects.get(slug="open").html
    assert "the quiet way" in shown
    assert "/guides/quiet/" not in shown
    assert "#oncall" not in shown
    inner = Guide.objects.get(slug="inner").html
    assert "/guides/quiet/" in inner
    assert "#oncall" in inner


def test_links_follow_a_guide_that_turns_to_staff_and_back(folder: Path) -> None:
    _write(folder, "open.md", "# Open\n\nSee [the quiet way](quiet.md).\n")
    for audience, is_linked in (("public", True), ("staff", False), ("public", True)):
        _write(folder, "quiet.md", STAFF_GUIDE.format(audience=audience))
        _load(folder)
        assert ("/guides/quiet/" in Guide.objects.get(slug="open").html) is is_linked


def test_contacts_are_loaded_changed_and_linked(folder: Path) -> None:
    _write(folder, "contacts/support.md", "---\nname: Support\ntier: 1\nemail: help@example.com\n---\nHave the id.\n")
    _write(folder, "contacts/notes.md", "# Not a contact\n\nJust notes.\n")
    _write(folder, "a.md", "# A\n\nAsk [support](contacts/support.md).\n")
    assert sorted(_load(folder).new) == ["a.md", "contacts/notes.md", "contacts/support.md"]
    assert Contact.objects.get().email == "help@example.com"
    assert 'href="/contacts/#support"' in Guide.objects.get(slug="a").html
    _write(folder, "contacts/support.md", "---\nname: Support\ntier: 2\n---\nHave the id.\n")
    assert _load(folder).changed == ["contacts/support.md"]
    assert Contact.objects.get().tier == 2


def test_a_contact_without_a_file_is_retired_when_asked(folder: Path) -> None:
    _write(folder, "contacts/support.md", "---\nname: Support\n---\nHave the id.\n")
    _load(folder)
    (folder / "contacts" / "support.md").unlink()
    assert _load(folder).missing == ["contacts/support.md"]
    assert _load(folder, prune=True).retired == ["contacts/support.md"]
    assert b"Have the id" not in Client().get("/contacts/").content


def test_a_bad_contact_is_an_error_with_file_and_line(folder: Path) -> None:
    _write(folder, "contacts/x.md", "---\nname: X\ntier: often\n---\n")
    report = _load(folder)
    assert str(report.failed[0]).startswith("contacts/x.md:3:")
    assert Contact.objects.count() == 0


TREE = """# Triage

## Decision tree
- Does it start?
  - Yes: [Expired](tokens.md#token-expired)
  - No: [Support]({target})
"""


def test_a_tree_that_leads_to_a_problem_and_a_contact_is_kept(folder: Path) -> None:
    _write(folder, "tokens.md", TOKENS)
    _write(folder, "contacts/support.md", "---\nname: Support\n---\nHave the id.\n")
    _write(folder, "triage.md", TREE.format(target="contacts/support.md"))
    assert _load(folder).failed == []
    (question,) = Guide.objects.get(slug="triage").questions
    assert [branch["then"] for branch in question["branches"]] == [
        {"problem": ["tokens", "token-expired"]},
        {"contact": "support"},
    ]


def test_an_answer_may_lead_to_a_whole_guide_by_its_title(folder: Path) -> None:
    _write(folder, "login.md", "# Login\n\n**Symptoms:**\n- No login\n\n**Solution:**\n1. Wait\n")
    _write(folder, "contacts/support.md", "---\nname: Support\n---\nHave the id.\n")
    tree = "# T\n\n## Decision tree\n- Is it?\n  - Yes: [Login](login.md#login)\n  - No: [S](contacts/support.md)\n"
    for text in (tree, tree + "\nMore.\n"):  # beside a new guide, and beside one that is there already
        _write(folder, "triage.md", text)
        assert _load(folder).failed == []
        (question,) = Guide.objects.get(slug="triage").questions
        assert question["branches"][0]["then"] == {"problem": ["login", ""]}


@pytest.mark.parametrize("target", ["nowhere.md", "tokens.md#nothing", "#nothing"])
def test_a_tree_that_leads_nowhere_is_an_error_with_its_line(folder: Path, target: str) -> None:
    _write(folder, "tokens.md", TOKENS)
    _write(folder, "triage.md", TREE.format(target=target))
    report = _load(folder)
    assert report.new == ["tokens.md"]
    assert str(report.failed[0]).startswith("triage.md:6:")


def test_synonyms_that_contradict_each_other_are_an_error_with_their_line(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _write(folder, "synonyms.txt", "login, sign in\ntimeout, login\n")
    report = _load(folder)
    assert report.new == ["a.md"]
    assert str(report.failed[0]).startswith("synonyms.txt:2: 'login' is in line 1 already.")


def test_a_folder_that_moved_is_recognised(folder: Path, tmp_path: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    moved = folder.rename(tmp_path / "elsewhere")
    assert _load(moved).unchanged == ["a.md"]
    assert Guide.objects.get().folder == str(moved)


def test_what_another_version_read_is_read_again(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    Guide.objects.update(read_with="older", html="stale")
    report = _load(folder)
    assert report.unchanged == ["a.md"]
    assert "Token expired" in Guide.objects.get().html
    assert Revision.objects.count() == 1


def test_an_index_that_was_lost_is_built_again_by_the_next_load(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _load(folder)
    configured.engine().remove(Guide.objects.values_list("pk", flat=True))
    _load(folder)
    assert len(configured.engine().digests()) == 1
    assert indexing.catch_up() == 0


def _run(*arguments: str) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("load_guides", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return out.getvalue(), err.getvalue(), int(stopped.code or 0)
    return out.getvalue(), err.getvalue(), 0


def test_the_command_counts_and_exits_with_1_when_a_guide_failed(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    out, err, status = _run(str(folder))
    assert out.startswith("Guides: 1 new, 0 changed, 0 unchanged, 0 retired, 0 failed.\n")
    assert (err, status) == ("", 0)
    _write(folder, "b.md", b"\xff")
    out, err, status = _run(str(folder), "--dry-run")
    assert "Nothing was written. Guides: 0 new, 0 changed, 1 unchanged, 0 retired, 1 failed." in out
    assert err.startswith("b.md:1:")
    assert status == 1


def test_the_command_says_that_an_unknown_audience_is_everyone(folder: Path) -> None:
    _write(folder, "a.md", "---\naudience: ITPro\n---\n" + "# A\n\nText.\n")
    out = _run(str(folder))[0]
    assert "1 of them for an audience that is neither 'public' nor 'staff': everyone can read those." in out


@pytest.mark.parametrize("audience", ["secret", "agents", "support team", "staf"])
def test_an_audience_that_may_mean_staff_is_never_published(folder: Path, audience: str) -> None:
    _write(folder, "a.md", f"---\naudience: {audience}\n---\n# A\n\nText.\n")
    assert "must be 'public' or 'staff'" in str(_load(folder).failed[0])


def test_the_command_says_what_has_no_file_any_more(folder: Path) -> None:
    _write(folder, "a.md", TOKENS)
    _run(str(folder))
    (folder / "a.md").unlink()
    assert "1 guide has no file any more (a.md); --prune retires it." in _run(str(folder))[0]
    assert "1 retired" in _run(str(folder), "--prune")[0]


def test_a_path_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(CommandError, match="There is no /nowhere: give a folder"):
        call_command("load_guides", "/nowhere")
