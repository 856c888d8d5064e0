"""The table of limits: how often somebody may do what costs something.

The limits are counted in periods by the clock; see `kb.rate_limits.limiter`. `docs/operators.md` shows the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_noop

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


class Deed(StrEnum):
    """What is limited."""

    SIGN_IN = "sign-in"
    KNOWN_SIGN_IN = "known-sign-in"
    CODE = "code"
    RESET = "reset"
    HAND_OVER = "hand-over"
    PASTE = "paste"
    PREVIEW = "preview"
    OPENED = "opened"
    OUTCOME = "outcome"
    VOTE = "vote"
    VIEW = "view"
    SEARCH = "search"
    WALK = "walk"
    OTHER = "other"


class By(StrEnum):
    """Whose deeds are counted together. Who is signed in is counted by account alone, wherever they are."""

    NETWORK = "network"
    ACCOUNT = "account"
    BROWSER = "browser and name"
    MAILBOX = "e-mail address"
    ALL = "all who are signed out"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within so many seconds, for each of those who are counted."""

    by: By
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What is said of a deed; a flood must break the first of its limits before it can use up those of others.

    `goes_on` says what happens when the database can't count: reading goes on, and what sends mails, guesses or
    leaves rows behind waits. Nobody sees what is done `unseen`, so no thread waits long for its count. `message` is
    what somebody reads who did too much.
    """

    what: str
    limits: tuple[Limit, ...]
    goes_on: bool = False
    unseen: bool = False
    message: str = gettext_noop("Too much was sent from here in a short time.")


LIMITS: dict[Deed, Rule] = {
    Deed.SIGN_IN: Rule(
        "Wrong passwords",
        (Limit(By.NETWORK, 20, 5 * MINUTE), Limit(By.ACCOUNT, 10, 5 * MINUTE)),
        message=gettext_noop(
            "Too many wrong passwords came from your network, so nobody new can sign in from there for a moment."
        ),
    ),
    Deed.KNOWN_SIGN_IN: Rule(
        "Wrong passwords where the name was signed in before",
        (Limit(By.BROWSER, 10, 5 * MINUTE),),
        message=gettext_noop("Too many wrong passwords were given for this name here."),
    ),
    Deed.CODE: Rule(
        "Wrong codes after a right password",
        (Limit(By.NETWORK, 20, 5 * MINUTE), Limit(By.ACCOUNT, 10, 5 * MINUTE), Limit(By.ACCOUNT, 50, DAY)),
        message="Too many wrong codes were given for this account.",
    ),
    Deed.RESET: Rule(
        "Mails for a forgotten password",
        (Limit(By.NETWORK, 10, HOUR), Limit(By.ACCOUNT, 10, HOUR), Limit(By.MAILBOX, 3, HOUR)),
        message=gettext_noop(
            "Links were asked for too often. Look into your mail, and where it keeps what it takes for junk."
        ),
    ),
    Deed.HAND_OVER: Rule(
        "Walks handed over or sent to a contact",
        (Limit(By.NETWORK, 12, MINUTE), Limit(By.ACCOUNT, 60, MINUTE), Limit(By.ALL, 30, MINUTE)),
    ),
    Deed.PASTE: Rule(
        "Pasted messages and logs",
        (Limit(By.NETWORK, 60, MINUTE), Limit(By.ACCOUNT, 120, MINUTE)),
        goes_on=True,
    ),
    Deed.PREVIEW: Rule(
        "Previews, checks and trees of a text in the studio, and tries of synonyms",
        (Limit(By.NETWORK, 60, MINUTE), Limit(By.ACCOUNT, 300, MINUTE)),
        goes_on=True,
    ),
    Deed.OPENED: Rule(
        "Opened hits that are counted",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 120, MINUTE), Limit(By.ALL, 600, MINUTE)),
        unseen=True,
    ),
    Deed.OUTCOME: Rule(
        "Presses under steps that are counted",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 120, MINUTE), Limit(By.ALL, 600, MINUTE)),
        unseen=True,
    ),
    Deed.VOTE: Rule(
        "Answers to 'Did this help?', and the reasons for them",
        (
            Limit(By.NETWORK, 30, MINUTE),
            Limit(By.ACCOUNT, 60, MINUTE),
            Limit(By.NETWORK, 300, DAY),
            Limit(By.ACCOUNT, 600, DAY),
            Limit(By.ALL, 600, MINUTE),
        ),
        message=gettext_noop("Too many answers came from your network in a short time."),
    ),
    Deed.VIEW: Rule(
        "Pages that are read and counted",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 120, MINUTE), Limit(By.ALL, 1200, MINUTE)),
        unseen=True,
    ),
    Deed.SEARCH: Rule(
        "Searches and openings that are recorded",
        (
            Limit(By.NETWORK, 120, MINUTE),
            Limit(By.ACCOUNT, 120, MINUTE),
            Limit(By.NETWORK, 2000, DAY),
            Limit(By.ACCOUNT, 2000, DAY),
        ),
        unseen=True,
    ),
    Deed.WALK: Rule(
        "Pages of walks that are recorded",
        (
            Limit(By.NETWORK, 120, MINUTE),
            Limit(By.ACCOUNT, 120, MINUTE),
            Limit(By.NETWORK, 2000, DAY),
            Limit(By.ACCOUNT, 2000, DAY),
            Limit(By.ALL, 600, MINUTE),
        ),
        unseen=True,
    ),
    Deed.OTHER: Rule(
        "Any other form",
        (Limit(By.NETWORK, 120, MINUTE), Limit(By.ACCOUNT, 300, MINUTE)),
        goes_on=True,
    ),
}


def as_markdown() -> str:
    """The limits as the table that the documents show."""
    rows = [
        f"| {rule.what} | {limit.by} | {limit.most:,} | {_period(limit.seconds)} |"
        for rule in LIMITS.values()
        for limit in rule.limits
    ]
    return "\n".join(["| what | for each | at most | within |", "| --- | --- | ---: | --- |", *rows])


def _period(seconds: int) -> str:
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds % size == 0:
            return f"a {name}".replace("a hour", "an hour") if seconds == size else f"{seconds // size} {name}s"
    return f"{seconds} seconds"
