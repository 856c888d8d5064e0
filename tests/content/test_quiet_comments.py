"""What a text is handed on with says no comment: not those of its head, and not those that are no links."""

from __future__ import annotations

import pytest

from kb.content import front_matter
from kb.content.foreign.comments import without_hidden

BODY = "# Gate\n\nIt opens.\n"
HEADS = (
    "---\n# CANARY\ntitle: Gate\n---\n",
    "---\ntitle: Gate # CANARY\n---\n",
    "---\ntitle: 'Gate # 1' # CANARY\ntags: [a, '#b'] # CANARY\n---\n",
    "---\ntitle: Gate#1\nsummary: | # CANARY\n  One\n  # two\n# CANARY\nowner: it's me # CANARY's\n---\n",
    "+++\n# CANARY\ntitle = 'Gate # 1' # CANARY\nsummary = '''\none # two\n''' # CANARY\n+++\n",
    "\ufeff---\n# CANARY\ntitle: Gate\n---\n",
    "---\n# CANARY\n---\n",
    '---\ntitle: "one\n  # two" # CANARY\n---\n',
)
DEFINITIONS = (
    "[//]: # (CANARY)",
    '[//]: # "CANARY"',
    "[//]: <> (CANARY)",
    "[comment]: # (CANARY)",
    "[CANARY]: #",
    "> [//]: # (CANARY)",
    "[//]: # (one\nCANARY\ntwo)",
    "[//]: #\n(CANARY)",
    "[//]: # (CANARY (twice))",
)


@pytest.mark.parametrize("head", HEADS)
def test_comments_of_a_head_are_left_out_and_what_it_says_stays(head: str) -> None:
    shown = without_hidden(head + BODY)
    assert "CANARY" not in shown
    assert front_matter.split(shown).fields == front_matter.split(head + BODY).fields
    assert shown.endswith(BODY)
    assert shown.count("\n") == (head + BODY).count("\n")


@pytest.mark.parametrize("written", DEFINITIONS)
def test_definitions_that_are_comments_are_left_out(written: str) -> None:
    shown = without_hidden(f"{BODY}\n{written}\n\nIt closes.\n")
    assert "CANARY" not in shown
    assert shown.endswith("\n\nIt closes.\n")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: 'Gate # 1'\n---\n" + BODY,
        "---\nsummary: |\n  # One\n  two\n---\n" + BODY,
        "[top]: #\n\nBack to the [top].\n",
        "[//]: https://example.org\n",
        "```\n[//]: # (shown)\n```\n",
        "---\r\ntitle: Gate\r\n---\r\nIt opens.\r\n",
    ],
)
def test_what_is_no_comment_stays_byte_for_byte(text: str) -> None:
    assert without_hidden(text) == text


def test_a_head_of_many_signs_takes_no_time() -> None:
    head = "---\ntext: |\n" + "".join(f"  # {number} CANARY\n" for number in range(4000)) + "---\n"
    assert without_hidden(head + BODY).endswith(BODY)
