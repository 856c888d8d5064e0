"""One of several processes that edit the same guides at once; it writes down what it submitted and what it was told.

    python -m tests.support.concurrent_edits prepare
    python -m tests.support.concurrent_edits NUMBER EDITS FILE

Each line of FILE is one submitted text: {"text", "guide", "revision", "saw", "outcome"}; `saw` is the revision that
readers saw when the text was made from it.
"""

# ruff: noqa: PLC0415 - Django has to be set up before its models are imported
from __future__ import annotations

import json
import os
import random
import secrets
import sys
from pathlib import Path
from typing import Any

GUIDES = 4
LINES = 12
PLACES = 6  # more than guides, so that some edits merge and some clash


def _start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()


def prepare() -> None:
    """Make the people and the guides."""
    from django.contrib.auth.models import User

    from tests.support.studio import published

    ada, _ = User.objects.get_or_create(username="ada")
    for number in range(GUIDES):
        steps = "".join(f"Line {line}.\n\n" for line in range(LINES))
        published(ada, f"# Guide {number}\n\n{steps}")


def work(number: int, edits: int, path: str) -> None:
    """Edit, propose and approve; merge what can be merged, leave in review what clashes."""
    from django.contrib.auth.models import User

    from kb.models import Guide

    chance = random.Random(number)
    run = secrets.token_hex(4)  # other runs on this database wrote their own texts
    author, _ = User.objects.get_or_create(username=f"writer-{number}")
    with Path(path).open("w") as log:
        for edit in range(edits):
            guide = chance.choice(list(Guide.objects.filter(state="published").order_by("pk")))
            log.writelines(
                json.dumps(entry) + "\n" for entry in _edit(guide, author, f"{number}-{edit} of {run}", chance)
            )


def _edit(guide: Any, author: Any, name: str, chance: random.Random) -> list[dict[str, Any]]:
    from kb.editorial import approval, drafts
    from kb.editorial.decisions import Outdated
    from kb.models import Revision

    seen = Revision.objects.get(published_as=guide.pk)
    text = _changed(seen.text, name, chance)
    draft = drafts.save_draft(guide, author, text, seen, 0)
    assert isinstance(draft, Revision), draft
    outcome = approval.approve(drafts.propose(draft, name), author)
    entries = [_entry(guide, draft, text, seen, outcome)]
    while isinstance(outcome, Outdated):
        theirs, merged = outcome.theirs, outcome.merged
        outcome = approval.edit_and_approve(outcome.revision, author, merged, name, merged_with=theirs)
        entries.append(_entry(guide, outcome, merged, theirs, outcome))
    return entries


def _changed(text: str, name: str, chance: random.Random) -> str:
    lines = text.split("\n")
    place = 2 + 2 * chance.randrange(PLACES)
    lines[place] = f"Edit {name}."
    return "\n".join(lines)


def _entry(guide: Any, told: Any, text: str, seen: Any, outcome: Any) -> dict[str, Any]:
    revision = getattr(told, "revision", None) or getattr(told, "kept", None) or told
    kind = type(outcome).__name__
    return {"text": text, "guide": guide.pk, "revision": revision.pk, "saw": seen.pk, "outcome": kind}


if __name__ == "__main__":
    _start()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        work(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
