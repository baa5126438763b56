"""Lists and dicts of nodes that are written out: mypy joins the types of their items, to `object` if need be.

What is meant is their union: `gather([count, name])` is a `Node[list[int | str]]`.
"""

from __future__ import annotations

from mypy.erasetype import remove_instance_last_known_values
from mypy.nodes import DictExpr, Expression, ListExpr, SetExpr, StarExpr, TupleExpr
from mypy.plugin import CheckerPluginInterface, FunctionContext
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import AnyType, Instance, Type, get_proper_type

from dataflow.mypy_plugin.lenses import refuse_computed
from dataflow.mypy_plugin.lifting import node_of, value_of

OBJECT = "builtins.object"


def of_gather(context: FunctionContext) -> Type:
    """`gather([a, b])` and `gather({"a": a, "b": b})`, where nothing else says what the container is of."""
    refuse_computed((each for all_ in context.args for each in all_), context.api)
    node = get_proper_type(context.default_return_type)
    held = get_proper_type(node.args[0]) if isinstance(node, Instance) and node.args else None
    given = context.args[0] if context.args else []
    if len(given) != 1 or not isinstance(node, Instance) or not isinstance(held, Instance) or not held.args:
        return node
    joined = get_proper_type(held.args[-1])
    values = items(given[0])
    asked = context.api.type_context[-1] is not None
    if asked or values is None or not isinstance(joined, Instance) or joined.type.fullname != OBJECT:
        return node
    return node_of(node, held.copy_modified(args=[*held.args[:-1], union(values, context.api)]))


def narrowed(node: Type, values: list[Expression], api: CheckerPluginInterface) -> Type:
    """A node of one of the values, if that says more than what mypy has found."""
    proper = get_proper_type(node)
    if not isinstance(proper, Instance) or not proper.args:
        return node
    exact = get_proper_type(union(values, api))
    says_more = not isinstance(exact, AnyType) and is_subtype(exact, proper.args[0])
    return node_of(proper, exact) if says_more else node


def written(display: Expression) -> list[Expression]:
    """What is written as the items of a list, tuple or set, or as the values of a dict."""
    match display:
        case ListExpr(items=found) | TupleExpr(items=found) | SetExpr(items=found):
            return found
        case DictExpr(items=pairs):
            return [value for _, value in pairs]
        case _:
            return []


def items(display: Expression) -> list[Expression] | None:
    """What is written as the items of a list, or as the values of a dict; None if that is not all."""
    match display:
        case ListExpr(items=found) if not any(isinstance(each, StarExpr) for each in found):
            return written(display)
        case DictExpr(items=pairs) if all(key is not None for key, _ in pairs):
            return written(display)
        case _:
            return None


def union(values: list[Expression], api: CheckerPluginInterface) -> Type:
    """The type of one of the values, or of what a node of them gives."""
    types = [value_of(api.get_expression_type(value)) for value in values]
    return make_simplified_union([remove_instance_last_known_values(each) for each in types])
