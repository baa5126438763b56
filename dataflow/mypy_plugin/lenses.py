"""`node.output` computed with: its type is that of the value, but it is none, as the line says when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    IndexExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    SetComprehension,
    SetExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
    UnaryExpr,
)
from mypy.plugin import CheckerPluginInterface, FunctionContext
from mypy.types import Type

from dataflow.mypy_plugin.lifting import is_node

TAKE_VALUES: Final = re.compile(
    r"builtins\.(abs|all|any|bool|bytes|divmod|enumerate|filter|float|format|frozenset|hash|int|isinstance|iter|len|list|map"
    r"|max|min|next|pow|range|repr|reversed|round|set|sorted|str|sum|tuple|zip)"
)
"""Builtins that compute with what they are given."""


def of_call(context: FunctionContext) -> Type:
    """`cond(node.output > 1, a, b)`, `const(node.output + 1)`."""
    refuse_computed((each for given in context.args for each in given), context.api)
    return context.default_return_type


def refuse_computed(arguments: Iterable[Expression], api: CheckerPluginInterface) -> None:
    """Report arguments that compute with an `output`, such as `step(node.output + 1)`."""
    for each in arguments:
        if _is_computed(each, api):
            api.fail("An output has no value until it is run; compute in a step, or node.map(lambda value: ...)", each)


class Parts(NamedTuple):
    """What an expression is made of: what must be values, and what may be outputs, too."""

    values: Sequence[Expression] = ()
    others: Sequence[Expression] = ()


def _is_computed(expression: Expression, api: CheckerPluginInterface) -> bool:
    parts = _parts(expression)
    return any(_is_lens(each, api) for each in parts.values) or any(
        _is_computed(each, api) for each in (*parts.values, *parts.others)
    )


def _parts(expression: Expression) -> Parts:
    match expression:
        case OpExpr(left=left, right=right):
            return Parts([left, right])
        case ComparisonExpr(operands=operands):
            return Parts(operands)
        case UnaryExpr(expr=operand) | StarExpr(expr=operand):
            return Parts([operand])
        case ConditionalExpr(cond=test, if_expr=then, else_expr=otherwise):
            return Parts([test], [then, otherwise])
        case ListExpr(items=items) | TupleExpr(items=items) | SetExpr(items=items):
            return Parts((), items)
        case DictExpr(items=pairs):
            spread = [value for key, value in pairs if key is None]
            return Parts([*spread, *[key for key, _ in pairs if key is not None]], [value for _, value in pairs])
        case ListComprehension(generator=generator) | SetComprehension(generator=generator):
            return Parts(generator.sequences)
        case GeneratorExpr(sequences=sequences) | DictionaryComprehension(sequences=sequences):
            return Parts(sequences)
        case CallExpr(callee=NameExpr(fullname="builtins.dict"), args=arguments, arg_names=names):
            given = [*zip(arguments, names, strict=True)]
            return Parts([each for each, name in given if name is None], [each for each, name in given if name])
        case CallExpr(callee=callee, args=arguments):
            return _parts_of_call(callee, arguments)
        case _:
            return Parts()


def _parts_of_call(callee: Expression, arguments: list[Expression]) -> Parts:
    match callee:
        case NameExpr(fullname=name) if TAKE_VALUES.fullmatch(name):
            return Parts(arguments)
        case MemberExpr(expr=StrExpr()):  # also how mypy reads an f-string: "".join(["{}".format(x)])
            return Parts([each for given in arguments for each in (given, *_parts(given).others)])
        case MemberExpr(expr=owner):  # a method of an output
            return Parts([owner])
        case _:
            return Parts()


def _is_lens(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether it is an output, or an attribute or item of one."""
    while isinstance(expression, MemberExpr | IndexExpr):
        inner = expression.base if isinstance(expression, IndexExpr) else expression.expr
        if isinstance(expression, MemberExpr) and expression.name == "output":
            return is_node(api.get_expression_type(inner))
        expression = inner
    return False
