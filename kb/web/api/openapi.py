"""Takes the OpenAPI description of the API apart, for a page to show: operations with parameters, and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from kb.content.patterns import linear
from kb.web.query_strings import with_query

CODE = linear(r"`([^`]+)`")
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
FORMATS = {"date-time": "date and time"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is, in words: `before`, the name of the shape that it has ('' for none), `after`."""

    before: str = ""
    shape: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an operation is asked with."""

    name: str
    is_in_path: bool
    is_needed: bool
    kind: str
    description: SafeString
    default: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers with a status."""

    status: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API can be asked; `id` is its anchor on the page."""

    id: str
    path: str
    summary: str
    description: SafeString
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]

    def address(self, given: Mapping[str, str]) -> str:
        """The address that asks it with these values; what is blank is left out."""
        path, query = self.path, {}
        for parameter in self.parameters:
            value = given.get(parameter.name, "").strip()
            if parameter.is_in_path:
                path = path.replace(f"{{{parameter.name}}}", quote(value))
            elif value:
                query[parameter.name] = value
        return with_query(path, query)


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a shape."""

    name: str
    kind: Kind
    description: SafeString


@dataclass(frozen=True, slots=True)
class Shape:
    """An object of an answer, with its fields."""

    name: str
    description: SafeString
    fields: tuple[Field, ...]


def operations(schema: Mapping[str, Any]) -> tuple[Operation, ...]:
    """What can be asked, in the description's order; each is a GET, since the API only reads."""
    return tuple(_operation(path, methods["get"]) for path, methods in schema["paths"].items())


def shapes(schema: Mapping[str, Any]) -> tuple[Shape, ...]:
    """The objects that answers are made of, by name."""
    described = schema["components"]["schemas"]
    return tuple(
        Shape(
            name,
            as_html(shape.get("description", "")),
            tuple(
                Field(field, _kind(value), as_html(value.get("description", "")))
                for field, value in shape["properties"].items()
            ),
        )
        for name, shape in sorted(described.items())
    )


def as_html(text: str) -> SafeString:
    """A description with what stands between backticks as code."""
    return mark_safe(CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped, then only <code> is added


def _operation(path: str, described: Mapping[str, Any]) -> Operation:
    return Operation(
        id=slugify(described["summary"]),
        path=path,
        summary=described["summary"],
        description=as_html(described.get("description", "")),
        parameters=tuple(_parameter(parameter) for parameter in described.get("parameters", ())),
        answers=tuple(
            Answer(str(status), _kind(response["content"]["application/json"]["schema"]))
            for status, response in described["responses"].items()
        ),
    )


def _parameter(described: Mapping[str, Any]) -> Parameter:
    schema = described["schema"]
    bounds = [f"{words} {schema[key]}" for key, words in (("minimum", "from"), ("maximum", "to")) if key in schema]
    return Parameter(
        name=described["name"],
        is_in_path=described["in"] == "path",
        is_needed=bool(described.get("required")),
        kind=" ".join([_kind(schema).before, *bounds]),
        description=as_html(described.get("description", "")),
        default=str(schema.get("default", "")),
    )


def _kind(schema: Mapping[str, Any]) -> Kind:
    if "$ref" in schema:
        return Kind(shape=schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        # How pydantic writes `X | None`: OpenAPI 3.1 has no `nullable`, it takes the types of JSON Schema.
        (kind,) = (_kind(option) for option in schema["anyOf"] if option.get("type") != "null")
        return Kind(kind.before, kind.shape, f"{kind.after}, or null")
    if schema.get("type") == "array":
        kind = _kind(schema["items"])
        return Kind(f"list of {kind.before}", kind.shape, kind.after)
    if "enum" in schema:
        return Kind(f"one of {', '.join(map(repr, schema['enum']))}")
    return Kind(FORMATS.get(schema.get("format", "")) or TYPES[schema["type"]])
