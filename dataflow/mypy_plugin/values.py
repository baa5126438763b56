"""The types of what expressions stand for: of nodes their values, of containers of nodes containers of these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from mypy.checker import TypeChecker
from mypy.erasetype import remove_instance_last_known_values
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    ConditionalExpr,
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
from mypy.types import AnyType, Instance, TupleType, Type, TypeOfAny, UnionType, get_proper_type

from dataflow.mypy_plugin.lifting import is_named, is_node, is_recursive, may_be_node
from dataflow.mypy_plugin.names import CONTAINERS, ITERABLE, MAPPING
from dataflow.mypy_plugin.remembered import type_of

COMPREHENSIONS: Final = (ListComprehension, SetComprehension, DictionaryComprehension)
DISPLAYS: Final = (ListExpr, TupleExpr, SetExpr, DictExpr, *COMPREHENSIONS)
"""Containers that are written out."""

FoundT = TypeVar("FoundT")

ANYTHING: Final = AnyType(TypeOfAny.special_form)


def written(display: Expression) -> list[Expression]:
    """What is written as the items of a list, tuple or set, or as the values of a dict, each by itself."""
    match display:
        case ListExpr(items=found) | TupleExpr(items=found) | SetExpr(items=found):
            return [each for each in found if not isinstance(each, StarExpr)]
        case DictExpr(items=pairs):
            return [value for key, value in pairs if key is not None]
        case _:
            return []


def spread(display: Expression, api: CheckerPluginInterface) -> list[Type]:
    """The types of the items that are not written by themselves: of `xs` in `[a, *xs]`, of `rows` in `{**rows}`."""
    match display:
        case ListExpr(items=found) | TupleExpr(items=found) | SetExpr(items=found):
            starred = [each.expr for each in found if isinstance(each, StarExpr)]
            return [item_of(type_of(each, api), ITERABLE, api) or ANYTHING for each in starred]
        case DictExpr(items=pairs):
            starred = [value for key, value in pairs if key is None]
            return [item_of(type_of(each, api), MAPPING, api) or ANYTHING for each in starred]
        case _:
            return []


def item_of(container: Type, base: str, api: CheckerPluginInterface) -> Type | None:
    """The type of the items of an iterable, or of the values of a mapping; None of what is none."""
    proper, known = get_proper_type(container), api.named_generic_type(base, []).type
    if isinstance(proper, UnionType):
        found = [item_of(each, base, api) for each in proper.items]
        return None if None in found else make_simplified_union([each for each in found if each is not None])
    if isinstance(proper, TupleType) and proper.items:
        return make_simplified_union(proper.items)
    if not isinstance(proper, Instance) or not proper.type.has_base(base):
        return None
    return map_instance_to_supertype(proper, known).args[-1]


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
    """The type of the value that an expression stands for; of what is written out, each part is looked at."""
    if isinstance(expression, ConditionalExpr):
        return make_simplified_union(_of_branches(expression, api, lambda branch: meant(branch, api)))
    whole = get_proper_type(type_of(expression, api))
    if not isinstance(expression, DISPLAYS) or not has_nodes(expression, api):
        return stripped(whole)
    parts, others = [meant(each, api) for each in _parts(expression)], spread(expression, api)
    if isinstance(whole, TupleType):
        return stripped(whole) if others else whole.copy_modified(items=parts)
    if not isinstance(whole, Instance):
        return stripped(whole)
    joined = make_simplified_union([*parts, *map(stripped, others)])
    return whole.copy_modified(args=[*map(stripped, whole.args[:-1]), joined])


def has_nodes(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether an expression is a node, or holds nodes."""
    if isinstance(expression, ConditionalExpr):
        return any(_of_branches(expression, api, lambda branch: has_nodes(branch, api)))
    if isinstance(expression, COMPREHENSIONS):
        api.get_expression_type(expression)  # by which mypy finds the types of its variables
    if isinstance(expression, DISPLAYS):
        parts = [*_parts(expression), *_keys(expression)]
        return any(has_nodes(each, api) for each in parts) or any(map(may_be_node, spread(expression, api)))
    return may_be_node(type_of(expression, api))


def _of_branches(
    choice: ConditionalExpr, api: CheckerPluginInterface, find: Callable[[Expression], FoundT]
) -> list[FoundT]:
    """What is found of each branch, where the test narrows the types of names: `x if x is not None else 1`."""
    branches = (choice.if_expr, choice.else_expr)
    if not isinstance(api, TypeChecker):
        return list(map(find, branches))
    api.get_expression_type(choice)  # by which mypy finds the types in the test
    found = []
    for narrowed, branch in zip(api.find_isinstance_check(choice.cond), branches, strict=True):
        with api.binder.frame_context(can_skip=True, fall_through=0):
            api.push_type_map(narrowed)
            if not api.binder.is_unreachable():
                found.append(find(branch))
    return found


def made(comprehension: Expression) -> Expression:
    """What is written as the items of a comprehension, or as its values."""
    match comprehension:
        case ListComprehension(generator=generator) | SetComprehension(generator=generator):
            return generator.left_expr
        case DictionaryComprehension(value=value):
            return value
        case _:
            return comprehension


def _parts(display: Expression) -> list[Expression]:
    return [made(display)] if isinstance(display, COMPREHENSIONS) else written(display)


def _keys(display: Expression) -> list[Expression]:
    match display:
        case DictExpr(items=pairs):
            return [key for key, _ in pairs if key is not None]
        case DictionaryComprehension(key=key) if key is not None:
            return [key]
        case _:
            return []


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
