"""What an author hides by a condition is on no page, in no search, no walk, no answer of the API or public export."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from kb.models import Guide, Problem, Section
from kb.models.audience import EVERYONE
from kb.search import configured
from kb.search.text.query import parse
from tests.support.crawling import crawl
from troubleshooting.catalogue import build

pytestmark = pytest.mark.django_db
GUIDE = """\
# Lamp

{isAdmin && "Kanariesummary, which is long enough for a summary of this guide."}

A lamp {isStaff && <b>kanarieline</b>} that stays dark, and what to do about it.

## Lamp stays dark

**Symptoms:**

- The lamp is dark {isAdmin ? 'kanariesymptom' : 'ok'}

**Cause:** The bulb is loose.

**Solution:**

1. Turn the bulb. {isAdmin
   && <b>kanariestep</b>}
2. Wait. <span style={{display: 'none'}}>kanariestyle</span>

<p v-if="false">kanarievue</p>

{details:hidden=true}
kanariemacro
{details}

{% capture z %}kanariecapture{% endcapture %}

{% case page.kind %}{% when "internal" %}kanariewhen{% endcase %}

%% kanariecomment

kanariebelow
"""
ADDRESSES = (
    *("/", "/guides/lamp/", "/feed.xml", "/troubleshoot/?guide=lamp&steps=all", "/search/?q=lamp"),
    *("/api/v1/guides", "/api/v1/guides/lamp", "/api/v1/search?q=lamp", "/api/v1/walk?guide=lamp"),
)


@pytest.fixture
def lamp(folder: Path) -> Guide:
    """The guide with all that is planted in it, loaded from a folder."""
    (folder / "lamp.mdx").write_text(GUIDE)
    call_command("load_guides", str(folder))
    return Guide.objects.get(slug="lamp")


def test_no_reader_and_no_program_gets_it(lamp: Guide, tmp_path: Path) -> None:
    for address, response in crawl(Client(), ADDRESSES, 20):
        assert "kanarie" not in response.content.decode().lower(), address
    assert "kanarie" not in repr((lamp.summary, lamp.html, lamp.findings)).lower()
    assert "kanarie" not in repr([*Section.objects.values(), *Problem.objects.values()]).lower()
    told = repr(build.read(EVERYONE)).lower()
    assert "kanarie" not in told
    assert "turn the bulb" in told
    assert "The bulb is loose." in Client().get("/api/v1/guides/lamp").json()["markdown"]
    for planted in ("summary", "line", "symptom", "step", "style", "vue", "macro", "capture", "when", "below"):
        assert configured.engine().search(parse(f"kanarie{planted}"), EVERYONE).total == 0
    call_command("export_guides", str(tmp_path / "public"), public=True)
    texts = [path.read_text() for path in (tmp_path / "public").rglob("*.mdx")]
    assert len(texts) == 1
    assert "The bulb is loose." in texts[0]
    assert "kanarie" not in texts[0].lower()
