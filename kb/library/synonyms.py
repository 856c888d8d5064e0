"""Keeps the synonyms that are added in the browser, until the file beside the guides says them.

The database has them; a small file in the data folder repeats them for search, which looks at it each time. The file
beside the guides and what was added are one set of groups: an export writes both into `synonyms.txt`, and what a loaded
or written file says is kept here no longer.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from kb.config.files import replace_file
from kb.library import publication
from kb.models.synonyms import LONGEST_SYNONYMS, AddedSynonyms
from kb.search.text.synonyms import ADDED_NAME, SynonymError, Synonyms, group_in, groups_of, stems, with_groups

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

MOST_ADDED = 1000
FULL = gettext_lazy(
    "There are too many words that no file has: have somebody export the guides and load the file first."
)
TOO_LONG = format_lazy(
    gettext_lazy("These are more than {number} characters. Give fewer words."), number=LONGEST_SYNONYMS
)


def add(line: str, by: User) -> AddedSynonyms:
    """Have phrases mean the same for every search from now on. Raises SynonymError with what to do.

    Pages that show what searches found are made anew.
    """
    words = ", ".join(group_in(line))
    if len(words) > LONGEST_SYNONYMS:
        raise SynonymError(TOO_LONG)
    if AddedSynonyms.objects.count() >= MOST_ADDED:
        raise SynonymError(FULL)
    with publication.publication():
        try:
            with transaction.atomic():
                added, _ = AddedSynonyms.objects.get_or_create(words=words, defaults={"added_by": by})
        except IntegrityError:  # somebody added the same at this very moment
            added = AddedSynonyms.objects.get(words=words)
        write_down()
    return added


def take_out(added: AddedSynonyms) -> None:
    """Have them mean the same no longer, unless a file says so."""
    with publication.publication():
        added.delete()
        write_down()


def all_added() -> QuerySet[AddedSynonyms]:
    """What was added and stands in no file yet, the oldest first."""
    return AddedSynonyms.objects.select_related("added_by")


def follow() -> int:
    """Have this machine's search go by what was added on another one; whether there was something. One query.

    Pages that were kept meanwhile are made anew.
    """
    if not _unwritten():
        return 0
    with publication.publication_if_free() as is_ours:
        if is_ours:
            write_down()
    return int(is_ours)


def write_down() -> None:
    """Make the file that search looks at say what the database says."""
    if data := _unwritten():
        replace_file(Path(settings.DATA_DIR) / ADDED_NAME, data)


def _unwritten() -> bytes | None:
    """What the file is to say, None when it says so. One query."""
    path = Path(settings.DATA_DIR) / ADDED_NAME
    data = "".join(["# From the database\n", *(f"{words}\n" for words in _lines())]).encode()
    has_none = not path.is_file() and data.count(b"\n") == 1
    return None if has_none or (path.is_file() and path.read_bytes() == data) else data


def as_file(data: bytes | None) -> bytes | None:
    """What `synonyms.txt` is to say that says `data` (None: there is none); what is no text stays as it is."""
    lines = _lines()
    if not lines:
        return data
    try:
        return with_groups((data or b"").decode(), lines).encode()
    except UnicodeDecodeError:
        return data


def forget_said_by(data: bytes) -> int:
    """Keep no longer what a file says that was loaded or written; how many groups that were."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return 0
    rows = list(AddedSynonyms.objects.all())
    said = groups_of(text)[0] if rows else {}
    over = [row.pk for row in rows if _is_said(row.words, said)]
    if over:
        AddedSynonyms.objects.filter(pk__in=over).delete()
        write_down()
    return len(over)


def _is_said(line: str, said: Synonyms) -> bool:
    """Whether all phrases of a line are in one group."""
    keys = list(groups_of(line)[0])
    return bool(keys) and {keys[0], *map(stems, said.get(keys[0], ()))}.issuperset(keys)


def _lines() -> list[str]:
    return list(AddedSynonyms.objects.order_by("added_at", "pk").values_list("words", flat=True))
