"""A step of a walk as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Contact
from tests.conftest import WriteGuide, WriteGuides
from tests.troubleshooting.test_walk_pages import BILLING, NETWORK, STAFF

pytestmark = pytest.mark.django_db

API = "/api/v1/walk"


@pytest.fixture
def guides(write_guides_once: WriteGuides) -> None:
    Contact.objects.create(slug="desk", name="Help desk", email="desk@example.com", hours="Mon-Fri 9-17", tier=1)
    write_guides_once({"invoice.md": BILLING, "network.md": NETWORK})


def said(client: Client, parameters: dict[str, str] | None = None) -> dict[str, Any]:
    response = client.get(API, parameters or {})
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    assert set(answer) == {
        "state",
        "question",
        "candidates",
        "solution",
        "contacts",
        "asked",
        "implied",
        "covered",
        "notices",
    }
    return answer


def test_without_parameters_it_asks_the_first_question(client: Client, guides: None) -> None:
    answer = said(client)
    assert answer["state"] == "question"
    assert set(answer["question"]) == {"id", "text", "answers"}
    assert answer["question"]["answers"][-1] == {"id": "unsure", "label": "Not sure"}
    assert answer["solution"] is None
    assert answer["asked"] == answer["contacts"] == []
    assert {c["title"] for c in answer["candidates"]} == {"Wrong invoice", "Time-out", "Certificate refused"}


def test_an_answer_leads_to_the_next_step_and_is_repeated(client: Client, guides: None) -> None:
    asked = said(client)["question"]
    chosen = next(a for a in asked["answers"] if "certificate" in a["label"])
    answer = said(client, {asked["id"]: chosen["id"]})
    assert answer["state"] == "solution"
    assert answer["question"] is None
    assert answer["solution"] == {
        "guide": "network",
        "anchor": "certificate-refused",
        "title": "Certificate refused",
        "steps": ["Set the clock."],
        "procedures": [
            {
                "title": "",
                "condition": "",
                "steps": [{"text": "Set the clock.", "condition": "", "dangerous": False}],
            }
        ],
    }
    assert answer["asked"] == [
        {"question": asked["id"], "answer": chosen["id"], "text": asked["text"], "label": chosen["label"]}
    ]
    first = answer["candidates"][0]
    assert (first["guide"], first["anchor"], first["url"]) == (
        "network",
        "certificate-refused",
        "/guides/network/#certificate-refused",
    )
    assert 0.5 < first["probability"] <= 1


def test_a_symptom_or_a_code_starts_the_walk(client: Client, guides: None) -> None:
    assert said(client, {"symptom": "The browser warns of the certificate"})["candidates"][0]["guide"] == "network"
    assert said(client, {"code": "conn_timeout"})["solution"]["title"] == "Time-out"


def test_a_step_that_failed_makes_its_problem_less_likely(client: Client, guides: None) -> None:
    page = client.get("/troubleshoot/?code=CONN_TIMEOUT").content.decode()
    step = page.split('value="skipped.')[1].split('"')[0]
    after = said(client, {"code": "CONN_TIMEOUT", "tried": step})
    assert after["state"] == "solution"
    assert (
        after["candidates"][0]["probability"] < said(client, {"code": "CONN_TIMEOUT"})["candidates"][0]["probability"]
    )


def test_contacts_come_with_their_hours_and_addresses(client: Client, guides: None) -> None:
    page = client.get("/troubleshoot/?start=questions").content.decode()
    trigger = page.split("&amp;trigger=")[1].split('"')[0]
    answer = said(client, {"trigger": trigger})
    assert answer["state"] == "escalate"
    assert answer["contacts"][0] == {
        "slug": "desk",
        "name": "Help desk",
        "role": "",
        "hours": "Mon-Fri 9-17",
        "email": "desk@example.com",
        "phone": "",
        "url": "",
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("nonsense=1", "The question “nonsense” is not asked any more: drop it or start over."),
        ("area=nowhere", "“nowhere” is not an answer to"),
        ("area=nowhere", "(any more): drop it or start over."),
        ("guide=gone", "There is no guide “gone” here (any more): drop it or start over."),
        ("code=E_NOTHING", "No guide knows the error code “E_NOTHING”: drop it or start over."),
        ("tried=zzzzzzz.yyy", "has been changed since: drop “zzzzzzz” and “yyy” or start over."),
        ("fixed=zzz", "has been changed since: drop “zzz” or start over."),
        ("code=1&code=2", "“code” was given more than once: give it once or start over."),
        ("&".join(f"q{n}=1" for n in range(201)), "more than 200 parts in the address: drop some or start over."),
        ("code=" + "x" * 900, "“code” is too long: drop it or start over."),
        ("symptom=" + "x" * 10_001, "at most 10000 characters"),
    ],
)
def test_what_is_not_known_is_refused_with_a_sentence(client: Client, guides: None, query: str, sentence: str) -> None:
    response = client.get(f"{API}?{query}")
    assert response.status_code == 400
    detail = response.json()["detail"]
    assert sentence in detail
    assert not any(words in detail for words in ("left out", "counts", "shown again", "were read"))


def test_other_methods_are_refused(client: Client, guides: None) -> None:
    assert client.post(API).status_code == 405


def test_an_empty_library_escalates(client: Client) -> None:
    assert said(client)["state"] == "escalate"


def test_it_is_described(client: Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    asked = schema["components"]["schemas"]["AskedItem"]
    assert asked["required"] == ["question", "answer", "text", "label"]
    assert all(each["description"] for each in asked["properties"].values())
    described = schema["paths"][API]["get"]
    assert "symptom" in {parameter["name"] for parameter in described["parameters"]}


def test_staff_guides_are_walked_by_staff_only(
    client: Client, staff_client: Client, guides: None, write_guide: WriteGuide
) -> None:
    write_guide(STAFF, "xylophone.md")
    assert "ylophone" not in client.get(API).content.decode()
    assert client.get(f"{API}?guide=xylophone").status_code == 400
    assert "ylophone" in staff_client.get(API).content.decode()


def test_a_step_costs_no_more_than_four_queries(client: Client, guides: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        said(client)
    assert len(queries) <= 4
