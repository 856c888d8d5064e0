"""Values of templates that stay as they are written are told once with their line, but for what is shown as code."""

from __future__ import annotations

import pytest

from kb.content.foreign.liquid import VALUE
from kb.content.reading import read_guide


def _told(text: str, name: str = "t.md") -> list[int]:
    found = read_guide(text, name).findings
    return [each.line for each in found if getattr(each.message, "template", "") == VALUE.template]


@pytest.mark.parametrize(
    "value",
    [
        *("{{ product }}", "{{product_name}}", "{{ site.title }}", "{{ page.missing | default: 'x' }}"),
        *('{{ "x" | upcase }}', "{{ $t('key') }}", "{{{ raw }}}", "{{#if a}}", "{{> part}}"),
        '<code class="expression">space.vars.x</code>',
    ],
)
@pytest.mark.parametrize("around", ["Say {}.", "## Say {}", "- {}", "| {} | b |\n|---|---|\n| c | d |", "> {}"])
def test_one_that_nothing_stands_for_is_told_once(around: str, value: str) -> None:
    assert _told(f"# T\n\n{around.format(value)}\n") == [3]


@pytest.mark.parametrize(
    "text",
    [
        "`{{ x }}`",
        "```\n{{ x }}\n```",
        "    {{ x }}",
        "<code>{{ x }}</code>",
        "<pre>\n{{ x }}\n</pre>",
        "{% raw %}{{ x }}{% endraw %}",
        "{% raw %}\n{{ x }}\n{% endraw %}",
        "Set ${{ secrets.x }} there.",
        "x^{{2}} and {{ 12 }}",
        "{{< relref `a.md` >}}",
        "h2. Head\n\n{{mono}}",
    ],
)
def test_what_is_shown_as_it_is_is_not(text: str) -> None:
    assert _told(f"# T\n\n{text}\n") == []


def test_what_is_shown_as_it_is_stays_so() -> None:
    html = read_guide("# T\n\n{% raw %}{{ x }} and `{{ y }}`{% endraw %}\n", "t.md").html
    assert "{{ x }} and <code>{{ y }}</code>" in html


def test_the_blanks_of_a_reply_are_none() -> None:
    assert _told("---\nkind: reply\n---\n# T\n\nDear {{name}},\n", "replies/t.md") == []
