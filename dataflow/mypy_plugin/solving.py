"""Generic and overloaded steps: mypy itself solves the call, with values in place of nodes.

It cannot solve `T | Node[T]` against a `Node[int]`, nor choose between overloads of such unions. So it is asked about
the call of the function with the same arguments, where each node is a value of the node's type; what it finds has no
type variables left, and is lifted as any other signature is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.nodes import (
    ArgKind,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    LambdaExpr,
    ListExpr,
    SetExpr,
    StarExpr,
    TempNode,
    TupleExpr,
)
from mypy.plugin import CheckerPluginInterface
from mypy.types import CallableType, FunctionLike, Instance, Overloaded, Type, get_proper_type

from dataflow.mypy_plugin.arguments import PLAIN, Arguments
from dataflow.mypy_plugin.lifting import is_node, may_be_node, node_in
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import ANYTHING, DISPLAYS, has_nodes, meant, stripped


class Call(NamedTuple):
    """A call of a function with values in place of nodes."""

    expressions: list[Expression]
    kinds: list[ArgKind]
    names: Sequence[str | None]


def solved(
    found: list[CallableType], calls: Iterable[Call], call: CallExpr, api: CheckerPluginInterface
) -> CallableType | None:
    """The signature of a function, with these overloads, for the first of the calls that is right; None if none is."""
    if not isinstance(api, TypeChecker):
        return None
    for each in calls:
        with api.msg.filter_errors() as said:
            inferred = get_proper_type(_checked(found, each, call, api)[1])
        if isinstance(inferred, CallableType) and not said.has_new_errors():
            return inferred
    return None


def explained(found: list[CallableType], values: Call, call: CallExpr, api: CheckerPluginInterface) -> Type:
    """Have mypy say what is wrong with a call; and the type of its result."""
    return _checked(found, values, call, api)[0] if isinstance(api, TypeChecker) else ANYTHING


def _checked(found: list[CallableType], values: Call, call: CallExpr, api: TypeChecker) -> tuple[Type, Type]:
    """The types of the result and of the function, once solved; a node that is asked for asks for its value."""
    contexts = api.expr_checker.type_context
    asked = get_proper_type(contexts[-1])
    node = asked if isinstance(asked, Instance) and is_node(asked) else node_in(asked) if asked else None
    contexts.append(node.args[0] if node else None)
    try:
        return api.expr_checker.check_call(_whole(found), values.expressions, values.kinds, call, values.names)
    finally:
        contexts.pop()


def _whole(found: list[CallableType]) -> FunctionLike:
    return found[0] if len(found) == 1 else Overloaded(found)


def with_values(arguments: Arguments) -> Iterator[Call]:
    """The call with values: of what is written out the type that it has by itself; then that which is asked for."""
    kinds, names = arguments.kinds, arguments.names
    yield Call([as_value(each, arguments.api) for each in arguments.expressions], kinds, names)
    yield Call([rewritten(each, arguments.api) for each in arguments.expressions], kinds, names)


def as_value(expression: Expression, api: CheckerPluginInterface) -> Expression:
    """An expression for the value that another stands for."""
    if isinstance(expression, (*PLAIN, LambdaExpr)):
        return expression
    if isinstance(expression, ConditionalExpr):
        return TempNode(meant(expression, api), context=expression)
    if isinstance(expression, DISPLAYS):
        return TempNode(meant(expression, api), context=expression) if has_nodes(expression, api) else expression
    of = type_of(expression, api)
    return TempNode(stripped(of), context=expression) if may_be_node(of) else expression


def rewritten(expression: Expression, api: CheckerPluginInterface) -> Expression:
    """The same, where containers that are written out stay so: what they are of is for the parameter to say."""

    def inside(item: Expression) -> Expression:
        return rewritten(item, api)

    match expression:
        case ListExpr(items=items):
            new: Expression = ListExpr(list(map(inside, items)))
        case SetExpr(items=items):
            new = SetExpr(list(map(inside, items)))
        case TupleExpr(items=items):
            new = TupleExpr(list(map(inside, items)))
        case DictExpr(items=pairs):
            new = DictExpr([(None if key is None else inside(key), inside(value)) for key, value in pairs])
        case ConditionalExpr(cond=cond, if_expr=one, else_expr=other):
            new = ConditionalExpr(cond, inside(one), inside(other))
        case StarExpr(expr=spread):
            new = StarExpr(inside(spread))
        case _:
            return as_value(expression, api)
    new.set_line(expression)
    return new
