"""Two who edit at once: what merges is offered, what clashes is shown, and nobody overwrites anybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from kb.content.line_endings import in_endings_of, lines
from kb.content.merging import Agreed, Clash, merge
from kb.editorial import approval, drafts, standing
from kb.editorial.decisions import Conflict, Current, NotPossible, Outdated, Published
from kb.models import Guide, Revision
from tests.conftest import PublishGuide
from tests.support.studio import TEXT, draft, person, proposal

State = Revision.State


@pytest.fixture
def ada(db: None) -> User:
    return person("ada", "writers")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob", "editors")


@pytest.fixture
def guide(ada: User, publish_once: PublishGuide) -> Guide:
    return publish_once(ada)


def test_what_merges_cleanly_is_offered_and_not_applied(guide: Guide, ada: User, bob: User) -> None:
    mine = proposal(guide, ada, TEXT.replace("flap", "lid"))
    theirs = proposal(guide, bob, TEXT.replace("(always)", "(often)"))
    assert isinstance(approval.approve(theirs, bob), Published)
    outcome = approval.approve(mine, bob)
    assert isinstance(outcome, Outdated)
    assert outcome.theirs == theirs
    assert outcome.merged == TEXT.replace("flap", "lid").replace("(always)", "(often)")
    guide.refresh_from_db()
    mine.refresh_from_db()
    assert (guide.revision, mine.state) == (theirs, State.IN_REVIEW)
    merged = approval.edit_and_approve(mine, bob, outcome.merged, "Both", merged_with=outcome.theirs)
    assert isinstance(merged, Published)
    assert (merged.revision.based_on, merged.revision.merges) == (theirs, mine)


def test_what_clashes_is_shown_with_both_texts(guide: Guide, ada: User, bob: User) -> None:
    mine = proposal(guide, ada, TEXT.replace("flap", "lid"))
    approval.approve(proposal(guide, bob, TEXT.replace("flap", "door")), bob)
    outcome = approval.approve(mine, bob)
    assert isinstance(outcome, Conflict)
    assert (outcome.base, outcome.mine) == (TEXT, mine.text)
    assert [(c.theirs, c.mine) for c in outcome.merge.parts if isinstance(c, Clash)] == [
        ("1. Open the door\n", "1. Open the lid\n")
    ]
    assert "<<<<<<< published\n1. Open the door\n=======\n1. Open the lid\n>>>>>>> yours\n" in outcome.merge.marked
    mine.refresh_from_db()
    assert mine.state == State.IN_REVIEW


def test_a_merge_that_is_outdated_itself_is_not_applied_either(guide: Guide, ada: User, bob: User) -> None:
    mine = proposal(guide, ada, TEXT.replace("flap", "lid"))
    approval.approve(proposal(guide, bob, TEXT.replace("(always)", "(often)")), bob)
    seen = approval.approve(mine, bob)
    assert isinstance(seen, Outdated)
    guide.refresh_from_db()
    third = proposal(guide, bob, seen.theirs.text.replace("# Paper jam", "# Jammed paper"))
    approval.approve(third, bob)
    outcome = approval.edit_and_approve(mine, ada, seen.merged, merged_with=seen.theirs)
    assert isinstance(outcome, Outdated)
    assert outcome.revision.state == State.IN_REVIEW
    assert "Jammed" in outcome.merged
    assert "lid" in outcome.merged
    assert "often" in outcome.merged


def test_an_author_merges_while_writing(guide: Guide, ada: User, bob: User) -> None:
    mine = draft(guide, ada, TEXT.replace("flap", "lid"))
    approval.approve(proposal(guide, bob, TEXT.replace("(always)", "(often)")), bob)
    place = standing.standing_of(mine)
    assert isinstance(place, Outdated)
    kept = drafts.save_draft(guide, ada, place.merged, place.theirs, mine.saved)
    assert isinstance(kept, Revision)
    assert isinstance(standing.standing_of(kept), Current)
    assert isinstance(approval.approve(drafts.propose(kept), bob), Published)


def test_a_draft_that_builds_on_a_proposal_follows_it(guide: Guide, ada: User, bob: User) -> None:
    first = proposal(guide, ada, TEXT.replace("flap", "lid"))
    second = proposal(guide, bob, first.text + "3. Close it\n", first)
    assert isinstance(approval.approve(first, bob), Published)
    assert isinstance(approval.approve(second, bob), Published)


def test_of_two_first_texts_of_one_guide_none_overwrites_the_other(ada: User, bob: User) -> None:
    guide = drafts.start_guide(ada, TEXT)
    mine = drafts.draft_of(guide, ada)
    assert mine
    other = proposal(guide, bob, "# Paper jam\n\nCall us.\n")
    assert isinstance(approval.approve(drafts.propose(mine), bob), Published)
    assert isinstance(approval.approve(other, bob), Conflict)


def test_what_readers_see_already_is_not_proposed(guide: Guide, ada: User) -> None:
    mine = draft(guide, ada, TEXT + "1\n")
    same = drafts.save_draft(guide, ada, TEXT, guide.revision, mine.saved)
    assert isinstance(same, Revision)
    with pytest.raises(NotPossible):
        drafts.propose(same)


documents = st.lists(st.sampled_from(["a", "b", "c", "# d", ""]), max_size=8).map(
    lambda ls: "".join(f"{x}\n" for x in ls)
)
loose = st.text(alphabet="ab\r\n", max_size=24)


@given(documents, documents)
def test_what_only_one_changed_is_taken(base: str, changed: str) -> None:
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, base).text == changed
    assert merge(base, changed, changed).text == changed


@given(loose, loose, loose)
def test_no_line_of_either_is_lost_in_a_merge(base: str, theirs: str, mine: str) -> None:
    merged = merge(base, theirs, mine)
    shown = "".join(
        part.text if isinstance(part, Agreed) else part.theirs + part.mine + part.base for part in merged.parts
    )
    new = {line.strip("\r\n") for line in lines(theirs) + lines(mine)} - {line.strip("\r\n") for line in lines(base)}
    assert all(line in shown for line in new)
    assert merged.clean == (merged.text == merged.marked)


@given(loose)
def test_lines_add_up_to_their_text(text: str) -> None:
    assert "".join(lines(text)) == text


@given(st.text(alphabet="ab\r\n", max_size=30))
def test_a_text_that_went_through_a_form_unchanged_is_the_same_bytes(text: str) -> None:
    sent = "".join(line.rstrip("\r\n") + ("\r\n" if line[-1] in "\r\n" else "") for line in lines(text))
    assert in_endings_of(sent, text) == text


def test_a_byte_order_mark_survives_a_form() -> None:
    assert in_endings_of("a\r\nc\r\n", "\ufeffa\nb\n") == "\ufeffa\nc\n"
