"""Writes the reply to a ticket: picked steps and sections in their order, and what canned replies add to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.utils.translation import gettext

from kb.content import handing_on, replies
from kb.content.front_matter import split
from kb.content.patterns import linear
from kb.models import Guide
from kb.models.audience import EVERYONE
from troubleshooting.catalogue import build
from troubleshooting.desk.copies import forms_of_step, step_with
from troubleshooting.desk.guide_texts import directed, guide_texts, handed_on
from troubleshooting.desk.places import at_keys

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from troubleshooting.catalogue.values import Problem, Step
    from troubleshooting.desk.guide_texts import GuideText

MOST_PICKS = 60
LONGEST_PICK = 400
STEPS = "steps"  # the blank that stands for what the reply says so far
_HERE = "\ue000"
_ALONE = f"<p>{_HERE}</p>"
_TITLE = linear(r"\s*#[ \t][^\n]*\n?")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in its three forms."""

    plain: str = ""
    markdown: str = ""
    html: str = ""

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.plain or self.markdown or self.html)


@dataclass(frozen=True, slots=True)
class Written:
    """A reply made of picks: `staff` names what is for staff only, in it or left out; `gone` counts what is no more."""

    reply: Reply
    staff: tuple[str, ...] = ()
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Canned:
    """A reply that is sent again and again, with its blanks."""

    slug: str
    title: str
    blanks: tuple[replies.Blank, ...] = ()
    reply: Reply = Reply()


@dataclass(frozen=True, slots=True)
class _Part:
    """What was picked of one problem (with `steps`), or a section."""

    slug: str
    title: str
    link: str
    problem: Problem | None = None
    steps: tuple[Step, ...] = ()


def write(picks: Iterable[str], audiences: frozenset[str], root: str, *, with_staff: bool) -> Written:
    """The reply that is made of picked steps (by id) and sections (`slug#key`). At most seven queries."""
    picks = list(dict.fromkeys(pick[:LONGEST_PICK] for pick in picks))[:MOST_PICKS]
    parts, gone = _parts(picks, audiences, root)
    for_all = build.current(EVERYONE).published.guides
    staff = tuple(dict.fromkeys(title for part in parts for title in _for_staff(part, for_all)))
    kept = parts if with_staff else [public for part in parts if (public := _public(part, for_all))]
    texts = guide_texts({part.slug for part in kept}, audiences if with_staff else EVERYONE, root) if kept else {}
    forms = [_forms_of(part, texts[part.slug]) for part in kept if part.slug in texts]
    return Written(
        Reply(*("\n\n".join(getattr(form, name) for form in forms) for name in Reply.__slots__)), staff, gone
    )


def _parts(picks: Iterable[str], audiences: frozenset[str], root: str) -> tuple[list[_Part], int]:
    pairs = [
        (slug, key) for slug, sign, key in (pick.partition("#") for pick in picks) if sign and "\0" not in slug + key
    ]
    places = at_keys(pairs, audiences) if pairs else {}
    found: list[_Part] = []
    gone = 0
    for pick in picks:
        slug, sign, key = pick.partition("#")
        if place := places.get((slug, key)) if sign else None:
            found.append(_Part(place.slug, place.name, urljoin(root, place.url)))
            continue
        problem, step = step_with(pick, audiences)
        if problem is None or step is None:
            gone += 1
            continue
        found.append(_Part(problem.guide.slug, problem.title, urljoin(root, problem.url), problem, (step,)))
    return list(_joined(found)), gone


def _joined(parts: Iterable[_Part]) -> Iterator[_Part]:
    """The parts with neighbouring steps of one problem together."""
    for _, group in groupby(parts, key=lambda part: (part.slug, part.link, part.problem is None)):
        own = list(group)
        steps = tuple(step for part in own for step in part.steps)
        yield _Part(own[0].slug, own[0].title, own[0].link, own[0].problem, steps)


