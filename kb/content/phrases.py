"""Words of the product among words of guides: they keep what they are made of, so that pages can say them anew."""

from __future__ import annotations

from typing import Self


class Phrase(str):
    """What the product says, in English, with the `template` and the `values` that it is made of.

    It is text like any other; where a page shows it to a reader of another language, `kb.models.wording.spoken` puts it
    into that language. Give it its words as they stand: `make messages` looks for them.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """The phrase; `{name}` in the template stands for the value of that name."""
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = template, values
        return made

    def filled(self, **values: object) -> Phrase:
        """The phrase with its values, where it stands without them in a constant."""
        return Phrase(self.template, **values)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """What makes the same phrase again, in another process."""
        return (self.template,), self.values
