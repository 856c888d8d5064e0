"""Each limit of the table lets through as many as it says, and not one more; none is missed out."""

from __future__ import annotations

import pytest

from kb.models import Tally
from kb.rate_limits import limiter
from kb.rate_limits.limiter import Sender
from kb.rate_limits.rules import LIMITS, By, Deed, Limit

pytestmark = pytest.mark.django_db
NOON = 1_800_000_000.0
EACH = [
    pytest.param(deed, limit, id=f"{deed} by {limit.by} in {limit.seconds} s")
    for deed, rule in LIMITS.items()
    for limit in rule.limits
]


def sender(by: By, name: str) -> Sender:
    """Somebody who is counted in this one way."""
    return Sender(((By.ALL, ""),)) if by == By.ALL else Sender().also(by, name)


@pytest.mark.parametrize(("deed", "limit"), EACH)
def test_a_limit_lets_through_what_it_says(deed: Deed, limit: Limit) -> None:
    """Over as long as the limit counts, no more of the others of its deed than they allow."""
    shorter = [one for one in LIMITS[deed].limits if one.by == limit.by and one.seconds < limit.seconds]
    step, done, now = min((one.seconds for one in shorter), default=0), 0, NOON // limit.seconds * limit.seconds
    ends, refused = now + limit.seconds, None
    while refused is None and now < ends:
        turn = limiter.take_for(deed, sender(limit.by, "a"), now)
        if not turn.is_refused:
            done += 1
        elif step and done < limit.most:
            now += step  # one of the shorter limits is used up: they go on in their next period
        else:
            refused = turn
    assert refused is not None
    assert done == limit.most
    assert 0 < refused.wait <= limit.seconds + 1
    assert refused.why == LIMITS[deed].message
    if limit.by != By.ALL:
        assert not limiter.take_for(deed, sender(limit.by, "b"), now).is_refused
    assert not limiter.take_for(deed, sender(limit.by, "a"), ends).is_refused
    assert Tally.objects.exists()


def test_every_deed_has_a_limit_for_everybody_who_may_do_it() -> None:
    assert set(LIMITS) == set(Deed)
    for deed, rule in LIMITS.items():
        ways = {limit.by for limit in rule.limits}
        assert {By.NETWORK, By.ACCOUNT} <= ways or ways == {By.BROWSER}, deed
