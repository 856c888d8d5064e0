"""A site with something on every page: people of each role, drafts, reviews, hand-overs, notices."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_totp.models import TOTPDevice

from kb.editorial import approval, drafts, reviews
from kb.editorial.decisions import Conflict
from kb.library.feedback import flags, sections, votes
from kb.models import Act, Guide, LineComment, Notice, SearchRecord, SignIn
from kb.models.roles import make_groups
from kb.web.accounts import two_factor
from tests.support.admin_pages import admin_pages, furnish_administration
from tests.support.studio import draft, proposal, published
from troubleshooting.models import DeskPin, Handover, HandoverNote, WorklistItem
from troubleshooting.worklist.refresh import refresh

PASSWORD = "correct horse battery"
GUIDE = (
    "# Paper jam\n\n**Symptoms:**\n- The printer stops (always)\n\n**Solution:**\n1. Open the flap\n2. Pull it out\n"
)
FULL = """---
title: Everything at once
category: Printers/Paper
tags: [paper, jam]
applies_to: [Model 1]
contacts: [technical-support]
---
# Everything at once

Text with **bold**, *italic*, `code`, a [link](https://example.com/) and <kbd>Ctrl</kbd>.

> [!NOTE]
> Something to note.

> [!WARNING]
> Something to beware of.

> [!STAFF]
> Something for staff.

| Code | Meaning | Action |
| --- | --- | ---: |
| `E42` | The drum is worn | Change it |
| `E43` | The lid is open | Close it |

## The printer stops

**Symptoms:**
- The printer stops (always)
- The lamp blinks (often)

**Cause:** A sheet is stuck.

**Solution:**
1. Open the flap

   ```sh
   printer --open   # a comment
   ```
2. Pull the sheet out
   - slowly
   - with both hands

### Another heading

- [x] done
- [ ] to do

Term
: What it is

A note[^1].

[^1]: The note.

<details><summary>More</summary>

Hidden at first.

</details>

![](missing.png)

**Escalate when:**
- It smokes
"""
ROLES = ("signed-out", "reader", "support", "writer", "editor", "administrator")
GROUPS = {"reader": "", "support": "support", "writer": "writers", "editor": "editors", "administrator": ""}
CODE_DUE = "code-due"  # whose password was right, and whose code is still to come
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Furnished:
    """What a furnished library has: parts of addresses, the session of each role, and what is under `/admin/`."""

    there: dict[str, str]
    sessions: dict[str, str]
    administration: list[str]


def furnish() -> Furnished:
    """Put something everywhere into a library that has the shipped guides."""
    by = _people()
    _write_guides(by["writer"], by["editor"])
    now = timezone.now()
    notice = Notice.objects.create(text="The printers are away.", kind="incident", starts_at=now, author=by["editor"])
    _tell_of_troubles(by["support"])
    refresh()
    answer = Client(SERVER_NAME="localhost").post(
        "/troubleshoot/hand-over/?start=questions", {"once": "a-form-of-mine", "note": "Since this morning"}
    )
    handover = Handover.objects.get()
    handover.taken_by = by["support"]
    handover.save()
    HandoverNote.objects.create(handover=handover, author=by["support"], text="I asked them")
    DeskPin.objects.create(user=by["support"], guide=Guide.objects.get(slug="everything"), pinned_at=now)
    two_factor.begin(by["reader"])
    two_factor.begin(by["support"])
    TOTPDevice.objects.filter(user=by["support"]).update(confirmed=True)
    SignIn.objects.note("the-editor", SignIn.Outcome.WRONG_CODE, "fd00::1")
    Act.objects.note("", "ran createsuperuser")
    sessions = {role: _session(user) for role, user in by.items()} | {CODE_DUE: _session_without_code(by["support"])}
    by["reader"].refresh_from_db()  # a link to choose a password with holds until the next time somebody signs in
    there = {
        "slug": "everything",
        "address": "everything",
        "category": "printers",
        "code": "E42",
        "number": "1",
        "before": "1",
        "now": "2",
        "pk": str(LineComment.objects.get().pk),
        "notice": str(notice.pk),
        "item": str(WorklistItem.objects.filter(kind=WorklistItem.Kind.NOTHING_FOUND).get().pk),
        "contact": "technical-support",
        "reference": handover.reference,
        "receipt": answer.headers["Location"].split("/")[3],
        "receipt_query": answer.headers["Location"].partition("?")[2],
        "uidb64": urlsafe_base64_encode(force_bytes(by["reader"].pk)),
        "token": default_token_generator.make_token(by["reader"]),
        "digest": "0" * 64,
        "name": "none",
        "table": "days",
    }
    furnish_administration(by["administrator"])
    return Furnished(there, sessions, list(admin_pages()))


def _people() -> dict[str, User]:
    make_groups()
    found = {}
    for role, group in GROUPS.items():
        is_root = role == "administrator"
        found[role] = User.objects.create_user(
            f"the-{role}", f"{role}@example.com", PASSWORD, is_superuser=is_root, is_staff=is_root
        )
        found[role].groups.set(Group.objects.filter(name=group))
    return found


def _write_guides(writer: User, editor: User) -> None:
    everything = published(editor, FULL, "everything")
    published_again(everything, editor, FULL.replace("very stuck", "stuck").replace("It smokes", "It burns"))
    proposed = published(editor, GUIDE.replace("Paper", "Proposed"), "proposed")
    text = proposal(proposed, writer, GUIDE.replace("Paper", "Proposed").replace("flap", "lid"))
    reviews.comment_at_line(text, editor, 7, "Which lid?")
    clash = published(editor, GUIDE.replace("Paper", "Clash"), "clash")
    draft(clash, writer, GUIDE.replace("Paper", "Clash").replace("flap", "lid"))
    published_again(clash, editor, GUIDE.replace("Paper", "Clash").replace("flap", "door"))
    drafts.start_guide(writer, "# Never published\n\n[gone](nowhere.md)\n\n![](gone.png)\n", "unpublished")


def published_again(guide: Guide, by: User, text: str) -> None:
    """Publish another text of a guide."""
    found = approval.approve(proposal(guide, by, text), by)
    assert not isinstance(found, Conflict), found


def _tell_of_troubles(by: User) -> None:
    """What staff flag, what readers look for in vain, and how they vote."""
    found = sections.place(by, "everything", "the-printer-stops", None)
    assert found
    flags.flag(found, "wrong", "The flap is a lid", by)
    votes.record_vote(found, AnonymousUser(), secrets.token_hex(8), helped=False)
    yesterday = timezone.now() - timedelta(days=1)
    for _ in range(5):
        SearchRecord.objects.create(text="xylophone zebra", hits=0, opened="", audience="public", searched_at=yesterday)


def _session(user: User) -> str:
    """The key of a session in which somebody is signed in."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, MODEL_BACKEND)
    return str(client.session.session_key)


def _session_without_code(user: User) -> str:
    client = Client(SERVER_NAME="localhost")
    client.post("/accounts/sign-in/", {"username": user.username, "password": PASSWORD})
    return str(client.session.session_key)
