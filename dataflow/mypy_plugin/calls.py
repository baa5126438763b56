"""Calls of steps: the step's own parameters, each taking a value or a node."""

from __future__ import annotations

from mypy.nodes import CallExpr
from mypy.plugin import MethodSigContext
from mypy.types import CallableType, FunctionLike, Instance, get_proper_type

from dataflow.mypy_plugin import containers, uncalled
from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.lenses import refuse_computed
from dataflow.mypy_plugin.lifting import awaited, lifted, node_of, signatures
from dataflow.mypy_plugin.overloads import is_passed, never
from dataflow.mypy_plugin.reports import is_right, of_anything, reported
from dataflow.mypy_plugin.solving import explained, solved, with_values
from dataflow.mypy_plugin.spreads import apart


def of_step(context: MethodSigContext) -> FunctionLike:
    """`step(a, b=...)`: each parameter lifted, by its own name."""
    default = context.default_signature
    template, step = get_proper_type(default.ret_type), get_proper_type(context.type)
    if (
        not isinstance(template, Instance)
        or not isinstance(step, Instance)
        or not isinstance(context.context, CallExpr)
    ):
        return default
    if is_passed(default):
        return never(default)
    call = apart(context.context)
    refuse_computed(call.args, context.api)
    found, arguments = signatures(step.args[0]) if step.args else [], Arguments(call, context.api)
    if not found:
        return default
    if len(found) == 1 and not found[0].variables:
        return _without_steps(_lifted(found[0], arguments, template, default), context, call)
    chosen = solved(found, with_values(arguments), call, context.api)
    if chosen is not None:
        return _without_steps(_lifted(chosen, arguments, template, default), context, call)
    value = explained(found, next(with_values(arguments)), call, context.api)
    return of_anything(default, node_of(template, awaited(value)))


def _without_steps(signature: CallableType, context: MethodSigContext, call: CallExpr) -> CallableType:
    """The signature of a call; what takes anything takes a step that is not called, too, and is none to run."""
    steps = uncalled.among(call.args, context.api)
    if not steps or not is_right(signature, context):
        return reported(signature, context, call)
    for each, said in steps:
        context.api.fail(said, each)
    return of_anything(signature, signature.ret_type)


def _lifted(signature: CallableType, arguments: Arguments, template: Instance, default: CallableType) -> CallableType:
    spread = arguments.spread(signature)
    either = spread.copy_modified(arg_types=[lifted(each, template) for each in spread.arg_types])
    return containers.taken(either, arguments).copy_modified(
        ret_type=node_of(template, awaited(signature.ret_type)),
        fallback=default.fallback,
        type_guard=None,
        type_is=None,
    )
