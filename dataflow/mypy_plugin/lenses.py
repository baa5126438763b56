"""`node.output` computed with: its type is that of the value, but it is none, as the line says when it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
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
    RefExpr,
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
from dataflow.mypy_plugin.reports import quietly
from dataflow.mypy_plugin.values import COMPREHENSIONS

TAKE_VALUES: Final = re.compile(
    r"builtins\.(abs|all|any|bool|bytes|divmod|enumerate|filter|float|format|frozenset|hash|int|isinstance|iter|len|list|map"
    r"|max|min|next|pow|range|repr|reversed|round|set|sorted|str|sum|tuple|zip)"
)
"""Builtins that compute with what they are given."""

COMBINE: Final = re.compile(r"builtins\.(all|any|max|min|sorted|sum)")
"""Builtins that compute with the items of what they are given."""

MODULES: Final = re.compile(
    r"_?(base64|binascii|calendar|cmath|datetime|decimal|fractions|hashlib|html|json|math|operator|re|statistics|struct"
    r"|textwrap|time|zlib)\..*"
)
"""Modules whose functions compute with what they are given, or with its items."""

PASSES: Final = re.compile(r"_?operator\.(getitem|is_|is_not|attrgetter|itemgetter|methodcaller)")
"""Of these, what takes outputs as they are."""


def of_call(context: FunctionContext) -> Type:
    """`cond(node.output > 1, a, b)`, `const(node.output + 1)`."""
    refuse_computed((each for given in context.args for each in given), context.api)
    return context.default_return_type


def refuse_computed(arguments: Iterable[Expression], api: CheckerPluginInterface) -> None:
    """Report arguments that compute with an `output`, such as `step(node.output + 1)`."""
    for each in arguments:
        if _is_computed(each, _is_output) and _is_of_node(each, api):
            api.fail("An output has no value until it is run; compute in a step, or node.map(lambda value: ...)", each)


class Parts(NamedTuple):
    """What an expression is made of: what must be values, and what may be outputs, too."""

    values: Sequence[Expression] = ()
    others: Sequence[Expression] = ()


def _is_of_node(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether it computes with what is an output indeed; first mypy finds the types of a comprehension's variables."""
    quietly(expression, None, api)
    return _is_computed(expression, lambda each: _is_lens(each, api))


def _is_computed(expression: Expression, is_lens: Callable[[Expression], bool]) -> bool:
    parts = _parts(expression)
    return any(map(is_lens, parts.values)) or any(
        _is_computed(each, is_lens) for each in (*parts.values, *parts.others)
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
            keys = [key for key, _ in pairs if key is not None]
            return Parts(spread, [*keys, *[value for _, value in pairs]])
        case ListComprehension(generator=generator) | SetComprehension(generator=generator):
            return _parts(generator)
        case GeneratorExpr(left_expr=item, sequences=sequences, condlists=tests):
            return Parts([*sequences, *[test for each in tests for test in each]], [item])
        case DictionaryComprehension(key=key, value=value, sequences=sequences, condlists=tests):
            items = [value] if key is None else [key, value]
            return Parts([*sequences, *[test for each in tests for test in each]], items)
        case CallExpr(callee=NameExpr(fullname="builtins.dict"), args=arguments, arg_names=names):
            given = [*zip(arguments, names, strict=True)]
            return Parts([each for each, name in given if name is None], [each for each, name in given if name])
        case CallExpr(callee=callee, args=arguments):
            return _parts_of_call(callee, arguments)
        case _:
            return Parts()


def _parts_of_call(callee: Expression, arguments: list[Expression]) -> Parts:
    match callee:
        case RefExpr(fullname=name) if COMBINE.fullmatch(name) or _is_of_values(name):
            return Parts([each for given in arguments for each in (given, *_items(given))])
        case NameExpr(fullname=name) if TAKE_VALUES.fullmatch(name):
            return Parts(arguments)
        case MemberExpr(expr=StrExpr()):  # also how mypy reads an f-string: "".join(["{}".format(x)])
            return Parts([each for given in arguments for each in (given, *_parts(given).others)])
        case MemberExpr(expr=owner):  # a method of an output
            return Parts([owner])
        case _:
            return Parts()


def _is_of_values(name: str) -> bool:
    """Whether a function of the standard library computes with what it is given."""
    return MODULES.fullmatch(name) is not None and PASSES.fullmatch(name) is None


def _items(given: Expression) -> Sequence[Expression]:
    """What is written as the items of a container."""
    is_container = isinstance(given, (ListExpr, TupleExpr, SetExpr, DictExpr, *COMPREHENSIONS, GeneratorExpr))
    return _parts(given).others if is_container else ()


def _is_lens(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether it is an output, or an attribute or item of one."""
    node = _before_output(expression)
    return node is not None and is_node(quietly(node, None, api))


def _is_output(expression: Expression) -> bool:
    """Whether it is written as an output."""
    return _before_output(expression) is not None


def _before_output(expression: Expression) -> Expression | None:
    """The node of `node.output`, `node.output.x`, `node.output[0]`."""
    while isinstance(expression, MemberExpr | IndexExpr):
        inner = expression.base if isinstance(expression, IndexExpr) else expression.expr
        if isinstance(expression, MemberExpr) and expression.name == "output":
            return inner
        expression = inner
    return None
