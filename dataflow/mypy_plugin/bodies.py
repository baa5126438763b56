"""Bodies of `fan_out`, `fold` and `iterate`, where their overloads alone are not exact.

mypy tries the overloads one after the other. A lambda that fits none as a function of the nodes that it gets fits
another as a function of anything; so for a lambda one is left, and the call is checked against that. What the items are
of is read from them before (`elements`).
"""

from __future__ import annotations

from typing import NamedTuple

from mypy.erasetype import remove_instance_last_known_values
from mypy.expandtype import expand_type
from mypy.nodes import ArgKind, CallExpr, LambdaExpr
from mypy.plugin import CheckerPluginInterface, FunctionSigContext
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

from dataflow.mypy_plugin import calls
from dataflow.mypy_plugin.elements import element, over_items
from dataflow.mypy_plugin.lifting import awaited, signatures, value_of
from dataflow.mypy_plugin.names import FLOW, STEP
from dataflow.mypy_plugin.overloads import never
from dataflow.mypy_plugin.reports import is_right, reported

ITEM, STATE = "ItemT", "StateT"


def of_fan_out(context: FunctionSigContext) -> FunctionLike:
    """`fan_out(lambda x, y: ..., xs, y)`: the lambda takes a node of an item, and what is shared as it is given."""
    body = _lambda(context)
    if body is None:
        return calls.of_fan_out(context)
    default = _of_items(context)
    shared = _shared(context)
    meant = default.copy_modified(
        arg_types=[*default.arg_types[:2], *[each.of for each in shared]],
        arg_kinds=[*default.arg_kinds[:2], *[each.kind for each in shared]],
        arg_names=[*default.arg_names[:2], *[each.name for each in shared]],
    )
    plain = _taking(meant, body, shared, context)
    return never(default) if plain is None else reported(plain, context)


def of_fold(context: FunctionSigContext) -> FunctionLike:
    """`fold(lambda a, x: ..., xs, 0)`, and `fold(f, [1, node], 0)`."""
    return _loop(_of_items(context), context, 2)


def of_iterate(context: FunctionSigContext) -> FunctionLike:
    """`iterate(lambda x: ..., 0, limit=9)`, and `iterate(f, 0, limit=9)`."""
    return _loop(context.default_signature, context, 1)


def _loop(signature: CallableType, context: FunctionSigContext, initial: int) -> FunctionLike:
    """The signature for this body: the state is what a lambda begins with, or what another body says."""
    variable = next((each for each in signature.variables if each.name == STATE), None)
    if not isinstance(variable, TypeVarType):
        return signature
    body = _lambda(context)
    if body is not None:
        plain = _taking(signature, body, [], context)
        begins = [_of_state(plain, variable, each) for each in _values(context, initial)] if plain else []
        return never(signature) if plain is None else _first_right([*begins, plain], context)
    loop = Loop.of(context)
    if loop is None:
        return signature
    if not loop.taken_by(signature.arg_types[0]):
        return never(signature)
    return _first_right([_of_state(signature, variable, state) for state in loop.states], context)


def _first_right(meant: list[CallableType], context: FunctionSigContext) -> CallableType:
    """The first signature that the call fits; if it fits none, mypy says how it does not fit the first."""
    right = next((each for each in meant if is_right(each, context)), None)
    return reported(meant[0], context) if right is None else right


def _values(context: FunctionSigContext, at: int) -> list[Type]:
    """The type of the value that an argument is or stands for."""
    given = context.args[at] if len(context.args) > at else []
    return [remove_instance_last_known_values(value_of(context.api.get_expression_type(each))) for each in given]


