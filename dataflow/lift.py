"""Graph -> nodes: the way back from `lower`, and how nodes are pickled.

A node refers to what it reads, which refers to what that reads: too deep for pickle, whose walk is recursive. So a
node is pickled as its graph, which is flat, and is lifted from it again. Importing this module sees to that.
"""

from __future__ import annotations

import copyreg
import graphlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import attrs

from dataflow.callee import label_of
from dataflow.errors import CompositionError, GraphError
from dataflow.ir.graph import Graph, GraphOp, bodies
from dataflow.lower import lower
from dataflow.names import name_of as import_name
from dataflow.names import unwrapped
from dataflow.node import INPUT, Body, Node, compose, name_of
from dataflow.ops import ABSENT, Const, Grower, Input, Loop, Map, Recover, Ref, rewired
from dataflow.place import Place, resolved, text
from dataflow.scan import nodes_read_by
from dataflow.trace import parameter


class Lifted(NamedTuple):
    """The node of a graph's output, and the placeholders of its inputs."""

    output: Node[Any]
    inputs: tuple[Node[Any], ...]


def lift(graph: Graph) -> Node[Any]:
    """The node of a graph's output, over new nodes; inputs come back as placeholders with their names and defaults.

    `lower(lift(graph)) == graph` for a graph that `lower` made of a node; where a flow has parameters that its
    output does not need, `lifted` has the placeholders that `lower` must be told of.

    >>> from dataflow import Input, step
    >>> graph = lower(step(abs)(Input(int, "x")))
    >>> lower(lift(graph)) == graph
    True
    """
    return lifted(graph).output


def lifted(graph: Graph) -> Lifted:
    """The nodes of a graph: `lower(*lifted(graph)) == graph` for every graph that `lower` made."""
    top = _Level(graph, [None] * len(graph.ops), _composition_order(graph))
    levels = [top]
    while True:
        inner = levels[-1].advance()
        if inner is not None:
            levels.append(inner)
            continue
        done = levels.pop()
        if not levels:
            return Lifted(done.output, done.placeholders(len(graph.inputs)))
        levels[-1].close(Body(done.placeholders(1), done.output))


class _Level:
    """One graph being lifted: the operands made so far, and the ops that are left."""

    def __init__(self, graph: Graph, made: list[object], order: Iterable[int]) -> None:
        self._graph, self._made, self._order = graph, made, iter(order)
        self._open = 0

    def advance(self) -> _Level | None:
        """Compose nodes up to the end, or up to an op with a body: then the level of that body."""
        for at in self._order:
            op = self._graph.ops[at]
            for body in bodies(op):
                self._open = at
                return self._inside(op, body)
            self._made[at] = self._placeholder(op, at) if isinstance(op, Input) else self._node(op, at, None)
        return None

    def close(self, body: Body) -> None:
        """Compose the op whose body has been lifted; what it captures is found again when it is lowered."""
        op: Any = self._graph.ops[self._open]
        self._made[self._open] = self._node(attrs.evolve(op, captured=()), self._open, body)

    @property
    def output(self) -> Node[Any]:
        """The node of the output, when all is composed."""
        output = self._made[self._graph.output]
        return output if isinstance(output, Node) else compose(Const(output), self._graph.place(self._graph.output))

    def placeholders(self, count: int) -> tuple[Node[Any], ...]:
        """The first inputs, which are nodes of this level and not of one around it."""
        return tuple([made for made in self._made[:count] if isinstance(made, Node)])

    def _inside(self, op: GraphOp, body: Graph) -> _Level:
        """A body: its first input is a new parameter, the others stand for what it captures."""
        assert isinstance(op, Map | Loop | Recover)
        place, first = body.place(0), body.ops[0]
        assert isinstance(first, Input)
        name = "recover" if isinstance(op, Recover) else op.name
        param = parameter(first.name, f"{name} at {text(place)}", place, first.default)
        made = [param, *map(self._operand, op.captured)]
        rest = len(body.ops) - len(made)
        return _Level(body, made + [None] * rest, range(len(made), len(body.ops)))

    def _placeholder(self, op: Input, at: int) -> Node[Any]:
        if at == 0 and op.name == "INPUT" and op.default is ABSENT:
            return INPUT
        return compose(Input(op.name, op.default), self._graph.place(at))

    def _node(self, op: GraphOp, at: int, body: Body | None) -> Node[Any]:
        return compose(rewired(op, self._operand, lambda _: body), self._graph.place(at))

    def _operand(self, operand: object) -> object:
        return self._made[operand.index] if isinstance(operand, Ref) else operand


def _composition_order(graph: Graph) -> Sequence[int]:
    """An order of ops in which `lower` finds what each body captures in the order in which it is listed.

    That is the order of the ops themselves, but for inputs, which a graph lists first and which may have been
    composed later.
    """
    lists = [op.captured for op in graph.ops if isinstance(op, Map | Loop | Recover)]
    wanted = [pair for one in lists for pair in itertools.pairwise(ref.index for ref in one if isinstance(ref, Ref))]
    every, inputs = range(len(graph.ops)), len(graph.inputs)
    if all(before < after for before, after in wanted):
        return every
    wanted += itertools.pairwise(every[inputs:])
    return _sorted(every, [*wanted, *itertools.pairwise(every[:inputs])]) or _sorted(every, wanted) or every


def _sorted(every: Iterable[int], pairs: Iterable[tuple[int, int]]) -> Sequence[int] | None:
    """An order in which the first of each pair comes before the second, if there is one."""
    sorter: graphlib.TopologicalSorter[int] = graphlib.TopologicalSorter(dict.fromkeys(every, ()))
    for before, after in pairs:
        sorter.add(after, before)
    try:
        return list(sorter.static_order())
    except graphlib.CycleError:
        return None


def _node_reduced(node: Node[Any]) -> str | tuple[Any, ...]:
    """A node as its graph. One that needs the parameter of a flow or body means nothing without it, but can be told
    apart: the function of an expand may know it."""
    if node is INPUT:
        return "INPUT"
    try:
        return lift, (lower(node),)
    except CompositionError:
        return _outside, (name_of(node), resolved(node.place))


def _outside(name: str, place: Place) -> Node[Any]:
    return parameter(name, "the flow or body where it was composed", place)


def _grower_reduced(grower: Grower) -> tuple[Any, ...]:
    """The function of an expand with the nodes that it knows; they must be the ones that it finds when it is read."""
    name = import_name(grower.fn)
    if grower.known and name is not None and not name.startswith("__main__:"):
        raise GraphError(
            f"the function {label_of(grower.fn)!r} of expand() is pickled by name, so it cannot take the nodes along "
            f"that it reads from its module; give it to expand() with functools.partial(function, node)"
        )
    _check_known(grower.fn, grower.known)
    return _grower, (grower.fn, grower.known)


def _grower(fn: Callable[[Any], Any], known: tuple[object, ...]) -> Grower:
    _check_known(fn, known)
    return Grower(fn, known)


def _check_known(fn: Callable[[Any], Any], known: tuple[object, ...]) -> None:
    if set(map(id, nodes_read_by(unwrapped(fn)))) != set(map(id, known)):
        raise GraphError(
            f"the function {label_of(fn)!r} of expand() reads other nodes now than it did when expand() was called; "
            f"give it its nodes with functools.partial(function, node)"
        )


copyreg.pickle(Node, _node_reduced)
copyreg.pickle(Grower, _grower_reduced)
