"""What mypy found of calls inside of lambdas, which it checks many times over, and each call in them as often.

mypy remembers what it finds of an expression, but not in a lambda, where that depends on the types of its parameters.
Here these are a part of what is remembered. Without it, fan-outs over lambdas three deep took minutes to check.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from mypy.checker import TypeChecker
from mypy.nodes import Expression, LambdaExpr
from mypy.plugin import CheckerPluginInterface
from mypy.types import Type

FoundT = TypeVar("FoundT")

_memory: dict[Hashable, tuple[Expression, Any]] = {}
"""What was found since the last call outside of a lambda, beside the expression, whose `id` no other gets meanwhile."""


def remembered(
    what: Hashable, expression: Expression, api: CheckerPluginInterface, find: Callable[[], FoundT]
) -> FoundT:
    """What is found of an expression, once for the same types of all parameters of the lambdas around it.

    Args:
        what: is found, and whatever else that depends on.
        expression: of which it is found.
        api: mypy.
        find: finds it.
    """
    lambdas = [each for each in api.scope.stack if isinstance(each, LambdaExpr)] if isinstance(api, TypeChecker) else []
    version = getattr(api.binder, "version", None) if isinstance(api, TypeChecker) else None
    if not lambdas or version is None:  # which mypy 1.16 has not
        _memory.clear()
        return find()
    parameters = tuple(argument.variable.type for each in lambdas for argument in each.arguments)
    key = (what, id(expression), version, parameters)
    if key not in _memory:
        _memory[key] = (expression, find())
    found: FoundT = _memory[key][1]
    return found


def type_of(expression: Expression, api: CheckerPluginInterface) -> Type:
    """The type of an expression by itself."""
    return remembered("type", expression, api, lambda: api.get_expression_type(expression))