def _of_state(signature: CallableType, variable: TypeVarType, state: Type) -> CallableType:
    """The signature for a state of this type."""
    left = [each for each in signature.variables if each is not variable]
    types = [_possible(each) for each in signature.arg_types]
    return expand_type(signature.copy_modified(arg_types=types), {variable.id: state}).copy_modified(variables=left)


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
    """The body of a loop that is no lambda: by which overload it is taken, and of what type the state may be."""

    protocol: str
    states: list[Type]

    @classmethod
    def of(cls, context: FunctionSigContext) -> Loop | None:
        """The body of a call, if it has one signature without type variables."""
        given = context.args[0] if context.args else []
        if len(given) != 1:
            return None
        body = get_proper_type(context.api.get_expression_type(given[0]))
        is_step, is_flow = [isinstance(body, Instance) and body.type.has_base(base) for base in (STEP, FLOW)]
        held = body.args[0] if isinstance(body, Instance) and (is_step or is_flow) and body.args else body
        found = signatures(held)
        if len(found) != 1 or found[0].variables or not found[0].arg_types:
            return None
        result, taken = found[0].ret_type, found[0].arg_types[0]
        states = [awaited(result), taken] if is_step else [value_of(result), value_of(taken)]
        return cls("StepBody" if is_step else "FlowBody" if is_flow else "", states)

    def taken_by(self, parameter: Type) -> bool:
        """Whether the body is meant by the overload with this first parameter."""
        proper = get_proper_type(parameter)
        return (proper.type.name if isinstance(proper, Instance) else "") == self.protocol


class Shared(NamedTuple):
    """An argument that is given behind the items."""

    of: Type
    kind: ArgKind
    name: str | None


def _taking(
    signature: CallableType, body: LambdaExpr, shared: list[Shared], context: FunctionSigContext
) -> CallableType | None:
    """Of the overload that takes a function of nodes and nothing else, the signature for this lambda."""
    plain = get_proper_type(signature.arg_types[0])
    if not isinstance(plain, CallableType):
        return None
    wanted = _for_lambda(plain, body, shared, context.api)
    return signature.copy_modified(arg_types=[wanted, *signature.arg_types[1:]])


def _for_lambda(
    plain: CallableType, body: LambdaExpr, shared: list[Shared], api: CheckerPluginInterface
) -> CallableType:
    """What the lambda must be: it takes what is shared too, and may have defaults, as in `lambda x, k=k: ...`."""
    by_place, by_name = [each for each in shared if not each.name], {each.name: each for each in shared if each.name}
    further: list[Shared] = []
    for argument in body.arguments[len(plain.arg_types) :]:
        name = argument.variable.name
        if by_place:
            further.append(by_place.pop(0)._replace(kind=argument.kind, name=name))
        elif name in by_name:
            further.append(by_name.pop(name)._replace(kind=argument.kind))
        elif argument.initializer is not None:
            further.append(Shared(api.get_expression_type(argument.initializer), argument.kind, name))
    further += [*by_place, *by_name.values()]
    return plain.copy_modified(
        arg_types=[*plain.arg_types, *[each.of for each in further]],
        arg_kinds=[*plain.arg_kinds, *[each.kind for each in further]],
        arg_names=[*plain.arg_names, *[each.name for each in further]],
    )


def _lambda(context: FunctionSigContext) -> LambdaExpr | None:
    """The body, if it is a lambda of so many arguments."""
    body = context.args[0][0] if context.args and context.args[0] else None
    if not isinstance(body, LambdaExpr) or any(argument.kind.is_star() for argument in body.arguments):
        return None
    return body


def _shared(context: FunctionSigContext) -> list[Shared]:
    """What is given behind the items."""
    call = context.context
    if not isinstance(call, CallExpr):
        return []
    given = [*zip(call.args, call.arg_kinds, call.arg_names, strict=True)][2:]
    return [Shared(context.api.get_expression_type(each), kind, name) for each, kind, name in given]


def _of_items(context: FunctionSigContext) -> CallableType:
    """The signature for items of what they are of, if that is known; in each overload values and nodes of it."""
    default = context.default_signature
    variable = next((each for each in default.variables if each.name == ITEM), None)
    given = context.args[1] if len(context.args) > 1 else []
    if not isinstance(variable, TypeVarType) or len(given) != 1:
        return default
    body, xs, *others = default.arg_types
    either = default.copy_modified(arg_types=[body, over_items(xs, variable), *others])
    item = element(given[0], context.api)
    if item is None:
        return either
    left = [each for each in default.variables if each is not variable]
    return expand_type(either, {variable.id: item}).copy_modified(variables=left)
