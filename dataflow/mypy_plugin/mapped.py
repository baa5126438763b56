"""`node.map(f)`: of the kinds of functions, the one that is given; so a wrong one is compared with that alone."""

from __future__ import annotations

from mypy.nodes import Expression, LambdaExpr
from mypy.plugin import CheckerPluginInterface, MethodContext, MethodSigContext
from mypy.types import CallableType, Instance, Type, get_proper_type

from dataflow.mypy_plugin.lambdas import with_defaults
from dataflow.mypy_plugin.lifting import is_node, kind_of, signatures
from dataflow.mypy_plugin.names import COROUTINES, OBJECT
from dataflow.mypy_plugin.overloads import never
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import quietly


def of_map(context: MethodSigContext) -> CallableType:
    """The overload for steps, for flows, for functions that give a coroutine, or for all others."""
    default, given = with_defaults(context.default_signature, context), context.args[0] if context.args else []
    if len(given) != 1 or not default.arg_types:
        return default
    wanted = get_proper_type(default.arg_types[0])
    kind = None if isinstance(given[0], LambdaExpr) else kind_of(type_of(given[0], context.api))
    protocol = wanted.type.name if isinstance(wanted, Instance) else ""
    if protocol != ("" if kind is None else "FlowBody" if kind == "flow" else "StepBody"):
        return never(default)
    if not isinstance(wanted, CallableType):
        return default
    gives_one = _gives_a_coroutine(given[0], wanted, context.api)
    return default if gives_one in (None, _is_coroutine(wanted.ret_type)) else never(default)


def of_result(context: MethodContext) -> Type:
    """What a function gives is a value: a node that it gives is refused when the line runs."""
    result, given = get_proper_type(context.default_return_type), [each for all_ in context.args for each in all_]
    if given and isinstance(result, Instance) and result.args and is_node(result.args[0]):
        said = '"map" takes a function of the value, which gives a value; this one gives a node: call it with the node'
        context.api.fail(said, given[0])
    return context.default_return_type


def _gives_a_coroutine(function: Expression, wanted: CallableType, api: CheckerPluginInterface) -> bool | None:
    """Whether a call gives something to await; None if that is not known."""
    asked = None
    if isinstance(function, LambdaExpr):
        asked = wanted.copy_modified(ret_type=api.named_generic_type(OBJECT, []))
    found = signatures(quietly(function, asked, api))
    given = {_is_coroutine(each.ret_type) for each in found}
    return given.pop() if len(given) == 1 else None


def _is_coroutine(of: Type) -> bool:
    proper = get_proper_type(of)
    return isinstance(proper, Instance) and any(map(proper.type.has_base, COROUTINES))
