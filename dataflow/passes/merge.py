"""Run equal calls of pure steps once."""

from __future__ import annotations

from dataflow.ir.graph import Graph
from dataflow.loading import load
from dataflow.ops import Call, Ref
from dataflow.passes.rebuild import kept


def merge(graph: Graph) -> Graph:
    """The graph in which a call of a pure step gives way to an earlier one of the same step on equal arguments.

    Only to one that always runs: if the earlier call were itself on demand, merging could move an error to an
    earlier place, and with it change which error is raised. So calls in two cases of a switch stay two.

    >>> from dataflow import flow, gather, step
    >>> @step(pure=True)
    ... def load(name: str) -> bytes:
    ...     return name.encode()
    >>> len(merge(flow(lambda: gather(load("a"), load("a"))).graph).ops)
    2
    """
    if not any(callee.options.pure for callee in graph.survey.callees):
        return graph
    pure = [at for at, op in enumerate(graph.ops) if isinstance(op, Call) and op.callee.options.pure]
    if len(pure) < 2:
        return graph
    always = _always(graph)
    first: dict[object, int] = {}
    instead: dict[int, int] = {}
    for at in pure:
        key = _key(graph.ops[at], instead)
        if key in first:
            instead[at] = first[key]
        elif at in always:
            first[key] = at
    ops = [at for at in range(len(graph.ops)) if at not in instead]
    return kept(graph, ops, instead) if instead else graph


def _key(op: object, instead: dict[int, int]) -> object:
    assert isinstance(op, Call)
    literal = load("dataflow.ir.keys").Key

    def key(operand: object) -> object:
        return Ref(instead.get(operand.index, operand.index)) if type(operand) is Ref else literal(operand)

    named = frozenset((name, key(value)) for name, value in op.kwargs)
    return id(op.callee), tuple(key(arg) for arg in op.args), named


def _always(graph: Graph) -> set[int]:
    """The ops that the output cannot do without."""
    seen, stack = {graph.output}, [graph.output]
    while stack:
        for read in graph.survey.reads[stack.pop()]:
            if read not in seen:
                seen.add(read)
                stack.append(read)
    return seen
