"""Functions from nodes to nodes that have type variables: flows, and what people write to wire others.

mypy cannot solve the `In[T]` of such a function, which is `T | Node[T]`, for a `Node[int]`. So it is asked about values
in place of what is `In[T]`; a `Node[T]` it solves as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.argmap import map_actuals_to_formals
from mypy.checker import TypeChecker
from mypy.nodes import CallExpr, Decorator, FuncDef, SymbolNode, SymbolTableNode, TypeInfo
from mypy.plugin import CheckerPluginInterface, FunctionSigContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, Instance, ProperType, get_proper_type

from dataflow.mypy_plugin.lifting import lifted, node_in
from dataflow.mypy_plugin.solving import Call, as_value


def is_generic(found: SymbolTableNode | None) -> bool:
    """Whether this is a function with type variables and `In[T]` among its parameters, or a class that is made so."""
    node = found.node if found is not None else None
    of = _type(node)
    generic = isinstance(of, CallableType) and (bool(of.variables) or isinstance(node, TypeInfo))
    return isinstance(of, CallableType) and generic and any(node_in(each) for each in of.arg_types)


def _type(node: SymbolNode | None) -> ProperType | None:
    """The type of a function, of a method in a decorator such as `staticmethod`, and of what makes an instance."""
    if isinstance(node, TypeInfo):
        made_by = node.get("__init__")
        return _type(made_by.node if made_by is not None else None) if node.is_generic() else None
    function = node.func if isinstance(node, Decorator) else node
    return get_proper_type(function.type) if isinstance(function, FuncDef) and function.type is not None else None


def of_function(context: FunctionSigContext) -> FunctionLike:
    """A call of such a function."""
    return of_call(context.default_signature, context)


def of_method(context: MethodSigContext) -> FunctionLike:
    """A call of such a method."""
    return of_call(context.default_signature, context)


def of_call(signature: CallableType, context: FunctionSigContext | MethodSigContext) -> CallableType:
    """The signature of a call, with its type variables solved; as it is, if they have no solution."""
    call = context.context
    if not isinstance(call, CallExpr) or not signature.variables or not any(map(node_in, signature.arg_types)):
        return signature
    return solved(signature, Call(call.args, call.arg_kinds, call.arg_names), call, context.api) or signature


def solved(signature: CallableType, given: Call, call: CallExpr, api: CheckerPluginInterface) -> CallableType | None:
    """The signature for what is given; None if its type variables have no solution."""
    nodes = [node_in(each) for each in signature.arg_types]
    values = [node.args[0] if node else of for node, of in zip(nodes, signature.arg_types, strict=True)]
    plain = signature.copy_modified(arg_types=values)
    if not isinstance(api, TypeChecker):
        return None
    with api.msg.filter_errors() as said:
        expressions = [
            as_value(each, api) if is_input else each
            for each, is_input in zip(given.expressions, _are_inputs(nodes, given, plain, api), strict=True)
        ]
        _, of = api.expr_checker.check_call(plain, expressions, given.kinds, call, given.names)
    found = get_proper_type(of)
    if said.has_new_errors() or not isinstance(found, CallableType) or len(found.arg_types) != len(nodes):
        return None
    types = [lifted(each, node) if node else each for each, node in zip(found.arg_types, nodes, strict=True)]
    return found.copy_modified(arg_types=types)


def _are_inputs(nodes: Sequence[Instance | None], given: Call, signature: CallableType, api: TypeChecker) -> list[bool]:
    """For each argument, whether a parameter takes it that is `In[T]`."""
    taken = map_actuals_to_formals(
        given.kinds,
        given.names,
        signature.arg_kinds,
        signature.arg_names,
        lambda at: api.get_expression_type(given.expressions[at]),
    )
    inputs = {at for node, all_ in zip(nodes, taken, strict=True) if node for at in all_}
    return [at in inputs for at in range(len(given.expressions))]
