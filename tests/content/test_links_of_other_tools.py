"""Links and pictures as other tools write them: from the top, by name, beside a page that is a folder."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide

FILES = {
    path: f"/at/{path}"
    for path in (
        "static/img/d.png",
        "docs/x/q.md",
        "att/o.png",
        "n/q2.md",
        "img/s.png",
        "lift/rope.md",
        "a/twice.md",
        "b/twice.md",
        "a/index.md",
    )
}


@pytest.mark.parametrize(
    ("source", "written", "path"),
    [
        ("docs/a.mdx", "![a](@site/static/img/d.png)", "static/img/d.png"),
        ("docs/a.mdx", "![a](pathname:///img/d.png)", "static/img/d.png"),
        ("docs/a.mdx", "[l](@site/docs/x/q.md)", "docs/x/q.md"),
        ("deep/a.md", "![o](o.png)", "att/o.png"),
        ("deep/a.md", "![o](att/o.png)", "att/o.png"),
        ("deep/a.md", "[n](n/q2.md)", "n/q2.md"),
        ("deep/a.md", "[n](Q2.md)", "n/q2.md"),
        ("a.md", "![x](img/s.png#only-light)", "img/s.png"),
        ("lift/drum.md", "[h](../rope/)", "lift/rope.md"),
        ("a.md", "[l](/docs/n/q2.md)", "n/q2.md"),
    ],
)
def test_what_the_tool_shows_is_found(source: str, written: str, path: str) -> None:
    document = read_guide(f"# A\n\n{written}\n", source, FILES)
    assert f'"/at/{path}"' in document.html
    (link,) = document.structure.links
    folder = "../" * source.count("/")
    assert link.target.lstrip("/") in {path, f"{folder}{path}", path.removeprefix("static/"), path.rpartition("/")[2]}


@pytest.mark.parametrize("written", ["[o](n/q2.md#Some%20head)", "[o](n/q2.md#Top#Some%20head)"])
def test_a_heading_as_it_is_written_is_an_anchor(written: str) -> None:
    assert 'href="/at/n/q2.md#some-head"' in read_guide(f"# A\n\n{written}\n", "deep/a.md", FILES).html


@pytest.mark.parametrize("written", ["[t](twice.md)", "[i](index.md)", "[s](deep.md)", "[r](../rope/)", "[q](q2)"])
def test_what_may_be_several_files_or_none_leads_nowhere(written: str) -> None:
    assert "/at/" not in read_guide(f"# A\n\n{written}\n", "deep/a.md", FILES).html


@pytest.mark.parametrize("written", ["[Go](obsidian://open?vault=V)", '<a href="obsidian://open?vault=V">Go</a>'])
def test_an_address_that_no_browser_follows_is_told_once(written: str) -> None:
    found = read_guide(f"# A\n\n{written}\n\n{written}\n", "a.md").findings
    said = "The link to 'obsidian://open?vault=V' leads nowhere: browsers follow no such address."
    assert [(each.line, each.message) for each in found if "obsidian:" in each.message] == [(3, said)]


def test_a_reference_in_a_text_is_a_link_that_can_be_told() -> None:
    document = read_guide(
        '# A\n\nSee {{< ref "nowhere.md" >}} and [r]({{< relref "rope.md" >}}).\n', "lift/a.md", FILES
    )
    assert [link.target for link in document.structure.links] == ["nowhere.md", "rope.md"]
    assert 'href="/at/lift/rope.md"' in document.html
