"""Functions of values where a body is meant: `fan_out(len, words)`. A body is given nodes, and gives a node."""

from __future__ import annotations

from mypy.messages import format_type
from mypy.nodes import Expression, LambdaExpr, MemberExpr, NameExpr
from mypy.plugin import FunctionSigContext
from mypy.types import CallableType, FunctionLike, Instance, LiteralType, NoneType, Type, get_proper_type

from dataflow.mypy_plugin import alone
from dataflow.mypy_plugin.lifting import may_be_node
from dataflow.mypy_plugin.names import OBJECT
from dataflow.mypy_plugin.remembered import type_of


def body(at: int, then: alone.Hook) -> alone.Hook:
    """A hook for a function of which one argument is a body; what may be one is left to another."""
    return lambda context: alone.refused(context, slice(at, at + 1), _why) or then(context)


def _why(given: Expression, context: FunctionSigContext) -> str | None:
    """Why a function is no body, if that is certain."""
    if isinstance(given, LambdaExpr):  # which is checked against the nodes that it gets
        return None
    found = get_proper_type(type_of(given, context.api))
    if not isinstance(found, FunctionLike) or not all(map(_gives_a_value, found.items)):
        return None
    name, gives = given.name if isinstance(given, NameExpr | MemberExpr) else "It", found.items[0].ret_type
    way = "a step that calls it" if found.is_type_obj() or name == "It" else f"step({name})"
    return (
        f'"{context.default_signature.name}" takes a step, a flow or a function that gives a node, '
        f'and "{name}" gives {format_type(gives, context.api.options)}; write {way}'
    )


def _gives_a_value(signature: CallableType) -> bool:
    """Whether a call gives a value for certain, and neither a node nor several."""
    of: Type = get_proper_type(signature.ret_type)
    if isinstance(of, Instance):
        return of.type.fullname != OBJECT and not of.type.fallback_to_any and not may_be_node(of)
    return isinstance(of, LiteralType | NoneType)
