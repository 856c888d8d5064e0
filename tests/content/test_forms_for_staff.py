"""What authors of other tools marked for staff is in nothing that everyone is shown, whatever form says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.document import ContentError, Document
from kb.content.foreign.comments import NEVER_ENDS, without_hidden
from kb.content.reading import read_contact, read_guide
from kb.content.staff_blocks import has_mark

WORD = "KANARIE"
BLOCKS = {
    "a shortcode's type": f'{{{{< alert type="staff" >}}}}\n{WORD}\n{{{{< /alert >}}}}',
    "a shortcode's style": f'{{{{% notice style="staff" %}}}}\n{WORD}\n{{{{% /notice %}}}}',
    "a shortcode's class, on a line": f'{{{{< alert class="box staff" >}}}}{WORD}{{{{< /alert >}}}}',
    "a shortcode's title": f'{{{{< alert title="Staff only" >}}}}\n{WORD}\n{{{{< /alert >}}}}',
    "a shortcode's first word": f"{{{{< callout staff >}}}}\n{WORD}\n{{{{< /callout >}}}}",
    "a shortcode's name": f"{{{{< staff-only >}}}}\n{WORD}\n{{{{< /staff-only >}}}}",
    "a shortcode that begins beside its words": f'{{{{< alert type="staff" >}}}}{WORD}\nmore {WORD}{{{{< /alert >}}}}',
    "a shortcode over some lines": f'{{{{< alert\n  type="staff"\n>}}}}\n{WORD}\n{{{{< /alert >}}}}',
    "a shortcode with its own text": f'{{{{< alert type="staff" text="{WORD}" >}}}}',
    "GitBook": f'{{% hint style="staff" %}}\n{WORD}\n{{% endhint %}}',
    "Liquid's name": f"{{% staff %}}\n{WORD}\n{{% endstaff %}}",
    "Markdoc": f'{{% callout type="staff" %}}\n{WORD}\n{{% /callout %}}',
    "an include": f'{{% include alert.html type="staff" content="{WORD}" %}}',
    "an include's name": f'{{% include staff.html content="{WORD}" %}}',
    "a component's name": f"<Staff>\n{WORD}\n</Staff>",
    "a component's name, on a line": f"<StaffOnly>{WORD}</StaffOnly>",
    "a component's type": f'<Callout type="staff">\n{WORD}\n</Callout>',
    "a component's type, on a line": f'<Callout type="staff">{WORD}</Callout>',
    "a component that begins beside its words": f'<Callout type="staff">{WORD}\nmore</Callout>',
    "a component's variant": f'<Alert variant="internal">\n{WORD}\n</Alert>',
    "a component's className": f'<Box className="card staff">\n{WORD}\n</Box>',
    "an expression": f"<Callout type={{'staff'}}>\n{WORD}\n</Callout>",
    "a tag over some lines": f'<Callout\n  icon={{<b/>}}\n  type="staff"\n>\n{WORD}\n</Callout>',
    "an attribute without a value": f"<Note staff>\n{WORD}\n</Note>",
    "a component's title": f'<Callout title="Staff only">\n{WORD}\n</Callout>',
    "a folded component's title": f'<Accordion title="Staff only">\n{WORD}\n</Accordion>',
    "a component in a step": f'<Steps>\n\n  <Step title="a">\n\n    <Note kind="staff">\n\n      {WORD}\n\n    </Note>\n\n  </Step>\n\n</Steps>',  # noqa: E501
    "a component with a stray sign": f"<Staff>\n\n:::\n\n{WORD}\n\n</Staff>",
    "an aside": f'<aside class="staff">{WORD}</aside>',
    "an aside around Markdown": f'<aside class="staff">\n\n{WORD}\n\n</aside>',
    "an aside with Markdown": f'<aside class="staff" markdown="1">\n{WORD}\n</aside>',
    "an aside over some lines": f"<aside\n  class='alert alert-staff'\n>\n{WORD}\n</aside>",
    "an aside for internal use": f"<aside class=internal>{WORD}</aside>",
    "an aside in another element": f'<div>\n<aside class="staff">{WORD}</aside>\n</div>',
    "an aside with its end in code": f'<aside class="staff">\n\n```\n</aside>\n```\n\n{WORD}\n\n</aside>',
    "a section": f'<section class="staff-only">\n{WORD}\n</section>',
    "capitals": f'<DIV CLASS="Staff">{WORD}</DIV>',
    "encoded letters": f'<div class="st&#97;ff">{WORD}</div>',
    "data": f'<div data-audience="staff">\n{WORD}\n</div>',
    "elements within": f'<div class="staff">\n<div>a</div>\n{WORD}\n</div>',
    "Vue": f'<div v-if="user.isStaff">\n{WORD}\n</div>',
    "an element of no standard": f"<staff>\n{WORD}\n</staff>",
    "a folded part": f'<details class="staff"><summary>More</summary>\n\n{WORD}\n\n</details>',
    "the title of a folded part": f"<details><summary>Staff only</summary>\n\n{WORD}\n\n</details>",
    "a container for internal use": f":::internal\n{WORD}\n:::",
    "a private container": f":::private Title\n{WORD}\n:::",
    "a hidden alert": f"> [!hidden]\n> {WORD}",
    "a draft behind exclamation marks": f'!!! draft "Later"\n    {WORD}',
    "private slashes": f"/// private\n{WORD}\n///",
    "a private component": f"<Private>\n{WORD}\n</Private>",
    "a component for who is signed in": f"<SignedIn>{WORD}</SignedIn>",
    "a component for a role": f'<RequireRole role="admin">\n{WORD}\n</RequireRole>',
    "a component with roles": f'<Restricted roles={{["agent"]}}>{WORD}</Restricted>',
    "a component of a private type": f'<Callout type="private">\n{WORD}\n</Callout>',
    "a component that asks for a user": f'<If user="staff">\n{WORD}\n</If>',
    "a component that asks in short": f"<If cond={{isStaff}}>{WORD}</If>",
    "a component with another side": f"<If cond={{isStaff}}>\n\n{WORD}\n\n<Else>\n\nx\n\n</Else>\n\n</If>",
    "a private shortcode": f"{{{{< private >}}}}\n{WORD}\n{{{{< /private >}}}}",
    "a shortcode that asks": f"{{{{% if-staff %}}}}\n{WORD}\n{{{{% /if-staff %}}}}",
    "a private hint": f'{{% hint style="private" %}}\n{WORD}\n{{% endhint %}}',
    "a private box of Hugo": f"{{{{% notice private %}}}}\n{WORD}\n{{{{% /notice %}}}}",
    "a private tag": f"{{% private %}}\n{WORD}\n{{% endprivate %}}",
    "a container's name": f":::staff-only Title\n{WORD}\n:::",
    "a container's class": f"::: {{.note .staff}}\n{WORD}\n:::",
    "a container's attribute": f':::note{{type="staff"}}\n{WORD}\n:::',
    "a container's title": f":::note[Staff only]\n{WORD}\n:::",
    "a container's option": f":::{{admonition}} Title\n:class: staff\n{WORD}\n:::",
    "a zone": f'::: zone pivot="staff"\n{WORD}\n::: zone-end',
    "a directive in a fence": f"```{{admonition}} Title\n:class: staff\n{WORD}\n```",
    "exclamation marks": f'!!! staff-only "Title"\n    {WORD}',
    "a second class": f"!!! note staff\n    {WORD}",
    "the title behind exclamation marks": f'!!! note "Staff only"\n    {WORD}',
    "question marks": f"??? internal\n    {WORD}",
    "slashes": f"/// internal\n{WORD}\n///",
    "an option below slashes": f"/// admonition | Title\n    type: staff\n{WORD}\n///",
    "attributes below slashes": f"/// note\n    attrs: {{class: 'staff'}}\n{WORD}\n///",
    "an element between slashes": f"/// html | div.staff\n{WORD}\n///",
    "an alert for internal use": f"> [!INTERNAL]\n> {WORD}",
    "an alert's title": f"> [!NOTE] Staff only\n> {WORD}",
    "an alert's metadata": f"> [!note|staff]\n> {WORD}",
    "attributes below": f"{WORD}\n{{: .staff }}",
    "attributes above": f"{{: .staff }}\n{WORD}",
    "a macro's name": f'<ac:structured-macro ac:name="staff"><p>{WORD}</p></ac:structured-macro>',
    "a macro's title": f'<ac:structured-macro ac:name="panel"><ac:parameter ac:name="title">Staff only</ac:parameter><p>{WORD}</p></ac:structured-macro>',  # noqa: E501
    "wiki markup": f"{{panel:title=Staff only}}\n{WORD}\n{{panel}}",
    "wiki markup's name": f"{{staff}}\n{WORD}\n{{staff}}",
    "an element in a quotation": f'> <aside class="staff">\n> {WORD}\n> </aside>',
    "a shortcode in a quotation": f'> {{{{< alert type="staff" >}}}}\n> {WORD}\n> {{{{< /alert >}}}}',
    "a container in a quotation": f"> :::internal\n> {WORD}\n> :::",
    "a component as an item": f'- <Callout type="staff">{WORD}</Callout>\n- two',
    "a shortcode in an item": f'- one\n\n  {{{{< alert type="staff" >}}}}\n  {WORD}\n  {{{{< /alert >}}}}\n- two',
    "an element in an item": f'1. one\n   <aside class="staff">{WORD}</aside>\n2. two',
}
IN_PLACE = {
    "a heading's class": f"## Inside {{.staff}}\n\n{WORD}\n\n## Out",
    "the class of a heading with a line": f"Inside {{#x .staff}}\n------\n\n{WORD}\n\n## Out",
    "an item's class": f"- one\n- {{: .staff}} {WORD}\n- two",
    "a class at the end of a paragraph": f"{WORD} text {{: .staff}}",
    "a row": f'<table>\n<tr><td>a</td></tr>\n<tr class="staff"><td>{WORD}</td></tr>\n</table>',
    "an item of HTML": f'<ul>\n<li>a</li>\n<li class="staff">{WORD}</li>\n</ul>',
}
"""What staff see where it stands, without a box."""
WITHIN_A_LINE = {
    "a shortcode": f'aa {{{{< alert type="staff" >}}}}{WORD}{{{{< /alert >}}}} bb',
    "a shortcode's name": f"aa {{{{% staff %}}}}{WORD}{{{{% /staff %}}}} bb",
    "a shortcode that ends itself": f'aa {{{{< alert type="staff" text="{WORD}" />}}}} bb',
    "an include": f'aa {{% include alert.html type="staff" content="{WORD}" %}} bb',
    "Liquid": f"aa {{% staff %}}{WORD}{{% endstaff %}} bb",
    "a component": f'aa <Callout type="staff">{WORD}</Callout> bb',
    "a component's name": f"aa <Staff>{WORD}</Staff> bb",
    "a component over two lines": f'aa <Callout type="staff">x\n{WORD}</Callout> bb',
    "a badge": f'aa <Badge type="staff" text="{WORD}" /> bb',
    "an element": f'aa <span class="staff">{WORD}</span> bb',
    "an aside": f'aa <aside class="staff">{WORD}</aside> bb',
    "an element of no standard": f"aa <staff>{WORD}</staff> bb",
    "an element in HTML": f'<p>aa <span class="staff">{WORD}</span> bb</p>',
    "Pandoc": f"aa [{WORD}]{{.staff}} bb",
    "kramdown": f"aa **{WORD}**{{: .staff}} bb",
    "wiki markup": f"aa {{info:title=Staff only}}{WORD}{{info}} bb",
    "a cell": f"| a | b |\n|---|---|\n| aa | {{{{< staff >}}}}{WORD}{{{{< /staff >}}}} bb |",
    "a step": f'1. aa <Callout type="staff">{WORD}</Callout> bb',
    "a quotation": f"> aa <Staff>{WORD}</Staff> bb",
}
NEVER_ENDED = {
    "a shortcode": f'{{{{< alert type="staff" >}}}}\n{WORD}',
    "a shortcode's name": f"{{{{< staff >}}}}\n{WORD}",
    "a shortcode within a line": f'aa {{{{< alert type="staff" >}}}}{WORD}',
    "a shortcode in an item": f"- {{{{< staff >}}}}\n  {WORD}",
    "GitBook": f'{{% hint style="staff" %}}\n{WORD}',
    "a component": f'<Callout type="staff">\n{WORD}',
    "a component's name": f"<Staff>\n{WORD}",
    "a component in a quotation": f'> <Callout type="staff">\n> {WORD}',
    "an element": f'<aside class="staff">\n{WORD}',
    "an element within a line": f'aa <span class="staff">{WORD}',
    "a container": f":::staff\n{WORD}",
    "a container for internal use": f":::internal\n{WORD}",
    "slashes": f"/// staff\n{WORD}",
    "an option below slashes": f"/// admonition | Title\n    type: staff\n{WORD}",
}
FOR_EVERYONE = {
    "another class": f'<div class="staff-list">{WORD}</div>',
    "another class of a container": f"::: {{.staff-list}}\n{WORD}\n:::",
    "another class of attributes": f"{WORD}\n{{: .staffroom }}",
    "another type": f'<Callout type="staffing">{WORD}</Callout>',
    "another type of a shortcode": f'{{{{< alert type="staffing" >}}}}\n{WORD}\n{{{{< /alert >}}}}',
    "another include": f'{{% include staff-list.html content="{WORD}" %}}',
    "another title": f'!!! note "Our staff"\n    {WORD}',
    "another title of an alert": f"> [!NOTE] Staff list\n> {WORD}",
    "prose": f"Ask the staff, who see internal pages only. {WORD}",
    "a heading": f"## Staff\n\n{WORD}",
    "an id": f'<div id="staff">{WORD}</div>',
    "an address": f'<a href="staff">{WORD}</a>',
    "a link that Sphinx made": f'<a class="reference internal" href="https://a.example">{WORD}</a>',
    "a reference": f'{WORD} {{{{< ref "staff" >}}}}',
    "a tab": f'=== "Staff"\n    {WORD}',
    "a tab of MDX": f'<Tabs>\n<TabItem value="staff" label="Staff">\n{WORD}\n</TabItem>\n</Tabs>',
    "a folded part about staff": f"<details><summary>Staff</summary>\n\n{WORD}\n\n</details>",
    "a place for a name": f"Type ssh <staff>@host. {WORD}",
    "braces": f"Ask {{staff}} or {WORD} {{staff}}",
    "an escaped tag": f"Write \\<Staff> and {WORD}",
    "an escaped shortcode": f"{{{{</* staff */>}}}} {WORD}",
    "a raw shortcode": f"{{% raw %}}{{{{< staff >}}}}{{% endraw %}}\n\n{WORD}",
    "a comment": f'<!-- <aside class="staff"> -->\n\n{WORD}',
    "inline code": f'Use `<aside class="staff">` or `{{{{< staff >}}}}` and {WORD}',
    "a fence": f'```html\n<aside class="staff">{WORD}</aside>\n```',
    "a fence of XML": f'```xml\n<user role="staff">{WORD}</user>\n```',
    "what stands right below a container": f":::note\nx\n:::\n{WORD}",
    "a private member": f'<table><tr><td class="private">{WORD}</td></tr></table>',
    "a place for a secret": f"Type <secret> or <private>. {WORD}",
    "a shortcode that encloses nothing": f"{{{{< draft >}}}}\n\n{WORD}",
    "a shortcode that takes something in": f'{{{{< require "x" >}}}}\n\n{WORD}',
    "a box for developers": f"> [!dev]\n> {WORD}",
    "what a user types": f'<Terminal user="admin">{WORD}</Terminal>',
    "a badge of a draft": f'<Badge type="draft" text="{WORD}" />',
    "the other side of staff": f"<If cond={{isNew}}>a<Else>{WORD}</Else></If>",
    "a fence of a shortcode": f"```\n:::internal\n{{{{< staff >}}}}{WORD}\n```",
}


def shown(document: Document) -> str:
    """All that is in a document but for what is for staff."""
    parts = document.metadata, document.structure, document.html, document.step_html, document.findings
    return repr(parts)


def lamp(text: str) -> str:
    return f"# Lamp\n\nFirst.\n\n{text}\n\nBehind.\n"


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", [*BLOCKS.values(), *IN_PLACE.values(), *WITHIN_A_LINE.values()])
def test_what_is_for_staff_reaches_nobody_else_and_staff_read_it(text: str, source: str) -> None:
    document = read_guide(lamp(text), source)
    assert document.for_staff is not None
    assert WORD not in shown(document)
    assert WORD not in document.for_staff.public_text
    assert WORD in document.for_staff.html
    assert "First." in document.html
    assert "Behind." in document.html
    assert has_mark(lamp(text))


@pytest.mark.parametrize("text", [*BLOCKS.values(), *WITHIN_A_LINE.values()])
def test_staff_are_told_that_it_is_theirs(text: str) -> None:
    document = read_guide(lamp(text), "lamp.md")
    assert document.for_staff is not None
    assert "Staff only" in document.for_staff.html
    assert "Staff only" not in document.html


@pytest.mark.parametrize("text", [*BLOCKS.values(), *IN_PLACE.values(), *WITHIN_A_LINE.values()])
def test_the_text_without_it_is_read_just_so(text: str) -> None:
    document = read_guide(lamp(text), "lamp.md")
    assert document.for_staff is not None
    again = read_guide(document.for_staff.public_text, "lamp.md")
    assert again.for_staff is None
    assert again.html == document.html


@pytest.mark.parametrize("text", WITHIN_A_LINE.values())
def test_within_a_line_the_words_beside_it_stay_for_everybody(text: str) -> None:
    document = read_guide(lamp(text), "lamp.md")
    assert "aa" in document.html
    assert "bb" in document.html
    assert document.findings == ()


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", NEVER_ENDED.values())
def test_what_never_ends_hides_all_that_follows_and_is_told_without_its_words(text: str, source: str) -> None:
    document = read_guide(lamp(f"{text}\n\n## More\n\n{WORD}"), source)
    assert document.for_staff is not None
    assert WORD not in shown(document)
    assert WORD not in document.for_staff.public_text
    assert WORD in document.for_staff.html
    assert "First." in document.html
    never = [found for found in document.findings if getattr(found.message, "template", "") == NEVER_ENDS.template]
    assert [found.line for found in never] == [5]


@pytest.mark.parametrize("source", ["lamp.md", "lamp.mdx"])
@pytest.mark.parametrize("text", FOR_EVERYONE.values())
def test_nothing_else_is_hidden(text: str, source: str) -> None:
    document = read_guide(lamp(text), source)
    assert document.for_staff is None
    assert WORD in document.html
    assert "Behind." in document.html


@pytest.mark.parametrize("name", ["staff", "internal", "private"])
def test_what_stands_right_below_the_end_of_a_container_is_for_everyone(name: str) -> None:
    document = read_guide(lamp(f":::{name}\n{WORD}\n:::\nBelow."), "lamp.md")
    assert WORD not in shown(document)
    assert "Below." in document.html


@pytest.mark.parametrize(
    "text",
    [
        f"<If cond={{isStaff}}>{WORD}<Else>For all</Else></If>",
        f"<If cond={{isStaff}}>\n\n{WORD}\n\n<Else>\n\nFor all\n\n</Else>\n\n</If>",
        f'<If user="staff">\n{WORD}\n<Else>\nFor all\n</Else>\n</If>',
        f"<If cond={{isPublic}}>For all<Else>{WORD}</Else></If>",
        f"<If cond={{isPublic}}>\nFor all\n</If>\n<Else>\n{WORD}\n</Else>",
        f"<When condition={{isPublic}}>For all</When><Otherwise>{WORD}</Otherwise>",
    ],
)
def test_of_two_sides_of_a_component_that_for_everyone_is_shown(text: str) -> None:
    document = read_guide(lamp(text), "lamp.mdx")
    assert WORD not in shown(document)
    assert "For all" in document.html
    public = without_hidden(document.for_staff.public_text if document.for_staff else lamp(text), "lamp.mdx")
    assert WORD not in public
    assert "For all" in public


def test_an_other_side_that_a_fence_shows_ends_nothing() -> None:
    document = read_guide(lamp(f"<If cond={{isStaff}}>\n```\n<Else>\n```\n{WORD}\n</If>"), "lamp.mdx")
    assert WORD not in shown(document)


@pytest.mark.parametrize("text", [*BLOCKS.values(), *WITHIN_A_LINE.values()])
def test_a_guide_for_staff_shows_them_all_of_it(text: str) -> None:
    document = read_guide(f"---\naudience: staff\n---\n{lamp(text)}", "lamp.md")
    assert document.for_staff is None
    assert WORD in document.html


@pytest.mark.parametrize("text", [BLOCKS["an aside"], WITHIN_A_LINE["a component"]])
def test_a_contact_for_everyone_has_none_of_it(text: str) -> None:
    with pytest.raises(ContentError, match="Only guides have blocks for staff") as refused:
        read_contact(f"---\nname: Desk\n---\nHello\n\n{text}\n", "contacts/desk.md")
    assert refused.value.line == 6
    assert WORD in read_contact(f"---\nname: D\naudience: staff\n---\n{text}\n", "contacts/d.md").html


PIECES = st.sampled_from(
    [
        *("a\n", "\n", "- item\n", "> quote\n", "```\n", "# H\n", "<div>\n", "</div>\n", "::: note\n", ":::\n"),
        *("| a |\n|---|\n", "<!--\n", "-->\n", "`", "> ", "  ", "</Staff>\n", '<aside class="staff">', "</aside>"),
        *("{: .staff }\n", "{% raw %}", "{% endraw %}", "{{< staff >}}", "{{< /staff >}}", "<Staff>", "/// note\n"),
    ]
)


@settings(max_examples=40)
@given(st.lists(PIECES, max_size=10), st.sampled_from(sorted({**BLOCKS, **WITHIN_A_LINE})))
def test_what_everyone_is_given_to_read_is_read_by_everyone_alike(pieces: list[str], form: str) -> None:
    block = {**BLOCKS, **WITHIN_A_LINE}[form]
    document = read_guide(f"# Lamp\n\n{''.join(pieces)}\n\n{block}\n\n{''.join(pieces)}", "lamp.md")
    if document.for_staff is not None and WORD not in document.for_staff.public_text:
        assert WORD not in shown(document)
