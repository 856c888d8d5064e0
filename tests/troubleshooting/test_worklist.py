"""The worklist: what people met without help becomes rows, ordered by harm, and tells later whether mending helped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from kb.models import Contact, DayCount, Guide, SearchRecord, SectionFlag, SectionVote
from tests.conftest import WriteGuides
from tests.support.studio import person, signed_in
from tests.support.walking import NETWORK, PRINTERS, WALK
from troubleshooting.models import Handover, Outcome, WalkStep, WorklistItem
from troubleshooting.worklist import refresh as refreshing
from troubleshooting.worklist.likeness import key_of_text, leaders
from troubleshooting.worklist.refresh import refresh

pytestmark = pytest.mark.django_db

PRINTER = """
    ---
    title: Printer trouble
    ---
    # Printer trouble

    ## No paper

    **Symptoms:**

    - The lamp blinks

    **Solution:**

    1. Add paper.

    ## Paper jam

    See [the manual](manual.md).
"""
INTERNAL = """
    ---
    title: Internal faults
    audience: staff
    ---
    # Internal faults

    ## Burnt fuse

    Replace the fuse.
"""
Kind = WorklistItem.Kind


@pytest.fixture
def guide(write_guides_once: WriteGuides) -> Guide:
    """A guide that everybody may read, beside one for staff."""
    write_guides_once({"printer.md": PRINTER.replace("See [the manual](manual.md).", "Pull."), "internal.md": INTERNAL})
    return Guide.objects.get(slug="printer")


def searched(text: str, hits: int = 0, opened: str = "", audience: str = "public", *, days: float = 0) -> None:
    at = timezone.now() - timedelta(days=days)
    SearchRecord.objects.create(text=text, hits=hits, opened=opened, audience=audience, searched_at=at)


def walked(walk: str, *pages: tuple[str, dict[str, Any]], audience: str = "public", hours: float = 5) -> None:
    for position, (shown, fields) in enumerate(pages):
        at = timezone.now() - timedelta(hours=hours)
        WalkStep.objects.create(walk=walk, position=position, shown=shown, audience=audience, shown_at=at, **fields)


def voted(guide: Guide, section: str, *votes: bool) -> None:
    assert guide.revision
    for number, helped in enumerate(votes):
        SectionVote.objects.create(
            revision=guide.revision,
            guide=guide,
            section=section,
            voter=f"{section}{guide.revision.number}-{number}",
            helped=helped,
            audience="public",
            voted_at=timezone.now(),
        )


def rows(state: str = "open") -> list[tuple[str, str, int]]:
    refresh()
    return list(WorklistItem.objects.listed(state).values_list("kind", "title", "times"))


def only_row() -> WorklistItem:
    refresh()
    item: WorklistItem = WorklistItem.objects.get()
    return item


def is_done_since(item: WorklistItem, days: float) -> None:
    """Mark a row as done, so many days ago."""
    client = signed_in(person("dora", "writers"))
    client.post(f"{item.get_absolute_url()}done/", {"seen": "open:"})
    done_at = timezone.now() - timedelta(days=days)
    assert WorklistItem.objects.filter(pk=item.pk, state="done").update(done_at=done_at) == 1


def test_searches_in_vain_are_one_row_for_word_forms_and_typing_mistakes(guide: Guide) -> None:
    for text in ("reset the gizmos", "resetting gizmo", "reset gizmo", "resett gizmo"):
        searched(text, days=2)
    searched("gizmo 401")
    searched("gizmo 403")
    searched("reset gizmo", audience="staff")
    found = rows()
    assert found == [(Kind.NOTHING_FOUND, "reset gizmo", 4)]
    item = WorklistItem.objects.get()
    assert (item.details["found_nothing"], item.audience) == (4, "public")
    assert set(item.words) == {"reset the gizmos", "resetting gizmo", "reset gizmo", "resett gizmo"}


def test_a_row_stays_the_same_when_its_group_grows_and_another_wording_becomes_the_commonest(guide: Guide) -> None:
    searched("reset gizmo")
    searched("reset gizmo")
    before = only_row()
    for _ in range(5):
        searched("resett gizmo")
    after = only_row()
    assert (after.pk, after.key, after.title, after.times) == (before.pk, before.key, "resett gizmo", 7)


def test_what_finds_something_by_now_was_answered_and_what_nobody_opens_was_not(guide: Guide) -> None:
    searched("printer", days=3)
    searched("printer", days=3)
    searched("printer", 1, "printer#no-paper")
    for _ in range(3):
        searched("lamp", 2)
    assert rows() == [(Kind.NOTHING_OPENED, "lamp", 3)]
    searched("lamp", 2, "printer")
    searched("lamp", 2, "printer")
    assert rows() == []


def test_walks_and_searches_and_hand_overs_for_the_same_words_are_one_row_and_it_comes_first(guide: Guide) -> None:
    for _ in range(3):
        searched("purple smoke")
    searched("smoke is purple")
    walked("w1", ("question", {"words": "purple smoke", "next_id": "q1"}), ("not_covered", {}))
    walked("w2", ("solution", {"words": "purple smoke"}), ("solved", {}))
    Handover.objects.create(
        reference="CDFGHJKM3479", once="1", subject="Purple smoke", walk_key="w1", audience="public", transcript="x"
    )
    for _ in range(4):
        searched("gizmo")
    refresh()
    first, second = WorklistItem.objects.listed("open")
    assert (first.kind, first.title, first.times, first.tries) == (Kind.NOT_COVERED, "purple smoke", 5, 6)
    assert first.waiting == ["CDFGHJKM3479"]
    assert second.title == "gizmo"
    assert first.harm == pytest.approx(4 * 4 + 5, abs=0.1)


def test_what_was_long_ago_does_less_harm_and_after_30_days_none(guide: Guide) -> None:
    for _ in range(3):
        searched("old gizmo", days=10)
        searched("sprocket", days=0)
        searched("cog", days=31)
    refresh()
    harm = dict(WorklistItem.objects.values_list("title", "harm"))
    assert harm == {"sprocket": pytest.approx(12, abs=0.1), "old gizmo": pytest.approx(6, abs=0.1)}


def test_questions_that_walks_are_left_at_and_those_that_lead_nowhere_are_told(guide: Guide) -> None:
    asked = ("question", {"next_id": "q1", "next_text": "Does the lamp blink?"})
    for walk in ("a", "b"):
        walked(walk, asked)
    walked("just-now", asked, hours=0)
    walked("c", asked, ("escalated", {"question": "q1", "asked": "Does the lamp blink?", "answer": "no"}))
    walked("d", asked, ("solution", {"question": "q1", "asked": "Does the lamp blink?", "answer": "yes"}))
    Outcome.objects.create(walk="d", kind="solved", problem="p", audience="public", said_at=timezone.now())
    item = only_row()
    assert (item.kind, item.title, item.times, item.tries) == (Kind.QUESTION, "Does the lamp blink?", 3, 5)
    assert item.details == {"left": 2, "led_nowhere": 1, "walks": 5}


def test_few_votes_tell_little_and_a_rewrite_starts_afresh(guide: Guide) -> None:
    voted(guide, "no-paper", False, False, False, True)
    voted(guide, "paper-jam", False)
    voted(guide, "printer-trouble", False, True, True, True)
    assert rows() == [(Kind.VOTES, "Printer trouble: No paper", 3)]
    old = guide.revision
    SectionVote.objects.update(revision=Guide.objects.get(slug="internal").revision)
    assert old
    assert rows() == []


def test_flags_are_staffs_and_are_settled_when_their_row_is_done(guide: Guide) -> None:
    flag = SectionFlag.objects.create(
        guide=guide, section="no-paper", kind="outdated", note="It has no lamp now", flagged_at=timezone.now()
    )
    item = only_row()
    assert (item.kind, item.audience, item.details["flags"]) == (Kind.FLAG, "staff", {"outdated": 1})
    is_done_since(item, 0)
    flag.refresh_from_db()
    assert flag.settled_by
    assert flag.settled_at
    assert (rows(), rows("done")) == ([], [(Kind.FLAG, "Printer trouble: No paper", 0)])


@pytest.mark.parametrize("way", ["dismiss", "done"])
def test_a_flag_on_what_was_settled_brings_its_row_back_at_once(guide: Guide, way: str) -> None:
    def flagged(kind: str) -> SectionFlag:
        return SectionFlag.objects.create(guide=guide, section="no-paper", kind=kind, flagged_at=timezone.now())

    flagged("unclear")
    item = only_row()
    client = signed_in(person("dora", "writers"))
    client.post(f"{item.get_absolute_url()}{way}/", {"seen": "open:", "reason": "Clear enough"})
    assert rows() == []
    taken_back = flagged("outdated")
    taken_back.delete()
    assert rows() == []
    flagged("wrong")
    assert [kind for kind, _, _ in rows()] == [Kind.FLAG]
    assert WorklistItem.objects.get(pk=item.pk).came_back


def test_late_guides_count_by_their_readers_and_broken_links_until_they_are_mended(
    write_guides_once: WriteGuides,
) -> None:
    write_guides_once({"printer.md": PRINTER})
    guide = Guide.objects.get(slug="printer")
    Guide.objects.filter(pk=guide.pk).update(review_by=date(2020, 5, 3))
    DayCount.objects.create(day=timezone.localdate(), kind="view", guide=guide, audience="public", count=200)
    refresh()
    harm = dict(WorklistItem.objects.values_list("kind", "harm"))
    assert harm == {Kind.STALE: pytest.approx(10.05, abs=0.6), Kind.LINK: pytest.approx(11, abs=0.6)}


def test_what_is_broken_in_a_block_for_staff_is_staffs(write_guides_once: WriteGuides) -> None:
    write_guides_once({"printer.md": f"{PRINTER}\n    > [!STAFF]\n    > See [the vault](zirconium.md).\n"})
    refresh()
    told = {item.audience: item.details["links"] for item in WorklistItem.objects.all()}
    assert [link["target"] for link in told["public"]] == ["manual.md"]
    assert [link["target"] for link in told["staff"]] == ["zirconium.md"]


def test_a_cause_that_no_guide_has_is_a_row_for_staff(guide: Guide) -> None:
    Handover.objects.create(
        reference="CDFGHJKM3479",
        once="1",
        subject="The printer hums",
        walk_key="w1",
        audience="public",
        transcript="x",
        closed_at=timezone.now(),
        cause_note="The fan bearing is worn",
    )
    item = only_row()
    assert (item.kind, item.audience, item.title) == (Kind.CAUSE, "staff", "The fan bearing is worn")
    page = signed_in(person("ada", "writers")).get(item.get_absolute_url()).content.decode()
    assert "/write/new/?title=The+fan+bearing+is+worn&amp;symptom=The+printer+hums" in page


def test_a_cause_stands_until_its_guide_is_written_and_is_not_counted_as_new_then(guide: Guide) -> None:
    for number in range(4):
        Handover.objects.create(
            reference=f"CDFGHJKM347{'CDFG'[number]}",
            once=str(number),
            subject="The printer hums",
            walk_key=f"w{number}",
            audience="public",
            transcript="x",
            closed_at=timezone.now() - timedelta(days=80),
            cause_note="The fan bearing is worn",
        )
    assert rows() == [(Kind.CAUSE, "The fan bearing is worn", 0)]
    item = only_row()
    assert item.harm > 0
    assert item.details["handed_over"] == 4
    is_done_since(item, 400)
    WorklistItem.objects.update(last_seen=timezone.now() - timedelta(days=80))
    assert (rows(), [kind for kind, _, _ in rows("done")]) == ([], [Kind.CAUSE])


def test_what_was_done_helped_when_fewer_of_those_who_come_by_are_left_without_help(guide: Guide) -> None:
    for _ in range(6):
        searched("lamp", 0, days=20)
    item = only_row()
    is_done_since(item, 10)
    client = signed_in(person("ada", "writers"))
    refresh()
    assert "Too early to say" in client.get(item.get_absolute_url()).content.decode()
    for _ in range(5):
        searched("lamp", 2, "printer")
    refresh()
    page = client.get("/write/worklist/?state=done").content.decode()
    assert "It helped." in page
    assert "6 of 6 searches and walks before (100 per 100), 0 of 5 since (0 per 100)" in page
    assert rows() == []


def test_what_is_answered_tells_by_which_guide_and_when_that_was_published(guide: Guide) -> None:
    searched("lamp", days=9)
    searched("lamp", days=9)
    item = only_row()
    client = signed_in(person("ada", "writers"))
    assert "selected>Printer trouble</option>" in client.get(item.get_absolute_url()).content.decode()
    client.post(f"{item.get_absolute_url()}done/", {"seen": "open:", "guide": str(guide.pk)})
    answered = WorklistItem.objects.visible_to(None).answered().get()
    assert (answered.guide, answered.published > answered.first_seen) == (guide, True)
    assert "Answered by" in client.get("/write/worklist/?state=done").content.decode()


def test_what_goes_on_as_before_comes_back_and_what_is_dismissed_when_it_is_ten_times_as_much(guide: Guide) -> None:
    for _ in range(3):
        searched("lamp", days=20)
        searched("cog", days=20)
    refresh()
    lamp, cog = WorklistItem.objects.get(title="lamp"), WorklistItem.objects.get(title="cog")
    is_done_since(lamp, 10)
    client = signed_in(person("ada", "writers"))
    refused = client.post(f"{cog.get_absolute_url()}dismiss/", {"seen": "open:", "reason": ""})
    assert refused.status_code == 422
    assert "Say in a sentence why" in refused.content.decode()
    client.post(f"{cog.get_absolute_url()}dismiss/", {"seen": "open:", "reason": "We sell none"})
    assert rows() == []
    for _ in range(5):
        searched("lamp")
        searched("cog")
    assert rows() == [(Kind.NOTHING_FOUND, "lamp", 5)]
    refresh()
    assert WorklistItem.objects.get(title="lamp").came_back
    for _ in range(22):
        searched("cog")
    assert (Kind.NOTHING_FOUND, "cog", 30) in rows()


def test_what_nobody_meets_any_more_goes_and_is_forgotten(guide: Guide) -> None:
    searched("gizmo")
    searched("gizmo")
    item = only_row()
    SearchRecord.objects.all().delete()
    assert rows() == []
    WorklistItem.objects.filter(pk=item.pk).update(last_seen=timezone.now() - timedelta(days=91))
    refresh()
    assert not WorklistItem.objects.exists()


def test_only_writers_see_the_worklist_and_only_those_who_may_see_staffs_words_see_them(
    guide: Guide, client: Client
) -> None:
    for _ in range(2):
        searched("gizmo")
        searched("zirconium", audience="staff")
    refresh()
    secret = WorklistItem.objects.get(title="zirconium")
    outsider = User.objects.create_user("otto", password="correct horse battery")
    assert client.get("/write/worklist/").status_code == 302
    assert signed_in(outsider).get("/write/worklist/").status_code == 403
    outsider.user_permissions.add(Permission.objects.get(codename="propose_revision"))
    writer = signed_in(outsider)
    page = writer.get("/write/worklist/").content.decode()
    assert "gizmo" in page
    assert "zirconium" not in page
    for address in ("", "done/", "dismiss/", "assign/", "open/", "synonyms/"):
        answer = writer.post(f"{secret.get_absolute_url()}{address}", {"seen": "open:", "reason": "x", "words": "a,b"})
        assert answer.status_code in (404, 405)
        assert "zirconium" not in answer.content.decode()
    assert "zirconium" in signed_in(person("ada", "writers")).get("/write/worklist/").content.decode()


def test_who_comes_second_is_told_and_loses_nothing(guide: Guide) -> None:
    searched("gizmo")
    searched("gizmo")
    item = only_row()
    ada, bo = person("ada", "writers"), person("bo", "writers")
    first, second = signed_in(ada), signed_in(bo)
    assert first.post(f"{item.get_absolute_url()}assign/", {"seen": "open:", "writer": "me"}).status_code == 302
    answer = second.post(f"{item.get_absolute_url()}dismiss/", {"seen": "open:", "reason": "Not ours"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this meanwhile" in page
    assert 'value="Not ours"' in page
    item.refresh_from_db()
    assert (item.state, item.assignee) == ("open", ada)
    assert "gizmo" in first.get("/write/worklist/?mine=1").content.decode()
    assert "gizmo" not in second.get("/write/worklist/?mine=1").content.decode()
    reader = User.objects.create_user("rita", password="correct horse battery")
    second.post(f"{item.get_absolute_url()}assign/", {"seen": f"open:{ada.pk}", "writer": str(reader.pk)})
    item.refresh_from_db()
    assert item.assignee == ada


def test_the_list_is_paged_and_asks_no_more_when_it_is_long(
    guide: Guide, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(person("ada", "writers"))
    now = timezone.now()
    WorklistItem.objects.bulk_create(
        WorklistItem(
            key=str(number),
            kind=Kind.VOTES,
            audience="public",
            title=f"Row {number}",
            guide=guide,
            section="no-paper",
            harm=number + 1,
            first_seen=now,
            last_seen=now,
            counted_at=now,
            details={"bad": 2, "votes": 2, "sure": 34},
        )
        for number in range(60)
    )
    with django_assert_max_num_queries(9):
        page = client.get("/write/worklist/").content.decode()
    assert page.index("Row 59") < page.index("Row 58")
    assert "Page 1 of 3" in page
    assert "/write/guides/printer/#line-6" in page
    assert "Row 0<" in client.get("/write/worklist/?page=3&kind=votes").content.decode()
    assert client.get("/write/worklist/?page=9").status_code == 404


def test_the_command_and_the_button_count_anew(guide: Guide) -> None:
    searched("gizmo")
    searched("gizmo")
    call_command("refresh_worklist")
    assert WorklistItem.objects.count() == 1
    client = signed_in(person("ada", "writers"))
    answer = client.post("/write/worklist/refresh/", follow=True)
    assert "counted a moment ago" in answer.content.decode()
    WorklistItem.objects.all().delete()
    assert "Counted anew" in client.post("/write/worklist/refresh/", follow=True).content.decode()
    assert WorklistItem.objects.count() == 1


def test_no_more_rows_are_kept_than_people_can_look_through(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "MOST_OPEN", 2)
    for number, text in enumerate(("cog", "gizmo", "sprocket")):
        for _ in range(number + 2):
            searched(text)
    assert [title for _, title, _ in rows()] == ["sprocket", "gizmo"]
    for _ in range(9):
        searched("cog")
    assert [title for _, title, _ in rows()] == ["cog", "sprocket"]
    assert WorklistItem.objects.count() == 2


def test_texts_are_joined_by_spelling_and_by_meaning_but_not_across_audiences_or_numbers() -> None:
    texts = ["reset gizmo", "resett gizmo", "error 401", "error 403", "start it anew"]
    counted = {key_of_text("public", text): (text, 9 - number) for number, text in enumerate(texts)}
    secret = key_of_text("staff", "reset gizmo")
    counted[secret] = ("reset gizmo", 1)
    first, mistyped, one, other, meant = (key_of_text("public", text) for text in texts)
    led = leaders(counted, lambda asked: [0 if text == "start it anew" else n for n, text in enumerate(asked)])
    assert led == {first: first, mistyped: first, one: one, other: other, meant: first, secret: secret}


def test_a_walk_in_vain_is_told_as_it_was_played(write_guides_once: WriteGuides, one_period: None) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com")
    write_guides_once({"printers.md": PRINTERS, "network.md": NETWORK})
    for _ in range(2):
        reader = Client()
        reader.get(WALK)
        reader.get(f"{WALK}?symptom=purple+smoke+from+gizmo&help=1")
    assert rows() == [(Kind.NOT_COVERED, "purple smoke from gizmo", 2)]
