"""What takes nodes alone: `run`, `gather`, `recover` and others say what else they are given, and not all overloads."""

from __future__ import annotations

from collections.abc import Callable

from mypy.expandtype import expand_type
from mypy.messages import format_type
from mypy.nodes import ARG_POS, CallExpr, Expression
from mypy.plugin import FunctionSigContext
from mypy.types import CallableType, FunctionLike, Instance, Type, TypeVarId, get_proper_type

from dataflow.mypy_plugin import uncalled
from dataflow.mypy_plugin.lifting import is_node
from dataflow.mypy_plugin.names import CONTAINERS
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import of_anything
from dataflow.mypy_plugin.values import ANYTHING

Hook = Callable[[FunctionSigContext], FunctionLike]
Why = Callable[[Expression, FunctionSigContext], str | None]


def default(context: FunctionSigContext) -> CallableType:
    """The signature as it is."""
    return context.default_signature


def nodes(count: int | None, then: Hook = default) -> Hook:
    """A hook for a function whose first arguments are nodes, so many or all; what is right is left to another."""
    return lambda context: refused(context, slice(count), _no_node) or then(context)


def called(count: int, then: Hook) -> Hook:
    """A hook for a function whose first arguments may be values, but no steps."""
    return lambda context: refused(context, slice(count), _uncalled) or then(context)


def refused(context: FunctionSigContext, which: slice, why: Why) -> CallableType | None:
    """Say what is wrong with some of the arguments; then the call takes anything, so that no more is said."""
    call, signature = context.context, context.default_signature
    if not isinstance(call, CallExpr):
        return None
    given = [each for each, kind in zip(call.args, call.arg_kinds, strict=True) if kind == ARG_POS][which]
    wrong = [(each, said) for each in given if (said := why(each, context)) is not None]
    for each, said in wrong:
        context.api.fail(said, each)
    unknown: dict[TypeVarId, Type] = {each.id: ANYTHING for each in signature.variables}
    return of_anything(signature, expand_type(signature.ret_type, unknown)) if wrong else None


def _uncalled(given: Expression, context: FunctionSigContext) -> str | None:
    return uncalled.why(given, context.api)


def _no_node(given: Expression, context: FunctionSigContext) -> str | None:
    """Why something is no node, if that is certain and it is no container, of which some take those of nodes."""
    api, name = context.api, context.default_signature.name
    if (said := uncalled.why(given, api)) is not None:
        return said
    of = get_proper_type(type_of(given, api))
    if not isinstance(of, Instance) or is_node(of) or of.type.fullname in CONTAINERS:
        return None
    return f'"{name}" takes nodes, and no {format_type(of, api.options)}; const() makes one of a value'
