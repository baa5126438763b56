"""`node.output` computed with: its type is that of the value, but it is none, as the line says when it runs."""

from __future__ import annotations

from collections.abc import Iterable

from mypy.nodes import ComparisonExpr, Expression, IndexExpr, MemberExpr, OpExpr, UnaryExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext
from mypy.types import Type

from dataflow.mypy_plugin.lifting import is_node


def of_cond(context: FunctionContext) -> Type:
    """`cond(node.output > 1, a, b)`."""
    refuse_computed((each for given in context.args for each in given), context.api)
    return context.default_return_type


def refuse_computed(arguments: Iterable[Expression], api: CheckerPluginInterface) -> None:
    """Report arguments that compute with an `output`, such as `step(node.output + 1)`."""
    for each in arguments:
        if _is_computed(each, api):
            api.fail("An output has no value until it is run; compute in a step, or node.map(lambda value: ...)", each)


def _is_computed(expression: Expression, api: CheckerPluginInterface) -> bool:
    return any(_is_lens(each, api) or _is_computed(each, api) for each in _operands(expression))


def _operands(expression: Expression) -> list[Expression]:
    match expression:
        case OpExpr(left=left, right=right):
            return [left, right]
        case ComparisonExpr(operands=operands):
            return operands
        case UnaryExpr(expr=operand):
            return [operand]
        case _:
            return []


def _is_lens(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether it is an output, or an attribute or item of one."""
    while isinstance(expression, MemberExpr | IndexExpr):
        inner = expression.base if isinstance(expression, IndexExpr) else expression.expr
        if isinstance(expression, MemberExpr) and expression.name == "output":
            return is_node(api.get_expression_type(inner))
        expression = inner
    return False
