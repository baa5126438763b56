"""Leave out what the output does not need."""

from __future__ import annotations

from dataflow.ir.graph import Graph
from dataflow.ops import Input, Ref, lazy
from dataflow.passes.rebuild import kept


def prune(graph: Graph) -> Graph:
    """The graph without the ops that the output never needs; inputs stay, for they are the parameters of calls.

    What `lower` makes has none; a graph that was read from a file or made by hand may.

    >>> from dataflow import Graph
    >>> from dataflow.ops import Const
    >>> len(prune(Graph((Const(1), Const(2)), output=1)).ops)
    1
    """
    ops, survey = graph.ops, graph.survey
    if survey.unread == 1 and graph.output == len(ops) - 1:  # each op but the last is read by a later one
        return graph
    needed = bytearray(len(ops))
    needed[graph.output] = 1
    rare = set(survey.rare)
    for at in reversed(range(graph.output + 1)):
        if needed[at]:
            for read in survey.reads[at]:
                needed[read] = 1
            for operand in lazy(ops[at]) if at in rare else ():
                if type(operand) is Ref:
                    needed[operand.index] = 1
    stay = [at for at, op in enumerate(ops) if needed[at] or isinstance(op, Input)]
    return graph if len(stay) == len(ops) else kept(graph, stay, {})
