"""Composes YAML from strangers: nothing in it is larger than its text, nested deeply, or builds objects.

An alias (`*`) repeats what an anchor (`&`) names, so that a few lines of aliases of aliases stand for gigabytes. What
is refused is refused while the text is parsed, before anything is built from it.
"""

from __future__ import annotations

from collections.abc import Container
from enum import Enum

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover - PyYAML without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str")


class Fault(Enum):
    """Why a text is refused that is YAML."""

    ANCHOR = "an anchor"
    ALIAS = "an alias"
    TAG = "a tag"
    NESTING = "too many levels"
    DOCUMENTS = "a second document"


class RefusedYamlError(Exception):
    """A text has a `fault` in the line `line` (from 1)."""

    def __init__(self, fault: Fault, line: int) -> None:
        super().__init__(f"{fault.value} in line {line}")
        self.fault = fault
        self.line = line


def compose(text: str, deepest: int, *, allowed: Container[Fault] = ()) -> yaml.Node | None:
    """The root node of a text, None for an empty one; RefusedYamlError, or what PyYAML raises for what is no YAML.

    Anchors and tags may be `allowed`, as they do nothing by themselves; PyYAML refuses a second document in any case.
    """
    depth = documents = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        faults = {
            Fault.ALIAS: isinstance(event, yaml.AliasEvent),
            Fault.ANCHOR: bool(getattr(event, "anchor", None)) and not isinstance(event, yaml.AliasEvent),
            Fault.TAG: getattr(event, "tag", None) not in PLAIN_TAGS,
            Fault.NESTING: depth > deepest,
            Fault.DOCUMENTS: documents > 1,
        }
        for fault, is_there in faults.items():
            if is_there and fault not in allowed:
                raise RefusedYamlError(fault, event.start_mark.line + 1 if event.start_mark else 1)
    return yaml.compose(text, Loader=Loader)
