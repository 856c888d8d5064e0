"""Addresses that are remembered are those that Django works out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from kb.web.addresses import address_of

CASES = {
    '{% url "kb:home" %}': "/",
    '{% url "kb:guide-detail" slug %}': "/guides/time-outs/",
    "{% url view slug %}": "/guides/time-outs/",
    '{% url "kb:guide-detail" address=slug %}': "/guides/time-outs/",
    '{% url "kb:guide-revision" slug 3 %}': "/guides/time-outs/revisions/3/",
    '{% url "kb:guide-detail" slug as there %}[{{ there }}]': "[/guides/time-outs/]",
    '{% url "kb:nowhere" as there %}[{{ there }}]': "[]",
    '{% url "kb:guide-detail" odd %}': "/guides/a&amp;b/",
    '{% autoescape off %}{% url "kb:guide-detail" odd %}{% endautoescape %}': "/guides/a&b/",
}


@pytest.mark.parametrize("tag", CASES)
def test_a_template_gives_the_address_the_first_time_and_later(tag: str) -> None:
    context = {"slug": "time-outs", "odd": "a&b", "view": "kb:guide-detail"}
    template = Template(tag)
    assert [template.render(Context(context)) for _ in range(2)] == [CASES[tag]] * 2


def test_each_part_has_an_address_of_its_own() -> None:
    template = Template('{% for slug in slugs %}{% url "kb:guide-detail" slug %} {% endfor %}')
    assert template.render(Context({"slugs": ["a", "b", "a"]})) == "/guides/a/ /guides/b/ /guides/a/ "


def test_an_address_that_there_is_not_stays_an_error() -> None:
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            Template('{% url "kb:nowhere" %}').render(Context())


def test_the_application_that_asks_is_told_where_several_are_alike() -> None:
    address_of.cache_clear()
    for request in (SimpleNamespace(current_app="admin"), SimpleNamespace(resolver_match=None), None):
        context = Context()
        context.request = request  # type: ignore[attr-defined]
        assert Template('{% url "admin:index" %}').render(context) == reverse("admin:index")
    assert address_of.cache_info().currsize == 2
