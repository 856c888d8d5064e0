"""What other tools' authors marked for staff, in a guide for everyone: customers get it nowhere, and staff do."""

from __future__ import annotations

from textwrap import dedent

import pytest
from django.test import Client

from kb.models import Guide, Problem, Section
from kb.models.audience import EVERYONE, INSIDERS
from kb.search import configured
from kb.search.text.query import parse
from tests.conftest import WriteGuide
from tests.support.crawling import crawl
from tests.support.studio import person, signed_in
from troubleshooting.catalogue import build

WORD = "kanarie"  # begins every word that is planted
GUIDE = dedent("""\
    # Lamp

    <aside class="staff">Kanarieopening of the very first paragraph, long enough for a summary of this guide.</aside>

    A lamp that stays dark {{< staff >}}kanariesentence{{< /staff >}}, and what to do about it.

    ## Lamp stays dark

    **Symptoms:**

    - The lamp is dark <Callout type="staff">kanariesymptom</Callout>
    - {% include alert.html type="staff" content="The kanarieinclude blinks" %}

    **Cause:** The bulb is loose.

    **Solution:**

    1. Turn the bulb. {% hint style="staff" %}Reset the kanariestep.{% endhint %}
    2. Wait.

       {{< alert type="staff" >}}
       Call the kanarievendor.
       {{< /alert >}}

    :::internal
    | Error code | Meaning | Action |
    | --- | --- | --- |
    | KANARIE_77 | kanariemeaning | kanarieaction |
    :::

    | Part | Price |
    | --- | --- |
    | Bulb | 3 <span class="staff">kanariecell</span> |

    Ask [Kanariespan]{.staff} nobody.

    ## Kanariesection {.staff}

    kanariebelow

    ## Lamp flickers

    {{% notice staff %}}

    kanariecut
    """)
ADDRESSES = (
    *("/", "/guides/lamp/", "/codes/", "/feed.xml", "/troubleshoot/?guide=lamp", "/troubleshoot/?guide=lamp&steps=all"),
    *("/troubleshoot/?symptom=the+lamp+is+dark", "/search/?q=lamp", "/search/?q=vendor", "/search/suggest/?q=kan"),
    *("/api/v1/guides", "/api/v1/guides/lamp", "/api/v1/search?q=lamp", "/api/v1/walk?guide=lamp"),
    *("/api/v1/walk?symptom=the+lamp+is+dark", "/guides/lamp/revisions/1/", "/write/guides/lamp/history/"),
)
PLANTED = (
    *(
        "opening",
        "sentence",
        "symptom",
        "include",
        "step",
        "vendor",
        "meaning",
        "cell",
        "span",
        "section",
        "below",
        "cut",
    ),
)


@pytest.fixture
def lamp(write_guide: WriteGuide) -> Guide:
    """The guide with all that is planted in it."""
    write_guide(GUIDE, "lamp.md")
    return Guide.objects.get(slug="lamp")


def test_customers_get_it_nowhere(lamp: Guide) -> None:
    for address, response in crawl(Client(), ADDRESSES, 40):
        assert WORD not in response.content.decode().lower(), address
    assert WORD not in repr((lamp.summary, lamp.html, lamp.public_text, lamp.findings)).lower()
    assert WORD not in repr(list(Section.objects.values())).lower()
    assert WORD not in repr(list(Problem.objects.values())).lower()
    assert lamp.revision is not None
    assert (lamp.audience, lamp.revision.audience) == ("public", "staff")
    assert "The lamp is dark" in Client().get("/api/v1/guides/lamp").json()["markdown"]


def test_no_search_of_customers_finds_it_and_those_of_staff_do(lamp: Guide) -> None:
    engine = configured.engine()
    for planted in PLANTED:
        assert engine.search(parse(f"{WORD}{planted}"), EVERYONE).total == 0, planted
    assert engine.complete("kanar", EVERYONE) == []
    for planted in ("symptom", "step", "vendor", "meaning", "cell", "span", "below", "cut"):
        assert engine.search(parse(f"{WORD}{planted}"), INSIDERS).total == 1, planted


def test_walks_of_customers_have_none_of_it_and_those_of_staff_do(lamp: Guide) -> None:
    told, hidden = repr(build.read(EVERYONE)).lower(), repr(build.read(INSIDERS)).lower()
    assert WORD not in told
    assert "turn the bulb" in told
    assert all(f"{WORD}{planted}" in hidden for planted in ("symptom", "step", "vendor"))


def test_staff_see_it_on_the_page_and_programs_of_theirs_get_the_text(lamp: Guide) -> None:
    insider = signed_in(person("grace", "support"))
    page = insider.get("/guides/lamp/").content.decode().lower()
    assert [planted for planted in PLANTED if f"{WORD}{planted}" not in page] == []
    assert page.count("staff only") >= 8
    assert insider.get("/api/v1/guides/lamp").json()["markdown"] == GUIDE
