"""The type variables of a generic step, solved for the values that the arguments stand for.

mypy cannot solve `T | Node[T]` against a `Node[int]`. So the variables are solved first, with nodes replaced by the
types of their values; what remains to lift is a signature without variables.
"""

from __future__ import annotations

from mypy.expandtype import expand_type
from mypy.infer import infer_type_arguments
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    TupleType,
    Type,
    TypeOfAny,
    TypeVarId,
    TypeVarType,
    UninhabitedType,
    get_proper_type,
)

from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.values import meant


def solved(signature: CallableType, arguments: Arguments) -> CallableType:
    """The signature for the types of these arguments; the signature itself, if its variables cannot be solved."""
    variables = signature.variables
    taken = arguments.by_parameter(signature)
    pairs = [(signature.arg_types[at], arguments.expressions[each]) for at, all_ in enumerate(taken) for each in all_]
    if not variables or not all(isinstance(each, TypeVarType) for each in variables):
        return signature
    fallback = arguments.api.named_generic_type("builtins.tuple", [AnyType(TypeOfAny.special_form)])
    template = TupleType([parameter for parameter, _ in pairs], fallback)
    actual = TupleType([meant(expression, arguments.api) for _, expression in pairs], fallback)
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
