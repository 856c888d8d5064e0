"""Who may do what: every address and every call of the API, asked by everybody, is answered as the document says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from kb.library import publication
from kb.rate_limits import limiter
from kb.search import configured
from tests.support.everybody import ROLES, Everybody
from tests.support.hostile import places

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = ROOT / "docs" / "permissions.md"
NOT_SO = "405"  # which everybody is answered where the document has no line
WRITE = "KB_TEST_WRITE_PERMISSIONS"
LEAD = """# Who may do what

What the server answers at each address, to whom: `make permissions` asks all of them as everybody and writes this, and
`make audit` holds the server to it. So who changes a permission sees here whom it concerns, and an address that is new
has to be written down.

- **signed out** is anybody; **reader** has an account in no group; **support**, **writers** and **editors** are in the
  groups of these names; **reviewer** is a writer who may review as well, but not publish; **marked as staff** has the
  mark of Django's accounts, and is in no group; **administrator** may do everything.
- Where something is of a guide, a contact or another thing, a line says what happens when that is for everyone
  (`public`), and one when it is for staff (`staff`). Drafts and proposals are those of another writer.
- What is sent by POST has the fields of the form with plain values, some of which don't fit what is there: 409 and 422
  say so to somebody who may send it.

**sign in**: leads to where one signs in. **200**: the page, or done. **204**: done, nothing to show. **301**, **302**:
leads on. **400**, **409**, **422**: not possible like this. **401**, **403**: not allowed. **404**: not there for them.
**405**: not asked in this way, which is also the answer to everybody where there is no line for GET or POST.

"""


@pytest.fixture(scope="module")
def rows(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[tuple[str, ...], ...]]:
    folder, data = tmp_path_factory.mktemp("guides"), tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=data), transaction.atomic():
        (data / "generation").write_text("permissions")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(publication, "SHARED_DATABASE_CHECK_SECONDS", float("inf"))
            patch.setattr(limiter, "take", lambda *_given, **_named: limiter.Turn())
            yield tuple(Everybody(folder).rows())
        transaction.set_rollback(True)
    configured.forget()


def table(rows: tuple[tuple[str, ...], ...]) -> str:
    """The document."""
    heads = ("address", "of", "sent", *ROLES)
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    lines += [
        f"| `{address}` | {of} | {method} | {' | '.join(cells)} |"
        for address, of, method, *cells in rows
        if set(cells) != {NOT_SO}
    ]
    return LEAD + "\n".join(lines) + "\n"


def test_the_server_answers_everybody_as_the_document_says(rows: tuple[tuple[str, ...], ...]) -> None:
    made = table(rows)
    if os.environ.get(WRITE):
        DOCUMENT.write_text(made)
    told, found = DOCUMENT.read_text().splitlines(), made.splitlines()
    missing, wrong = [line for line in found if line not in told], [line for line in told if line not in found]
    assert told == found, "run make permissions, and look at what changed:\n" + "\n".join([*wrong, *missing])


def test_every_address_is_among_them(rows: tuple[tuple[str, ...], ...]) -> None:
    assert {row[0] for row in rows} == {str(place) for place in places()}


def test_nobody_is_answered_by_a_failure(rows: tuple[tuple[str, ...], ...]) -> None:
    assert not [row for row in rows if any(cell.startswith("5") for cell in row[3:]) and row[0] != "/readyz"]


def test_what_is_for_staff_is_shown_to_nobody_else(rows: tuple[tuple[str, ...], ...]) -> None:
    outside = [row for row in rows if row[1] == "staff" for cell in row[3:5] if cell in ("200", "204")]
    assert not outside, outside


def test_who_is_no_writer_writes_nothing(rows: tuple[tuple[str, ...], ...]) -> None:
    at = {role: 3 + number for number, role in enumerate(ROLES)}
    for row in rows:
        if row[0].startswith(("/write/", "/admin/auth/", "/admin/axes/")) and row[0] != "/write/session/":
            shown = [role for role in ("signed out", "reader", "support") if row[at[role]] in ("200", "204")]
            assert not shown, (row, shown)
        if row[0].startswith("/desk/"):
            assert not [role for role in ("signed out", "reader") if row[at[role]] in ("200", "204")], row


def test_each_group_may_do_no_less_than_the_one_before(rows: tuple[tuple[str, ...], ...]) -> None:
    """Support, writers, editors, administrators: what one is shown, the next is shown too."""
    line = [3 + ROLES.index(role) for role in ("support", "writers", "editors", "administrator")]
    for row in rows:
        cells = [row[number] for number in line]
        first = next((number for number, cell in enumerate(cells) if cell in ("200", "204")), len(cells))
        assert all(cell not in ("sign in", "401", "403", "404") for cell in cells[first:]), row
