"""Steps that are passed on as functions of nodes: `map(first, nodes)`, `functools.partial(half, digits=node)`.

mypy compares a step with what is asked for by the overloads of its call, through which it solves no type variables, and
of which `partial` makes a function of anything. So it is asked about the function of nodes that the step is.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.checker import TypeChecker
from mypy.nodes import CallExpr, Decorator, Expression, FuncDef, OverloadedFuncDef, RefExpr, SymbolTableNode, TempNode
from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodSigContext, Plugin
from mypy.plugins.functools import partial_new_callback
from mypy.types import CallableType, FunctionLike, Instance, Overloaded, Type, UnionType, get_proper_type

from dataflow.mypy_plugin import containers
from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.classes import class_named
from dataflow.mypy_plugin.lifting import awaited, is_open, lifted, node_of, of_step
from dataflow.mypy_plugin.names import MAP, NODE
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import ANYTHING

Lift = Callable[[Type, Instance], Type]


def takes_functions(fullname: str, found: SymbolTableNode | None) -> bool:
    """Whether one of a function's parameters is a function."""
    node = found.node if found is not None else None
    if isinstance(node, Decorator):
        node = node.func
    of = get_proper_type(node.type) if isinstance(node, FuncDef | OverloadedFuncDef) and node.type else None
    variants = of.items if isinstance(of, FunctionLike) else []
    return fullname == MAP or any(_is_function(each) for variant in variants for each in variant.arg_types)


def of_function(context: FunctionSigContext | MethodSigContext, plugin: Plugin) -> CallableType:
    """A call that is given generic or overloaded steps: the signature solved for the functions that they are."""
    call, api, default = context.context, context.api, context.default_signature
    node = class_named(plugin, NODE)
    if not isinstance(call, CallExpr) or not isinstance(api, TypeChecker) or node is None:
        return default
    if not any(_solvable(each, api) for each in call.args):
        return default
    for lift in (node_of_value, lifted):
        expressions = [_function(each, lift, Instance(node, [ANYTHING]), api) for each in call.args]
        with api.msg.filter_errors() as said:
            inferred = api.expr_checker.check_call(default, expressions, call.arg_kinds, call, call.arg_names)[1]
        exact = get_proper_type(inferred)
        if not said.has_new_errors() and isinstance(exact, CallableType):
            return _open(exact, Arguments(call, api))
    return default


def of_partial(context: FunctionContext, plugin: Plugin) -> Type:
    """`functools.partial(step, ...)`: a partial of the function that takes values and nodes."""
    call = context.context
    found = of_step(context.arg_types[0][0]) if context.arg_types and context.arg_types[0] else []
    node = class_named(plugin, NODE)
    if len(found) != 1 or found[0].variables or node is None or not isinstance(call, CallExpr):
        return partial_new_callback(context)
    rest = CallExpr(call.callee, call.args[1:], call.arg_kinds[1:], call.arg_names[1:])
    function = containers.taken(_of_nodes(found[0], lifted, Instance(node, [ANYTHING])), Arguments(rest, context.api))
    return partial_new_callback(context._replace(arg_types=[[function], *context.arg_types[1:]]))


def node_of_value(value: Type, node: Instance) -> Type:
    """The node alone: mypy takes a `T` of `T | Node[T]` for the node itself."""
    return value if is_open(value) else node_of(node, value)


def _open(exact: CallableType, arguments: Arguments) -> CallableType:
    """The signature that takes anything where steps are given, which were looked at."""
    stepped = {at for at, each in enumerate(arguments.expressions) if _solvable(each, arguments.api)}
    taken = arguments.by_parameter(exact)
    types = [of if stepped.isdisjoint(each) else ANYTHING for of, each in zip(exact.arg_types, taken, strict=True)]
    return exact.copy_modified(arg_types=types)


def _function(expression: Expression, lift: Lift, node: Instance, api: CheckerPluginInterface) -> Expression:
    """A step as the function of nodes that it is; any other expression as it stands."""
    found = _solvable(expression, api)
    if not found:
        return expression
    variants = [_of_nodes(each, lift, node) for each in found]
    return TempNode(variants[0] if len(variants) == 1 else Overloaded(variants), context=expression)


def _of_nodes(signature: CallableType, lift: Lift, node: Instance) -> CallableType:
    types = [lift(each, node) for each in signature.arg_types]
    return signature.copy_modified(arg_types=types, ret_type=node_of(node, awaited(signature.ret_type)))


def _solvable(expression: Expression, api: CheckerPluginInterface) -> list[CallableType]:
    """The signatures of a step that has type variables or several signatures."""
    if not isinstance(expression, RefExpr):
        return []
    found = of_step(type_of(expression, api))
    return found if len(found) > 1 or any(each.variables for each in found) else []


def _is_function(of: Type) -> bool:
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return any(map(_is_function, proper.items))
    return isinstance(proper, CallableType)
