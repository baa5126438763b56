"""Graphs to measure on, each as a specification: for each node the earlier nodes that it reads; -1 is the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from dataflow import INPUT, Node, step

Spec: TypeAlias = list[tuple[int, ...]]


def inc(x: int) -> int:
    """One argument."""
    return x + 1


def add(a: int, b: int) -> int:
    """Two arguments."""
    return (a + b) % 1_000_003


def total(*xs: int) -> int:
    """Any number of arguments."""
    return sum(xs) % 1_000_003


STEPS: dict[Callable[..., int], Any] = {inc: step(inc), add: step(add), total: step(total)}


def chain(n: int) -> Spec:
    """Each reads the one before."""
    return [(at - 1,) for at in range(n)]


def wide(n: int) -> Spec:
    """One, then many that read it, then one that reads them all."""
    return [(-1,), *[(0,)] * (n - 2), tuple(range(1, n - 1))]


def layered(n: int, width: int = 10) -> Spec:
    """Layers of ten, each node reading two of the layer before; one node reads the last layer."""
    spec: Spec = [(-1,)] * width
    for at in range(width, n - 1):
        layer, column = divmod(at, width)
        spec.append(((layer - 1) * width + column, (layer - 1) * width + (column + 1) % width))
    return [*spec, tuple(range(n - 1 - width, n - 1))]


SHAPES = {"chain": chain, "wide": wide, "layered": layered}


def function_of(reads: tuple[int, ...]) -> Callable[..., int]:
    """The trivial function of that many arguments."""
    functions: dict[int, Callable[..., int]] = {1: inc, 2: add}
    return functions.get(len(reads), total)


def composed(spec: Spec, start: Any = INPUT) -> Node[int]:
    """The graph as nodes."""
    nodes: list[Any] = []
    for reads in spec:
        nodes.append(STEPS[function_of(reads)](*[start if read < 0 else nodes[read] for read in reads]))
    last: Node[int] = nodes[-1]
    return last


def by_hand(spec: Spec) -> Callable[[int], int]:
    """The same calls written out as straight-line code, one local variable each."""
    lines = ["def run(x):"]
    for at, reads in enumerate(spec):
        args = ", ".join("x" if read < 0 else f"v{read}" for read in reads)
        lines.append(f"    v{at} = {function_of(reads).__name__}({args})")
    lines.append(f"    return v{len(spec) - 1}")
    namespace: dict[str, Any] = {"inc": inc, "add": add, "total": total}
    exec("\n".join(lines), namespace)
    made: Callable[[int], int] = namespace["run"]
    return made
