"""The types of what expressions stand for: of nodes their values, of containers of nodes containers of these."""

from __future__ import annotations

from typing import Final

from mypy.erasetype import remove_instance_last_known_values
from mypy.nodes import (
    DictExpr,
    DictionaryComprehension,
    Expression,
    ListComprehension,
    ListExpr,
    SetComprehension,
    SetExpr,
    StarExpr,
    TupleExpr,
)
from mypy.plugin import CheckerPluginInterface
from mypy.typeops import make_simplified_union
from mypy.types import Instance, TupleType, Type, UnionType, get_proper_type

from dataflow.mypy_plugin.lifting import is_named, is_node, is_recursive
from dataflow.mypy_plugin.names import CONTAINERS

COMPREHENSIONS: Final = (ListComprehension, SetComprehension, DictionaryComprehension)
DISPLAYS: Final = (ListExpr, TupleExpr, SetExpr, DictExpr, *COMPREHENSIONS)
"""Containers that are written out."""


def written(display: Expression) -> list[Expression]:
    """What is written as the items of a list, tuple or set, or as the values of a dict."""
    match display:
        case ListExpr(items=found) | TupleExpr(items=found) | SetExpr(items=found):
            return found
        case DictExpr(items=pairs):
            return [value for _, value in pairs]
        case _:
            return []


def items(display: Expression) -> list[Expression] | None:
    """What is written as the items of a list, or as the values of a dict; None if that is not all."""
    match display:
        case ListExpr(items=found) if not any(isinstance(each, StarExpr) for each in found):
            return written(display)
        case DictExpr(items=pairs) if all(key is not None for key, _ in pairs):
            return written(display)
        case _:
            return None


def union(values: list[Expression], api: CheckerPluginInterface) -> Type:
    """The type of the values that one of the expressions stands for."""
    return make_simplified_union([remove_instance_last_known_values(meant(value, api)) for value in values])


def meant(expression: Expression, api: CheckerPluginInterface) -> Type:
    """The type of the value that an expression stands for; of a list that is written out, each item is looked at."""
    whole = get_proper_type(api.get_expression_type(expression))
    found = written(expression)
    if not found or any(isinstance(item, StarExpr) for item in found) or not has_nodes(expression, api):
        return stripped(whole)
    if isinstance(whole, TupleType):
        return whole.copy_modified(items=[meant(item, api) for item in found])
    if not isinstance(whole, Instance):
        return stripped(whole)
    joined = make_simplified_union([meant(item, api) for item in found])
    return whole.copy_modified(args=[*map(stripped, whole.args[:-1]), joined])


def has_nodes(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether an expression is a node, or holds nodes."""
    found = written(expression)
    if found and not any(isinstance(item, StarExpr) for item in found):
        keys = [key for key, _ in expression.items if key is not None] if isinstance(expression, DictExpr) else []
        return any(has_nodes(each, api) for each in [*keys, *found])
    of = api.get_expression_type(expression)
    return stripped(of) != of


def stripped(of: Type) -> Type:
    """A type with the types of values in place of nodes, inside containers too."""
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return make_simplified_union([stripped(item) for item in proper.items])
    if isinstance(proper, TupleType) and not is_named(proper):
        return proper.copy_modified(items=[_inside(item) for item in proper.items])
    if isinstance(proper, Instance) and is_node(proper):
        return proper.args[0]
    if isinstance(proper, Instance) and proper.type.fullname in CONTAINERS:
        return proper.copy_modified(args=[_inside(each) for each in proper.args])
    return of


def _inside(item: Type) -> Type:
    return item if is_recursive(item) else stripped(item)
