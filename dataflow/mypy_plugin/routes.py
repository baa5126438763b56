"""Routes: a key must be a value of the selector; without a default, each of a Literal, Enum or bool has a case."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.messages import format_type
from mypy.nodes import CallExpr, Context, DictExpr, Expression, MemberExpr, StarExpr, TupleExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.typeops import make_simplified_union, try_expanding_sum_type_to_union
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    ProperType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

from dataflow.mypy_plugin.choices import before, chosen, of_switch, values_of
from dataflow.mypy_plugin.equality import SUMS, are_equal, may_equal
from dataflow.mypy_plugin.lifting import is_node, members, value_of
from dataflow.mypy_plugin.members import plain_types
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import items


def of_cases(context: FunctionSigContext) -> CallableType:
    """`switch(selector, {key: node, ...})`, whose keys are looked at before mypy looks for an overload."""
    selectors, cases = [*context.args, [], []][:2]
    display = cases[0] if cases else None
    if not selectors or not isinstance(display, DictExpr):
        return of_switch(context, any_key=False)
    keys = [key for key, _ in display.items if key is not None]
    selector = make_simplified_union([value_of(type_of(selectors[0], context.api))])
    refused = refuse_impossible(selector, keys, "switch", context.api)
    if not _has_default(context.context) and items(display) is not None:
        _check(selector, keys, "switch", context)
    return of_switch(context, any_key=refused or bool(plain_types(get_proper_type(selector))))


def of_chosen(context: FunctionContext) -> Type:
    """The node of a `switch`, whose cases are written or come from anywhere else."""
    _, cases, defaults = [*context.args, [], []][:3]
    values = items(cases[0]) if cases and isinstance(cases[0], DictExpr) else None
    if values is not None or not cases:
        return chosen(context, (values or []) + defaults)
    others = values_of(type_of(cases[0], context.api), context.api)
    return chosen(context, defaults, others) if others else context.default_return_type


def of_key(context: MethodSigContext) -> CallableType:
    """`match(selector).case(key, node)`: the key may be what equals a member of an Enum."""
    key, node = context.default_signature.arg_types
    wider = UnionType.make_union([key, *plain_types(get_proper_type(key))])
    return context.default_signature.copy_modified(arg_types=[wider, node])


def of_case(context: MethodContext) -> Type:
    """`match(selector).case(key, node)`."""
    selector = get_proper_type(context.type)
    key = selector.args[0] if isinstance(selector, Instance) and selector.args else None
    if key is not None and plain_types(get_proper_type(key)):
        refuse_impossible(key, context.args[0], "match", context.api)
    return chosen(context, context.args[1], before(context.type))


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
            _check(type_of(call.args[0], context.api), keys, "match", context)
    return chosen(context, [], before(context.type))


def _has_default(call: Context) -> bool:
    """Whether a call has more than the selector and the cases: mypy asks for each overload, with what fits it."""
    return isinstance(call, CallExpr) and len(call.args) > len(["selector", "cases"])


def refuse_impossible(selector: Type, keys: Sequence[Expression], what: str, api: CheckerPluginInterface) -> bool:
    """Report the keys that no value of the selector equals: mypy widens the type of the keys until it fits."""
    found = [(key, _impossible(_known(key, api), selector, what, api)) for key in keys]
    for key, why in found:
        if why is not None:
            api.fail(why, key)
    return any(why is not None for _, why in found)


def _impossible(key: ProperType, selector: Type, what: str, api: CheckerPluginInterface) -> str | None:
    """Why a key is none of the selector."""
    if is_node(key):
        return f"The keys of a {what} are values, and no nodes"
    if may_equal(key, get_proper_type(selector)):
        return None
    names = f"{_named(key, api)} is no {format_type(selector, api.options)}, which the selector is"
    return f"The {what} has a case that can never be: {names}"


def _check(selector: Type, keys: Sequence[Expression], what: str, context: FunctionSigContext | MethodContext) -> None:
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
    found = [value for each in members(of) for value in _expanded(each)]
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


def _known(key: Expression, api: CheckerPluginInterface) -> ProperType:
    """What is known of a key: its literal type, and of a tuple that is written out those of its items."""
    whole = get_proper_type(type_of(key, api))
    if not isinstance(key, TupleExpr) or not isinstance(whole, TupleType):
        return _literal(key, api) or whole
    items = [item for item in key.items if not isinstance(item, StarExpr)]
    return whole.copy_modified(items=[_known(item, api) for item in items]) if items == key.items else whole


def _literal(key: Expression, api: CheckerPluginInterface) -> ProperType | None:
    """The literal type of a key, or None if it is not known which value it has."""
    proper = get_proper_type(type_of(key, api))
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        return proper.last_known_value
    return proper if isinstance(proper, LiteralType | NoneType) else None


def _named(key: ProperType, api: CheckerPluginInterface) -> str:
    """How a key is written, or of which type it is if its value is not known."""
    if isinstance(key, LiteralType):
        return f"{key.fallback.type.name}.{key.value}" if key.is_enum_literal() else key.value_repr()
    if isinstance(key, TupleType) and all(map(_is_literal, key.items)):
        return f"({', '.join(_named(get_proper_type(item), api) for item in key.items)})"
    return "None" if isinstance(key, NoneType) else f"a {format_type(key, api.options)}"


def _is_literal(of: Type) -> bool:
    return isinstance(get_proper_type(of), LiteralType | NoneType)
