"""`python -m benchmarks.programs.alive chain Inline 1000`: the most bytes of arrays alive at a time, in arrays."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import attrs
import numpy as np

from benchmarks.programs.scale import EXECUTORS
from dataflow import Node, fan_out, run, step

CHAINED: Final = 2**20
REDUCED: Final = 2**17
"""Numbers of 8 bytes: arrays of 8 MB, and of 1 MB."""


@step
def full(size: int, value: float) -> Any:
    """An array."""
    return np.full(size, value)


@step
def more(x: Any) -> Any:
    """A new array of the same size."""
    return x + 1.0


@step
def total(x: Any) -> float:
    """The reduction."""
    return float(x[0])


def chain(size: int) -> Node[float]:
    """Arrays, each made of the one before."""
    node = full(CHAINED, 0.0)
    for _ in range(size):
        node = more(node)
    return total(node)


def reduce(size: int) -> Node[float]:
    """An array for each element of a fan-out, reduced to a number at once; then the sum."""
    return fan_out(lambda k: total(full(REDUCED, k)), [float(k) for k in range(size)]).map(sum)


@attrs.frozen
class Shape:
    """A graph of so many arrays, how many numbers each has, and the value."""

    graph: Callable[[int], Node[float]]
    numbers: int
    expected: Callable[[int], float]


SHAPES: Final = {
    "chain": Shape(chain, CHAINED, float),
    "reduce": Shape(reduce, REDUCED, lambda size: size * (size - 1) / 2),
}


def main(shape: str, executor: str, size: int) -> None:
    """Counted by tracemalloc, which numpy tells of its arrays."""
    made = SHAPES[shape]
    run(made.graph(3), executor=EXECUTORS[executor])  # what is loaded on first use is no array
    node = made.graph(size)
    tracemalloc.start()
    value = run(node, executor=EXECUTORS[executor])
    peak = tracemalloc.get_traced_memory()[1]
    if value != made.expected(size):
        raise AssertionError(f"{value!r} is not {made.expected(size)!r}")
    print(json.dumps(peak / (made.numbers * 8)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
