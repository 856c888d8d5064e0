"""What an author hides by a condition, of whatever tool, is in nothing that readers are given."""

from __future__ import annotations

from time import process_time

import pytest

from kb.content.foreign import jsx_conditions
from kb.content.foreign.comments import without_hidden
from kb.content.foreign.lines import Lines
from kb.content.reading import read_guide

WORD = "KANARIE"
JSX = {
    "an element": f"A {{isAdmin && <b>{WORD}</b>}} b.",
    "a component over some lines": f"{{isAdmin &&\n  <Note>{WORD}</Note>\n}}",
    "a condition over two lines": f"{{isAdmin\n && <b>{WORD}</b>}}",
    "two sides over two lines": f"{{isAdmin ? <Note>{WORD}</Note>\n : <Note>ok</Note>}}",
    "a fragment with a list": f"{{isAdmin && (\n  <>\n    {WORD}\n\n    - {WORD}\n  </>\n)}}",
    "a quotation": f"> {{isAdmin && <b>{WORD}</b>}}",
    "a cell": f"| a | {{isAdmin && <b>{WORD}</b>}} |\n|---|---|\n| b | c |",
    "the second of two": f"{{isNew && isAdmin && <b>{WORD}</b>}}",
    "a condition on the other side": f"{{isNew ? <b>x</b> : isAdmin ? <b>{WORD}</b> : null}}",
    "one within another": f"{{isNew && <div>{{isAdmin && <b>{WORD}</b>}}</div>}}",
    "what is not public": f"{{!isPublic && <p>{WORD}</p>}}",
    "the other side of what is public": f"{{isPublic ? <b>x</b> : <i>{WORD}</i>}}",
    "the other side of what is not for staff": f"{{!isStaff ? <b>x</b> : <i>{WORD}</i>}}",
    "the last of three sides": f"{{isNew ? <b>x</b> : isPublic ? <b>y</b> : <i>{WORD}</i>}}",
    "the other side of several": f"{{isPublic || isNew ? <b>x</b> : <i>{WORD}</i>}}",
    "or": f"{{isPublic || <i>{WORD}</i>}}",
    "or, of what is missing": f"{{isPublic ?? <i>{WORD}</i>}}",
    "another value": f"{{audience !== 'public' && <b>{WORD}</b>}}",
    "a fence within": f"{{isAdmin && <Note>\n\n```\n}}\n```\n\n{WORD}</Note>}}",
}
OF_MDX = {
    "a string": f'{{isAdmin && "{WORD}"}} a',
    "a template": f"{{isStaff && `{WORD}`}} a",
    "strings on both sides": f"{{isAdmin ? '{WORD}' : 'ok'}} a",
    "what is never true": f'{{0 && "{WORD}"}} a',
    "a string with a brace": f'{{isAdmin && "a }} {WORD}"}} a',
    "a call": f'{{isAdmin && t("{WORD}")}} a',
    "an attribute": f'<Note title={{isAdmin && "{WORD}"}}>\nhi\n</Note>',
    "a margin": f"    {{isAdmin && <b>{WORD}</b>}}",
}
PUBLIC = {
    "inline code": f"`{{isAdmin && <b>{WORD}</b>}}`",
    "a fence": f"```jsx\n{{isAdmin && <b>{WORD}</b>}}\n```",
    "a fence in a component": f"<Foo>\n\n    ```jsx\n    {{isAdmin && <b>{WORD}</b>}}\n    ```\n\n</Foo>",
    "a choice in code": f"`{{user ? '{WORD}' : 'b'}}`",
    "a name": f"{{name}} {WORD} {{user}} && {{role}}",
    "a backslash": f"\\{{isAdmin && <b>{WORD}</b>}}",
    "another condition": f"{{isNew &&\n  <Note>{WORD}</Note>\n}}",
}


def lamp(text: str, before: str = "") -> str:
    return f"{before}# Lamp\n\nFirst.\n\n{text}\n\nBehind.\n"


def given(text: str, source: str) -> str:
    """All that readers are given of a text: its page, its steps, what is searched and told, and the text."""
    document = read_guide(text, source)
    assert "First." in document.html
    public = document.for_staff.public_text if document.for_staff else text
    parts = document.metadata, document.structure, document.html, document.step_html, document.findings
    return repr(parts) + without_hidden(public, source)


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", JSX.values(), ids=JSX)
def test_what_mdx_shows_to_some_is_given_to_nobody(text: str, source: str) -> None:
    assert WORD not in given(lamp(text), source)
    document = read_guide(lamp(text), source)
    assert "Behind." in document.html
    assert "&amp;&amp;" not in document.html
    assert any("is not for all readers" in finding.message for finding in document.findings)


