"""Options that are changed at deploy, by the names of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from dataflow.callee import Callee, Instance
from dataflow.errors import DeployError
from dataflow.ir.graph import Graph, GraphOp
from dataflow.loading import load
from dataflow.ops import Call
from dataflow.passes.rebuild import with_bodies


def overridden(graph: Graph, replicas: Mapping[str, int], options: Mapping[str, Mapping[str, object]]) -> Graph:
    """The graph with the options of some steps changed, in its bodies too.

    Raises:
        DeployError: there is no step of a name, or replicas are asked for a function.
    """
    if not replicas and not options:
        return graph
    callees = graph.callees()
    known = {callee.name for callee in callees}
    for name in (*replicas, *options):
        if name not in known:
            near = load("difflib").get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"its steps are {', '.join(sorted(known))}"
            raise DeployError(f"this flow has no step {name!r}; {hint}")
    for callee in callees:
        if callee.name in replicas and not isinstance(callee, Instance):
            raise DeployError(
                f"step {callee.name!r} is a function, of which there are no replicas; they are for classes"
            )
    changes: dict[str, dict[str, object]] = {name: dict(changed) for name, changed in options.items()}
    for name, count in replicas.items():
        changes.setdefault(name, {})["replicas"] = count
    changed = {
        id(callee): attrs.evolve(callee, options=callee.options.but(changes[callee.name]))
        for callee in callees
        if callee.name in changes
    }
    return with_callees(graph, lambda callee: changed.get(id(callee), callee))


def with_callees(graph: Graph, change: Callable[[Callee], Callee]) -> Graph:
    """The graph with each callee replaced, in its bodies too."""

    def changed(op: GraphOp) -> GraphOp:
        return attrs.evolve(op, callee=change(op.callee)) if isinstance(op, Call) else op

    graph = with_bodies(graph, lambda body: with_callees(body, change))
    return Graph(tuple(changed(op) for op in graph.ops), graph.output, graph.places)
