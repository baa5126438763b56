"""Containers of nodes as arguments: what takes a `list[T]` or a node of it takes a list of both, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mypy.nodes import ConditionalExpr, DictExpr, Expression, TupleExpr
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import CallableType, Instance, TupleType, Type, UnionType, get_proper_type

from dataflow.mypy_plugin.arguments import Arguments
from dataflow.mypy_plugin.lifting import deep, held, holds_nodes, is_named, is_node, is_open, node_in
from dataflow.mypy_plugin.names import CONTAINERS
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import is_a
from dataflow.mypy_plugin.values import (
    ANYTHING,
    COMPREHENSIONS,
    DISPLAYS,
    has_nodes,
    made,
    meant,
    spread,
    stripped,
    written,
)


def taken(signature: CallableType, arguments: Arguments) -> CallableType:
    """The signature for these arguments, where each parameter of a value or a node takes containers of nodes."""
    displays, chosen = arguments.displayed(signature), arguments.chosen(signature)
    holding = arguments.holding(signature)
    if not any(displays) and not any(holding) and not any(chosen):
        return signature
    types = list(signature.arg_types)
    for at, of in enumerate(types):
        node = node_in(of)
        if node is not None and displays[at]:
            types[at] = Display(arguments, node).of(node.args[0], displays[at])
        elif node is not None and chosen[at] and Display(arguments, node).fits(node.args[0], chosen[at]):
            types[at] = ANYTHING
        elif node is not None and holding[at]:
            types[at] = make_simplified_union([of, *_held(node.args[0], holding[at], node)])
    return signature.copy_modified(arg_types=types)


def _are_right(value: Type, given: Sequence[Expression], arguments: Arguments) -> bool:
    """Whether expressions with nodes stand for what is a value."""
    api = arguments.api
    return any(has_nodes(each, api) for each in given) and all(is_subtype(meant(each, api), value) for each in given)


def _held(value: Type, given: Iterable[Type], node: Instance) -> list[Type]:
    """What may be given besides for a value where containers of nodes are given: these, if they are right."""
    right = [each for each in given if is_subtype(stripped(each), value)]
    return right or [held(value, node), deep(value, node)]


class Display:
    """What a container that is written out must be: each item is a value or a node, or written out itself.

    That leaves mypy one type for what is written out, wherever it can: then it says which item is wrong.
    """

    def __init__(self, arguments: Arguments, node: Instance) -> None:
        self.arguments, self.node = arguments, node

    def of(self, value: Type, displays: Sequence[Expression]) -> Type:
        """The type of displays that are given for a value."""
        proper = get_proper_type(value)
        if isinstance(proper, UnionType):
            return UnionType.make_union([self.of(each, displays) for each in proper.items])
        if isinstance(proper, TupleType) and not is_named(proper):
            columns = [_column(displays, at, len(proper.items)) for at in range(len(proper.items))]
            return proper.copy_modified(items=list(map(self._item, proper.items, columns)))
        if not isinstance(proper, Instance) or proper.type.fullname not in CONTAINERS:
            return self._elsewhere(value, displays)
        comprehended = [self._comprehended(proper, each) for each in displays if isinstance(each, COMPREHENSIONS)]
        rest = [each for each in displays if not isinstance(each, COMPREHENSIONS)]
        listed = [self._listed(proper, rest)] if rest else []
        return UnionType.make_union(list(dict.fromkeys(comprehended + listed)))

    def fits(self, value: Type, choices: Sequence[Expression]) -> bool:
        """Whether one thing or the other is right for a value, by what both stand for or by what is asked for."""
        if _are_right(value, choices, self.arguments):
            return True
        parts, api = list(_parts(choices)), self.arguments.api
        either = UnionType.make_union([value, *self._held(value, parts, ()), self.node.copy_modified(args=[value])])
        return all(is_a(each, self.of(value, [each]) if isinstance(each, DISPLAYS) else either, api) for each in parts)

    def _elsewhere(self, value: Type, displays: Sequence[Expression]) -> Type:
        """For what is no container by its name, such as a protocol: anything, if what is meant is right."""
        return ANYTHING if _are_right(value, displays, self.arguments) else value

    def _listed(self, of: Instance, displays: Sequence[Expression]) -> Type:
        *keys, item = of.args
        names = [key for each in displays if isinstance(each, DictExpr) for key, _ in each.items if key is not None]
        if any(is_node(self._type(name)) for name in names):
            keys = [self._item(key, names) for key in keys]
        given = [item for each in displays for item in written(each)]
        others = [of for each in displays for of in spread(each, self.arguments.api)]
        return of.copy_modified(args=[*keys, self._item(item, given, others)])

    def _comprehended(self, of: Instance, display: Expression) -> Type:
        """Of a comprehension, the type of its element is not known by itself: its variables have none outside."""
        *keys, item = of.args
        parts = list(_parts([made(display)]))
        if all(isinstance(each, DISPLAYS) for each in parts):
            return deep(of, self.node)
        whole = get_proper_type(self._type(display)) if _is_container(item) else None
        items = whole.args[-1:] if isinstance(whole, Instance) else ()
        holding = [each for each in items if holds_nodes(each)]
        types = [item, *(_held(item, holding, self.node) if holding else []), self.node.copy_modified(args=[item])]
        return of.copy_modified(args=[*keys, item if is_open(item) else UnionType.make_union(types)])

    def _item(self, value: Type, given: Sequence[Expression], spread: Sequence[Type] = ()) -> Type:
        """What items may be, of which these are written, and others of these types are spread."""
        if is_open(value):
            return value
        node, parts = self.node.copy_modified(args=[value]), list(_parts(given))
        displays = [each for each in parts if isinstance(each, DISPLAYS)]
        others = [each for each in parts if not isinstance(each, DISPLAYS)]
        either = UnionType.make_union([value, *self._held(value, others, spread), node])
        if not displays:
            return either
        if not spread and all(is_node(self._type(each)) for each in others):
            return UnionType.make_union([self.of(value, displays), node])
        right = [is_a(each, self.of(value, [each]), self.arguments.api) for each in displays]
        right += [is_a(each, either, self.arguments.api) for each in others]
        right += [is_subtype(stripped(each), value) for each in spread]
        if all(right):
            return ANYTHING  # mypy finds no type for both a list that is written out and one that is not
        return UnionType.make_union([self.of(value, displays), either])

    def _held(self, value: Type, items: Sequence[Expression], spread: Sequence[Type]) -> list[Type]:
        """What items may be besides, if one of them is a container of nodes."""
        given = [*[self._type(each) for each in items if self.arguments.may_hold(each)], *spread]
        holding = [each for each in given if holds_nodes(each)]
        return _held(value, holding, self.node) if holding else []

    def _type(self, item: Expression) -> Type:
        return type_of(item, self.arguments.api)


def _column(displays: Iterable[Expression], at: int, width: int) -> list[Expression]:
    """What is written at one place of tuples of some length; all that is written in anything else."""
    found: list[Expression] = []
    for each in displays:
        fitting = isinstance(each, TupleExpr) and len(written(each)) == len(each.items) == width
        found += [written(each)[at]] if fitting else written(each)
    return found


def _parts(given: Iterable[Expression]) -> Iterable[Expression]:
    """The expressions, and of those with `if` both branches."""
    for each in given:
        if isinstance(each, ConditionalExpr):
            yield from _parts((each.if_expr, each.else_expr))
        else:
            yield each


def _is_container(of: Type) -> bool:
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return any(map(_is_container, proper.items))
    return isinstance(proper, TupleType) or (isinstance(proper, Instance) and proper.type.fullname in CONTAINERS)
