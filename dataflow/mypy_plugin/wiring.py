"""Functions from nodes to nodes that have type variables: flows, and what people write to wire others.

mypy cannot solve the `In[T]` of such a function, which is `T | Node[T]`, for a `Node[int]`. So it is asked about values
in place of what is `In[T]`; a `Node[T]` it solves as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.argmap import map_actuals_to_formals
from mypy.checker import TypeChecker
from mypy.expandtype import expand_type
from mypy.nodes import ARG_NAMED_OPT, ARG_STAR2, CallExpr, Decorator, FuncDef, SymbolNode, SymbolTableNode, TypeInfo
from mypy.plugin import CheckerPluginInterface, FunctionSigContext, MethodSigContext
from mypy.types import (
    CallableType,
    FunctionLike,
    ProperType,
    Type,
    TypeVarType,
    get_proper_type,
    has_type_vars,
)

from dataflow.mypy_plugin.lifting import is_node, may_be_node
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import is_right, of_anything
from dataflow.mypy_plugin.solving import Call, as_value
from dataflow.mypy_plugin.values import stripped


def is_generic(found: SymbolTableNode | None) -> bool:
    """Whether this is a function with type variables and `In[T]` among its parameters, or a class that is made so."""
    of = _type(found.node if found is not None else None)
    return isinstance(of, CallableType) and any(has_type_vars(each) and _is_input(each) for each in of.arg_types)


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
    """The signature for what is given; None if its type variables have no solution, or are not of single types."""
    variables = signature.variables
    if not isinstance(api, TypeChecker) or not all(isinstance(each, TypeVarType) for each in variables):
        return None
    with api.msg.filter_errors() as said:
        found = get_proper_type(_checked(signature, given, call, api)[1])
    if said.has_new_errors() or not isinstance(found, CallableType):
        return None
    types = found.arg_types[_before_named(signature) :]
    known = {each.id: of for each, of in zip(variables, types, strict=False)}
    return expand_type(signature.copy_modified(variables=[]), known)


def _checked(signature: CallableType, given: Call, call: CallExpr, api: TypeChecker) -> tuple[Type, Type]:
    """The types of the result and of the function, with values in place of nodes.

    What mypy finds for a type variable is read from one more parameter, which is of it.
    """
    inputs, at = list(map(_is_input, signature.arg_types)), _before_named(signature)
    values = [stripped(of) if is_input else of for is_input, of in zip(inputs, signature.arg_types, strict=True)]
    single = all(isinstance(each, TypeVarType) for each in signature.variables)
    more = signature.variables if single else ()
    plain = signature.copy_modified(
        arg_types=[*values[:at], *more, *values[at:]],
        arg_kinds=[*signature.arg_kinds[:at], *[ARG_NAMED_OPT] * len(more), *signature.arg_kinds[at:]],
        arg_names=[*signature.arg_names[:at], *[f"variable {each.name}" for each in more], *signature.arg_names[at:]],
    )
    expressions = [
        as_value(each, api) if is_input else each
        for each, is_input in zip(given.expressions, _are_inputs(inputs, given, signature, api), strict=True)
    ]
    return api.expr_checker.check_call(plain, expressions, given.kinds, call, given.names)


def _before_named(signature: CallableType) -> int:
    """Where one more parameter may stand that is given by name."""
    return signature.arg_kinds.index(ARG_STAR2) if ARG_STAR2 in signature.arg_kinds else len(signature.arg_kinds)


def _is_input(parameter: Type) -> bool:
    """Whether a parameter is `In[T]`, or has such a part; a node alone is none."""
    return not is_node(parameter) and may_be_node(parameter)


def _are_inputs(inputs: Sequence[bool], given: Call, signature: CallableType, api: TypeChecker) -> list[bool]:
    """For each argument, whether a parameter takes it that is `In[T]`."""
    taken = map_actuals_to_formals(
        given.kinds,
        given.names,
        signature.arg_kinds,
        signature.arg_names,
        lambda at: type_of(given.expressions[at], api),
    )
    found = {at for is_input, all_ in zip(inputs, taken, strict=True) if is_input for at in all_}
    return [at in found for at in range(len(given.expressions))]
