"""Routes: a key must be a value of the selector; without a default, each of a Literal, Enum or bool has a case."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.messages import format_type
from mypy.nodes import CallExpr, DictExpr, Expression, MemberExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext, MethodContext
from mypy.typeops import make_simplified_union, try_expanding_sum_type_to_union
from mypy.types import (
    Instance,
    LiteralType,
    NoneType,
    ProperType,
    Type,
    UnionType,
    get_proper_type,
)

from dataflow.mypy_plugin.displays import narrowed
from dataflow.mypy_plugin.equality import SUMS, are_equal, may_equal
from dataflow.mypy_plugin.lifting import value_of
from dataflow.mypy_plugin.values import items


def of_switch(context: FunctionContext) -> Type:
    """`switch(selector, {key: node, ...})`."""
    selectors, cases, defaults = [*context.args, [], [], []][:3]
    display = cases[0] if cases else None
    if not selectors or not isinstance(display, DictExpr):
        return context.default_return_type
    keys, values = [key for key, _ in display.items if key is not None], items(display)
    selector = make_simplified_union([value_of(context.api.get_expression_type(selectors[0]))])
    _refuse_impossible(selector, keys, context.api)
    if values is None:
        return context.default_return_type
    if not defaults:
        _check(selector, keys, "switch", context)
    return narrowed(context.default_return_type, values + defaults, context.api)


def of_exhaustive(context: MethodContext) -> Type:
    """`match(selector).case(key, node)....exhaustive()`, written in one expression."""
    keys: list[Expression] = []
    callee = context.context.callee if isinstance(context.context, CallExpr) else None
    while isinstance(callee, MemberExpr) and isinstance(callee.expr, CallExpr):
        call = callee.expr
        callee = call.callee
        if isinstance(callee, MemberExpr) and callee.name == "case" and call.args:
            keys.append(call.args[0])
        elif call.args:
            _check(context.api.get_expression_type(call.args[0]), keys, "match", context)
    return context.default_return_type


def _refuse_impossible(selector: Type, keys: Sequence[Expression], api: CheckerPluginInterface) -> None:
    """Report the keys that no value of the selector equals: mypy widens the type of the keys until it fits."""
    proper = get_proper_type(selector)
    of = [get_proper_type(item) for item in (proper.items if isinstance(proper, UnionType) else [proper])]
    for key in keys:
        known = _literal(key, api) or get_proper_type(api.get_expression_type(key))
        if not any(may_equal(known, item) for item in of):
            names = f"{_named(known, api)} is no {format_type(selector, api.options)}, which the selector is"
            api.fail(f"The switch has a case that can never be: {names}", key)


def _check(selector: Type, keys: Sequence[Expression], what: str, context: FunctionContext | MethodContext) -> None:
    values = _values(value_of(selector))
    given = [_literal(key, context.api) for key in keys]
    if values is None or None in given:
        return
    missing = [value for value in values if not any(are_equal(value, key) for key in given)]
    if missing:
        names = ", ".join(_named(value, context.api) for value in missing)
        context.api.fail(f"The {what} has no case for {names}; add it, or a default", context.context)


def _values(of: Type) -> list[ProperType] | None:
    """All values of a type of which there are only a few, as literal types."""
    proper = get_proper_type(of)
    items = proper.items if isinstance(proper, UnionType) else [proper]
    found: list[ProperType] = []
    for item in items:
        found += _expanded(get_proper_type(item))
    known = found and all(isinstance(item, LiteralType | NoneType) for item in found)
    return list(dict.fromkeys(found)) if known else None


def _expanded(of: ProperType) -> list[ProperType]:
    """The members of an Enum, True and False of bool; any other type as it is."""
    if not isinstance(of, Instance) or of.last_known_value is not None:
        return [of]
    if not of.type.is_enum and of.type.fullname not in SUMS:
        return [of]
    expanded = get_proper_type(try_expanding_sum_type_to_union(of, of.type.fullname))
    return [get_proper_type(item) for item in expanded.items] if isinstance(expanded, UnionType) else [expanded]


def _literal(key: Expression, api: CheckerPluginInterface) -> ProperType | None:
    """The literal type of a key, or None if it is not known which value it has."""
    proper = get_proper_type(api.get_expression_type(key))
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        return proper.last_known_value
    return proper if isinstance(proper, LiteralType | NoneType) else None


def _named(key: ProperType, api: CheckerPluginInterface) -> str:
    """How a key is written, or of which type it is if its value is not known."""
    if isinstance(key, LiteralType):
        return f"{key.fallback.type.name}.{key.value}" if key.is_enum_literal() else key.value_repr()
    return "None" if isinstance(key, NoneType) else f"a {format_type(key, api.options)}"
