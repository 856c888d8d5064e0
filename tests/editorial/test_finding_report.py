"""What is said of guides is grouped once for each state of the library, and for each kind of reader on its own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from kb.editorial import finding_report
from kb.library import retiring
from kb.models import Guide
from kb.models.audience import EVERYONE, INSIDERS
from kb.models.roles import PROPOSE
from kb.models.wording import recorded
from tests.support.studio import published, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/write/attention/"


def odd(number: int, audience: str = "ITPro") -> str:
    """A guide of which something is said: its audience, or a picture that nobody describes."""
    return f"---\naudience: {audience}\n---\n# Guide {number}\n\n![](picture.png)\n"


def test_the_second_look_asks_for_no_findings(
    ada: User, eve: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        published(eve, odd(number), f"guide-{number}")
    client = signed_in(ada)
    first = client.get(PAGE).content.decode()
    with django_assert_max_num_queries(8), CaptureQueriesContext(connection) as asked:
        second = client.get(PAGE).content.decode()
    assert [query["sql"] for query in asked if '"findings"' in query["sql"].partition(" FROM ")[0]] == []
    said = [page.partition("Findings in published guides")[2].partition("</section>")[0] for page in (first, second)]
    assert said[0] == said[1]
    assert "no description" in said[0]


def test_a_publication_is_seen_at_the_next_look(ada: User, eve: User) -> None:
    guide = published(eve, odd(0), "guide-0")
    client = signed_in(ada)
    assert "no description" in client.get(PAGE).content.decode()
    published(eve, odd(1), "guide-1")
    assert "/write/guides/guide-1/" in client.get(PAGE).content.decode()
    retiring.retire([guide], by=eve, comment="Nobody needs it.")
    assert "/write/guides/guide-0/" not in client.get(PAGE).content.decode()
    assert "/write/guides/guide-1/" in client.get(PAGE).content.decode()


def test_what_is_said_of_guides_for_staff_is_for_staff_whoever_looked_first(ada: User, eve: User) -> None:
    ada.groups.clear()
    ada.user_permissions.set(Permission.objects.filter(codename=PROPOSE.partition(".")[2]))
    published(eve, odd(0, "staff"), "secret-guide")
    published(eve, odd(1), "open-guide")
    insider, outsider = signed_in(eve), signed_in(ada)
    for _ in range(2):
        assert "/write/guides/secret-guide/" in insider.get(PAGE).content.decode()
        page = outsider.get(PAGE).content.decode()
        assert "/write/guides/open-guide/" in page
        assert "secret-guide" not in page
    counts = [sum(kind.count for kind in finding_report.kinds(audiences)) for audiences in (EVERYONE, INSIDERS)]
    assert 0 < counts[0] < counts[1]


def test_the_kinds_are_kept_as_long_as_nothing_is_published(eve: User) -> None:
    published(eve, odd(0), "guide-0")
    kept = finding_report.kinds(EVERYONE)
    assert finding_report.kinds(EVERYONE) is kept
    published(eve, odd(1), "guide-1")
    assert finding_report.kinds(EVERYONE) is not kept


def test_what_is_said_with_values_is_said_in_the_readers_language(eve: User) -> None:
    for number, name in enumerate(("weather", "stocks")):
        published(eve, f"# Guide {number}\n\nText. {{{{< {name} >}}}}\n", f"guide-{number}")
    first = Guide.objects.get(slug="guide-0")
    kind = next(kind for kind in finding_report.kinds(INSIDERS) if "another tool" in kind.message)
    with override("de"):
        assert recorded(kind.message).startswith("'…' ist eine Form eines anderen Werkzeugs")
        said = [recorded(place.words) for _, places in kind.places for place in places]
    assert [words.partition(" ist ")[0] for words in said] == ["'{{< weather >}}'", "'{{< stocks >}}'"]
    assert first.findings[0][2].startswith("'{{< weather >}}' is a form of another tool")


def test_findings_that_were_stored_as_their_text_alone_are_still_shown(eve: User) -> None:
    guide = published(eve, odd(0), "guide-0")
    guide.findings, guide.finding_parts = [[5, "warning", "'{% x %}' was left out."], *guide.findings], None
    guide.save(update_fields=["findings", "finding_parts"])
    assert "'{% x %}' was left out." in {kind.message for kind in finding_report.kinds(EVERYONE | INSIDERS)}


def test_parts_that_an_earlier_version_left_behind_are_passed_over(eve: User) -> None:
    guide = published(eve, "# Guide\n\nText. {{< weather >}}\n", "guide")
    assert guide.finding_parts
    guide.findings = [[5, "warning", "'{% x %}' was left out."]]
    guide.save(update_fields=["findings"])
    assert "'{% x %}' was left out." in {kind.message for kind in finding_report.kinds(EVERYONE | INSIDERS)}
