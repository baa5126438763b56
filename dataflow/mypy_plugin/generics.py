"""The type variables of a generic step, solved for the values that the arguments stand for.

mypy cannot solve `T | Node[T]` against a `Node[int]`. So the variables are solved first, with nodes replaced by the
types of their values; what remains to lift is a signature without variables.
"""

from __future__ import annotations

from mypy.expandtype import expand_type
from mypy.infer import infer_type_arguments
from mypy.nodes import Expression, StarExpr
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    TupleType,
    Type,
    TypeOfAny,
    TypeVarId,
    TypeVarType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.displays import written
from dataflow.mypy_plugin.lifting import is_node
from dataflow.mypy_plugin.names import CONTAINERS


def solved(signature: CallableType, arguments: Arguments) -> CallableType:
    """The signature for the types of these arguments; the signature itself, if its variables cannot be solved."""
    variables = signature.variables
    taken = arguments.by_parameter(signature)
    pairs = [(signature.arg_types[at], arguments.expressions[each]) for at, all_ in enumerate(taken) for each in all_]
    if not variables or not all(isinstance(each, TypeVarType) for each in variables):
        return signature
    fallback = arguments.api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)])
    template = TupleType([parameter for parameter, _ in pairs], fallback)
    actual = TupleType([_value(expression, arguments) for _, expression in pairs], fallback)
    found = infer_type_arguments(variables, template, actual, is_supertype=True)
    env: dict[TypeVarId, Type] = {}
    for variable, of in zip(variables, found, strict=True):
        allowed = _allowed(variable, of) if isinstance(variable, TypeVarType) else None
        if allowed is None:
            return signature
        env[variable.id] = allowed
    return expand_type(signature, env).copy_modified(variables=[])


def _allowed(variable: TypeVarType, of: Type | None) -> Type | None:
    """What a variable that was found to be of a type may be; None if it may not."""
    if of is None or isinstance(get_proper_type(of), UninhabitedType):
        return None
    if variable.values:
        return next((value for value in variable.values if is_subtype(of, value)), None)
    return of if is_subtype(of, variable.upper_bound) else None


def _value(expression: Expression, arguments: Arguments) -> Type:
    """The type of the value that an argument stands for; of a list that is written out, each item is looked at."""
    whole = get_proper_type(arguments.api.get_expression_type(expression))
    items = written(expression)
    if not items or not isinstance(whole, Instance) or any(isinstance(item, StarExpr) for item in items):
        return stripped(whole)
    types = [arguments.api.get_expression_type(item) for item in items]
    if not any(is_node(each) for each in types):
        return stripped(whole)
    joined = make_simplified_union([_value(item, arguments) for item in items])
    return whole.copy_modified(args=[*map(stripped, whole.args[:-1]), joined])


def stripped(of: Type) -> Type:
    """A type with the types of values in place of nodes, inside containers too."""
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return make_simplified_union([stripped(item) for item in proper.items])
    if isinstance(proper, TupleType):
        return proper.copy_modified(items=[stripped(item) for item in proper.items])
    if isinstance(proper, Instance) and is_node(proper):
        return proper.args[0]
    if isinstance(proper, Instance) and proper.type.fullname in CONTAINERS:
        return proper.copy_modified(args=[stripped(each) for each in proper.args])
    return of
