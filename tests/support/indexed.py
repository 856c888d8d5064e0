"""Short ways to write the documents that engines index, and to index them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.search.index.contract import GuideDocument, SectionDocument
from kb.search.index.entries import entry
from kb.search.index.snapshot import Snapshot
from kb.search.whoosh.segment import WhooshSegment
from kb.search.whoosh.storage import change, segments

EVERYONE = frozenset({"public"})
INSIDERS = frozenset({"public", "staff"})


def section(
    title: str, text: str, *, symptoms: tuple[str, ...] = (), codes: tuple[str, ...] = (), level: int = 2
) -> SectionDocument:
    """A section whose anchor is its title in lower case."""
    return SectionDocument("-".join(title.lower().split()), title, level, text, symptoms, codes)


def guide(
    guide_id: int,
    title: str,
    *sections: SectionDocument | str,
    audience: str = "public",
    category: str = "",
    products: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    summary: str = "",
) -> GuideDocument:
    """A guide; a section that is only a text has the title 'Details'."""
    parts = tuple(section("Details", part) if isinstance(part, str) else part for part in sections)
    named = repr((title, parts, audience, category, products, tags, summary))
    return GuideDocument(
        guide_id=guide_id,
        slug=f"guide-{guide_id}",
        title=title,
        summary=summary,
        category=category,
        category_slug=category.lower().replace(" ", "-"),
        audience=audience,
        applies_to=products,
        tags=tags,
        digest=hashlib.sha256(named.encode()).hexdigest(),
        sections=parts,
    )


def parts_of(
    documents: Iterable[GuideDocument], *, gone: Iterable[int] = ()
) -> list[tuple[WhooshSegment, frozenset[int]]]:
    """The segments of an index of the documents in memory, each with those that are `gone` (by guide id) since."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        change(folder, map(entry, documents), ())
        if gone := list(gone):
            change(folder, (), gone)
        held = {path.name: path.read_bytes() for path in folder.iterdir()}
        return [(segment, deleted) for _, segment, deleted in segments(folder, held, {})]


def snapshot_of(documents: Iterable[GuideDocument], *, gone: Iterable[int] = ()) -> Snapshot:
    """What is searched when just the documents are indexed, those `gone` (by guide id) having been taken out again."""
    return Snapshot(parts_of(documents, gone=gone))


LIBRARY = (
    guide(
        1,
        "Connection timeouts",
        section("Symptoms", "Requests end with CONN_TIMEOUT after 30 seconds.", symptoms=("CONN_TIMEOUT",)),
        section("Error codes", "CONN_TIMEOUT: the server did not answer in time.", codes=("CONN_TIMEOUT",)),
        section("Check the firewall", "Open port 443 in the firewall, then repeat the request."),
        category="Network/Time outs",
        products=("Gateway", "Console"),
        tags=("latency",),
        summary="What to do when a connection takes too long.",
    ),
    guide(
        2,
        "Authentication fails",
        section("Invalid credentials", "The server answers 401 when the password is wrong. Log in again."),
        section("Token expiration", "Tokens expire after an hour: refresh the token before it does."),
        category="Authentication",
        products=("Gateway",),
    ),
    guide(
        3,
        "Mail is not delivered",
        section("Rejected messages", "The mail server rejects the message with 550 5.7.1 Unable to relay."),
        section("Offline address book", "Outlook reports 0x8004010F when the address book is missing."),
        category="Mail",
        products=("Outlook 2016",),
    ),
    guide(
        4,
        "Database errors",
        section("Lost connection", "ERROR 2013 Lost connection to server during query.", codes=("ERROR 2013",)),
        section("Slow queries", "Queries that scan the whole table are slow; add an index."),
        category="Database",
    ),
    guide(
        5,
        "Sign in to the console",
        section("Steps", "Open the console and sign in with your e-mail address from Zürich."),
        category="Network",
        products=("Console",),
    ),
    guide(
        6,
        "Rotating the zirconium key",
        section("Steps", "Staff rotate the zirconium signing key with quetzalcoatl every quarter.", codes=("ZIRC_9",)),
        audience="staff",
        category="Vault keeping",
        products=("Zirconium HSM",),
    ),
)
