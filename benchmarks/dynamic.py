"""Graphs whose shape depends on values: nested fan-outs, routes, map and reduce. By hand they are loops and ifs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

from benchmarks.graphs import inc
from dataflow import INPUT, Node, fan_out, step, switch


@attrs.frozen(eq=False)
class Dynamic:
    """The same computation twice, from the same input.

    Args:
        name: as it is called in tables.
        node: as a graph with one input.
        hand: as a Python function.
        start: the input.
        expected: the value.
        calls: how many calls of steps it comes to.
    """

    name: str
    node: Node[Any]
    hand: Callable[[Any], Any]
    start: Any
    expected: Any
    calls: int


@step
def numbers(size: int) -> list[int]:
    """0 to size - 1."""
    return list(range(size))


@step
def plus(x: int, y: int) -> int:
    """Two arguments."""
    return x + y


@step
def summed(xs: list[int]) -> int:
    """The reduction."""
    return sum(xs)


increased = step(inc)


def nested(rows: int = 30) -> Dynamic:
    """For each row a fan-out over its columns, added up; then all rows added up."""

    def row(y: Node[int]) -> Node[int]:
        return summed(fan_out(lambda x: plus(increased(x), y), numbers(y)))

    def by_hand(size: int) -> int:
        sums = []
        for y in numbers.fn(size):
            sums.append(summed.fn([plus.fn(inc(x), y) for x in numbers.fn(y)]))
        return summed.fn(sums)

    expected = sum(x + 1 + y for y in range(rows) for x in range(y))
    calls = 2 + 2 * rows + rows * (rows - 1)
    name = f"nested fan-out, {rows} rows"
    return Dynamic(name, summed(fan_out(row, numbers(INPUT))), by_hand, rows, expected, calls)


@step
def is_odd(x: int) -> bool:
    """The selector."""
    return x % 2 == 1


@step
def halved(x: int) -> int:
    """One way."""
    return x // 2


@step
def tripled(x: int) -> int:
    """The other way."""
    return 3 * x + 1


def routed(turns: int = 100) -> Dynamic:
    """Collatz's sequence: each number is halved, or tripled and one added, as it is even or odd."""
    node: Any = INPUT
    for _ in range(turns):
        node = switch(is_odd(node), {True: tripled(node), False: halved(node)})

    def by_hand(x: int) -> int:
        for _ in range(turns):
            x = tripled.fn(x) if is_odd.fn(x) else halved.fn(x)
        return x

    expected = start = 27
    for _ in range(turns):
        expected = 3 * expected + 1 if expected & 1 else expected // 2
    return Dynamic(f"{turns} switches in a row", node, by_hand, start, expected, 2 * turns)


def map_reduce(size: int = 1_000) -> Dynamic:
    """One fan-out, and its sum."""

    def by_hand(n: int) -> int:
        return summed.fn([plus.fn(x, x) for x in numbers.fn(n)])

    node = summed(fan_out(lambda x: plus(x, x), numbers(INPUT)))
    return Dynamic(f"fan-out of {size:,} and sum", node, by_hand, size, size * (size - 1), size + 2)


DYNAMIC: Final[dict[str, Callable[[], Dynamic]]] = {"nested": nested, "routed": routed, "map-reduce": map_reduce}
