"""Parts of the frame that are kept are the same for all who are signed out, and nobody else's."""

from __future__ import annotations

import pytest
from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from csp.middleware import CSPMiddleware
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from pytest_django import Settings

from kb.templatetags.kb_kept import MOST_WORDINGS
from kb.web.security_policy import RememberedPolicy
from tests.support.studio import signed_in

TEMPLATE = "{% load kb_kept %}{% kept small %}{{ site_name }} {% if small %}small{% else %}large{% endif %} {{ now }}"
HEADER = "Content-Security-Policy"


def template() -> Template:
    return Template(TEMPLATE + "{% endkept %}")


def shown(made: Template, now: int, **more: object) -> str:
    return made.render(Context({"site_name": "Help", "now": now, **more}))


def test_a_part_is_rendered_once_for_each_wording() -> None:
    made = template()
    assert [shown(made, 1), shown(made, 2)] == ["Help large 1"] * 2
    assert [shown(made, 3, small=True), shown(made, 4, small=True)] == ["Help small 3"] * 2
    assert shown(made, 5) == "Help large 1"
    assert shown(made, 6, site_name="Other") == "Other large 6"


def test_who_is_signed_in_gets_a_part_of_their_own() -> None:
    made = template()
    assert shown(made, 1, signed_in=True) == "Help large 1"
    assert [shown(made, 2), shown(made, 3, signed_in=True), shown(made, 4)] == [
        "Help large 2",
        "Help large 3",
        "Help large 2",
    ]


def test_what_is_kept_has_a_bound() -> None:
    made = template()
    for number in range(MOST_WORDINGS):
        shown(made, number, small=f"{number + 1}")
    assert shown(made, 1000, small="more") == "Help small 1000"
    assert shown(made, 1001, small="more") == "Help small 1001"
    assert shown(made, 1002, small="1") == "Help small 0"


@pytest.mark.django_db
def test_the_frame_of_one_who_is_signed_in_is_nobody_elses(eve: User) -> None:
    editor, reader = signed_in(eve), Client()
    before = reader.get("/search/").content.decode()
    own = editor.get("/search/").content.decode()
    after = reader.get("/search/?visit=2").content.decode()
    assert "Sign out" in own
    assert 'href="/write/"' in own
    for page in (before, after):
        assert "Sign in" in page
        assert "Sign out" not in page
        assert 'href="/write/"' not in page


@pytest.mark.django_db
def test_what_one_reader_typed_is_not_in_the_box_of_another(client: Client) -> None:
    typed = client.get("/search/", {"q": "zebrafish"}).content.decode()
    other = client.get("/search/", {"q": "walrus"}).content.decode()
    assert 'value="zebrafish"' in typed
    assert 'value="walrus"' in other
    assert "zebrafish" not in other


def test_a_policy_with_a_nonce_is_of_its_page_alone() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        page = HttpResponse()
        if request.path == "/own/":
            page = csp_update({"style-src": [SELF, NONCE]})(lambda asked: HttpResponse(f"{asked.csp_nonce}"))(request)
        return page

    answer = RememberedPolicy(view)
    policies = [answer(RequestFactory().get(path)).headers[HEADER] for path in ("/own/", "/", "/own/", "/x/", "/own/")]
    assert len({policies[0], policies[2], policies[4]}) == 3
    assert all("'nonce-" in policy for policy in policies[::2])
    assert policies[1] == policies[3] == CSPMiddleware(view)(RequestFactory().get("/")).headers[HEADER]
    assert "nonce" not in policies[1]


@pytest.mark.django_db
def test_a_frame_has_a_policy_of_its_own_and_no_other_page_has_that(client: Client, settings: Settings) -> None:
    settings.EMBED_ORIGINS = ("https://intranet.example",)
    addresses = ("/search/", "/troubleshoot/?embed=1", "/search/?a=1")
    policies = [client.get(address).headers[HEADER] for address in addresses]
    assert "https://intranet.example" in policies[1]
    assert policies[0] == policies[2]
    assert "intranet" not in policies[0]
