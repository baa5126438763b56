"""Items of nodes, where the value's type says which there are: tuples of a known length, and typed dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mypy.plugin import MethodContext
from mypy.types import Instance, LiteralType, TupleType, Type, TypedDictType, UnpackType, get_proper_type

from dataflow.mypy_plugin.lifting import is_node, node_of


def of_item(context: MethodContext) -> Type:
    """`pair[0]`, `row["name"]`."""
    node = get_proper_type(context.type)
    held = get_proper_type(node.args[0]) if isinstance(node, Instance) and is_node(node) else None
    key = literal(context.arg_types[0][0]) if context.arg_types and context.arg_types[0] else None
    if not isinstance(node, Instance) or held is None or key is None:
        return context.default_return_type
    known = _items(held)
    if known is None or type(key) is not known[0]:
        return context.default_return_type
    if key not in known[1]:
        context.api.fail(
            f"This node's value has no item {key!r}; it has {', '.join(map(repr, known[1]))}", context.context
        )
        return context.default_return_type
    return node_of(node, known[1][key])


def literal(of: Type) -> object:
    """The value of an argument that is written out; None if it is not."""
    proper = get_proper_type(of)
    known = proper.last_known_value if isinstance(proper, Instance) else proper
    return known.value if isinstance(known, LiteralType) else None


def fixed(of: Type | None) -> TupleType | None:
    """A tuple whose length is known."""
    if not isinstance(of, TupleType) or any(isinstance(get_proper_type(item), UnpackType) for item in of.items):
        return None
    return of


def _items(held: Type) -> tuple[type, Mapping[Any, Type]] | None:
    """The items of a value by their keys, and of what type these are."""
    if isinstance(held, TypedDictType):
        return str, held.items
    tuple_of = fixed(held)
    if tuple_of is None:
        return None
    count = len(tuple_of.items)
    return int, {at: tuple_of.items[at] for at in [*range(count), *range(-count, 0)]}