@pytest.mark.parametrize(("before", "source"), [("", "lamp.mdx"), ("import X from './x';\n\n", "lamp.md")])
@pytest.mark.parametrize("text", OF_MDX.values(), ids=OF_MDX)
def test_so_are_words_of_programs_where_a_page_is_mdx(text: str, before: str, source: str) -> None:
    assert WORD not in given(lamp(text, before), source)
    assert "Behind." in read_guide(lamp(text, before), source).html


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
def test_a_condition_that_never_ends_hides_all_that_follows_and_is_told(source: str) -> None:
    text = lamp(f"{{isAdmin && <b>{WORD}</b>\n\n{WORD}")
    assert WORD not in given(text, source)
    assert any("hides never ends" in finding.message for finding in read_guide(text, source).findings)


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", PUBLIC.values(), ids=PUBLIC)
def test_nothing_else_in_braces_is_hidden(text: str, source: str) -> None:
    document = read_guide(lamp(text), source)
    assert WORD in document.html
    assert without_hidden(lamp(text), source) == lamp(text)
    assert "Behind." in document.html


@pytest.mark.parametrize("words", ["Set {user ? 'KANARIE' : 'b'}.", "{really? <b>KANARIE, user</b>}"])
def test_braces_in_prose_of_markdown_stay(words: str) -> None:
    assert WORD in read_guide(lamp(words), "lamp.md").html
    assert WORD in without_hidden(lamp(words), "lamp.md")


def test_both_sides_of_another_condition_stay_without_its_signs() -> None:
    document = read_guide(lamp("{isNew ? <b>one</b>\n : <i>two</i>} more"), "lamp.mdx")
    assert "<p><b>one</b>\n<i>two</i> more</p>" in document.html
    assert any("is left out" in finding.message and finding.line == 5 for finding in document.findings)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("piece", "end"),
    [
        *(("{a &&", ""), ("{isAdmin && <b>", ""), ("{a ? <b>x</b> :", ""), ("{isAdmin && (", ""), ('{a && "}', "")),
        *(
            ('<p v-if="isPublic">', ""),
            ('<p v-else-if="a">', "</p>"),
            ("{{a && <b>", ""),
            ("{a && <b>", "</b>}"),
            ("{a ? <b>", "</b> : <i/>}"),
        ),
    ],
)
def test_hostile_conditions_take_time_by_their_length(piece: str, end: str) -> None:
    seconds = []
    for count in (2_500, 10_000):
        begun = process_time()
        without_hidden(lamp(piece * count + end * count), "lamp.mdx")
        lines = Lines(lamp(f"{piece}\n" * count + end * count), 1)
        jsx_conditions.read(lines, is_mdx=False)
        seconds.append(process_time() - begun)
    assert seconds[1] < max(1.0, 8 * seconds[0])


