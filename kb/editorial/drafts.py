"""What writers type and reviewers say in, drafts and proposals with their remarks out; nothing typed is ever lost.

Who may do what is for the views to ask (`kb/models/roles.py`). Publishing is `kb/editorial/approval.py`. What can't
be done because somebody else was quicker raises `NotPossible` with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils import timezone

from kb.content import front_matter, template_leftovers
from kb.content.document import ContentError, Document, Finding
from kb.content.line_endings import in_endings_of, lines
from kb.content.links import below_folder, meant_by
from kb.content.merging import merge
from kb.content.patterns import linear
from kb.content.reading import LARGEST_TEXT
from kb.content.workers import read_guide_bounded
from kb.editorial import standing as lineage
from kb.editorial.decisions import Checked, Conflict, NotPossible
from kb.library import publishing, question_targets
from kb.library import structure_rows as rows
from kb.library.folders import file_drafts
from kb.library.folders.partial_plans import LibraryAlone
from kb.library.folders.plan import Plan
from kb.library.folders.source_files import SourceFile
from kb.models import Contact, FormerAddress, Guide, LineComment, Review, Revision
from kb.models.audience import PUBLIC
from kb.models.slugs import category_slug, free_slug, readable_slug

State = Revision.State
UNTITLED = "Untitled"
NO_GUIDE = "The link to '{target}' leads nowhere: there is no such guide or contact."
NO_IMAGE = "The image '{target}' is not here: upload it, or mend its path."
ELSEWHERE = "This text was saved, proposed or published elsewhere meanwhile. Look at it again."
TAKEN_OUT = "As it was before most of it was taken out"
MUCH = 200
_HEADING = linear(r"^#[ \t]+(.*)", re.MULTILINE)


# Drafts


def start_guide(author: User, text: str, slug: str = "") -> Guide:
    """A new guide that only writers see, with a first draft; its path in the content folder is that of its category."""
    text = storable(text)
    title, category = _title_of(text), _category_of(text)
    with transaction.atomic():
        taken = set(Guide.objects.values_list("slug", flat=True))
        taken |= set(FormerAddress.objects.values_list("address", flat=True))
        folder = str(settings.CONTENT_DIR.resolve())
        there = set(Guide.objects.filter(folder=folder).values_list("source", flat=True))
        there |= set(Contact.objects.filter(folder=folder).values_list("source", flat=True))
        name = free_slug(f"{readable_slug(slug or title)}.md", taken | {Path(source).stem for source in there})
        source = "/".join(filter(None, (category_slug(category), f"{name}.md")))
        guide = Guide.objects.create(
            slug=name,
            folder=folder,
            source=source,
            title=rows.fit(title, 300),
            audience=front_matter.audience_in(text),
            updated_at=timezone.now(),
        )
        publishing.record(guide, in_endings_of(text, ""), State.DRAFT, author)
    return guide


def draft_of(guide: Guide, author: User) -> Revision | None:
    """The draft that an author is writing, None when there is none."""
    return guide.revisions.filter(author=author, state=State.DRAFT, aside=False).select_related("based_on").first()


def save_draft(  # noqa: PLR0917 - they are what a form sends
    guide: Guide, author: User, text: str, based_on: Revision | None, saved: int, into: Revision | None = None
) -> Revision | Conflict:
    """Keep what an author has typed so far, in place of what they had typed before.

    `saved` is the counter of the draft as the page has it, 0 when it has none: when another page of the same author has
    saved since, the text is kept aside and both are given. A page whose text was kept aside goes on with that draft as
    `into`. A newer `based_on` than the draft's says that what it says is in the text. A text that its author has
    proposed meanwhile is not kept twice: gives what was proposed.
    """
    base = _settled(based_on)
    with transaction.atomic():
        publishing.wait_for(guide)
        draft = guide.revisions.select_related("based_on").get(pk=into.pk) if into else draft_of(guide, author)
        model = draft or base
        text = in_endings_of(storable(text), model.text if model else "")
        kept: Revision | Conflict
        if draft is None:
            kept = _begun(guide, author, text, base, saved)
        elif draft.digest == rows.digest(text.encode()) and (base is None or base.pk == draft.based_on_id):
            kept = draft
        elif draft.state == State.DRAFT and draft.saved == saved:
            kept = _written(draft, text, base)
        else:
            kept = _kept_aside(guide, author, text, base, draft)
        if guide.revision_id is None:
            _call(guide, text, author)
    return kept


def _call(guide: Guide, text: str, author: User) -> None:
    """Call a guide that was never published as its last saved text does, and show it to those whom that is for.

    A text for staff does not do so while others write one for everyone: they go on under the name that they know.
    """
    audience = front_matter.audience_in(text)
    public = guide.revisions.filter(state__in=(State.DRAFT, State.IN_REVIEW), audience=PUBLIC)
    if audience == PUBLIC or not public.exclude(author=author).exists():
        new = {"title": rows.fit(_title_of(text), 300), "audience": audience}
        Guide.objects.filter(pk=guide.pk, revision=None).update(**new)


def _settled(base: Revision | None) -> Revision | None:
    """The nearest text at or before `base` that can't change any more; what a file says never does."""
    while base is not None and base.state == State.DRAFT and base.proposed_at is None and not base.from_file:
        base = base.based_on
    return base


