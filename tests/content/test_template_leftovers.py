"""Sentences of a template are for writers: no guide goes to readers with them unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from kb.content import guide_templates, template_leftovers
from kb.library.folders import load
from kb.models import Guide, Revision
from troubleshooting.evaluation.checks import run

PROBLEM = guide_templates.text_of("problem", "Paper jams")


@pytest.mark.parametrize("template", guide_templates.TEMPLATES, ids=lambda template: template.name)
def test_each_template_left_as_it_is_has_findings_at_its_lines(template: guide_templates.Template) -> None:
    text = guide_templates.text_of(template.name, "Paper jams")
    found = template_leftovers.findings(text)
    assert len(found) >= 3
    for finding in found:
        said = finding.message.split("' is what the template says")[0][1:]
        assert said in text.split("\n")[finding.line - 1]


def test_a_sentence_is_found_in_another_place_and_mark_and_not_in_code_or_headings() -> None:
    text = "# The first thing to do.\n\n```\nThe first thing to do.\n```\n\n- [x]\n   2) the  first thing to do.\n"
    assert [finding.line for finding in template_leftovers.findings(text)] == [8]


def test_words_of_ones_own_have_none() -> None:
    text = "# G\n\n## Do it\n1. Open the tray.\n\n| Code | Meaning | Action |\n| - | - | - |\n| A | B | Wait. |\n"
    assert template_leftovers.findings(text) == []
    tree = "## Decision tree\n- Does it happen every time?\n  - Yes: [x](#x)\n  - No: [y](#y)\n"
    assert template_leftovers.findings(tree) == []


@pytest.mark.django_db(transaction=True)
def test_it_is_said_when_a_guide_is_proposed_loaded_and_checked(admin_client: Client, tmp_path: Path) -> None:
    (tmp_path / "jams.md").write_text(PROBLEM)
    told = [line for line in load.load([tmp_path]).warnings if "is what the template says" in line]
    assert len(told) == 7
    assert told == [str(found) for found in run.check([tmp_path]) if "is what the template" in found.message]
    guide = Guide.objects.get()
    assert sum("is what the template says" in message for _line, _severity, message in guide.findings) == 7
    text = PROBLEM.replace("goes wrong", "went wrong")
    admin_client.post(f"/write/guides/{guide.slug}/", {"text": text, "action": "save", "saved": "0"})
    page = admin_client.get(f"/write/guides/{guide.slug}/propose/").content.decode()
    assert page.count("is what the template says") == 6
    assert Revision.objects.filter(state="draft").exists()
