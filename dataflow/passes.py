"""Graph -> Graph. Each pass keeps the meaning of every graph and changes nothing the second time."""

from __future__ import annotations

from dataflow.ir.graph import Graph


def optimized(graph: Graph) -> Graph:
    """All passes, in order."""
    return graph