def _begun(guide: Guide, author: User, text: str, base: Revision | None, saved: int) -> Revision:
    newest: Revision | None = guide.revisions.filter(author=author).order_by("-number").first()
    if saved and newest and newest.digest == rows.digest(text.encode()):
        return newest
    return publishing.record(guide, text, State.DRAFT, author, based_on=base)


def _written(draft: Revision, text: str, base: Revision | None) -> Revision:
    """The draft with another text; one that reviewers have seen stays as they saw it, and another takes its place.

    When most of a text is taken out at once, it is kept aside as it was: nobody may have meant that.
    """
    rebased = base is not None and base.pk != draft.based_on_id
    if draft.proposed_at is not None:
        _move(draft, State.SUPERSEDED, saved=draft.saved)
        return publishing.record(
            draft.guide,
            text,
            State.DRAFT,
            draft.author,
            draft.comment,
            based_on=base if rebased else draft,
            merges=draft if rebased else None,
            aside=draft.aside,
        )
    earlier = draft.text if draft.saved > 1 and len(draft.text) - len(text) > max(MUCH, len(text)) else ""
    audience = front_matter.audience_in(text)
    changes = {"text": text, "digest": rows.digest(text.encode()), "audience": audience, "saved": draft.saved + 1}
    if rebased:
        changes |= {"based_on": base, "merges": draft.based_on}
    found = Revision.objects.filter(pk=draft.pk, state=State.DRAFT, saved=draft.saved)
    if not found.update(**changes, changed_at=timezone.now()):
        raise NotPossible(ELSEWHERE)
    if earlier:
        base = draft.based_on
        publishing.record(draft.guide, earlier, State.DRAFT, draft.author, TAKEN_OUT, based_on=base, aside=True)
    draft.refresh_from_db()
    return draft


def _kept_aside(guide: Guide, author: User, text: str, base: Revision | None, theirs: Revision) -> Conflict:
    kept = publishing.record(guide, text, State.DRAFT, author, based_on=base, aside=True)
    origin = base.text if base else ""
    return Conflict(text, theirs, origin, merge(origin, theirs.text, text), kept)


def take_up(draft: Revision) -> Revision:
    """Go on with a draft that was kept aside; the one that its author was writing is kept aside instead."""
    with transaction.atomic():
        publishing.wait_for(draft.guide)
        current = Revision.objects.filter(guide=draft.guide_id, author=draft.author_id, state=State.DRAFT, aside=False)
        current.exclude(pk=draft.pk).update(aside=True)
        return _move(draft, State.DRAFT, aside=False)


