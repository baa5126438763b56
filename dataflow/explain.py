"""`explain`: what will be done with a flow, for people."""

from __future__ import annotations

from typing import Any

from dataflow.errors import CompositionError
from dataflow.executors.base import Executor, Explains
from dataflow.flow import Flow
from dataflow.ir.graph import Graph
from dataflow.ir.walks import walk
from dataflow.lower import lower
from dataflow.node import Node
from dataflow.passes import PASSES, optimized
from dataflow.plan import Plan, plan


def explain(flow: Flow[Any] | Node[Any] | Graph, executor: Executor | None = None, /) -> str:
    """What each pass does to a flow, what always runs and what only on demand, and when values are dropped.

    Args:
        flow: a flow, a node or a graph.
        executor: where it would run; by default the flow's own. `Ray` adds what it sends together.

    Raises:
        CompositionError: it is none of these, or cannot be wired.

    >>> from dataflow import In, Node, cond, flow, step
    >>> @step
    ... def half(x: float) -> float:
    ...     return x / 2
    >>> @flow
    ... def halve(big: In[bool], x: In[float]) -> Node[float]:
    ...     return cond(big, half(x), x)
    >>> print(explain(halve))
    graph(big, x) -> %4
      %0 = input big
      %1 = input x
      %2 = half(%1)
      %3 = truth(%0)
      %4 = switch %3: True -> %2; False -> %1
    passes: prune left out 0 ops; merge left out 0 ops
    always: %3 truth, %4 switch
    on demand, for %2 half: %2 half
    dropped: %0 after %3, %1 after %4, %2 after %4, %3 after %4
    """
    graph = _graph(flow)
    notes = []
    for each in PASSES:
        before, graph = _size(graph), optimized(graph, (each,))
        notes.append(f"{each.__name__} left out {before - _size(graph)} ops")
    planned = plan(graph)
    where = executor or getattr(flow, "executor", None)
    said = where.explain(planned) if isinstance(where, Explains) else []
    return "\n".join([graph.show(), f"passes: {'; '.join(notes)}", *_schedule(planned), *said])


def _graph(flow: object) -> Graph:
    if isinstance(flow, Flow):
        return flow.graph
    if isinstance(flow, Node):
        return lower(flow)
    if isinstance(flow, Graph):
        return flow
    raise CompositionError(f"explain() takes a flow, a node or a graph, not {flow!r}")


def _size(graph: Graph) -> int:
    return sum(len(each.ops) for each in walk(graph))


def _schedule(plan: Plan) -> list[str]:
    labels = plan.graph.labels()

    def names(ops: Any) -> str:
        return ", ".join(f"%{at} {labels[at]}" for at in ops) or "nothing"

    lines = [f"always: {names(plan.main)}"]
    lines += [f"on demand, for %{target} {labels[target]}: {names(ops)}" for target, ops in plan.regions.items() if ops]
    drops = sorted((made, at) for at, values in plan.drops.items() for made in values)
    return [*lines, "dropped: " + (", ".join(f"%{made} after %{at}" for made, at in drops) or "nothing")]
