"""Where the values of a graph stand in a frame, and where each call finds its arguments.

A frame is a list: one place for each op, then the literals. So an argument is a place, whether it is computed or
known, and a call is its arity and its places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from dataflow.executors.base import PENDING
from dataflow.ir.graph import Graph
from dataflow.ops import Ref

ONE, TWO, MANY, KEYED = range(4)


Take: TypeAlias = Callable[[list[Any]], tuple[Any, ...]]
Arguments: TypeAlias = tuple[int, int, int, tuple[int, ...], tuple[tuple[str, int], ...], Take]
"""How a function is called, as (kind, a, b, places, named, take): with the value at a; with those at a and b; with
those at each of the places, which `take` gives; or KEYED, with these and, by name, those at the places in `named`."""


def nothing(_: list[Any]) -> tuple[Any, ...]:
    """No values."""
    return ()


def taking(places: tuple[int, ...]) -> Take:
    """What gives the values at these places of a frame.

    >>> taking((2, 0))(["a", "b", "c"])
    ('c', 'a')
    """
    if len(places) > 1:
        return itemgetter(*places)
    return lambda frame: tuple([frame[place] for place in places])


class Layout:
    """The places of a graph's frames."""

    def __init__(self, graph: Graph) -> None:
        self.template: list[Any] = [PENDING] * len(graph.ops)

    def place(self, operand: object) -> int:
        """Where an operand stands; a literal gets a place of its own."""
        if type(operand) is Ref:
            return operand.index
        self.template.append(operand)
        return len(self.template) - 1

    def places(self, args: Sequence[object], reads: tuple[int, ...]) -> tuple[int, ...]:
        """Where arguments stand. Those that are as many as the ops among them, each once, stand where these do."""
        return reads if len(reads) == len(args) else tuple([self.place(arg) for arg in args])

    def arguments(
        self, args: Sequence[object], kwargs: Sequence[tuple[str, object]] = (), reads: tuple[int, ...] = ()
    ) -> Arguments:
        """Where a call finds its arguments.

        Args:
            args: its operands by position.
            kwargs: its operands by name.
            reads: the ops among all of them, each once.
        """
        if kwargs:
            places = tuple([self.place(arg) for arg in args])
            named = tuple([(name, self.place(value)) for name, value in kwargs])
            return KEYED, 0, 0, places, named, taking(places)
        places = reads if len(reads) == len(args) else self.places(args, reads)
        if len(places) == 1:
            return ONE, places[0], 0, places, (), nothing
        if len(places) == 2:
            return TWO, places[0], places[1], places, (), nothing
        return MANY, 0, 0, places, (), taking(places)
