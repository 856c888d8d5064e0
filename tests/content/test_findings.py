"""What is said of many texts is told once."""

from __future__ import annotations

from kb.content.findings import FileFinding, Placed, as_lines, grouped

AUDIENCE = "'audience' is neither 'public' nor 'staff' ('%s'): everyone can read this guide."


def test_one_kind_is_one_group_with_all_of_its_places_and_errors_come_first() -> None:
    said = [Placed(f"{n}.md", n, "warning", f"The heading 'A {n}' is there twice.") for n in range(1, 4)]
    groups = grouped([*said, Placed("x.md", 7, "error", "This file is empty.")])
    assert [(group.message, group.count, group.severity) for group in groups] == [
        ("This file is empty.", 1, "error"),
        ("The heading '…' is there twice.", 3, "warning"),
    ]
    assert groups[1].places == [("1.md", 1), ("2.md", 2), ("3.md", 3)]


def test_words_that_all_of_a_kind_quote_stay() -> None:
    said = [
        Placed(1, 1, "warning", f"The problem '{title}' has no symptom: write it under 'Symptoms'.")
        for title in ("Can't sign in", "The server's disk is full")
    ]
    (group,) = grouped(said)
    assert group.message == "The problem '…' has no symptom: write it under 'Symptoms'."


def test_another_value_is_another_kind() -> None:
    said = [Placed(n, 3, "warning", AUDIENCE % ("ITPro" if n % 3 else "Admin")) for n in range(6)]
    assert [(group.message, group.count) for group in grouped(said)] == [
        (AUDIENCE % "ITPro", 4),
        (AUDIENCE % "Admin", 2),
    ]


def test_places_that_messages_name_make_no_other_kind() -> None:
    said = [Placed(n, 1, "warning", f"No question tells 'a' from 'b' (x/{n}.md:{n}): join them.") for n in range(2)]
    (group,) = grouped(said)
    assert group.message == "No question tells 'a' from 'b' (…): join them."


def test_few_are_lines_of_their_own_and_many_are_one_line_that_names_the_first() -> None:
    few = [FileFinding("z.md", n, "error", f"There is no contact 'c{n}'.") for n in range(3)]
    many = [FileFinding(f"d/{n:03}.md", 3, "warning", AUDIENCE % "ITPro") for n in range(334)]
    assert as_lines([*few, *many, *many]) == [
        "z.md:0: There is no contact 'c0'.",
        "z.md:1: There is no contact 'c1'.",
        "z.md:2: There is no contact 'c2'.",
        f"d/000.md:3: warning: {AUDIENCE % 'ITPro'} (334 times in 334 files, first here)",
    ]
