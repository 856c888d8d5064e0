"""People and texts for tests of the studio."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.test import Client

from kb.editorial import approval, drafts
from kb.editorial.decisions import Conflict, Published
from kb.models import Guide, Revision, roles

TEXT = """# Paper jam

**Symptoms:**
- The printer stops (always)

**Solution:**
1. Open the flap
2. Pull the sheet out
"""


def person(name: str, *groups: str) -> User:
    """Somebody with an account, in groups."""
    roles.make_groups()
    user = User.objects.create_user(name, password="correct horse battery")
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def signed_in(user: User) -> Client:
    """A client with which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def draft(guide: Guide, author: User, text: str, based_on: Revision | None = None) -> Revision:
    """A draft of an author, as it is after a first save."""
    found = drafts.save_draft(guide, author, text, based_on or guide.revision, 0)
    assert not isinstance(found, Conflict), found
    return found


def proposal(guide: Guide, author: User, text: str, based_on: Revision | None = None) -> Revision:
    """A text in review."""
    return drafts.propose(draft(guide, author, text, based_on))


def published(author: User, text: str = TEXT, slug: str = "") -> Guide:
    """A guide that was written in the browser and is published."""
    guide = drafts.start_guide(author, text, slug)
    found = drafts.draft_of(guide, author)
    assert found
    outcome = approval.approve(drafts.propose(found), author)
    assert isinstance(outcome, Published), outcome
    return outcome.guide