def set_aside(revision: Revision, by: User, comment: str = "") -> Revision:
    """Give up a draft, or decline what is in review; it stays in the guide's history."""
    with transaction.atomic():
        proposed = revision.state == State.IN_REVIEW
        _move(revision, State.SUPERSEDED, State.DRAFT, State.IN_REVIEW, approved_at=None)
        if proposed:
            _review(revision, by, Review.Verdict.SET_ASIDE, comment)
    return revision


def propose(draft: Revision, comment: str = "", publish_at: datetime | None = None) -> Revision:
    """Put a draft, as it was seen (`draft.saved`), in review; `publish_at` is when readers are to see it."""
    published = Revision.objects.filter(published_as=draft.guide_id).first()
    if published and published.digest == draft.digest and draft.guide.state == Guide.State.PUBLISHED:
        raise NotPossible("Readers see this very text already: there is nothing to propose.")
    return _move(
        draft,
        State.IN_REVIEW,
        State.DRAFT,
        as_saved=draft.saved,
        comment=rows.fit(comment or draft.comment, 500),
        publish_at=publish_at,
        proposed_at=timezone.now(),
        approved_at=None,
        aside=False,
        trouble="",
    )


def schedule(revision: Revision, publish_at: datetime | None) -> Revision:
    """Change when readers are to see what is in review; it has to be approved for the new time."""
    return _move(revision, State.IN_REVIEW, State.IN_REVIEW, publish_at=publish_at, approved_at=None)


def restore(guide: Guide, old: Revision, by: User, seen: Revision | None = None) -> Revision:
    """Propose a former text of the guide again, as a new revision of what readers see now, or of what was `seen`."""
    current = Revision.objects.filter(published_as=guide.pk).first()
    if current and current.digest == old.digest and guide.state == Guide.State.PUBLISHED:
        raise NotPossible("Readers see this very text already: there is nothing to restore.")
    comment = f"Restores revision {old.number}"
    return publishing.record(guide, old.text, State.IN_REVIEW, by, comment, based_on=seen or current)


# Reviews


def withdraw(revision: Revision) -> Revision:
    """Take a proposal back: it is its author's draft again."""
    with transaction.atomic():
        publishing.wait_for(revision.guide)
        busy = revision.author is not None and draft_of(revision.guide, revision.author) is not None
        return _move(revision, State.DRAFT, State.IN_REVIEW, approved_at=None, aside=busy)


def ask_for_changes(revision: Revision, reviewer: User, text: str) -> Revision:
    """Give a proposal back to its author, with what is to be changed."""
    if revision.author is None:
        raise NotPossible("It has no author who could change it: edit and approve it, or set it aside.")
    with transaction.atomic():
        withdraw(revision)
        _review(revision, reviewer, Review.Verdict.CHANGES, text)
    return revision


def remark(revision: Revision, reviewer: User, text: str) -> Review:
    """Say something of a text as a whole."""
    return _review(revision, reviewer, Review.Verdict.COMMENT, text)


def comment_at_line(revision: Revision, author: User, line: int, text: str) -> LineComment:
    """Say something of one line (from 1) of a text."""
    last = len(lines(revision.text)) or 1
    return LineComment.objects.create(
        revision=revision,
        line=min(max(line, 1), last),
        text=storable(text),
        author=author,
        author_name=publishing.name_of(author),
    )


def settle_comment(comment: LineComment, by: User) -> LineComment:
    """Say that a comment needs no answer any more."""
    comment.settled_at, comment.settled_by_name = timezone.now(), publishing.name_of(by)
    comment.save(update_fields=["settled_at", "settled_by_name"])
    return comment


def _review(revision: Revision, reviewer: User, verdict: Review.Verdict, text: str) -> Review:
    name = publishing.name_of(reviewer)
    return Review.objects.create(
        revision=revision, reviewer=reviewer, reviewer_name=name, verdict=verdict, text=storable(text)
    )


# Looking


def history(guide: Guide) -> list[Revision]:
    """The texts that were proposed or published, the newest first, without the texts themselves."""
    return list(
        guide.revisions.exclude(state=State.DRAFT)
        .select_related("author", "based_on")
        .defer("text", "based_on__text")
        .order_by("-number")
    )


