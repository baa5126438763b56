"""Where the values of a graph stand in a frame, and where each call finds its arguments.

A frame is a list: one place for each op, then the literals. So an argument is a place, whether it is computed or
known, and a call is its arity and its places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from dataflow.executors.base import PENDING
from dataflow.ir.graph import Graph
from dataflow.ops import Ref

ONE, TWO, MANY, KEYED = range(4)


class Arguments(NamedTuple):
    """How a function is called: with the value at `a`; those at `a` and `b`; at each of `places`; or KEYED, at each
    of `places` and, by name, at those in `named`."""

    kind: int
    a: int
    b: int
    places: tuple[int, ...]
    named: tuple[tuple[str, int], ...]


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
        places = self.places(args, reads) if not kwargs else tuple([self.place(arg) for arg in args])
        if kwargs:
            return Arguments(KEYED, 0, 0, places, tuple([(name, self.place(value)) for name, value in kwargs]))
        if len(places) == 1:
            return Arguments(ONE, places[0], 0, places, ())
        if len(places) == 2:
            return Arguments(TWO, places[0], places[1], places, ())
        return Arguments(MANY, 0, 0, places, ())
