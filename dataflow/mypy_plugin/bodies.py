"""Bodies of `fan_out`, `fold` and `iterate`, where their overloads alone are not exact.

mypy tries the overloads one after the other. A lambda that fits none as a function of the nodes that it gets fits
another as a function of anything; so for a lambda one is left, and the call is checked against that. What the items are
of is read from them before (`elements`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from mypy.checkexpr import has_any_type
from mypy.erasetype import remove_instance_last_known_values
from mypy.expandtype import expand_type
from mypy.nodes import CallExpr, LambdaExpr
from mypy.plugin import CheckerPluginInterface, FunctionSigContext
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    Type,
    TypeVarType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from dataflow.mypy_plugin import containers, fan_outs
from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.asked import asked
from dataflow.mypy_plugin.elements import as_given, element, over_items
from dataflow.mypy_plugin.lambdas import Shared, for_lambda, given_beside, with_defaults
from dataflow.mypy_plugin.lifting import awaited, signatures, value_of
from dataflow.mypy_plugin.names import FLOW, OBJECT, STEP
from dataflow.mypy_plugin.overloads import never
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import is_right, quietly, refused
from dataflow.mypy_plugin.values import ANYTHING, meant

ITEM, STATE = "ItemT", "StateT"

GROWS: Final = 3
"""For how many types of a state, each what the body makes of the one before, a lambda is looked at."""


def of_fan_out(context: FunctionSigContext) -> FunctionLike:
    """`fan_out(lambda x, y: ..., xs, y)`: the lambda takes a node of an item, and what is shared as it is given."""
    body = _lambda(context)
    if body is None:
        return fan_outs.of_fan_out(context)
    default = _of_items(context)
    if default.arg_types[1:2] == context.default_signature.arg_types[1:2]:
        return never(default)  # which differs from another by that alone
    shared = given_beside(context)
    meant = default.copy_modified(
        arg_types=[*default.arg_types[:2], *[each.of for each in shared]],
        arg_kinds=[*default.arg_kinds[:2], *[each.kind for each in shared]],
        arg_names=[*default.arg_names[:2], *[each.name for each in shared]],
    )
    plain = _taking(meant, body, shared, context)
    return never(default) if plain is None else _first_right([plain], context)


def of_fold(context: FunctionSigContext) -> FunctionLike:
    """`fold(lambda a, x: ..., xs, 0)`, and `fold(f, [1, node], 0)`."""
    return _loop(context, 2)


def of_iterate(context: FunctionSigContext) -> FunctionLike:
    """`iterate(lambda x: ..., 0, limit=9)`, and `iterate(f, 0, limit=9)`."""
    return _loop(context, 1)


def _loop(context: FunctionSigContext, initial: int) -> FunctionLike:
    """The signature for this body: the state is what a lambda begins with, or what another body says."""
    signature, body, loop = _of_items(context), _lambda(context), Loop.of(context)
    if body is not None:
        plain = _taking(signature, body, [], context)
        return never(signature) if plain is None else _of_state(plain, body, context, initial)
    if loop is None:
        return signature
    if not loop.taken_by(signature.arg_types[0]):
        return never(signature)
    either = _either(context.default_signature)
    return _first_right([_solved(either, {**loop.items, STATE: state}) for state in loop.states], context)


def _of_state(plain: CallableType, body: LambdaExpr, context: FunctionSigContext, initial: int) -> CallableType:
    """The signature for a lambda, of the state that is asked for if it is right with that, and not by itself."""
    natural, wanted = _first_right(_begun(plain, body, context, initial), context), asked(context)
    if wanted is None or is_subtype(value_of(natural.ret_type), wanted):
        return natural
    wider = _solved(plain, {STATE: wanted})
    return wider if is_right(wider, context) else natural


def _begun(plain: CallableType, body: LambdaExpr, context: FunctionSigContext, initial: int) -> Iterator[CallableType]:
    """The signatures for a lambda: of the state that it begins with, and of what it makes of that besides."""
    begun = False
    for begin in _beginnings(context, initial):
        state: Type | None = begin
        for _ in range(GROWS):
            if state is not None:
                begun = True
                yield (each := _solved(plain, {STATE: state}))
                state = _grown(state, _made(each.arg_types[0], body, context.api))
    if not begun:
        yield plain


def _grown(state: Type, made: Type | None) -> Type | None:
    """The type of a state that is also what a body makes of it; None if that is no other, or is not known."""
    if made is None or is_subtype(made, state):
        return None
    return made if is_subtype(state, made) else make_simplified_union([state, made])


def _made(wanted: Type, body: LambdaExpr, api: CheckerPluginInterface) -> Type | None:
    """The type of the values that a lambda gives for nodes of these types; None if it is not known."""
    of = get_proper_type(wanted)
    if not isinstance(of, CallableType):
        return None
    wide = of.copy_modified(ret_type=api.named_generic_type(OBJECT, []))  # Any would have mypy solve for Any
    found = get_proper_type(quietly(body, wide, api))
    value = value_of(found.ret_type) if isinstance(found, CallableType) else ANYTHING
    return None if has_any_type(value) else value


def _first_right(meant: Iterable[CallableType], context: FunctionSigContext) -> CallableType:
    """The first signature that the call fits; if it fits none, mypy says how it does not fit the first."""
    first: CallableType | None = None
    for each in meant:
        signature = with_defaults(each, context)
        if isinstance(context.context, CallExpr) and not each.variables:
            signature = containers.taken(signature, Arguments(context.context, context.api))
        signature = _items_as_given(signature, context)
        if is_right(signature, context):
            return signature
        first = first or signature
    return context.default_signature if first is None else refused(first, context)


def _items_as_given(signature: CallableType, context: FunctionSigContext) -> CallableType:
    """The signature for the items of a fold, or the beginning of a loop, just as they are given."""
    if len(context.args) < 2 or len(context.args[1]) != 1 or len(signature.arg_types) < 2:
        return signature
    body, xs, *others = signature.arg_types
    return signature.copy_modified(arg_types=[body, as_given(xs, context.args[1][0], context.api), *others])


def _beginnings(context: FunctionSigContext, at: int) -> list[Type]:
    """What a state may be, by its initial value: of the value's class, or just this literal."""
    given = [get_proper_type(meant(each, context.api)) for each in (context.args[at] if len(context.args) > at else [])]
    literals = [each.last_known_value for each in given if isinstance(each, Instance) and each.last_known_value]
    return [*map(remove_instance_last_known_values, given), *literals]