standing = lineage.standing


def made_from(revision: Revision, reader: User | AnonymousUser) -> Revision | None:
    """The text that a revision was made from; None when there is none, or it is not for the reader."""
    rows = Revision.objects.readable_by(reader)
    found: Revision | None = rows.filter(pk=revision.based_on_id).first() if revision.based_on_id else None
    return found


def check(guide: Guide, text: str) -> Checked:
    """A text as the guide's page would show it, with all that is wrong with it; in bounded time, and kept nowhere."""
    survey = LibraryAlone(Path(guide.folder))
    plan = Plan(SourceFile(survey.folder, guide.source, text.encode("utf-8", "surrogatepass")), guide, guide.slug)
    try:
        plan.document = template_leftovers.with_findings(_read(survey, plan, text), text)
    except ContentError as error:
        return Checked(None, (Finding(error.line, error.message, "error"),))
    told = file_drafts.reasons(plan.document.metadata.withheld)
    astray = file_drafts.findings(told, keeps_drafts=False)
    astray += [Finding(refusal.line, refusal.message, "error") for refusal in question_targets.refusals(survey, [plan])]
    astray += _leading_nowhere(survey, plan, {finding.line for finding in astray})
    return Checked(plan.document, tuple(sorted([*plan.document.findings, *astray], key=lambda found: found.line)))


def _leading_nowhere(survey: LibraryAlone, plan: Plan, told: Collection[int]) -> Iterator[Finding]:
    """A warning for each link and image whose file is not here, but for those at lines that were `told` of."""
    addresses = survey.addresses([plan])
    for link in plan.document.structure.links if plan.document else ():
        path = "" if link.target.startswith("/") else below_folder(plan.file.source, link.target)
        if path and link.line not in told and addresses.keys().isdisjoint(meant_by(path)):
            message = NO_IMAGE if link.image else NO_GUIDE
            yield Finding(link.line, message.format(target=link.target), "warning")


def _read(survey: LibraryAlone, plan: Plan, text: str) -> Document:
    """Read for everyone first; only who may see staff guides is shown where they are."""
    addresses = survey.addresses([plan])
    hidden = survey.for_staff([], [])
    public = {source: address for source, address in addresses.items() if source not in hidden}
    document = read_guide_bounded(text, plan.file.source, public)
    if document.metadata.audience == "staff" and hidden:
        document = read_guide_bounded(text, plan.file.source, addresses)
    return document


# Small things


def _move(
    revision: Revision, to: Revision.State, *origins: Revision.State, as_saved: int | None = None, **changes: object
) -> Revision:
    """Give a revision another state if it still has one of `origins` (default: a draft's); NotPossible when not."""
    found = Revision.objects.filter(pk=revision.pk, state__in=origins or (State.DRAFT,))
    if as_saved is not None:
        found = found.filter(saved=as_saved)
    if not found.update(state=to, changed_at=timezone.now(), **changes):
        raise NotPossible(ELSEWHERE)
    revision.refresh_from_db()
    return revision


def storable(text: str) -> str:
    """A text without what no database keeps: NUL characters, and halves of characters."""
    if len(text.encode("utf-8", "replace")) > LARGEST_TEXT:
        raise NotPossible(f"This text is larger than {LARGEST_TEXT // 1_000_000} MB: split it into several guides.")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _title_of(text: str) -> str:
    """The title of a text that may be half written: from its head, else its first heading."""
    try:
        title = front_matter.split(text).fields.get("title")
    except ContentError:
        title = None
    heading = _HEADING.search(text)
    words = heading.group(1).rstrip(" \t").rstrip("#") if heading else ""
    return front_matter.one_line(title if isinstance(title, str) else words) or UNTITLED


def _category_of(text: str) -> str:
    try:
        category = front_matter.split(text).fields.get("category")
    except ContentError:
        return ""
    return category if isinstance(category, str) else ""
