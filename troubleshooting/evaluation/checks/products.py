"""Checks what guides say that they apply to against the table of products beside them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from kb.content import front_matter
from kb.content.findings import FileFinding
from kb.content.product_file import FILE_NAME, usable_products
from kb.content.product_table import ProductTable
from troubleshooting.catalogue.from_folder import FolderLibrary


def check(library: FolderLibrary) -> Iterator[FileFinding]:
    """The products that the head of a guide names and the table does not know, where there is a table."""
    table = usable_products(library.folder / FILE_NAME)
    if table is None:
        return
    names = list(_names(table))
    for plan, document in library.documents:
        fields = front_matter.split(plan.file.data.decode()).fields
        line = next((at for key, at in getattr(fields, "lines", {}).items() if _is_applies_to(key)), 1)
        for product in document.metadata.applies_to:
            if not table.holds(product):
                near = get_close_matches(product, names, n=1)
                remedy = f"Did you mean '{near[0]}'?" if near else "Add it, or write what is there."
                message = f"'{product}' is in no family of {FILE_NAME}. {remedy}"
                yield FileFinding(plan.file.source, line, "warning", message)


def _names(table: ProductTable) -> Iterator[str]:
    for family in table.families:
        yield from (family.name, *family.spellings)
        for version in family.versions:
            yield from (version.name, *version.spellings)


def _is_applies_to(key: str) -> bool:
    return key.strip().lower().replace("-", "_").replace(" ", "_") == "applies_to"