def _for_staff(part: _Part, for_all: Collection[str]) -> Iterator[str]:
    """What of a part is for staff only, in words."""
    if part.slug not in for_all:
        yield part.title
    else:
        yield from (gettext("a step of {title}").format(title=part.title) for step in part.steps if step.for_staff)


def _public(part: _Part, for_all: Collection[str]) -> _Part | None:
    """A part without what is for staff only; None where nothing is left."""
    steps = tuple(step for step in part.steps if not step.for_staff)
    is_left = part.slug in for_all and (steps or part.problem is None)
    return replace(part, steps=steps) if is_left else None


def _forms_of(part: _Part, text: GuideText) -> Reply:
    if part.problem is None:
        link = escape(part.link)
        html = f'<p><a href="{link}">{escape(part.title)}</a></p>'
        return Reply(f"{part.title}\n{part.link}", f"[{_bare(part.title)}]({part.link})", directed(html, text.language))
    forms = [forms_of_step(part.problem, step, text) for step in part.steps]
    plain = "\n".join(_item(number, form.plain) for number, form in enumerate(forms, start=1))
    markdown = "\n".join(_item(number, form.markdown) for number, form in enumerate(forms, start=1))
    items = "".join(f"<li>{form.html}</li>\n" for form in forms)
    html = f'<p><strong><a href="{escape(part.link)}">{escape(part.title)}</a></strong></p>\n<ol>\n{items}</ol>'
    return Reply(
        f"{part.title}\n{part.link}\n\n{plain}",
        f"**[{_bare(part.title)}]({part.link})**\n\n{markdown}",
        directed(html, text.language),
    )


def _item(number: int, text: str) -> str:
    sign = f"{number}. "
    first, *rest = text.split("\n")
    return "\n".join([f"{sign}{first}", *(f"{' ' * len(sign)}{line}" if line else "" for line in rest)])


def _bare(title: str) -> str:
    return title.replace("[", "(").replace("]", ")")


# Canned replies


def canned_replies(user: User) -> list[Canned]:
    """The replies that a member of staff may send, by title, without their texts. One query."""
    rows = Guide.objects.replies(user).order_by("title", "slug").values_list("slug", "title")
    return [Canned(*row) for row in rows]


def canned(user: User, slug: str, root: str) -> Canned | None:
    """One of them with its text and its blanks; None when there is none. One query."""
    rows = Guide.objects.replies(user).exclude(revision=None).select_related("revision", "staff_form")
    guide = rows.filter(slug=slug.replace("\0", "")).first()
    if guide is None:
        return None
    page = urljoin(root, guide.get_absolute_url())
    body = split(handed_on(guide)).body  # what it says to staff alone is no part of a reply
    title = _TITLE.match(body)
    markdown = (body[title.end() :] if title else body).strip("\n")
    html = handing_on.for_mail(guide.html, page)
    blanks = tuple(blank for blank in replies.blanks(markdown) if blank.key != STEPS)
    plain = handing_on.as_text(html, page)
    return Canned(guide.slug, guide.title, blanks, Reply(plain, markdown, directed(html, guide.language)))


def with_canned(reply: Reply, chosen: Canned, given: Mapping[str, str]) -> Reply:
    """The reply with a canned one behind it, or around it where that has the blank `{{steps}}`."""
    values = {key: value.replace(_HERE, "") for key, value in given.items()} | {STEPS: _HERE}
    own = chosen.reply
    return Reply(
        _put_together(reply.plain, replies.filled(own.plain, values)),
        _put_together(reply.markdown, replies.filled(own.markdown, values)),
        _put_together(reply.html, replies.filled_html(own.html, values).replace(_ALONE, _HERE)),
    )


def _put_together(so_far: str, added: str) -> str:
    if _HERE in added:
        return added.replace(_HERE, so_far.strip("\n"))
    return "\n\n".join(filter(None, [so_far.rstrip(), added]))
