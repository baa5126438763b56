"""Containers of nodes as arguments: what takes a `list[T]` or a node of it takes a list of both, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mypy.nodes import (
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ListComprehension,
    SetComprehension,
    TupleExpr,
)
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, Instance, TupleType, Type, UnionType, get_proper_type

from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.lifting import deep, held, holds_nodes, is_node, is_open
from dataflow.mypy_plugin.names import CONTAINERS
from dataflow.mypy_plugin.reports import ANYTHING, is_a
from dataflow.mypy_plugin.values import COMPREHENSIONS, DISPLAYS, written


def taken(signature: CallableType, arguments: Arguments) -> CallableType:
    """The signature for these arguments, where each parameter of a value or a node takes containers of nodes."""
    displays, holding = arguments.displayed(signature), arguments.holding(signature)
    if not any(displays) and not any(holding):
        return signature
    types = list(signature.arg_types)
    for at, of in enumerate(types):
        node = _node_in(of)
        if node is not None and displays[at]:
            shown = [Display(arguments, node).of(node.args[0], each) for each in displays[at]]
            types[at] = UnionType.make_union(list(dict.fromkeys(shown)))
        elif node is not None and holding[at]:
            types[at] = make_simplified_union([of, *_held(node.args[0], node)])
    return signature.copy_modified(arg_types=types)


def _node_in(of: Type) -> Instance | None:
    """`Node[T]` of `T | Node[T]`; None of what is something else."""
    proper = get_proper_type(of)
    parts = [get_proper_type(each) for each in proper.items] if isinstance(proper, UnionType) else []
    return next((each for each in parts if isinstance(each, Instance) and is_node(each)), None)


def _held(value: Type, node: Instance) -> list[Type]:
    """What a variable may be that holds nodes."""
    return [held(value, node), deep(value, node)]


class Display:
    """What a container that is written out must be: each item is a value or a node, or written out itself.

    That leaves mypy one type for what is written out, wherever it can: then it says which item is wrong.
    """

    def __init__(self, arguments: Arguments, node: Instance) -> None:
        self.arguments, self.node = arguments, node

    def of(self, value: Type, display: Expression) -> Type:
        """The type of a display that is given for a value."""
        proper = get_proper_type(value)
        if isinstance(proper, UnionType):
            return UnionType.make_union([self.of(each, display) for each in proper.items])
        if isinstance(proper, TupleType):
            return proper.copy_modified(items=self._items_of_tuple(proper, display))
        if not isinstance(proper, Instance) or proper.type.fullname not in CONTAINERS:
            return value
        if isinstance(display, COMPREHENSIONS):
            return self._comprehended(proper, display)
        *keys, item = proper.args
        names = [key for key, _ in display.items if key is not None] if isinstance(display, DictExpr) else []
        if any(is_node(self._type(name)) for name in names):
            keys = [self._item(key, names) for key in keys]
        return proper.copy_modified(args=[*keys, self._item(item, written(display))])

    def _comprehended(self, of: Instance, display: Expression) -> Type:
        """Of a comprehension, the type of its element is not known by itself: its variables have none outside."""
        *keys, item = of.args
        parts = list(_parts([_element(display)]))
        if all(isinstance(each, DISPLAYS) for each in parts):
            return deep(of, self.node)
        whole = get_proper_type(self._type(display)) if _is_container(item) else None
        holding = isinstance(whole, Instance) and bool(whole.args) and holds_nodes(whole.args[-1])
        types = [item, *(_held(item, self.node) if holding else []), self.node.copy_modified(args=[item])]
        return of.copy_modified(args=[*keys, item if is_open(item) else UnionType.make_union(types)])

    def _items_of_tuple(self, of: TupleType, display: Expression) -> list[Type]:
        if not isinstance(display, TupleExpr) or len(display.items) != len(of.items):
            return [self._item(item, written(display)) for item in of.items]
        return [self._item(item, [each]) for item, each in zip(of.items, display.items, strict=True)]

    def _item(self, value: Type, given: Sequence[Expression]) -> Type:
        """What items may be, of which these are written."""
        if is_open(value):
            return value
        node, parts = self.node.copy_modified(args=[value]), list(_parts(given))
        displays: dict[Expression, Type] = {each: self.of(value, each) for each in parts if isinstance(each, DISPLAYS)}
        others = [each for each in parts if each not in displays]
        if not displays:
            return UnionType.make_union([value, *self._held(value, others), node])
        if all(is_node(self._type(each)) for each in others):
            return UnionType.make_union([*dict.fromkeys(displays.values()), node])
        either = UnionType.make_union([value, *self._held(value, others), node])
        if all(is_a(each, displays.get(each, either), self.arguments.api) for each in parts):
            return ANYTHING  # mypy finds no type for both a list that is written out and one that is not
        return UnionType.make_union([*dict.fromkeys(displays.values()), either])

    def _held(self, value: Type, items: Sequence[Expression]) -> list[Type]:
        """What items may be besides, if one of them is a container of nodes."""
        may_hold = self.arguments.may_hold
        return (
            _held(value, self.node) if any(may_hold(each) and holds_nodes(self._type(each)) for each in items) else []
        )

    def _type(self, item: Expression) -> Type:
        return self.arguments.api.get_expression_type(item)


def _parts(given: Iterable[Expression]) -> Iterable[Expression]:
    """The expressions, and of those with `if` both branches."""
    for each in given:
        if isinstance(each, ConditionalExpr):
            yield from _parts((each.if_expr, each.else_expr))
        else:
            yield each


def _element(comprehension: Expression) -> Expression:
    """What is written as the items of a comprehension, or as its values."""
    match comprehension:
        case ListComprehension(generator=generator) | SetComprehension(generator=generator):
            return generator.left_expr
        case DictionaryComprehension(value=value):
            return value
        case _:
            return comprehension


def _is_container(of: Type) -> bool:
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return any(map(_is_container, proper.items))
    return isinstance(proper, TupleType) or (isinstance(proper, Instance) and proper.type.fullname in CONTAINERS)