ELEMENTS = {
    "a style of JSX": f"<div style={{{{display: 'none'}}}}>{WORD}</div>",
    "another": f'<div style={{{{ color: "red", visibility: "hidden" }}}}>{WORD}</div>',
    "a class of JSX": f'<div className="hidden">{WORD}</div>',
    "a class in braces": f"<div className={{'x d-none'}}>{WORD}</div>",
    "an expression that is true": f"<Box hidden={{true}}>{WORD}</Box>",
    "behind a function": f"<div onClick={{() => go()}} hidden>{WORD}</div>",
    "Vue, never": f'<div v-if="false">{WORD}</div>',
    "Vue, not shown": f'<div v-show="false">\n\n{WORD}\n\n</div>',
    "Vue, for who is signed in": f'<p v-if="user.loggedIn">{WORD}</p>',
    "Vue, for another": f'<p v-if="a">x</p>\n<p v-else-if="page.draft">{WORD}</p>',
    "Vue, for staff": f"<p v-if=\"user.role === 'admin'\">{WORD}</p>",
    "Vue, a component that ends itself": f'<Note v-if="false" text="{WORD}" />',
    "Vue, else of what is public": f'<p v-if="isPublic">x</p>\n<p v-else>{WORD}</p>',
    "Vue, else of what is not for staff": f'<p v-if="!isStaff">x</p><p v-else>{WORD}</p>',
    "Vue, else of another value": f"<p v-if=\"audience === 'public'\">x</p>\n\n<p v-else>{WORD}</p>",
    "Vue, else of several": f'<p v-if="isPublic || isNew">x</p>\n<p v-else>{WORD}</p>',
    "Vue, else if": f'<p v-if="isPublic">x</p>\n<p v-else-if="isNew">y</p>\n<p v-else>{WORD}</p>',
    "Vue, the second side": f'<p v-if="isPublic">x</p>\n<p v-else-if="isNew">{WORD}</p>',
    "Vue, else of a box": f'<div v-if="isPublic"><p v-if="a">x</p><p v-else>y</p></div>\n\n<div v-else>{WORD}</div>',
    "Vue, else behind nothing": f'<p v-if="isPublic">x</p>\n\nWords.\n\n<p v-else>{WORD}</p>',
    "Vue, else of what is always": f'<p v-if="true">x</p>\n<p v-else>{WORD}</p>',
    "Vue, another value": f"<p v-if=\"audience !== 'public'\">{WORD}</p>",
    "a condition of a component": f'<If condition="user.loggedIn">{WORD}</If>',
    "a condition in braces": f"<Show when={{!isPublic}}>{WORD}</Show>",
    "a text for programs": f'<Visibility for="agents">{WORD}</Visibility>',
}
SHOWN_ELEMENTS = {
    "an expression that is false": f"<div hidden={{false}}>{WORD}</div>",
    "another class": f'<div className="hidden-x">{WORD}</div>',
    "another style": f"<div style={{{{display: 'block'}}}}>{WORD}</div>",
    "another condition of Vue": f'<div v-if="version > 2">{WORD}</div>',
    "Vue, what is public": f'<div v-if="isPublic">{WORD}</div>',
    "Vue, what is not for staff": f'<div v-if="!isStaff">{WORD}</div>\n<div v-else>x</div>',
    "Vue, else of staff": f'<div v-if="isStaff">x</div>\n<div v-else>{WORD}</div>',
    "Vue, else of a version": f'<p v-if="isPublic">x</p>\n\n<p v-if="a > 2">y</p>\n<p v-else>{WORD}</p>',
    "what is not for staff": f"{{!isStaff && <b>{WORD}</b>}}",
    "what is public, or nothing": f"{{isPublic ? <b>{WORD}</b> : null}}",
    "code": f'`<div v-if="false">` {WORD}',
}


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", ELEMENTS.values(), ids=ELEMENTS)
def test_elements_that_no_reader_sees_are_given_to_nobody(text: str, source: str) -> None:
    assert WORD not in given(lamp(text), source)
    assert "Behind." in read_guide(lamp(text), source).html


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", SHOWN_ELEMENTS.values(), ids=SHOWN_ELEMENTS)
def test_other_elements_are_shown(text: str, source: str) -> None:
    assert WORD in read_guide(lamp(text), source).html
    assert WORD in without_hidden(lamp(text), source)


def test_other_sides_and_conditions_that_nobody_knows_are_told_with_their_lines() -> None:
    text = '<p v-if="isPublic">x</p>\n<p v-else>y</p>\n\n<p v-if="version > 2">one</p>\n<p v-else>two</p>'
    told = {finding.line: str(finding.message) for finding in read_guide(lamp(text), "lamp.md").findings}
    assert told[6] == "What '<p v-else>' encloses is not for all readers: it is left out."
    assert "'version > 2' is a form of another tool" in told[8]
    assert set(told) == {6, 8}
    assert read_guide(lamp(f"<!-- {text} -->"), "lamp.md").findings == ()