def _solved(signature: CallableType, known: Mapping[str, Type]) -> CallableType:
    """The signature with what is known of its type variables, by their names."""
    types = {each.id: known[each.name] for each in signature.variables if each.name in known}
    left = [each for each in signature.variables if each.id not in types]
    possible = signature.copy_modified(arg_types=[_possible(each) for each in signature.arg_types])
    return expand_type(possible, types).copy_modified(variables=left)


def _possible(of: Type) -> Type:
    """A union without the functions that cannot be, which are there for mypy without this plugin."""
    proper = get_proper_type(of)
    if not isinstance(proper, UnionType):
        return of
    never_given = [
        isinstance(each, CallableType) and isinstance(get_proper_type(each.ret_type), UninhabitedType)
        for each in map(get_proper_type, proper.items)
    ]
    return UnionType.make_union([each for each, no in zip(proper.items, never_given, strict=True) if not no])


class Loop(NamedTuple):
    """The body of a loop that is no lambda: by which overload it is taken, and what the state and the items may be."""

    protocol: str
    states: list[Type]
    items: dict[str, Type]

    @classmethod
    def of(cls, context: FunctionSigContext) -> Loop | None:
        """The body of a call, if it has one signature without type variables."""
        given = context.args[0] if context.args else []
        if len(given) != 1:
            return None
        body = get_proper_type(type_of(given[0], context.api))
        is_step, is_flow = [isinstance(body, Instance) and body.type.has_base(base) for base in (STEP, FLOW)]
        held = body.args[0] if isinstance(body, Instance) and (is_step or is_flow) and body.args else body
        found = signatures(held)
        if len(found) != 1 or found[0].variables or not found[0].arg_types:
            return None
        result = awaited(found[0].ret_type) if is_step else value_of(found[0].ret_type)
        state, *items = found[0].arg_types if is_step else map(value_of, found[0].arg_types)
        protocol = "StepBody" if is_step else "FlowBody" if is_flow else ""
        return cls(protocol, [result, state], {ITEM: items[0]} if items else {})

    def taken_by(self, parameter: Type) -> bool:
        """Whether the body is meant by the overload with this first parameter."""
        proper = get_proper_type(parameter)
        return (proper.type.name if isinstance(proper, Instance) else "") == self.protocol


def _taking(
    signature: CallableType, body: LambdaExpr, shared: list[Shared], context: FunctionSigContext
) -> CallableType | None:
    """Of the overload that takes a function of nodes and nothing else, the signature for this lambda."""
    plain = get_proper_type(signature.arg_types[0])
    if not isinstance(plain, CallableType):
        return None
    wanted = for_lambda(plain, body, shared, context.api)
    return signature.copy_modified(arg_types=[wanted, *signature.arg_types[1:]])


def _lambda(context: FunctionSigContext) -> LambdaExpr | None:
    """The body, if it is a lambda of so many arguments."""
    body = context.args[0][0] if context.args and context.args[0] else None
    if not isinstance(body, LambdaExpr) or any(argument.kind.is_star() for argument in body.arguments):
        return None
    return body


def _of_items(context: FunctionSigContext) -> CallableType:
    """The signature for items of what they are of, if that is known; in each overload values and nodes of it."""
    either = _either(context.default_signature)
    given = context.args[1] if len(context.args) > 1 else []
    if either is context.default_signature or len(given) != 1:
        return context.default_signature
    item = element(given[0], context.api)
    return either if item is None else _solved(either, {ITEM: item})


def _either(signature: CallableType) -> CallableType:
    """The signature with values and nodes as items, if it has items."""
    variable = next((each for each in signature.variables if each.name == ITEM), None)
    if not isinstance(variable, TypeVarType):
        return signature
    body, xs, *others = signature.arg_types
    return signature.copy_modified(arg_types=[body, over_items(xs, variable), *others])
