"""Handlers of `recover`: what a step or function gives is read from it, so that a wrong one is compared with that."""

from __future__ import annotations

from typing import Final

from mypy.expandtype import expand_type
from mypy.nodes import LambdaExpr
from mypy.plugin import FunctionSigContext
from mypy.types import CallableType, Instance, ProperType, Type, TypeVarId, UnionType, get_proper_type

from dataflow.mypy_plugin.lambdas import for_lambda
from dataflow.mypy_plugin.lifting import awaited, signatures, value_of
from dataflow.mypy_plugin.names import FLOW, STEP
from dataflow.mypy_plugin.remembered import type_of

FALLBACK: Final = "FallbackT"


def of_recover(context: FunctionSigContext) -> CallableType:
    """`recover(node, handler)`: of the kinds of handlers the one that it is, of what it gives."""
    default, given = context.default_signature, context.args[1] if len(context.args) > 1 else []
    if len(given) != 1:
        return default
    if isinstance(given[0], LambdaExpr):
        return _of_lambda(given[0], context)
    handler = get_proper_type(type_of(given[0], context.api))
    kind, found = _kind(handler), signatures(_called(handler))
    if len(found) != 1 or found[0].variables:
        return default
    result = awaited(found[0].ret_type) if kind == "StepBody" else value_of(found[0].ret_type)
    known: dict[TypeVarId, Type] = {each.id: result for each in default.variables if each.name == FALLBACK}
    node, kinds, *on = default.arg_types
    left = [each for each in default.variables if each.id not in known]
    meant = default.copy_modified(arg_types=[node, _one_of(kinds, kind), *on])
    return expand_type(meant, known).copy_modified(variables=left)


def _of_lambda(handler: LambdaExpr, context: FunctionSigContext) -> CallableType:
    """A lambda may have defaults, as in `lambda error, k=k: ...`."""
    default = context.default_signature
    node, kinds, *on = default.arg_types
    plain = get_proper_type(_one_of(kinds, ""))
    if len(handler.arguments) < 2 or not isinstance(plain, CallableType):
        return default
    return default.copy_modified(arg_types=[node, for_lambda(plain, handler, [], context.api), *on])


def _kind(handler: ProperType) -> str:
    """By which protocol a handler is taken; none of a function."""
    is_step, is_flow = [isinstance(handler, Instance) and handler.type.has_base(base) for base in (STEP, FLOW)]
    return "StepBody" if is_step else "FlowBody" if is_flow else ""


def _called(handler: ProperType) -> ProperType:
    """What is called of a step or flow; else the handler itself."""
    is_held = _kind(handler) and isinstance(handler, Instance) and handler.args
    return get_proper_type(handler.args[0]) if is_held and isinstance(handler, Instance) else handler


def _one_of(kinds: Type, kind: str) -> Type:
    """The kind of handlers that is taken by a protocol, or as a function."""
    proper = get_proper_type(kinds)
    parts = [get_proper_type(each) for each in proper.items] if isinstance(proper, UnionType) else []
    found = [each for each in parts if (each.type.name if isinstance(each, Instance) else "") == kind]
    return found[0] if len(found) == 1 else kinds
