"""What a guide applies to is read from its text where its head says nothing."""

from __future__ import annotations

import pytest

from kb.content.reading import read_guide


def applies_to(text: str) -> tuple[str, ...]:
    return read_guide(text, "mail.md").metadata.applies_to


@pytest.mark.parametrize(
    ("section", "products"),
    [
        ("## Applies to\n\n- Quay 3\n- Quay 4.1.\n", ("Quay 3", "Quay 4.1")),
        ("## Affected versions\n\n4.2 and later, 5.0\n", ("4.2 and later", "5.0")),
        ("## Environment\n\n| Product | Quay Mail |\n| --- | --- |\n| Version | 3 |\n", ("Quay Mail",)),
        ("## Environment\n\n<table><tr><td>Product</td><td>Quay Mail</td></tr></table>\n", ("Quay Mail",)),
        ("## Applies to\n\nAll versions\n", ()),
        ("## Applies to\n\nWhich of these do you have?\n", ()),
        ("## Products\n\nWe sell lamps, chairs\n", ()),
    ],
)
def test_a_section_names_the_products(section: str, products: tuple[str, ...]) -> None:
    assert applies_to(f"# Mail stops\n\n{section}\n## Fix\n\nRestart the server.\n") == products


def test_the_head_has_the_last_word() -> None:
    assert applies_to("---\napplies_to: [Quay 5]\n---\n# Mail\n\n## Applies to\n\n- Quay 3\n") == ("Quay 5",)
