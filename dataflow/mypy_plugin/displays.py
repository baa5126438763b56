"""Lists and dicts of nodes that are written out: mypy joins the types of their items, to `object` if need be.

What is meant is their union: `gather([count, name])` is a `Node[list[int | str]]`.
"""

from __future__ import annotations

from mypy.nodes import ARG_STAR, ListExpr
from mypy.plugin import FunctionContext
from mypy.types import Instance, ProperType, TupleType, Type, UnionType, get_proper_type

from dataflow.mypy_plugin.asked import asked
from dataflow.mypy_plugin.lenses import refuse_computed
from dataflow.mypy_plugin.lifting import node_of
from dataflow.mypy_plugin.names import OBJECT
from dataflow.mypy_plugin.spreads import is_spread
from dataflow.mypy_plugin.values import DISPLAYS, meant, union


def of_gather(context: FunctionContext) -> Type:
    """`gather([a, b])` and `gather({"a": a, "b": b})`, where nothing else says what the container is of."""
    refuse_computed((each for all_ in context.args for each in all_), context.api)
    node = get_proper_type(context.default_return_type)
    held = get_proper_type(node.args[0]) if isinstance(node, Instance) and node.args else None
    given = context.args[0] if context.args else []
    if is_spread(context.arg_kinds):
        return _of_spread(node, context)
    if len(given) != 1 or not isinstance(node, Instance) or not isinstance(held, Instance) or not held.args:
        return node
    if asked(context) is not None or not isinstance(given[0], DISPLAYS) or not _is_joined(held.args[-1]):
        return node
    return node_of(node, meant(given[0], context.api))


def _of_spread(node: ProperType, context: FunctionContext) -> Type:
    """`gather(*[a, b])`: a tuple of some length, of which an item is one or the other."""
    given, kinds = [[each for all_ in found for each in all_] for found in (context.args, context.arg_kinds)]
    items = given[0].items if len(given) == 1 and isinstance(given[0], ListExpr) and kinds == [ARG_STAR] else []
    if not items or not isinstance(node, Instance):
        return node
    of = context.api.named_generic_type("builtins.tuple", [union(items, context.api)])
    return node_of(node, of)


def _is_joined(of: Type) -> bool:
    """Whether a type says only what others have in common: `object`, or a base as `Sequence`, also in a tuple."""
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return any(map(_is_joined, proper.items))
    if not isinstance(proper, Instance):
        return isinstance(proper, TupleType)
    return proper.type.fullname == OBJECT or proper.type.is_abstract or any(map(_is_joined, proper.args))
