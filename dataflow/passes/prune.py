"""Leave out what the output does not need."""

from __future__ import annotations

from dataflow.ir.graph import Graph
from dataflow.ops import Call, Input, Ref, eager, lazy
from dataflow.passes.rebuild import kept


def prune(graph: Graph) -> Graph:
    """The graph without the ops that the output never needs; inputs stay, for they are the parameters of calls.

    What `lower` makes has none; a graph that was read from a file or made by hand may.

    >>> from dataflow import Graph
    >>> from dataflow.ops import Const
    >>> len(prune(Graph((Const(1), Const(2)), output=1)).ops)
    1
    """
    needed = bytearray(len(graph.ops))
    needed[graph.output] = 1
    for at in reversed(range(graph.output + 1)):
        if needed[at]:
            op = graph.ops[at]
            for operand in op.args if type(op) is Call and not op.kwargs else eager(op) + lazy(op):
                if type(operand) is Ref:
                    needed[operand.index] = 1
    ops = [at for at, op in enumerate(graph.ops) if needed[at] or isinstance(op, Input)]
    return graph if len(ops) == len(graph.ops) else kept(graph, ops, {})
