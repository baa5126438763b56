"""What a lambda must be where it is given: a body, which gets what is shared beside its items, or a handler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, ArgKind, Argument, CallExpr, Expression, LambdaExpr
from mypy.plugin import CheckerPluginInterface, FunctionSigContext
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, TupleType, Type, get_proper_type

from dataflow.mypy_plugin.names import ITERABLE, MAPPING
from dataflow.mypy_plugin.values import ANYTHING, item_of


class Shared(NamedTuple):
    """An argument that is given behind the items; of those that are spread, what they are of."""

    of: Type
    kind: ArgKind
    name: str | None


def given_beside(context: FunctionSigContext) -> list[Shared]:
    """What is given behind the items."""
    call = context.context
    if not isinstance(call, CallExpr):
        return []
    given = [*zip(call.args, call.arg_kinds, call.arg_names, strict=True)][2:]
    return [each for expression, kind, name in given for each in _shared(expression, kind, name, context.api)]


def _shared(given: Expression, kind: ArgKind, name: str | None, api: CheckerPluginInterface) -> Iterator[Shared]:
    """What an argument gives; a tuple that is spread gives each of its items."""
    of = get_proper_type(api.get_expression_type(given))
    if kind == ARG_STAR and isinstance(of, TupleType):
        yield from (Shared(item, ARG_POS, None) for item in of.items)
    elif kind.is_star():
        yield Shared(item_of(of, ITERABLE if kind == ARG_STAR else MAPPING, api) or ANYTHING, kind, None)
    else:
        yield Shared(of, kind, name)


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
    return [] if argument.initializer is None else [api.get_expression_type(argument.initializer)]
