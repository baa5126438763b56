"""Routes: a key must be a value of the selector; without a default, each of a Literal, Enum or bool has a case."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.meet import is_overlapping_types
from mypy.messages import format_type
from mypy.nodes import CallExpr, DictExpr, Expression, MemberExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext, MethodContext
from mypy.typeops import try_expanding_sum_type_to_union
from mypy.types import Instance, LiteralType, NoneType, ProperType, Type, UnionType, get_proper_type

from dataflow.mypy_plugin.displays import items, narrowed
from dataflow.mypy_plugin.lifting import value_of

SUMS = ("builtins.bool",)
NUMBERS = frozenset(f"builtins.{name}" for name in ("bool", "int", "float", "complex"))
PLAIN = NUMBERS | {"builtins.str", "builtins.bytes"}


def of_switch(context: FunctionContext) -> Type:
    """`switch(selector, {key: node, ...})`."""
    selectors, cases, defaults = [*context.args, [], [], []][:3]
    display = cases[0] if cases else None
    values = None if display is None else items(display)
    if values is None or not selectors or not isinstance(display, DictExpr):
        return context.default_return_type
    keys = [key for key, _ in display.items if key is not None]
    selector = context.api.get_expression_type(selectors[0])
    _refuse_impossible(value_of(selector), keys, context.api)
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
        literal = _literal(key, api)
        if literal is not None and not any(_may_equal(literal, item) for item in of):
            names = f"{_named(literal)} is no {format_type(selector, api.options)}, which the selector is"
            api.fail(f"The switch has a case that can never be: {names}", key)


def _may_equal(key: ProperType, of: ProperType) -> bool:
    """Whether a value of some type may equal a key; whoever has an `__eq__` of their own may."""
    if isinstance(key, LiteralType) and isinstance(of, LiteralType):
        return key == of or _are_numbers(key, of) or _is_mixed(key) or _is_mixed(of)
    if isinstance(of, Instance):
        plain = of.type.is_enum or of.type.fullname in PLAIN
        return not plain or _are_numbers(key, of) or is_overlapping_types(key, of)
    return not isinstance(of, LiteralType | NoneType) or key == of


def _are_numbers(key: ProperType, of: LiteralType | Instance) -> bool:
    """Whether both are numbers that may be equal: `True == 1 == 1.0`."""
    if not isinstance(key, LiteralType) or key.fallback.type.fullname not in NUMBERS:
        return False
    if isinstance(of, LiteralType):
        return of.fallback.type.fullname in NUMBERS and key.value == of.value
    return of.type.fullname in NUMBERS and (of.type.fullname not in SUMS or key.value in (0, 1))


def _is_mixed(of: LiteralType) -> bool:
    """Whether it is a member of an Enum that is a str or an int, too, and equals one."""
    return of.is_enum_literal() and any(of.fallback.type.has_base(name) for name in PLAIN)


def _check(selector: Type, keys: Sequence[Expression], what: str, context: FunctionContext | MethodContext) -> None:
    values = _values(value_of(selector))
    given = [_literal(key, context.api) for key in keys]
    if values is None or None in given:
        return
    missing = [value for value in values if value not in given]
    if missing:
        names = ", ".join(_named(value) for value in missing)
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


def _named(value: ProperType) -> str:
    if isinstance(value, LiteralType):
        return f"{value.fallback.type.name}.{value.value}" if value.is_enum_literal() else repr(value.value)
    return "None"
