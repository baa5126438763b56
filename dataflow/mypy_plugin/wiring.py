"""Functions from nodes to nodes that have type variables: flows, and what people write to wire others.

mypy cannot solve the `In[T]` of such a function, which is `T | Node[T]`, for a `Node[int]`. So it is asked about values
in place of what is `In[T]`; a `Node[T]` it solves as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.argmap import map_actuals_to_formals
from mypy.checker import TypeChecker
from mypy.expandtype import expand_type
from mypy.nodes import ARG_NAMED_OPT, CallExpr, Decorator, FuncDef, SymbolNode, SymbolTableNode, TypeInfo
from mypy.plugin import CheckerPluginInterface, FunctionSigContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, ProperType, Type, get_proper_type

from dataflow.mypy_plugin.lifting import is_node
from dataflow.mypy_plugin.reports import is_right, of_anything
from dataflow.mypy_plugin.solving import Call, as_value
from dataflow.mypy_plugin.values import stripped


def is_generic(found: SymbolTableNode | None) -> bool:
    """Whether this is a function with type variables and `In[T]` among its parameters, or a class that is made so."""
    node = found.node if found is not None else None
    of = _type(node)
    generic = isinstance(of, CallableType) and (bool(of.variables) or isinstance(node, TypeInfo))
    return isinstance(of, CallableType) and generic and any(map(_is_input, of.arg_types))


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
    """The signature of a call, with its type variables solved; of a wrong call mypy says what is wrong."""
    call, api = context.context, context.api
    if not isinstance(call, CallExpr) or not signature.variables or not any(map(_is_input, signature.arg_types)):
        return signature
    given = Call(call.args, call.arg_kinds, call.arg_names)
    exact = solved(signature, given, call, api)
    if exact is not None or is_right(signature, context) or not isinstance(api, TypeChecker):
        return exact or signature
    result, _ = _checked(signature, given, call, api)
    return of_anything(signature, result)


def solved(signature: CallableType, given: Call, call: CallExpr, api: CheckerPluginInterface) -> CallableType | None:
    """The signature for what is given; None if its type variables have no solution."""
    if not isinstance(api, TypeChecker):
        return None
    with api.msg.filter_errors() as said:
        found = get_proper_type(_checked(signature, given, call, api)[1])
    variables = signature.variables
    if said.has_new_errors() or not isinstance(found, CallableType) or len(found.arg_types) < len(variables):
        return None
    known = {each.id: of for each, of in zip(variables, found.arg_types[-len(variables) :], strict=True)}
    return expand_type(signature.copy_modified(variables=[]), known)


def _checked(signature: CallableType, given: Call, call: CallExpr, api: TypeChecker) -> tuple[Type, Type]:
    """The types of the result and of the function, with values in place of nodes.

    What mypy finds for a type variable is read from one more parameter, which is of it.
    """
    inputs, variables = list(map(_is_input, signature.arg_types)), signature.variables
    values = [stripped(of) if is_input else of for is_input, of in zip(inputs, signature.arg_types, strict=True)]
    plain = signature.copy_modified(
        arg_types=[*values, *variables],
        arg_kinds=[*signature.arg_kinds, *[ARG_NAMED_OPT] * len(variables)],
        arg_names=[*signature.arg_names, *[f"type variable {each.name}" for each in variables]],
    )
    expressions = [
        as_value(each, api) if is_input else each
        for each, is_input in zip(given.expressions, _are_inputs(inputs, given, plain, api), strict=True)
    ]
    return api.expr_checker.check_call(plain, expressions, given.kinds, call, given.names)


def _is_input(parameter: Type) -> bool:
    """Whether a parameter is `In[T]`, or has such a part; a node alone is none."""
    return not is_node(parameter) and stripped(parameter) != parameter


def _are_inputs(inputs: Sequence[bool], given: Call, signature: CallableType, api: TypeChecker) -> list[bool]:
    """For each argument, whether a parameter takes it that is `In[T]`."""
    taken = map_actuals_to_formals(
        given.kinds,
        given.names,
        signature.arg_kinds,
        signature.arg_names,
        lambda at: api.get_expression_type(given.expressions[at]),
    )
    found = {at for is_input, all_ in zip(inputs, taken, strict=False) if is_input for at in all_}
    return [at in found for at in range(len(given.expressions))]
