"""The buttons under a solution: what they count, once for each walk, and where they lead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb.library import publication
from kb.models import Contact, DayCount
from kb.rate_limits.rules import By, Deed
from tests.conftest import WriteGuide, WriteGuides
from tests.support.limited import lowered
from troubleshooting.catalogue import build
from troubleshooting.catalogue.values import Problem, Published
from troubleshooting.models import Learned, Outcome
from troubleshooting.outcomes import learn, record
from troubleshooting.walk.address import Address
from troubleshooting.walk.entry import next_step
from troubleshooting.walk.transcript import transcript

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_period")]

EVERYONE = frozenset({"public"})
HERE = {"Sec-Fetch-Site": "same-origin"}
OUTCOME = "/troubleshoot/outcome/"
NETWORK = """
    # Network trouble

    ## Time-out

    **Symptoms:**

    - The request takes a minute
    - The error code is `CONN_TIMEOUT`

    **Solution:**

    1. Check the firewall.
    2. Wait.
    3. Ask for `ping`.

    ## Certificate refused

    **Symptoms:**

    - The browser warns of the certificate

    **Solution:**

    1. Set the clock.
"""


@pytest.fixture(autouse=True)
def from_the_start() -> Iterator[None]:
    learn.put_off(3600)
    yield
    learn.put_off()


@pytest.fixture
def network(write_guides_once: WriteGuides) -> Published:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com")
    write_guides_once({"network.md": NETWORK})
    return build.current(EVERYONE).published


@pytest.fixture
def timeout(network: Published) -> Problem:
    return next(problem for problem in network.problems.values() if problem.anchor == "time-out")


def press(client: Client, said: str, headers: dict[str, str] = HERE, follow: bool = True, **kept: str) -> Any:
    sent = {"code": "CONN_TIMEOUT"} | kept | {"outcome": said}
    return client.post(OUTCOME, sent, headers=headers, follow=follow)


def lands_at(response: Any) -> dict[str, str]:
    """The parameters of the address that a browser is at after it was led on."""
    chain = getattr(response, "redirect_chain", [])
    address = chain[-1][0] if chain else response.headers["Location"]
    assert urlsplit(address).path == "/troubleshoot/"
    return {key: value for key, (value,) in parse_qs(urlsplit(address).query).items()}


def recorded() -> list[tuple[str, str, str]]:
    rows = Outcome.objects.order_by("pk").values_list("kind", "problem", "step")
    return [tuple(row) for row in rows]


# Where the buttons lead


def test_fixed_it_leads_to_the_page_that_says_so_and_is_recorded(client: Client, timeout: Problem) -> None:
    step = timeout.steps[0].id
    response = press(client, f"solved.{step}")
    assert lands_at(response) == {"code": "CONN_TIMEOUT", "fixed": step}
    assert "Good to hear" in response.content.decode()
    assert recorded() == [("solved", timeout.id, step)]
    row = Outcome.objects.get()
    assert (row.guide.slug, row.digest, row.audience) == ("network", timeout.digest, "public")
    assert row.revision == 1


def test_did_not_help_leads_to_the_next_step(client: Client, timeout: Problem) -> None:
    response = press(client, f"failed.{timeout.steps[0].id}")
    assert lands_at(response) == {"code": "CONN_TIMEOUT", "tried": timeout.steps[0].id}
    assert "Step 2 of 3" in response.content.decode()
    assert recorded() == [("failed", timeout.id, timeout.steps[0].id)]


def test_what_cannot_be_done_leads_to_the_next_step_and_blames_nothing(client: Client, timeout: Problem) -> None:
    before = chance_of(timeout)
    response = press(client, f"skipped.{timeout.steps[0].id}")
    assert lands_at(response) == {"code": "CONN_TIMEOUT", "skipped": timeout.steps[0].id, "try": timeout.id}
    assert "Step 2 of 3" in response.content.decode()
    assert recorded() == [("skipped", timeout.id, timeout.steps[0].id)]
    assert chance_of(timeout, skipped=(timeout.steps[0].id,)) == before
    assert chance_of(timeout, tried=(timeout.steps[0].id,)) < before


def chance_of(problem: Problem, **said: tuple[str, ...]) -> float:
    state = next_step(Address(code="CONN_TIMEOUT", **said), EVERYONE)
    return next(c.probability for c in state.candidates if c.problem.id == problem.id)


def test_when_no_step_can_be_done_the_walk_goes_on_and_the_problem_stays_likely(
    client: Client, timeout: Problem, network: Published
) -> None:
    ids = [step.id for step in timeout.steps]
    response = press(client, f"skipped.{ids[2]}", skipped=".".join(ids[:2]))
    assert lands_at(response) == {"code": "CONN_TIMEOUT", "skipped": ".".join(ids)}
    state = next_step(Address(code="CONN_TIMEOUT", skipped=tuple(ids)), EVERYONE)
    assert state.kind != "solution" or state.solution.problem.id != timeout.id
    assert state.candidates[0].problem.id == timeout.id
    text = transcript(state, network, "https://kb.example/")
    assert "Could not be done, so it may still help: Time-out" in text
    assert "- Check the firewall." in text
    assert "Tried without success" not in text


def test_a_step_that_failed_may_be_found_impossible_and_the_other_way_round() -> None:
    address = Address(tried=("a", "b"))
    assert address.skipping("a") == Address(tried=("b",), skipped=("a",))
    assert address.skipping("a").failed("a") == Address(tried=("b", "a"))


def test_a_skipped_step_that_is_gone_is_explained(client: Client, timeout: Problem) -> None:
    text = client.get("/troubleshoot/?code=CONN_TIMEOUT&skipped=gone").content.decode()
    assert "A step that you tried has been changed since" in text


def test_all_steps_at_once_that_did_not_help_are_recorded_each(client: Client, timeout: Problem) -> None:
    ids = [step.id for step in timeout.steps]
    response = press(client, f"failed.{timeout.id}", steps="all", skipped=ids[0])
    assert lands_at(response)["tried"] == timeout.id
    assert recorded() == [("failed", timeout.id, ids[1]), ("failed", timeout.id, ids[2])]


def test_what_makes_no_sense_leads_back_to_the_walk_uncounted(client: Client, timeout: Problem) -> None:
    for said in ("", "solved", "escalated.x", "cause.x", "solved.gone", "\x00.\x00"):
        assert lands_at(press(client, said))["code"] == "CONN_TIMEOUT"
    assert press(client, "solved.gone", symptom="x" * 20_000).status_code in (200, 400)
    assert recorded() == []
    assert client.get(OUTCOME).status_code == 405


def test_no_address_of_another_site_is_led_to(client: Client, timeout: Problem) -> None:
    response = press(client, "failed.//evil.example", follow=False, next="https://evil.example")
    assert response.headers["Location"].startswith("/troubleshoot/?")


# What counts


def test_pressing_twice_going_back_and_other_tabs_count_once(client: Client, timeout: Problem) -> None:
    first, second, _ = (step.id for step in timeout.steps)
    for _ in range(3):
        press(client, f"failed.{first}")
        press(client, f"failed.{second}", tried=first)
    assert recorded() == [("failed", timeout.id, first), ("failed", timeout.id, second)]


def test_the_last_word_on_a_step_counts_and_a_walk_is_solved_once(client: Client, timeout: Problem) -> None:
    first, second, _ = (step.id for step in timeout.steps)
    press(client, f"solved.{first}")
    press(client, f"failed.{first}")
    assert recorded() == [("failed", timeout.id, first)]
    press(client, f"solved.{first}")
    press(client, f"solved.{second}", tried=first)
    assert recorded() == [("solved", timeout.id, second)]


def test_a_walk_counts_once_for_what_it_reached_and_once_for_what_solved_it(client: Client, timeout: Problem) -> None:
    first, second, third = (step.id for step in timeout.steps)
    for said in (f"failed.{first}", f"skipped.{second}", f"solved.{third}", f"solved.{third}"):
        press(client, said)
    counts = DayCount.objects.values_list("kind", "section", "count", "audience")
    expected = [(kind, section, 1, "public") for kind in ("reached", "solved") for section in ("", "time-out")]
    assert sorted(counts) == expected
    press(Client(), f"failed.{first}")
    assert DayCount.objects.get(kind="reached", section="time-out").count == 2


def test_two_clicks_before_the_first_answer_came_are_one_walk(client: Client, timeout: Problem) -> None:
    said = f"failed.{timeout.steps[0].id}"
    hasty, answers = Client(), []
    for _ in range(2):
        hasty.cookies.clear()
        answers.append(press(hasty, said, follow=False))
    assert [answer.status_code for answer in answers] == [307, 307]
    assert recorded() == []
    press(hasty, said)
    assert len(recorded()) == 1


def test_another_walk_and_another_visitor_count_anew(client: Client, timeout: Problem) -> None:
    said = f"failed.{timeout.steps[0].id}"
    press(client, said)
    press(client, said, category="network")
    press(Client(), said)
    assert len(recorded()) == 3
    assert Outcome.objects.values("walk").distinct().count() == 3


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.example"}],
)
def test_who_does_not_come_from_a_page_of_this_site_is_led_on_uncounted(
    client: Client, timeout: Problem, headers: dict[str, str]
) -> None:
    response = press(client, f"failed.{timeout.steps[0].id}", headers=headers, follow=False)
    assert lands_at(response) == {"code": "CONN_TIMEOUT", "tried": timeout.steps[0].id}
    assert recorded() == []
    assert "visit" not in client.cookies


def test_a_browser_that_keeps_nothing_is_led_on_uncounted(timeout: Problem) -> None:
    sent = {"code": "CONN_TIMEOUT", "outcome": f"failed.{timeout.steps[0].id}"}
    response = Client().post(f"{OUTCOME}?again=1", sent, headers=HERE)
    assert response.status_code == 303
    assert recorded() == []


def test_a_flood_is_led_on_uncounted(client: Client, timeout: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, Deed.OUTCOME, By.NETWORK, 3)
    for number in range(6):
        assert lands_at(press(client, f"failed.{timeout.steps[0].id}", category=f"c{number}"))
    assert len(recorded()) < 3


def test_what_is_kept_of_a_visitor_is_a_short_random_word_that_pages_never_read(
    client: Client, timeout: Problem
) -> None:
    press(client, f"failed.{timeout.steps[0].id}")
    cookie = client.cookies["visit"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/troubleshoot/")
    assert cookie["max-age"] <= 3 * 60 * 60
    assert cookie.value not in Outcome.objects.get().walk
    assert {field.name for field in Outcome._meta.fields} == {
        *("id", "walk", "kind", "guide", "problem", "step", "digest", "revision", "audience", "said_at")
    }


def test_staff_problems_are_not_counted_for_who_cannot_see_them(client: Client, write_guide: WriteGuide) -> None:
    write_guide("---\naudience: staff\n---\n# Vault\n\n**Symptoms:**\n\n- It is shut\n\n**Solution:**\n\n1. Open it.\n")
    staff = build.current(frozenset({"public", "staff"})).published
    step = next(iter(staff.steps))
    press(client, f"solved.{step}")
    assert recorded() == []


def test_pages_of_a_walk_stay_shared_and_ask_nothing_of_the_database(client: Client, timeout: Problem) -> None:
    press(client, f"failed.{timeout.steps[0].id}")
    address = f"/troubleshoot/?code=CONN_TIMEOUT&tried={timeout.steps[0].id}&category=other"
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert len(asked) == 0
    assert response.headers["Cache-Control"].startswith("public")
    assert "csrfmiddlewaretoken" not in response.content.decode()


# What is learned


def test_what_was_said_is_learned_at_the_next_turn_and_with_a_new_token(
    client: Client, timeout: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, step = publication.current(), timeout.steps[0]
    press(client, f"failed.{step.id}")
    press(client, f"solved.{timeout.steps[1].id}", tried=step.id)
    assert publication.current() == token
    assert reliability_of(timeout, step.id) == step.reliability
    learn.put_off(0)
    press(Client(), f"solved.{timeout.steps[1].id}", tried=step.id)
    assert publication.current() != token
    assert reliability_of(timeout, step.id) < step.reliability
    assert reliability_of(timeout, timeout.steps[1].id) > step.reliability


def reliability_of(problem: Problem, step: str) -> float:
    now = build.current(EVERYONE).published.problems[problem.id]
    return next(found.reliability for found in now.steps if found.id == step)


def test_it_is_learned_once_in_ten_minutes_by_all_processes_together(
    client: Client, timeout: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(client, f"solved.{timeout.steps[0].id}")
    learn.put_off(0)
    assert learn.learn_if_due()
    assert not learn.learn_if_due()
    learn.put_off(0)  # as in another process
    assert not learn.learn_if_due()
    Learned.objects.update(made_at=timezone.now() - timedelta(minutes=11))
    learn.put_off(0)
    assert learn.learn_if_due()


def test_it_waits_while_somebody_publishes(timeout: Problem) -> None:
    record.record("w", Outcome.Kind.SOLVED, timeout, EVERYONE)
    with publication.publication():
        assert not learn.learn()
    assert not Learned.objects.exists()
    assert learn.learn()
    assert Learned.objects.count() == 1


def test_a_step_is_not_blamed_in_a_walk_whose_problem_was_another_one(timeout: Problem, network: Published) -> None:
    other = next(problem for problem in network.problems.values() if problem.id != timeout.id)
    step = timeout.steps[0].id
    for walk, end in (("own", timeout), ("other", other), ("unknown", None)):
        record.record(walk, Outcome.Kind.FAILED, timeout, EVERYONE, [step])
        if end:
            record.record(walk, Outcome.Kind.SOLVED, end, EVERYONE)
    (found,) = learn.tallies(timezone.now()).values()
    failed = {tally.step: tally.failed for tally in found if tally.problem == timeout.id}
    assert failed[step] == pytest.approx(1.5, abs=0.05)


def test_an_agents_word_on_the_cause_goes_before_the_persons(timeout: Problem, network: Published) -> None:
    other = next(problem for problem in network.problems.values() if problem.id != timeout.id)
    record.record("w", Outcome.Kind.SOLVED, timeout, EVERYONE)
    record.record_end("w", Outcome.Kind.ESCALATED, timeout, EVERYONE)
    record.record_end("w", Outcome.Kind.CAUSE, timeout, EVERYONE)
    record.record_end("w", Outcome.Kind.CAUSE, other, EVERYONE)
    (found,) = learn.tallies(timezone.now()).values()
    assert [(tally.problem, tally.solved, tally.causes > 0.9) for tally in found] == [(other.id, 0, True)]


def test_old_outcomes_are_forgotten(timeout: Problem) -> None:
    record.record("w", Outcome.Kind.SOLVED, timeout, EVERYONE)
    Outcome.objects.update(said_at=timezone.now() - learn.OUTCOMES_KEPT - timedelta(days=1))
    learn.learn()
    assert not Outcome.objects.exists()


def test_outcomes_hold_when_another_part_of_the_guide_changes_and_fade_when_their_own_does(
    timeout: Problem, write_guide: WriteGuide
) -> None:
    for number in range(8):
        record.record(f"w{number}", Outcome.Kind.SOLVED, timeout, EVERYONE)
    learn.learn()
    clicks = clicks_of(timeout)
    assert clicks > 7.5
    write_guide(NETWORK.replace("Set the clock", "Mend the clock"), "network.md")
    assert clicks_of(timeout) == clicks
    write_guide(NETWORK.replace("    2. Wait.", "    2. Wait an hour."), "network.md")
    assert clicks_of(timeout) <= clicks / 2


def clicks_of(problem: Problem) -> float:
    return build.current(EVERYONE).published.problems[problem.id].learned.clicks


def test_the_report_tells_what_came_of_each_problem(
    timeout: Problem, network: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    record.record("a", Outcome.Kind.SOLVED, timeout, EVERYONE, [timeout.steps[0].id])
    record.record("b", Outcome.Kind.FAILED, timeout, EVERYONE, [timeout.steps[0].id])
    record.record("b", Outcome.Kind.SKIPPED, timeout, EVERYONE, [timeout.steps[1].id])
    record.record_end("b", Outcome.Kind.ESCALATED, timeout, EVERYONE)
    record.record_end("b", Outcome.Kind.CAUSE, None, EVERYONE)
    call_command("outcomes_report", "--learn", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["walks"] == 2
    (problem,) = told["problems"]
    assert problem["title"] == "Time-out"
    assert {name: problem[name] for name in ("solved", "failed", "skipped", "escalated", "causes")} == {
        "solved": 1,
        "failed": 1,
        "skipped": 1,
        "escalated": 1,
        "causes": 0,
    }
    assert problem["steps"][0]["text"] == "Check the firewall."
    assert told["causes_without_a_guide"] == 1
    call_command("outcomes_report")
    assert "Time-out" in capsys.readouterr().out
