"""Replies that staff send: their blanks, and what keeps them from being taken for guides."""

from __future__ import annotations

import pytest

from kb.content.document import ContentError
from kb.content.front_matter import audience_in
from kb.content.reading import read_guide
from kb.content.replies import Blank, blanks, filled, filled_html

REPLY = """---
kind: reply
---
# Ask for the log

Hello {{name}},

**Solution:**

1. Send us `CONN_TIMEOUT`, {{ Name }}.

{{when = by Friday}}
"""


def test_a_reply_is_for_staff_and_holds_nothing_that_a_walk_could_lead_to() -> None:
    document = read_guide(REPLY, "reply.md")
    assert (document.metadata.kind, document.metadata.audience, audience_in(REPLY)) == ("reply", "staff", "staff")
    structure = document.structure
    assert structure.sections
    assert (structure.problems, structure.error_codes, structure.named_codes, structure.triggers) == ((), (), (), ())
    assert document.findings == ()


def test_other_kinds_are_a_finding_and_slips_keep_a_reply_from_everyone() -> None:
    document = read_guide("---\nkind: article\n---\n# A\n\nWords for readers.\n", "a.md")
    assert (document.metadata.kind, document.metadata.audience) == ("guide", "public")
    assert [(finding.line, "neither 'guide' nor 'reply'" in finding.message) for finding in document.findings] == [
        (2, True)
    ]
    with pytest.raises(ContentError, match="must be 'reply'"):
        read_guide("---\nkind: replay\n---\n# A\n\nWords.\n", "a.md")
    assert audience_in("---\nkind: replies\n---\n# A\n") == "staff"
    told = read_guide("---\nkind: Reply\naudience: public\n---\n# A\n\nWords.\n", "a.md")
    assert told.metadata.audience == "staff"
    assert [finding.message for finding in told.findings] == ["A reply is for staff, whatever 'audience' says."]


def test_blanks_are_filled_in_each_place_and_stay_where_nothing_is_given() -> None:
    text = "Hello {{name}}, {{ NAME }}: {{when = by Friday}}, {{who}}"
    assert blanks(text) == (Blank("name"), Blank("when", "by Friday"), Blank("who"))
    assert filled(text, {"name": "Ada"}) == "Hello Ada, Ada: by Friday, {{who}}"
    assert filled(text, {"name": "{{who}}", "who": "Eve"}) == "Hello {{who}}, {{who}}: by Friday, Eve"


def test_what_is_filled_into_html_is_text() -> None:
    html = "<p>Hello {{customer's &amp; co}}</p>"
    assert filled_html(html, {"customer's & co": "<b>&\nEve"}) == "<p>Hello &lt;b&gt;&amp;<br>Eve</p>"


@pytest.mark.parametrize("line", ["Hello {{name,", "Hello {{ }}", "Hello name}}", "[here](https://a.example/{{id}})"])
def test_a_blank_that_can_not_be_filled_is_a_finding_at_its_line(line: str) -> None:
    document = read_guide(f"---\nkind: reply\n---\n# A\n\nWords for you.\n\n{line}\n", "a.md")
    assert {finding.line for finding in document.findings} == {8}
