"""What stands where a node is meant and is none, though it passes as a value: steps and flows that are not called, and
outputs that are computed with."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import DictExpr, Expression, MemberExpr, NameExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext, MethodContext
from mypy.types import Type

from dataflow.mypy_plugin import choices, lenses, routes
from dataflow.mypy_plugin.lifting import kind_of
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import written


def of_cond(context: FunctionContext) -> Type:
    """`cond(test, f, g)`."""
    given = [each[0] for each in context.args if each]
    _refuse(given, context.api)
    return choices.chosen(context, given[1:])


def of_switch(context: FunctionContext) -> Type:
    """`switch(selector, {"a": f}, default=g)`."""
    given = [each[0] for each in context.args if each]
    cases = [value for each in given if isinstance(each, DictExpr) for key, value in each.items if key is not None]
    _refuse([*given, *cases], context.api)
    return routes.of_chosen(context)


def of_case(context: MethodContext) -> Type:
    """`match(selector).case("a", f)`."""
    _refuse([each for all_ in context.args for each in all_], context.api)
    return routes.of_case(context)


def of_default(context: MethodContext) -> Type:
    """`match(selector).case("a", f).default(g)`."""
    given = [each[0] for each in context.args if each]
    _refuse(given, context.api)
    return choices.chosen(context, given, choices.before(context.type))


def why(expression: Expression, api: CheckerPluginInterface) -> str | None:
    """What to say of a step or flow that is not called."""
    kind = kind_of(type_of(expression, api))
    name = f'"{expression.name}"' if isinstance(expression, NameExpr | MemberExpr) else "This"
    return f"{name} is a {kind} that is not called; expected a node or a value" if kind else None


def among(given: Sequence[Expression], api: CheckerPluginInterface) -> list[tuple[Expression, str]]:
    """The arguments, and items of those that are written out, that are steps or flows, with what to say of each."""
    found: list[tuple[Expression, str]] = []
    for each in given:
        said = why(each, api) if isinstance(each, NameExpr | MemberExpr) else None
        found += [(each, said)] if said is not None else among(written(each), api)
    return found


def _refuse(given: Sequence[Expression], api: CheckerPluginInterface) -> None:
    lenses.refuse_computed(given, api)
    for expression in given:
        said = why(expression, api)
        if said is not None:
            api.fail(said, expression)
