"""Each answer comes with headers by which browsers hold scripts, frames and guesses back; CSP Evaluator judges them.

The rules for the other headers are those of Mozilla's HTTP Observatory, which itself looks at public sites only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.rate_limits import limiter
from tests.support.everybody import INSIDE, OPEN, Everybody
from tests.support.hostile import Place, places
from tests.support.watching import Watcher

pytestmark = pytest.mark.django_db
EVALUATOR = Path(__file__).resolve().parent.parent / "data" / "csp_evaluator"
POLICY = "Content-Security-Policy"
STRICT_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
# It has no rule against these: no script of this site answers as a caller wishes, and browsers without Trusted Types,
# which Firefox lacks, would need the rest of the policy all the same.
ACCEPTED = {(305, "'self'"), (500, None)}
EVALUATE = """([sources, policy]) => {
    const loaded = {};
    const load = (path) => {
        if (!loaded[path]) {
            loaded[path] = {exports: {}};
            const folder = path.split("/").slice(0, -1);
            const near = (asked) => {
                const parts = [...folder];
                for (const part of asked.split("/")) part === ".." ? parts.pop() : part !== "." && parts.push(part);
                return load(parts.join("/"));
            };
            new Function("exports", "module", "require", sources[path])(loaded[path].exports, loaded[path], near);
        }
        return loaded[path].exports;
    };
    const {CspEvaluator} = load("evaluator"), {CspParser} = load("parser");
    return new CspEvaluator(new CspParser(policy).csp).evaluate().map(
        ({type, severity, directive, value, description}) => [type, severity, directive, value || null, description]);
}"""


def judged(watcher: Watcher, policy: str) -> list[list[Any]]:
    """What CSP Evaluator says of a policy, but for what is accepted here."""
    sources = {str(path.relative_to(EVALUATOR).with_suffix("")): path.read_text() for path in EVALUATOR.rglob("*.js")}
    found = watcher.result_of(EVALUATE, [sources, policy])
    return [one for one in found if (one[0], one[3]) not in ACCEPTED]


@pytest.fixture
def answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Place, str, Any]]:
    """What each address answers to somebody who is signed out, and to an administrator."""
    monkeypatch.setattr(limiter, "take", lambda *_given, **_named: limiter.Turn())
    everybody = Everybody(folder)
    return (
        (place, role, everybody.answer(role, method, place, side))
        for place in places()
        for role in ("signed out", "reader", "administrator")
        for method, side in (("GET", OPEN), ("GET", INSIDE), ("POST", OPEN))
    )


def test_every_answer_holds_back_what_it_should(answers: Iterator[tuple[Place, str, Any]], watcher: Watcher) -> None:
    policies, wrong, count = set[str](), list[str](), 0
    for place, role, answer in answers:
        told, count = answer.headers, count + 1
        policies.add(told.get(POLICY, ""))
        is_page = told.get("Content-Type", "").startswith("text/html")
        rules = {
            "no policy": POLICY in told,
            "sniffed": told.get("X-Content-Type-Options") == "nosniff",
            "referrer": told.get("Referrer-Policy") in STRICT_REFERRERS,
            "framed": told.get("X-Frame-Options") == "DENY"
            and (not is_page or "frame-ancestors 'none'" in told[POLICY]),
            "opened": told.get("Cross-Origin-Opener-Policy") == "same-origin",
            "read by other sites": "Access-Control-Allow-Origin" not in told,
            "told what runs": not {"Server", "X-Powered-By", "X-AspNet-Version"} & set(told),
            "public for one person": role == "signed out"
            or "public" not in told.get("Cache-Control", "")
            or not is_page,
            "charset": not is_page or "charset=utf-8" in told["Content-Type"].lower(),
            "cookies": all(
                morsel["samesite"] in ("Lax", "Strict") and (morsel["httponly"] or name == "csrftoken")
                for name, morsel in answer.cookies.items()
                if morsel.value
            ),
        }
        wrong += [
            f"{name}: {place} {role} {answer.status_code} {dict(told)}" for name, is_so in rules.items() if not is_so
        ]
    assert count > 1000
    assert not wrong, f"{len(wrong)}: " + "\n".join(wrong[:30])
    assert {policy: judged(watcher, policy) for policy in policies} == {policy: [] for policy in policies}


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'self' 'unsafe-inline'",
        "script-src 'self'; script-src-elem *",
        "script-src https://cdnjs.cloudflare.com; object-src 'none'; base-uri 'none'",
        "img-src 'self'",
    ],
)
def test_a_policy_that_holds_nothing_back_is_seen(watcher: Watcher, policy: str) -> None:
    assert judged(watcher, policy)
