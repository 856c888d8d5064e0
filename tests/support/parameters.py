"""The names of the parameters and fields that views read, taken from their source where it says them."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.contrib.auth.admin import UserAdmin
from django.http import QueryDict

from kb.web.api import api
from kb.web.api.openapi import operations
from kb.web.studio.dashboard import Filters
from kb.web.studio.front_matter_form import BY_NAME, WAS

ADMINS = str.split(  # what Django's own pages read
    "_changelist_filters _facets _to_field _popup _save _continue _selected_action action select_across index "
    "app_label model_name field_name term q o p e all post next is_active__exact groups__id__exact id pk last_login "
    "last_login_0 last_login_1 date_joined_0 date_joined_1 usable_password"
)
WALKS = str.split(
    "symptom category code guide start tried skipped fixed trigger help try change steps embed outcome again "
    "s-1 ask-1 limit offset clash-0"
)
MADE = {  # names that a module looks up without saying them
    "troubleshooting.desk.reply_views": ("plain", "markdown", "html"),
    "kb.web.studio.conflicts": ("clash-0",),
    "kb.web.studio.dashboard": Filters.__slots__,
    "kb.web.studio.front_matter_form": (*BY_NAME, *(f"{WAS}{name}" for name in BY_NAME)),
}
SENT = {"GET", "POST", "FILES", "COOKIES"}
READS = SENT | {"form", "post", "sent", "asked", "given", "request"}
_NAME = re.compile(r"[A-Za-z_][\w-]*")


@cache
def names_of(view: Any, route: str) -> tuple[str, ...]:
    """What the view at a route reads: by itself, by what its module imports of the product, and by libraries."""
    view = inspect.unwrap(view)
    module = sys.modules[view.__module__]
    names = dict.fromkeys(_read_in(module))
    for other in vars(module).values():
        owner = other if isinstance(other, ModuleType) else sys.modules.get(getattr(other, "__module__", None) or "")
        if owner is not None:
            names |= dict.fromkeys(_read_in(owner))
    if route.startswith(("admin/", "accounts/")):
        names |= dict.fromkeys(
            [*ADMINS, *_fields(UserAdmin.form), *_fields(UserAdmin.add_form), "username", "password"]
        )
    if route.startswith(("troubleshoot/", "api/", "desk/")):
        names |= dict.fromkeys(WALKS)
    if route.startswith("api/"):
        names |= dict.fromkeys(("operation", *_of_api()))
    return tuple(names)


@contextmanager
def keys_read() -> Iterator[set[str]]:
    """The keys that are looked up meanwhile in what was sent, by whomever."""
    read: set[str] = set()

    def noted(method: Any) -> Any:
        def lookup(self: QueryDict, key: str, *rest: Any, **more: Any) -> Any:
            # What a request holds is put there by lookups, too.
            if sys._getframe(1).f_globals["__name__"] != "django.utils.datastructures":
                read.add(key)
            return method(self, key, *rest, **more)

        return lookup

    with pytest.MonkeyPatch.context() as patch:
        for name in ("__getitem__", "__contains__", "get", "getlist"):
            patch.setattr(QueryDict, name, noted(getattr(QueryDict, name)))
        yield read


@cache
def _of_api() -> tuple[str, ...]:
    """The parameters of the API's operations, which no source looks up."""
    return tuple(
        parameter.name for operation in operations(api.get_openapi_schema()) for parameter in operation.parameters
    )


@cache
def _read_in(module: ModuleType) -> tuple[str, ...]:
    """The names of the parameters and fields that a module of the product reads."""
    if not module.__name__.startswith(("kb", "troubleshooting")):
        return ()
    nodes = list(ast.walk(ast.parse(inspect.getsource(module))))
    owners = READS | set(_names_of_what_was_sent(nodes))
    listed = dict(_listed(nodes))
    names: dict[str, None] = dict.fromkeys(MADE.get(module.__name__, ()))
    for node in nodes:
        for owner, key in _lookups(node):
            if _words(owner) & owners:
                names |= dict.fromkeys(name for name in _texts(key, listed) if _NAME.fullmatch(name))
    for form in vars(module).values():
        if isinstance(form, type) and issubclass(form, forms.BaseForm):
            names |= dict.fromkeys(_fields(form))
    return tuple(names)


def _names_of_what_was_sent(nodes: list[ast.AST]) -> Iterator[str]:
    """The names that a module gives to what was sent: `parameters = request.GET`."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for name, value in pairs:
                    if isinstance(name, ast.Name) and isinstance(value, ast.Attribute) and value.attr in SENT:
                        yield name.id


def _listed(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """What a name runs through: `for name in ("before", "now")`."""
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            yield node.target.id, node.iter


def _lookups(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Where something is looked up, and what: `form["q"]`, `form.get("q")`, `"q" in form`, `typed(request, "q")`."""
    if isinstance(node, ast.Subscript):
        yield node.value, node.slice
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
        yield node.comparators[0], node.left
    elif isinstance(node, ast.Call) and node.args:
        if isinstance(node.func, ast.Attribute):
            yield node.func.value, node.args[0]
        for key in node.args[1:]:
            yield node.args[0], key


def _words(expression: ast.expr) -> set[str]:
    return {part.id if isinstance(part, ast.Name) else getattr(part, "attr", "") for part in ast.walk(expression)}


def _texts(key: ast.expr, listed: dict[str, ast.expr]) -> Iterator[str]:
    found = listed.get(key.id, key) if isinstance(key, ast.Name) else key
    for part in found.elts if isinstance(found, ast.Tuple | ast.List) else [found]:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _fields(form: Any) -> tuple[str, ...]:
    return tuple(getattr(form, "base_fields", ()))
