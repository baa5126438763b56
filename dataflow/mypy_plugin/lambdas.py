"""What a lambda must be where it is given: a body, which gets what is shared beside its items, or a handler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, ArgKind, Argument, CallExpr, Expression, LambdaExpr
from mypy.plugin import CheckerPluginInterface, FunctionSigContext, MethodSigContext
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, Instance, TupleType, Type, get_proper_type

from dataflow.mypy_plugin.lifting import deep, may_be_node, members
from dataflow.mypy_plugin.names import ITERABLE, MAPPING
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import ANYTHING, DISPLAYS, has_nodes, item_of, meant


class Shared(NamedTuple):
    """An argument that is given behind the items; of those that are spread, what they are of."""

    of: Type
    kind: ArgKind
    name: str | None


def given_beside(context: FunctionSigContext) -> list[Shared]:
    """What is given behind the items."""
    call, node = context.context, get_proper_type(context.default_signature.ret_type)
    if not isinstance(call, CallExpr) or not isinstance(node, Instance):
        return []
    given = [*zip(call.args, call.arg_kinds, call.arg_names, strict=True)][2:]
    return [each for expression, kind, name in given for each in _shared(expression, kind, name, node, context.api)]


def _shared(
    given: Expression, kind: ArgKind, name: str | None, node: Instance, api: CheckerPluginInterface
) -> Iterator[Shared]:
    """What an argument gives; a tuple that is spread gives each of its items."""
    of = get_proper_type(type_of(given, api))
    if isinstance(given, DISPLAYS) and has_nodes(given, api) and not may_be_node(of):
        of = get_proper_type(deep(meant(given, api), node))  # mypy joins nodes and values to `object`
    if kind == ARG_STAR and isinstance(of, TupleType):
        yield from (Shared(item, ARG_POS, None) for item in of.items)
    elif kind.is_star():
        yield Shared(item_of(of, ITERABLE if kind == ARG_STAR else MAPPING, api) or ANYTHING, kind, None)
    else:
        yield Shared(of, kind, name)


def of_defaults(context: FunctionSigContext) -> CallableType:
    """A call that takes functions, where lambdas may have defaults."""
    return with_defaults(context.default_signature, context)


def with_defaults(signature: CallableType, context: FunctionSigContext | MethodSigContext) -> CallableType:
    """The signature for lambdas that have more arguments than are asked for, with defaults: `lambda x, k=k: ...`."""
    types = list(signature.arg_types)
    for at, given in enumerate(context.args[: len(types)]):
        body, plain = given[0] if len(given) == 1 else None, _function(types[at])
        if isinstance(body, LambdaExpr) and plain is not None and len(body.arguments) > len(plain.arg_types):
            types[at] = for_lambda(plain, body, [], context.api)
    return signature.copy_modified(arg_types=types)


def _function(parameter: Type) -> CallableType | None:
    """The function that a parameter takes, if it takes one."""
    return next((each for each in members(parameter) if isinstance(each, CallableType)), None)


def for_lambda(
    plain: CallableType, body: LambdaExpr, shared: list[Shared], api: CheckerPluginInterface
) -> CallableType:
    """What the lambda must be: it takes what is shared too, and may have defaults, as in `lambda x, k=k: ...`."""
    by_name = {each.name: each for each in shared if each.name}
    by_place = [each for each in shared if not each.name and each.kind != ARG_STAR2]
    others = [each for each in shared if each.kind == ARG_STAR2]
    further: list[Shared] = []
    for argument in body.arguments[len(plain.arg_types) :]:
        name, default = argument.variable.name, _default(argument, api)
        if by_place:
            given = [by_place[0] if by_place[0].kind.is_star() else by_place.pop(0)]
        else:
            given = [by_name.pop(name)] if name in by_name else others
        if found := [*[each.of for each in given], *default]:
            further.append(Shared(make_simplified_union(found), argument.kind, name))
    further += [each for each in [*by_place, *by_name.values()] if not each.kind.is_star()]
    return plain.copy_modified(
        arg_types=[*plain.arg_types, *[each.of for each in further]],
        arg_kinds=[*plain.arg_kinds, *[each.kind for each in further]],
        arg_names=[*plain.arg_names, *[each.name for each in further]],
    )


def _default(argument: Argument, api: CheckerPluginInterface) -> list[Type]:
    """The type of an argument's default, if it has one."""
    return [] if argument.initializer is None else [type_of(argument.initializer, api)]
