"""A layer between an executor and the steps: it sees each call of a step, in whatever process that is made.

What it takes is a graph whose steps are replaced by ones that go through the layer; so it needs nothing of the
executor, and works for graphs that grow, too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

import attrs

from dataflow.callee import Callee, Function, Instance, is_async
from dataflow.executors.base import Executor
from dataflow.ir.graph import Graph, GraphOp
from dataflow.node import LOCAL, Body, Node, clock, compose
from dataflow.ops import Call, Expand, Grower, Loop, Map, Op, Recover, eager, lazy, rewired
from dataflow.passes.rebuild import with_bodies
from dataflow.pipeline import Deployment
from dataflow.place import here
from dataflow.plan import Plan, plan
from dataflow.trace import as_node


class Layer(Protocol):
    """What happens around each call of a step. It is pickled along with steps that go to other processes."""

    def around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make a call of a step, or do something else."""
        ...

    async def around_async(
        self, name: str, call: Callable[..., Awaitable[Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """The same for a coroutine function."""
        ...


@attrs.frozen
class Layered:
    """An executor with a layer between it and the steps.

    Args:
        executor: where graphs run.
        layer: what happens around each call of a step. Indexing, functions of `node.map` and predicates are no steps.
    """

    executor: Executor
    layer: Layer

    def deploy(self, plan: Plan) -> Deployment:
        """Deploy the plan's graph with its steps in the layer."""
        return self.executor.deploy(replanned(plan, layered(plan.graph, self.layer)))


def replanned(old: Plan, graph: Graph) -> Plan:
    """The plan of another graph, with the same observers."""
    return plan(graph, observers=old.observers)


def layered(graph: Graph, layer: Layer) -> Graph:
    """The graph with each step in a layer, in its bodies and in what it grows too."""
    return _changed(graph, _Change(layer).callee)


class _Change:
    """Callees in a layer: of each there is one, however many ops call it."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.made: dict[Callee, Callee] = {}

    def callee(self, callee: Callee) -> Callee:
        if callee.options is LOCAL:
            return callee
        if callee not in self.made:
            self.made[callee] = self._within(callee)
        return self.made[callee]

    def _within(self, callee: Callee) -> Callee:
        options = callee.options.but({"name": callee.name})
        if isinstance(callee, Instance):
            cls = InstanceInLayerAsync if is_async(callee) else InstanceInLayer
            return Instance(cls, (self.layer, callee), (), options)
        return Function((FunctionInLayerAsync if is_async(callee) else FunctionInLayer)(self.layer, callee), options)


def _changed(graph: Graph, change: Callable[[Callee], Callee]) -> Graph:
    graph = with_bodies(graph, lambda body: _changed(body, change))
    return Graph(tuple([_changed_op(op, change) for op in graph.ops]), graph.output, graph.places)


def _changed_op(op: GraphOp, change: Callable[[Callee], Callee]) -> GraphOp:
    if isinstance(op, Call):
        return attrs.evolve(op, callee=change(op.callee))
    if isinstance(op, Expand):
        return attrs.evolve(op, grow=_changed_grower(op.grow, change))
    return op


def _changed_grower(grower: Grower, change: Callable[[Callee], Callee]) -> Grower:
    def grow(value: Any) -> Node[Any]:
        mark = next(clock)
        return _changed_node(as_node(grower.fn(value), "the function of expand()", here()), mark, change)

    return Grower(grow, grower.known)


def _changed_node(output: Node[Any], mark: int, change: Callable[[Callee], Callee]) -> Node[Any]:
    """A node that was composed after `mark`, composed again with its steps changed; what is older stays."""
    made: dict[object, Node[Any]] = {}

    def at(operand: object) -> object:
        return made.get(operand, operand) if isinstance(operand, Node) else operand

    def body(traced: Body) -> Body:
        return Body(tuple([made[param] for param in traced.params]), cast("Node[Any]", at(traced.result)))

    for node in _since(output, mark):
        made[node] = compose(rewired(cast("Op[Body]", _changed_op(node._op, change)), at, body), node._place)  # type: ignore[arg-type]  # ops of nodes have bodies of nodes
    return made.get(output, output)


def _since(output: Node[Any], mark: int) -> list[Node[Any]]:
    """The nodes that a node needs and that were composed after `mark`, in the order of composition."""
    found: set[Node[Any]] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if node._order > mark and node not in found:
            found.add(node)
            stack += [operand for operand in (*eager(node._op), *lazy(node._op)) if isinstance(operand, Node)]
            for traced in _traced(node._op):
                stack += [*traced.params, traced.result]
    return sorted(found, key=lambda node: node._order)


def _traced(op: Op[Body]) -> tuple[Body, ...]:
    match op:
        case Map(body=body) | Loop(body=body) | Recover(handler=body):
            return (body,)
        case _:
            return ()


@attrs.frozen(eq=False)
class FunctionInLayer:
    """A function of a step, called through a layer."""

    layer: Layer
    callee: Function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.layer.around(self.callee.name, self.callee.fn, args, kwargs)


@attrs.frozen(eq=False)
class FunctionInLayerAsync:
    """A coroutine function of a step, called through a layer."""

    layer: Layer
    callee: Function

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return await self.layer.around_async(self.callee.name, self.callee.fn, args, kwargs)


class InstanceInLayer:
    """An instance of a class step, called through a layer."""

    def __init__(self, layer: Layer, callee: Instance) -> None:
        self.layer, self.name, self.made = layer, callee.name, callee.construct()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.layer.around(self.name, self.made, args, kwargs)


class InstanceInLayerAsync(InstanceInLayer):
    """An instance whose calls are coroutines, called through a layer."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return await self.layer.around_async(self.name, self.made, args, kwargs)
