"""The JSON API says what the pages say, to whom they say it, in the shapes that it describes."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from kb.library import retiring
from kb.models import Guide
from tests.conftest import WriteGuide

TIMEOUTS = """
    ---
    title: Time-outs
    summary: Calls that take too long.
    category: Network/Time-outs
    applies_to: [API v2, SDK]
    aliases: [slow-calls, old/network/slow.md]
    ---
    # Time-outs

    What to do when calls take too long.

    ## Connection time-out

    **Symptoms:**

    - The call ends with `CONN_TIMEOUT` (often)
    - Nothing comes back for 30 seconds

    **Cause:** A firewall drops the packets <b>silently</b>.

    **Solution:**

    1. Open port 443 in the firewall.
    2. Call again.

    ## Error codes

    | Code | Meaning | Action |
    | --- | --- | --- |
    | CONN_TIMEOUT | No connection within 30 s | Check the firewall |

    ## When to escalate

    - Three calls in a row end like this

    ## Escalation path

    1. The help desk
    2. The network team
"""
SECRET = """
    ---
    title: Vault rotation
    category: Network/Vault
    audience: staff
    aliases: [vault]
    ---
    # Vault rotation

    ## The seal breaks

    **Symptoms:**

    - The log says `VAULT_SEALED`

    **Solution:**

    1. Turn the zanzibar key.

    ## Error codes

    | Code | Meaning | Action |
    | --- | --- | --- |
    | VAULT_SEALED | The vault is shut | Turn the zanzibar key |
    | CONN_TIMEOUT | The vault does not answer | Wake the zanzibar team |
