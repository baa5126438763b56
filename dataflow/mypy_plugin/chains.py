"""`first >> show`, where `first` has type variables: what the second step takes says what they are.

mypy solves them through no `ParamSpec`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from mypy.constraints import SUBTYPE_OF, SUPERTYPE_OF, Constraint, infer_constraints
from mypy.erasetype import erase_typevars
from mypy.expandtype import expand_type
from mypy.meet import meet_types
from mypy.plugin import MethodSigContext
from mypy.solve import solve_constraints
from mypy.subtypes import is_subtype
from mypy.types import (
    CallableType,
    Instance,
    Type,
    TypeVarId,
    TypeVarLikeType,
    TypeVarType,
    UninhabitedType,
    get_proper_type,
)

from dataflow.mypy_plugin.lifting import awaited, of_step
from dataflow.mypy_plugin.remembered import type_of


def of_chain(context: MethodSigContext) -> CallableType:
    """`step.__rshift__(then)`: a step of the first one's parameters, solved, and of the other's result."""
    default = context.default_signature
    result, given = get_proper_type(default.ret_type), context.args[0] if context.args else []
    if not isinstance(result, Instance) or len(given) != 1:
        return default
    of_then = type_of(given[0], context.api)
    one, other = of_step(context.type), of_step(of_then)
    if len(one) != 1 or len(other) != 1 or not one[0].variables or not other[0].arg_types:
        return default
    then = _given(other[0], awaited(one[0].ret_type))
    if then is None:
        return default
    first = one[0] if other[0].variables else _asked(one[0], then.arg_types[0])
    fits = is_subtype(erase_typevars(awaited(first.ret_type)), erase_typevars(then.arg_types[0]))
    chain = result.copy_modified(args=[first.copy_modified(ret_type=then.ret_type)])
    return default.copy_modified(arg_types=[of_then if fits else UninhabitedType()], ret_type=chain, variables=[])


def _given(function: CallableType, value: Type) -> CallableType | None:
    """A function that is given a value, without type variables; None if that does not say what they are."""
    known = _known(function, infer_constraints(function.arg_types[0], value, SUPERTYPE_OF))
    solved = expand_type(function.copy_modified(variables=[]), known)
    return solved if len(known) == len(function.variables) else None


def _asked(function: CallableType, result: Type) -> CallableType:
    """A function that is asked for a result: of its type variables some are known then, and some have a bound."""
    constraints = infer_constraints(awaited(function.ret_type), result, SUBTYPE_OF)
    bound = {each.id: _bounded(each, constraints) for each in function.variables}
    of: dict[TypeVarId, Type] = {**_known(function, constraints), **{of: each for of, each in bound.items() if each}}
    left = [bound[each.id] or each for each in function.variables if bound[each.id] or each.id not in of]
    return expand_type(function, of).copy_modified(variables=left)


def _known(function: CallableType, constraints: list[Constraint]) -> dict[TypeVarId, Type]:
    """What is known of the type variables; mypy solves one of which nothing is said for Never."""
    said = {each.type_var for each in constraints}
    found, _ = solve_constraints(function.variables, constraints)
    return {
        each.id: of for each, of in zip(function.variables, found, strict=True) if of is not None and each.id in said
    }


def _bounded(variable: TypeVarLikeType, constraints: Sequence[Constraint]) -> TypeVarLikeType | None:
    """A type variable that may be anything below what is asked for; None if it must be more or is free."""
    own = [each for each in constraints if each.type_var == variable.id]
    if not own or not isinstance(variable, TypeVarType) or any(each.op != SUBTYPE_OF for each in own):
        return None
    bounds = [variable.upper_bound, *[each.target for each in own]]
    return variable.copy_modified(upper_bound=reduce(meet_types, bounds))