TEMPLATES = {
    "a macro": f"{{details:hidden=true}}\n{WORD}\n{{details}}",
    "a macro with more": f"{{multi-excerpt:name=x|hidden=true}}\n{WORD}\n{{multi-excerpt}}",
    "a macro for some": f"{{show-if:group=team}}\n{WORD}\n{{show-if}}",
    "a macro of storage": f'<ac:structured-macro ac:name="show-if"><p>{WORD}</p></ac:structured-macro>',
    "what is kept for later": f"{{% capture z %}}{WORD}{{% endcapture %}}",
    "what is kept over some lines": f"{{%- capture z -%}}\n\n{WORD}\n\n{{%- endcapture -%}}",
    "the other side of what is public": f"{{% if page.public %}}\none\n{{% else %}}\n{WORD}\n{{% endif %}}\n\ntwo",
    "of a value": f'{{%- if audience == "public" -%}}one{{%- else -%}}{WORD}{{%- endif -%}}',
    "of what is denied": f'{{% if audience != "public" %}}{WORD}{{% else %}}one{{% endif %}}',
    "a third side": f"{{% if public %}}one{{% elsif beta %}}{WORD}{{% else %}}{WORD}{{% endif %}} two",
    "of one with another within": (
        f"{{% if public %}}\none\n{{% if a %}}\nb\n{{% else %}}\ntwo\n{{% endif %}}\n"
        f"{{% else %}}\n{WORD}\n{{% endif %}}"
    ),
    "unless": f"{{% unless page.public %}}{WORD}{{% endunless %}}",
    "a side": f'{{% case page.kind %}}{{% when "internal" %}}{WORD}{{% endcase %}}',
    "a side with others": (
        f'{{% case page.kind %}}\n{{% when "a" %}}\none\n{{% when "staff", "b" %}}\n{{% case x %}}{{% when "c" %}}'
        f"{WORD}{{% endcase %}}\n{WORD}\n{{% else %}}\ntwo\n{{% endcase %}}"
    ),
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_what_macros_and_templates_hide_is_given_to_nobody(text: str) -> None:
    assert WORD not in given(lamp(text), "lamp.md")
    html = read_guide(lamp(text), "lamp.md").html
    assert "Behind." in html
    assert ("one" in html) == ("one" in text)
    assert ("two" in html) == ("two" in text)


@pytest.mark.parametrize(
    "text",
    [
        f"{{details}}\n{WORD}\n{{details}}",
        f"{{% case a %}}{{% when 'b' %}}{WORD}{{% endcase %}}",
        f"{{% if a %}}one{{% else %}}{WORD}{{% endif %}}",
        f"{{% if staff %}}one{{% else %}}{WORD}{{% endif %}}",
        f"{{% unless a %}}{WORD}{{% endunless %}}",
    ],
)
def test_other_macros_and_sides_are_shown(text: str) -> None:
    assert WORD in read_guide(lamp(text), "lamp.md").html
    assert WORD in without_hidden(lamp(text), "lamp.md")


@pytest.mark.parametrize("text", [f"%% open\n\n{WORD}", f"> %% open\n\n{WORD}", f"- %% open {WORD}\n\n{WORD}"])
def test_a_comment_of_a_vault_that_never_ends_hides_what_it_is_told_to(text: str) -> None:
    assert WORD not in given(lamp(text), "lamp.md")
    found = [str(finding.message) for finding in read_guide(lamp(text), "lamp.md").findings]
    assert "What '%%' hides never ends: what follows is left out." in found


def test_within_a_line_it_hides_the_rest_of_the_paragraph_and_no_more_is_told() -> None:
    text = lamp(f"Words %% open {WORD}\n\nShown.")
    assert WORD not in given(text, "lamp.md")
    document = read_guide(text, "lamp.md")
    assert "Shown." in document.html
    told = "What '%%' hides never ends: the rest of its paragraph is left out."
    assert [str(finding.message) for finding in document.findings] == [told]


SAID_TO_STAFF = {
    "a component": f"<Staff>{WORD}</Staff>",
    "wiki markup": f"{{staff}}\n{WORD}\n{{staff}}",
    "a class": f'<div class="staff">{WORD}</div>',
    "a macro": f'<ac:structured-macro ac:name="staff"><p>{WORD}</p></ac:structured-macro>',
    "a zone": f'::: zone pivot="staff"\n{WORD}\n::: zone-end',
    "staff only": f"<StaffOnly>{WORD}</StaffOnly>",
    "internal": f"<Internal>{WORD}</Internal>",
    "a condition": f"<If condition={{isAdmin}}>{WORD}</If>",
    "a condition in words": f'<Show when="staff">{WORD}</Show>',
    "whom it is for": f'<Only for="internal">{WORD}</Only>',
    "whom it is shown to": f'<Visible to="staff">{WORD}</Visible>',
    "what a build takes in": f'{{{{% conditional-text include-if="internal" %}}}}{WORD}{{{{% /conditional-text %}}}}',
    "what a build leaves out": f'{{{{% conditional-text exclude-if="public" %}}}}{WORD}{{{{% /conditional-text %}}}}',
    "a role": f'<RoleGate role="staff">{WORD}</RoleGate>',
}


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", SAID_TO_STAFF.values(), ids=SAID_TO_STAFF)
def test_nothing_is_told_to_be_left_out_of_what_staff_are_given(text: str, source: str) -> None:
    assert WORD not in given(lamp(text), source)
    document = read_guide(lamp(text), source)
    assert document.for_staff is not None
    assert WORD in document.for_staff.html
    assert document.findings == ()
