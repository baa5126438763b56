"""Graphs of trivial steps: what is measured on them is all overhead. Each has a formula for its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.tasks import Task, Workload, equals

PRIME: Final = 1_000_003
START: Final = 1


def inc(x: int) -> int:
    """One argument."""
    return x + 1


def add(a: int, b: int) -> int:
    """Two arguments."""
    return (a + b) % PRIME


def total(*xs: int) -> int:
    """Any number of arguments."""
    return sum(xs) % PRIME


def chain(size: int) -> Workload:
    """Each reads the one before."""
    tasks = tuple(Task(inc, (at - 1,)) for at in range(size))
    return Workload(f"chain of {size:,}", tasks, equals(START + size))


def wide(size: int) -> Workload:
    """One, then many that read it, then one that reads them all."""
    tasks = (Task(inc), *[Task(inc, (0,))] * (size - 2), Task(total, tuple(range(1, size - 1))))
    return Workload(f"wide graph of {size:,}", tasks, equals((START + 2) * (size - 2) % PRIME))


def layered(size: int, width: int = 10) -> Workload:
    """Layers of ten, each reading two of the layer before; one reads the last layer."""
    tasks = [Task(inc)] * width
    for at in range(width, size - 1):
        layer, column = divmod(at, width)
        tasks.append(Task(add, ((layer - 1) * width + column, (layer - 1) * width + (column + 1) % width)))
    tasks.append(Task(total, tuple(range(size - 1 - width, size - 1))))
    return Workload(f"layered graph of {size:,}", tuple(tasks), equals(_layered_value(size, width)))


def _layered_value(size: int, width: int) -> int:
    """The same by layers: where the last one is not full, its missing columns are those of the layer before."""
    rows, rest = divmod(size - 1, width)
    layer = [START + 1] * width
    for _ in range(rows - 1):
        layer = [(layer[k] + layer[(k + 1) % width]) % PRIME for k in range(width)]
    more = [(layer[k] + layer[(k + 1) % width]) % PRIME for k in range(rest)]
    return sum(layer[rest:] + more) % PRIME


def ladder(size: int) -> Workload:
    """Diamonds one after the other: two read the one before, one reads the two. A tree of paths, 2 ** (size / 3)."""
    tasks: list[Task] = []
    value = START
    for _ in range(size // 3):
        last = len(tasks) - 1
        tasks += [Task(inc, (last,)), Task(inc, (last,)), Task(add, (last + 1, last + 2))]
        value = 2 * (value + 1) % PRIME
    return Workload(f"ladder of {len(tasks):,}", tuple(tasks), equals(value))


TRIVIAL: Final[dict[str, Callable[[int], Workload]]] = {
    "chain": chain,
    "wide": wide,
    "layered": layered,
    "ladder": ladder,
}
