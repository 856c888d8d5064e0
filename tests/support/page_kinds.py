"""Every kind of page that the site has, by the addresses that it knows: for what must be so on each of them.

A new address is asked like all others. If it gives no page, only a script or a form gets something from it, and it
stands in NO_PAGES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.support.hostile import places

# Django's own pages are as Django makes them, and those who write programs have the API; its description is a page.
NOT_OURS = re.compile(r"admin/|api/v1/(?!docs/)")
NO_PAGES = {
    # files, and what programs read
    "attachments/<str:digest>/<str:name>",
    "images/<str:name>",
    "words/<str:language>/<str:version>.js",
    "feed.xml",
    "opensearch.xml",
    "sitemap.xml",
    "robots.txt",
    "favicon.ico",
    "healthz",
    "readyz",
    "metrics",
    "desk/numbers/<slug:table>.csv",
    # parts of pages, and what scripts ask
    "search/suggest/",
    "write/session/",
    "write/guides/<slug:slug>/draft/",
    "write/guides/<slug:slug>/check/",
    "write/guides/<slug:slug>/details/",
    "write/guides/<slug:slug>/images/",
    "troubleshoot/tree/text/<slug:slug>/",
    "desk/<str:reference>/causes/",
    # what leads on to a page
    "write/guides/<slug:slug>/compare/",
    "desk/codes/<path:code>/",
    # forms: what they lead to is a page of its own, or one of POSTED
    "search/pasted/",
    "search/opened/",
    "reading/helped/",
    "reading/why/",
    "reading/viewed/",
    "reading/flag/",
    "write/contacts/<slug:slug>/act/",
    "write/notices/<int:pk>/end/",
    "write/guides/<slug:slug>/take-up/",
    "write/guides/<slug:slug>/give-up/",
    "write/guides/<slug:slug>/flags/<int:pk>/settle/",
    "write/guides/<slug:slug>/restore/<int:number>/",
    "write/guides/<slug:slug>/review/<int:number>/approve/",
    "write/guides/<slug:slug>/review/<int:number>/ask/",
    "write/guides/<slug:slug>/review/<int:number>/remark/",
    "write/guides/<slug:slug>/review/<int:number>/comment/",
    "write/guides/<slug:slug>/review/<int:number>/settle/<int:pk>/",
    "write/guides/<slug:slug>/review/<int:number>/withdraw/",
    "write/guides/<slug:slug>/review/<int:number>/set-aside/",
    "write/guides/<slug:slug>/review/<int:number>/schedule/",
    "write/guides/<slug:slug>/conflict/<int:number>/merge/",
    "write/guides/<slug:slug>/conflict/<int:number>/keep/",
    "write/guides/<slug:slug>/bring-back/",
    "write/guides/<slug:slug>/checked/",
    "accounts/two-factor/begin/",
    "accounts/two-factor/confirm/",
    "accounts/two-factor/recovery/",
    "accounts/two-factor/off/",
    "write/worklist/refresh/",
    "write/worklist/<int:pk>/assign/",
    "write/worklist/<int:pk>/done/",
    "write/worklist/<int:pk>/dismiss/",
    "write/worklist/<int:pk>/open/",
    "write/worklist/<int:pk>/synonyms/out/",
    "troubleshoot/outcome/",
    "troubleshoot/seen/",
    "troubleshoot/pasted/",
    "desk/pasted/",
    "desk/copy/",
    "desk/pins/",
    "desk/<str:reference>/take-over/",
    "desk/<str:reference>/assign/",
    "desk/<str:reference>/send-again/",
    "desk/<str:reference>/notes/",
    "desk/<str:reference>/answers/",
    "desk/<str:reference>/cause/",
    "desk/<str:reference>/duplicate/",
    "desk/<str:reference>/no-cause/",
    "desk/<str:reference>/reopen/",
}
THERE = {  # where the parts of an address are not those that most addresses have
    "guides/<path:address>/": {"address": "everything"},
    "write/contacts/<slug:slug>/": {"slug": "technical-support"},
    "write/contacts/<slug:slug>/history/": {"slug": "technical-support"},
    "write/contacts/<slug:slug>/revisions/<int:number>/": {"slug": "technical-support"},
    "write/guides/<slug:slug>/conflict/<int:number>/": {"slug": "clash", "number": "2"},
    "write/guides/<slug:slug>/propose/": {"slug": "clash"},
}
ALSO = {  # other states of a page, by its route
    "guides/<path:address>/": ("/guides/connection-triage/", "/guides/error-code-reference/", "/guides/nothing-here/"),
    "search/": (
        "/search/?q=conection+timeout",
        "/search/?q=xylophone+zebra",
        "/search/?q=printer+stops",
        "/search/?q=E42+lid",
        f"/search/?{urlencode({'q': 'word ' * 700})}",
    ),
    "troubleshoot/": (
        "/troubleshoot/?start=questions",
        "/troubleshoot/?start=questions&embed=1",
        "/troubleshoot/?symptom=requests+fail+with+401+since+this+morning",
        "/troubleshoot/?symptom=the+error+code+is+KEY_REVOKED+and+it+worked+before",
        "/troubleshoot/?symptom=the+printer+stops+and+the+lamp+blinks",
        "/troubleshoot/?symptom=xylophone+zebra",
        "/troubleshoot/?start=questions&help=1",
    ),
    "troubleshoot/tree/": ("/troubleshoot/tree/?guide=connection-triage",),
    "write/guides/": ("/write/guides/?state=draft", "/write/guides/?q=nothing-like-it"),
    "write/guides/<slug:slug>/": (
        "/write/guides/unpublished/",
        "/write/guides/clash/",
    ),
    "write/guides/<slug:slug>/review/<int:number>/": (
        "/write/guides/proposed/review/2/",
        "/write/guides/proposed/review/2/?view=lines&line=7",
        "/write/guides/proposed/review/2/?view=source&line=7",
    ),
    "write/guides/<slug:slug>/review/<int:number>/edit/": ("/write/guides/proposed/review/2/edit/",),
    "write/guides/<slug:slug>/compare/<int:before>/<int:now>/": ("/write/guides/everything/compare/1/2/?view=source",),
    "reading/thanks/": ("/reading/thanks/?guide=everything&section=the-printer-stops&helped=no",),
    "write/pick/": ("/write/pick/?guide=everything&q=printer",),
    "troubleshoot/hand-over/": ("/troubleshoot/hand-over/?start=questions",),
    "troubleshoot/hand-over/<slug:contact>/": ("/troubleshoot/hand-over/technical-support/?start=questions",),
    "write/links/": ("/write/links/?show=external", "/write/links/?show=images"),
    "desk/hand-overs/": ("/desk/hand-overs/?state=closed",),
    "accounts/activity/": ("/accounts/activity/?q=nobody",),
    "desk/<str:reference>/": ("/desk/CDFG-HJKM-3479/",),
}


@dataclass(frozen=True)
class PageKind:
    """One route of the site, and the addresses at which it is looked at."""

    route: str
    addresses: tuple[str, ...]


def page_kinds(there: Mapping[str, str]) -> Iterator[PageKind]:
    """All of our own routes, with addresses at which a furnished site has something: see tests/support/furnished.py."""
    for place in places():
        if NOT_OURS.match(place.route):
            continue
        own = {**there, **THERE.get(place.route, {}), **_numbers(place.route, there)}
        address = place.path({name: own.get(name, "none").encode() for name in place.parameters})
        if "receipt" in place.parameters:
            address += f"?{there['receipt_query']}"
        yield PageKind(place.route, (address, *ALSO.get(place.route, ())))


def _numbers(route: str, there: Mapping[str, str]) -> dict[str, str]:
    """What `pk` is of, by the room that the route is in."""
    rooms = {"write/notices/": "notice", "write/worklist/": "item"}
    names = [name for room, name in rooms.items() if route.startswith(room)]
    return {"pk": there[names[0]]} if names else {}


def is_page(kind: str, content: bytes) -> bool:
    """Whether an answer, by its Content-Type and its text, is a whole page."""
    return kind.startswith("text/html") and content.lstrip()[:9].lower() == b"<!doctype"


POSTED: tuple[tuple[str, str, dict[str, str]], ...] = (  # by role: what answers a form with a page
    ("signed-out", "/accounts/sign-in/", {"username": "nobody", "password": "wrong"}),
    ("signed-out", "/search/pasted/", {"q": "error E42: the printer stops\n" * 3}),
    ("signed-out", "/troubleshoot/pasted/", {"symptom": "error E42: the printer stops\n" * 3}),
    ("signed-out", "/troubleshoot/hand-over/?start=questions", {"once": "x", "reply_to": "nowhere"}),
    ("signed-out", "/reading/helped/", {"guide": "everything", "section": "the-printer-stops", "helped": "maybe"}),
    ("code-due", "/accounts/sign-in/code/", {"code": "000000"}),
    ("reader", "/accounts/two-factor/confirm/", {"code": "000000"}),
    ("reader", "/accounts/password/", {"old_password": "wrong", "new_password1": "1", "new_password2": "2"}),
    ("support", "/accounts/two-factor/off/", {"code": ""}),
    ("support", "/desk/pasted/", {"text": "The printer stops, the lamp blinks and it says E42 or KEY_REVOKED"}),
    ("support", "/desk/reply/", {}),
    ("support", "/reading/flag/", {"guide": "everything", "section": "the-printer-stops", "kind": "odd"}),
    ("writer", "/write/new/", {"title": ""}),
    ("writer", "/write/guides/everything/", {"text": "# Everything\n\n[gone](nowhere.md)", "preview": "yes"}),
    ("editor", "/write/notices/new/", {"text": ""}),
    ("editor", "/write/contacts/new/", {"text": ""}),
    ("editor", "/write/guides/everything/rename/", {"slug": "no such name!"}),
)
