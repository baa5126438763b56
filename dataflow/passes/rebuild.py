"""A graph without some of its ops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dataflow.ir.graph import Graph, bodies
from dataflow.ops import Ref, references, rewired


def kept(graph: Graph, ops: Sequence[int], instead: Mapping[int, int]) -> Graph:
    """The graph of some of its ops; those left out are read from others `instead`.

    Args:
        graph: the graph.
        ops: which ops to keep, in order.
        instead: for each op that is read but left out, an earlier one that is kept.
    """
    index = dict(zip(ops, references(len(ops)), strict=True))

    def at(operand: object) -> object:
        return index[instead.get(operand.index, operand.index)] if type(operand) is Ref else operand

    made = tuple(rewired(graph.ops[old], at, lambda body: body) for old in ops)
    places = tuple(graph.places[old] for old in ops) if graph.places else ()
    return Graph(made, index[instead.get(graph.output, graph.output)].index, places)


def with_bodies(graph: Graph, change: Callable[[Graph], Graph]) -> Graph:
    """The graph with each body of its ops changed."""
    if not any(bodies(graph.ops[at]) for at in graph.survey.rare):
        return graph
    ops = tuple(rewired(op, lambda operand: operand, change) if bodies(op) else op for op in graph.ops)
    return Graph(ops, graph.output, graph.places)