"""


@pytest.fixture
def timeouts(write_guide: WriteGuide) -> Guide:
    return write_guide(TIMEOUTS, "network/time-outs.md")


@pytest.fixture
def secret(write_guide: WriteGuide) -> Guide:
    return write_guide(SECRET, "staff/vault-rotation.md")


def get(client: Client, address: str, status: int = 200) -> Any:
    """The JSON that the API answers at an address below /api/v1/."""
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/json")
    return json.loads(response.content)


def test_a_list_shows_each_guide_with_its_address_and_change(client: Client, timeouts: Guide) -> None:
    said = get(client, "guides")
    assert said == {
        "count": 1,
        "items": [
            {
                "slug": "time-outs",
                "title": "Time-outs",
                "summary": "Calls that take too long.",
                "category": "Network/Time-outs",
                "audience": "public",
                "applies_to": ["API v2", "SDK"],
                "url": "/guides/time-outs/",
                "updated_at": said["items"][0]["updated_at"],
            }
        ],
    }
    changed = dt.datetime.fromisoformat(said["items"][0]["updated_at"])
    assert abs(changed - timeouts.updated_at) < dt.timedelta(seconds=1)


def test_limit_and_offset_cut_one_page_out_of_the_titles_in_order(
    client: Client, folder: Path, write_guide: WriteGuide
) -> None:
    for title in ("Delta", "Alpha", "Echo", "Charlie"):
        (folder / f"{title}.md").write_text(f"# {title}\n\nSome words.")
    write_guide("# Bravo\n\nSome words.", "Bravo.md")
    said = get(client, "guides?limit=2&offset=1")
    assert said["count"] == 5
    assert [item["title"] for item in said["items"]] == ["Bravo", "Charlie"]
    assert get(client, "guides?offset=5") == {"count": 5, "items": []}


def test_twenty_guides_are_listed_unless_more_are_asked_for(client: Client, write_guide: WriteGuide) -> None:
    first = write_guide("# Guide\n\nSome words.")
    Guide.objects.bulk_create(
        Guide(slug=f"guide-{number}", title=f"Guide {number}", state="published", updated_at=first.updated_at)
        for number in range(24)
    )
    assert len(get(client, "guides")["items"]) == 20
    assert len(get(client, "guides?limit=100")["items"]) == 25


def test_a_category_is_found_by_slug_or_name_with_those_below_it(
    client: Client, folder: Path, write_guide: WriteGuide
) -> None:
    (folder / "another.md").write_text("---\ncategory: Networking\n---\n# Another\n\nSome words.")
    write_guide(TIMEOUTS, "network/time-outs.md")
    for category in ("network", "network/time-outs", "Network/Time-outs", "/network/", "NETWORK"):
        said = get(client, f"guides?category={category}")
        assert (said["count"], [item["slug"] for item in said["items"]]) == (1, ["time-outs"]), category
    assert get(client, "guides?category=garden") == {"count": 0, "items": []}


def test_a_guide_is_given_with_its_text_and_its_structure(client: Client, timeouts: Guide) -> None:
    said = get(client, "guides/time-outs")
    assert get(client, "guides/time-outs/") == said
    listed = get(client, "guides")["items"][0]
    assert {key: said.pop(key) for key in listed} == listed
    assert timeouts.revision is not None
    assert said.pop("markdown") == timeouts.revision.text
    assert said == {
        "source": "network/time-outs.md",
        "sections": said["sections"],
        "problems": [
            {
                "anchor": "connection-time-out",
                "title": "Connection time-out",
                "symptoms": ["The call ends with CONN_TIMEOUT", "Nothing comes back for 30 seconds"],
                "causes": said["problems"][0]["causes"],
                "steps": ["Open port 443 in the firewall.", "Call again."],
                "procedures": [
                    {
                        "title": "",
                        "condition": "",
                        "steps": [
                            {"text": "Open port 443 in the firewall.", "condition": "", "dangerous": False},
                            {"text": "Call again.", "condition": "", "dangerous": False},
                        ],
                    }
                ],
                "error_codes": ["CONN_TIMEOUT"],
            }
        ],
        "error_codes": [
            {"code": "CONN_TIMEOUT", "meaning": "No connection within 30 s", "action": "Check the firewall"}
        ],
        "escalation": {
            "triggers": ["Three calls in a row end like this"],
            "path": ["The help desk", "The network team"],
        },
    }
    assert {"anchor": "error-codes", "title": "Error codes", "level": 2} in said["sections"]
    assert "firewall drops the packets" in said["problems"][0]["causes"][0]


def test_a_former_address_leads_to_the_guide(client: Client, timeouts: Guide) -> None:
    for address in ("slow-calls", "old/network/slow", "Time-Outs"):
        response = client.get(f"/api/v1/guides/{address}", follow=True)
        assert response.redirect_chain == [("/api/v1/guides/time-outs", 301)], address
        assert response.json()["slug"] == "time-outs"


def test_a_retired_guide_is_not_there(client: Client, timeouts: Guide) -> None:
    retiring.mark_retired([timeouts])
    get(client, "guides/time-outs", 404)
    get(client, "guides/slow-calls", 404)
    get(client, "codes/CONN_TIMEOUT", 404)
    assert get(client, "guides")["count"] == 0


def test_a_code_is_found_in_any_case(client: Client, timeouts: Guide) -> None:
    said = get(client, "codes/CONN_TIMEOUT")
    assert get(client, "codes/conn_timeout") == get(client, "codes/Conn_Timeout") == said
    assert said == {
        "code": "CONN_TIMEOUT",
        "entries": [
            {
                "meaning": "No connection within 30 s",
                "action": "Check the firewall",
                "guide": "time-outs",
                "url": "/guides/time-outs/#error-codes",
            }
        ],
        "named_by": [],
    }


def test_a_code_says_what_each_guide_says_of_it(staff_client: Client, timeouts: Guide, secret: Guide) -> None:
    entries = get(staff_client, "codes/conn_timeout")["entries"]
    assert [entry["guide"] for entry in entries] == ["time-outs", "vault-rotation"]


def test_search_gives_the_best_first_with_marked_snippets(client: Client, timeouts: Guide) -> None:
    said = get(client, "search?q=firewall+packets")
    assert said["query"] == "firewall packets"
    assert said["total"] == len(said["items"]) > 0
    best = said["items"][0]
    assert best.keys() == {"guide", "anchor", "title", "section", "url", "snippet", "score", "similarity"}
    assert best["guide"] == "time-outs"
    assert best["title"] == "Time-outs"
    assert best["url"] == "/guides/time-outs/" + (f"#{best['anchor']}" if best["anchor"] else "")
    assert "<mark>" in best["snippet"]
    assert [item["score"] for item in said["items"]] == sorted((item["score"] for item in said["items"]), reverse=True)


def test_a_snippet_is_safe_to_show_as_html(client: Client, write_guide: WriteGuide) -> None:
    write_guide("# Markup\n\nType `<script>alert(1)</script>` into the rhubarb field.")
    snippet = get(client, "search?q=rhubarb")["items"][0]["snippet"]
    assert "&lt;script&gt;" in snippet
    assert "<script>" not in snippet


def test_search_gives_as_many_as_are_asked_for_and_counts_them_all(
    client: Client, folder: Path, write_guide: WriteGuide
) -> None:
    for number in range(3):
        (folder / f"{number}.md").write_text(f"# Guide {number}\n\nAll about rhubarb.")
    write_guide("# The fourth\n\nMore about rhubarb.", "fourth.md")
    said = get(client, "search?q=rhubarb&limit=3")
    assert (said["total"], len(said["items"])) == (4, 3)


def test_any_query_is_answered(client: Client, timeouts: Guide) -> None:
    for q in ("", "%20", "%22", "zzzzzz", "%00", "AND%20OR%20(", "%F0%9F%92%A5", "x" * 3000):
        assert get(client, f"search?q={q}")["items"] == [], q


def test_staff_guides_are_nowhere_for_the_public(client: Client, timeouts: Guide, secret: Guide) -> None:
    assert get(client, "guides")["count"] == 1
    assert get(client, "guides?category=network/vault") == {"count": 0, "items": []}
    assert "zanzibar" not in json.dumps(get(client, "guides/vault-rotation", 404))
    get(client, "guides/vault", 404)
    get(client, "codes/VAULT_SEALED", 404)
    assert [entry["guide"] for entry in get(client, "codes/CONN_TIMEOUT")["entries"]] == ["time-outs"]
    assert get(client, "search?q=zanzibar") == {"query": "zanzibar", "total": 0, "items": []}


def test_staff_guides_are_there_for_staff(staff_client: Client, timeouts: Guide, secret: Guide) -> None:
    assert get(staff_client, "guides")["count"] == 2
    assert get(staff_client, "guides/vault-rotation")["audience"] == "staff"
    assert staff_client.get("/api/v1/guides/vault").status_code == 301
    assert len(get(staff_client, "codes/VAULT_SEALED")["entries"]) == 1
    assert get(staff_client, "search?q=zanzibar")["total"] > 0


def test_a_reader_with_the_permission_sees_staff_guides(client: Client, secret: Guide) -> None:
    reader = User.objects.create_user("grace")
    reader.user_permissions.add(Permission.objects.get(codename="view_staff_guides"))
    client.force_login(reader)
    assert get(client, "guides")["count"] == 1


def test_an_answer_to_staff_is_not_kept_for_the_public(client: Client, staff_client: Client, secret: Guide) -> None:
    assert staff_client.get("/api/v1/guides").headers["Cache-Control"] == "private, no-store"
    assert get(client, "guides")["count"] == 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("guides?limit=0", "limit must be at least 1."),
        ("guides?limit=101", "limit must be at most 100."),
        ("guides?limit=many", "limit must be a whole number."),
        ("guides?limit=", "limit must be a whole number."),
        ("guides?offset=-1", "offset must be at least 0."),
        ("guides?offset=99999999999999999999", "offset must be at most 1000000."),
        ("guides?limit=x&offset=y", "limit must be a whole number. offset must be a whole number."),
        ("search?q=a&limit=1.5", "limit must be a whole number."),
        ("search", "q is missing."),
    ],
)
def test_a_bad_parameter_is_named(client: Client, db: None, address: str, sentence: str) -> None:
    assert get(client, address, 422) == {"detail": sentence}


@pytest.mark.parametrize("address", ["guides/nothing", "guides/%00", "guides/%F0%9F%92%A5", "guides/" + "x" * 3000])
def test_an_unknown_slug_is_a_404(client: Client, db: None, address: str) -> None:
    assert get(client, address, 404)["detail"].startswith("No guide has the slug")


@pytest.mark.parametrize("address", ["codes/NOPE", "codes/%00", "codes/a/b", "codes/" + "9" * 3000])
def test_an_unknown_code_is_a_404(client: Client, db: None, address: str) -> None:
    assert get(client, address, 404)["detail"].startswith("No guide defines or names the error code")


@pytest.mark.parametrize("address", ["nothing", "guide", "search/more", "docs/more"])
def test_an_address_that_is_none_points_to_the_description(client: Client, db: None, address: str) -> None:
    assert "/api/v1/docs/" in get(client, address, 404)["detail"]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("", "/api/v1/docs/"),
        ("docs", "/api/v1/docs/"),
        ("guides/?limit=3", "/api/v1/guides?limit=3"),
        ("search/", "/api/v1/search"),
    ],
)
def test_a_slash_too_many_or_too_few_is_put_right(client: Client, db: None, address: str, target: str) -> None:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code in {301, 302}
    assert response.headers["Location"] == target


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("address", ["guides", "guides/time-outs", "search", "codes/429", "docs/", "nothing"])
def test_only_reading_is_answered(db: None, method: str, address: str) -> None:
    response: HttpResponse = getattr(Client(enforce_csrf_checks=True), method)(f"/api/v1/{address}")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert json.loads(response.content) == {
        "detail": f"{method.upper()} is not answered: this API is read-only, use GET."
    }


def test_a_request_that_django_refuses_to_read_is_a_sentence(client: Client, db: None) -> None:
    response = client.get("/api/v1/walk?" + "a=b&" * 2000)
    assert response.status_code == 400
    assert "too many parameters" in response.json()["detail"]


def test_head_is_answered_like_get(client: Client, timeouts: Guide) -> None:
    response = client.head("/api/v1/guides/time-outs")
    assert response.status_code == 200
    assert response.headers["Content-Length"] == client.get("/api/v1/guides/time-outs").headers["Content-Length"]
    assert client.head("/api/v1/guides/nothing").status_code == 404


def test_answers_take_few_queries(
    client: Client, folder: Path, write_guide: WriteGuide, django_assert_max_num_queries: Any
) -> None:
    problem = "\n## Slow {0}\n\n**Symptoms:**\n\n- It is slow {0}\n\n**Fix:**\n\n1. Wait.\n"
    text = textwrap.dedent(TIMEOUTS).lstrip() + "".join(problem.format(number) for number in range(3))
    (folder / "more.md").write_text(text.replace("aliases:", "was:"))
    write_guide(text, "network/time-outs.md")
    assert len(get(client, "guides/time-outs")["problems"]) == 4
    cache.clear()
    for address, most in (("guides?category=network", 2), ("guides/time-outs", 8), ("codes/conn_timeout", 2)):
        with django_assert_max_num_queries(most):
            get(client, address)


def test_every_answer_is_described(client: Client, db: None) -> None:
    described = get(client, "openapi.json")
    shapes = {path: operations["get"]["responses"]["200"] for path, operations in described["paths"].items()}
    for path in ("guides", "guides/{slug}", "search", "codes/{code}"):
        assert shapes[f"/api/v1/{path}"]["content"]["application/json"]["schema"]["$ref"].startswith("#/components/")
    assert {tuple(operations) for operations in described["paths"].values()} == {("get",)}
    limit = next(p for p in described["paths"]["/api/v1/guides"]["get"]["parameters"] if p["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 100, 20)


def test_the_page_to_try_it_has_nothing_from_elsewhere_and_nothing_inline(client: Client, db: None) -> None:
    response = client.get("/api/v1/docs/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


def tried(client: Client, **given: str) -> str:
    """The page with what an operation answered."""
    return html.unescape(client.get("/api/v1/docs/", given).content.decode())


def test_the_page_describes_every_operation_and_every_shape(client: Client, db: None) -> None:
    described, page = get(client, "openapi.json"), client.get("/api/v1/docs/").content.decode()
    for path, methods in described["paths"].items():
        assert f"<code>GET {path}</code>" in page
        for parameter in methods["get"]["parameters"]:
            assert f'name="{parameter["name"]}"' in page
    for name in described["components"]["schemas"]:
        assert f'id="shape-{name}"' in page
    assert set(re.findall(r'href="#(shape-\w+)"', page)) <= set(re.findall(r'id="(shape-\w+)"', page))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_an_operation_is_tried_without_a_script(client: Client, timeouts: Guide) -> None:
    page = tried(client, operation="look-up-an-error-code", code="conn_timeout")
    assert "200 OK" in page
    assert 'href="/api/v1/codes/conn_timeout"' in page
    assert '"code": "CONN_TIMEOUT"' in page
    page = tried(client, operation="list-guides", category="network", limit="1", offset="")
    assert 'href="/api/v1/guides?category=network&limit=1"' in page
    assert '"slug": "time-outs"' in page
    assert 'value="network"' in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"operation": "look-up-an-error-code", "code": "<b>ä/#?"}, "404 Not Found"),
        ({"operation": "look-up-an-error-code", "code": "a\0b%"}, "404 Not Found"),
        ({"operation": "look-up-an-error-code", "code": "."}, "404 Not Found"),
        ({"operation": "look-up-an-error-code", "code": " "}, "Give a value to try this."),
        ({"operation": "search"}, "Give a value to try this."),
        ({"operation": "list-guides", "limit": "many"}, "limit must be a whole number."),
        ({"operation": "take-a-step-of-a-walk", "code": "x" * 900}, "400 Bad Request"),
    ],
)
def test_what_cannot_be_answered_is_said_on_the_page(
    client: Client, db: None, given: dict[str, str], sentence: str
) -> None:
    response = client.get("/api/v1/docs/", given)
    assert response.status_code == 200
    assert sentence in html.unescape(response.content.decode())
    assert "<b>ä" not in response.content.decode()


def test_an_operation_that_is_none_is_not_tried(client: Client, db: None) -> None:
    page = tried(client, operation="nothing")
    assert 'id="answer"' not in page


def test_a_former_address_is_shown_as_what_it_is(client: Client, timeouts: Guide) -> None:
    page = tried(client, operation="read-a-guide", slug="slow-calls")
    assert "301 Moved Permanently" in page
    assert "It leads to" in page


def test_who_is_not_staff_tries_it_as_they_are(client: Client, staff_client: Client, write_guide: WriteGuide) -> None:
    write_guide("---\naudience: staff\n---\n# Vault\n\nText.\n", "vault.md")
    assert "404 Not Found" in tried(client, operation="read-a-guide", slug="vault")
    assert '"title": "Vault"' in tried(staff_client, operation="read-a-guide", slug="vault")
