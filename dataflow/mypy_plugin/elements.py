"""What the items of a fan-out or a fold are of: mypy cannot solve `T | Node[T]` for the items of a list."""

from __future__ import annotations

from mypy.checkexpr import has_any_type
from mypy.nodes import CallExpr, Expression, ListExpr
from mypy.plugin import CheckerPluginInterface
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import Instance, Type, UnionType, get_proper_type

from dataflow.mypy_plugin.lifting import is_node, may_be_node, node_in, node_of
from dataflow.mypy_plugin.names import ITERABLE
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import quietly
from dataflow.mypy_plugin.values import ANYTHING, has_nodes, item_of, items, stripped, union, written


def over_items(default: Type, item: Type) -> Type:
    """`Node[Iterable[A]] | Iterable[A | Node[A]]` for another A."""
    node = node_in(default)
    iterable = None if node is None else get_proper_type(node.args[0])
    if node is None or not isinstance(iterable, Instance):
        return default
    held = iterable.copy_modified(args=[UnionType.make_union([item, node_of(node, item)])])
    return UnionType.make_union([node_of(node, iterable.copy_modified(args=[item])), held])


def element(xs: Expression, api: CheckerPluginInterface) -> Type | None:
    """The type of the values of the items; None if it is not known."""
    written = items(xs) if isinstance(xs, ListExpr) else None
    if written:
        return union(written, api)
    found = [item_of(each, ITERABLE, api) for each in _members(type_of(xs, api))]
    known = [stripped(each) for each in found if each is not None]
    return make_simplified_union(known) if known and len(known) == len(found) else None


def as_given(wanted: Type, xs: Expression, api: CheckerPluginInterface) -> Type:
    """What items must be, or what is given for them, if that is right by itself.

    A generic `reversed_(ints)` where floats are asked for is solved for floats, and then refuses its `list[int]`. And
    where items are containers of nodes, as in `zip(nodes, names)`, what they stand for is right.
    """
    found, node = quietly(xs, None, api), node_in(wanted)
    iterable = None if node is None else get_proper_type(node.args[0])
    if has_any_type(found) or not isinstance(iterable, Instance):
        return wanted
    if is_subtype(found, wanted):
        return found if isinstance(xs, CallExpr) else wanted
    item = element(xs, api) if _holds_nodes(xs, found, api) else None
    return ANYTHING if item is not None and not has_any_type(item) and is_subtype(item, iterable.args[0]) else wanted


def _holds_nodes(xs: Expression, found: Type, api: CheckerPluginInterface) -> bool:
    """Whether items are containers in which there are nodes."""
    if isinstance(xs, ListExpr):
        return any(not is_node(type_of(each, api)) and has_nodes(each, api) for each in written(xs))
    items = [item_of(each, ITERABLE, api) for each in _members(found)]
    return any(each is not None and not is_node(each) and may_be_node(each) for each in items)


def _members(xs: Type) -> list[Type]:
    """What is iterated over: the members of a union, and of a node its value."""
    proper = get_proper_type(xs)
    if isinstance(proper, UnionType):
        return [member for item in proper.items for member in _members(item)]
    return _members(proper.args[0]) if isinstance(proper, Instance) and is_node(proper) else [proper]
