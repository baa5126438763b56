"""Graph -> Graph. Each pass keeps the meaning of every graph, and does nothing the second time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from dataflow.ir.graph import Graph
from dataflow.passes.merge import merge
from dataflow.passes.prune import prune
from dataflow.passes.rebuild import with_bodies

__all__ = ["PASSES", "Pass", "merge", "optimized", "prune"]

Pass: TypeAlias = Callable[[Graph], Graph]

PASSES: Final[tuple[Pass, ...]] = (prune, merge)


def optimized(graph: Graph, passes: tuple[Pass, ...] = PASSES) -> Graph:
    """The graph, and the bodies in it, after some passes, in order."""
    graph = with_bodies(graph, lambda body: optimized(body, passes))
    for each in passes:
        graph = each(graph)
    return graph
