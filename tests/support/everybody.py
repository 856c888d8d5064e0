"""A library with something at each address, everybody who may be signed in, and what each of them is answered there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.utils import timezone
from PIL import Image as Picture

from kb.editorial import reviews
from kb.library.folders import load
from kb.models import Attachment, Contact, Guide, Image, Notice, SectionFlag
from tests.support import studio
from tests.support.hostile import SANE, Asked, Browser, Place, places
from troubleshooting.models.handovers import Handover
from troubleshooting.models.worklist import WorklistItem

ROLES = ("signed out", "reader", "support", "writers", "reviewer", "editors", "marked as staff", "administrator")
METHODS = ("GET", "POST")
SIGN_IN, SIGN_IN_TO_ADMIN = "/accounts/sign-in/", "/admin/login/"
GUIDE = """---
title: {name}
category: {name}
audience: {audience}
---
# {name}

![Plan]({name}.png) [Table]({name}.csv)

**Symptoms:**
- The {name} is dark

**Solution:**
1. Turn the {name}

| Error code | Meaning | Action |
| --- | --- | --- |
| {code} | It is dark | Turn it |
"""
# Words that only some may see, wherever they look; each begins the words of one thing.
VAULT, HERON, PROPOSED, DRAFT, COMMENT, FLAG, HANDED, MAIL = (
    "vault",  # of all that is for staff
    "heron",  # of what a guide for everyone says to staff only
    "swanproposal",
    "swandraft",
    "swancomment",
    "swanflag",
    "swanhandover",
    "swanmail",
)
WITH_BLOCK = f"# Wire\n\nA wire.\n\n> [!STAFF] {HERON}title\n> The {HERON}step is hidden.\n"
CONTACT = "---\nname: Desk {name}\naudience: {audience}\nemail: {name}@example.com\n---\nAsk us about the {name}.\n"
SENT = {**SANE, "comment": b"Done", "reason": b"Done", "why": b"Done", "note": b"Done"}


@dataclass(frozen=True)
class Side:
    """One half of the library: its guide is for everyone, or for staff."""

    name: str
    code: str
    audience: str

    def write(self, folder: Path) -> None:
        """Put its files into the folder."""
        text = GUIDE.format(name=self.name, code=self.code, audience=self.audience)
        (folder / f"{self.name}.md").write_text(text)
        contact = CONTACT.format(name=self.name, audience=self.audience)
        (folder / "contacts" / f"{self.name}.md").write_text(contact)
        out = BytesIO()
        Picture.new("RGB", (4, 3), (len(self.name), 0, 0)).save(out, "PNG")
        (folder / f"{self.name}.png").write_bytes(out.getvalue())
        (folder / f"{self.name}.csv").write_text(f"{self.name},1\n")


OPEN, INSIDE = Side("lamp", "E_OPEN", "public"), Side(VAULT, "E_INSIDE", "staff")


class Everybody:
    """The library, and a client for each role."""

    def __init__(self, folder: Path) -> None:
        (folder / "contacts").mkdir()
        for side in (OPEN, INSIDE):
            side.write(folder)
        (folder / "wire.md").write_text(WITH_BLOCK)
        report = load.load([folder])
        assert not report.failed, report.failed
        self.clients = {role: Browser() for role in ROLES}
        for role, user in _people().items():
            self.clients[role].force_login(user)
        self._cookies = {role: client.cookies.output(header="") for role, client in self.clients.items()}
        self._author = studio.person("wren", "writers")
        self._author.email = f"{MAIL}@example.com"
        self._author.save()
        self._handover = Handover.objects.create(
            once="x", walk_key="x", subject=f"It is {HANDED}", transcript=HANDED, audience="public"
        )
        self.there = {side: self._made(side) for side in (OPEN, INSIDE)}

    def _made(self, side: Side) -> dict[str, bytes]:
        guide = Guide.objects.get(source=f"{side.name}.md")
        assert guide.revision
        proposed = studio.proposal(guide, self._author, f"{guide.revision.text}\n{PROPOSED}\n")
        studio.draft(guide, self._author, f"{guide.revision.text}\n{DRAFT}\n")
        comment = reviews.comment_at_line(proposed, self._author, 1, COMMENT)
        now = timezone.now()
        flag = SectionFlag.objects.create(guide=guide, kind="wrong", note=FLAG, flagged_by=self._author, flagged_at=now)
        notice = Notice.objects.create(text=f"The {side.name} is dark", starts_at=now, audience=side.audience)
        item = WorklistItem.objects.create(
            key=side.name,
            kind=WorklistItem.Kind.FLAG,
            audience=side.audience,
            title=f"The {side.name} is dark",
            guide=guide,
            harm=1.0,
            **dict.fromkeys(("first_seen", "last_seen", "counted_at"), now),
        )
        attachment = Attachment.objects.get(source=f"{side.name}.csv")
        numbers = {"settle/": comment.pk, "flags/": flag.pk, "notices/": notice.pk, "worklist/": item.pk}
        words = {
            "slug": guide.slug,
            "address": guide.slug,
            "category": side.name,
            "code": side.code,
            "contact": Contact.objects.get(name=f"Desk {side.name}").slug,
            "number": proposed.number,
            "before": 1,
            "now": 2,
            "digest": attachment.digest,
            "name": attachment.name,
            "image": Image.objects.get(source=f"{side.name}.png").get_absolute_url().rpartition("/")[2],
            "reference": self._handover.reference,
            "receipt": "none",
            "uidb64": "none",
            "token": "none",
            "table": "walks",
            "app_label": "auth",
            "content_type_id": 1,
            "object_id": self._author.pk,
            "id": self._author.pk,
            "group": Group.objects.get(name="writers").pk,
            "url": "nothing",
            "language": "de",
            "version": "older",
            **numbers,
        }
        return {name: str(value).encode() for name, value in words.items()}

    def path(self, place: Place, side: Side) -> str:
        """The address of a place, with what is there of one half of the library."""
        there, route = dict(self.there[side]), place.route
        there["pk"] = next((value for part, value in there.items() if part.endswith("/") and part in route), b"1")
        if route.startswith("images/"):
            there["name"] = there["image"]
        if "auth/group/" in route:
            there["object_id"] = there["group"]
        if "contacts/" in route:
            there["slug"] = there["contact"]
            there["number"] = b"1"
        if route.startswith("guides/"):
            there["number"] = b"1"
        return place.path({name: there[name] for name in place.parameters})

    def answer(self, role: str, method: str, place: Place, side: Side) -> Any:
        """What somebody is answered; what it changed is undone."""
        form = tuple((name, value) for name, value in SENT.items() if name in place.names and method == "POST")
        query = (("q", side.name.encode()),) if "q" in place.names and method == "GET" else ()
        self.clients[role].cookies = SimpleCookie(self._cookies[role])  # who signed out is signed in again
        with transaction.atomic():
            answer = Asked(self.path(place, side), method, query, form).by(self.clients[role])
            transaction.set_rollback(True)
        return answer

    def cell(self, role: str, method: str, place: Place, side: Side) -> str:
        """The answer as the table has it: its status, or that one has to sign in first."""
        answer = self.answer(role, method, place, side)
        leads_to = answer.headers.get("Location", "")
        if leads_to.startswith((SIGN_IN, SIGN_IN_TO_ADMIN)) and not f"/{place.route}".startswith("/accounts/"):
            return "sign in"
        return str(answer.status_code)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Address, whose, method, and the answer to each role."""
        for place in places():
            sides = (OPEN, INSIDE) if tells_them_apart(place) else (OPEN,)
            for side in sides:
                for method in METHODS:
                    cells = (self.cell(role, method, place, side) for role in ROLES)
                    yield (str(place), side.audience if len(sides) > 1 else "", method, *cells)


def tells_them_apart(place: Place) -> bool:
    """Whether an address names something that is for everyone, or for staff."""
    names = {"slug", "address", "code", "category", "contact", "digest", "name", "pk"}
    return bool(names & set(place.parameters)) and not place.route.startswith("admin/")


def _people() -> dict[str, User]:
    people = {role: studio.person(role.replace(" ", "-"), role) for role in ("support", "writers", "editors")}
    people["reader"] = studio.person("reader")
    people["reviewer"] = studio.person("reviewer", "writers")
    people["reviewer"].user_permissions.set(Permission.objects.filter(codename="review_revision"))
    people["marked as staff"] = User.objects.create_user("staff", is_staff=True)
    people["administrator"] = User.objects.create_superuser("root")
    return people
