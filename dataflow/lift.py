"""Graph -> nodes: the way back from `lower`, and how nodes are pickled.

A node refers to what it reads, which refers to what that reads: too deep for pickle, whose walk is recursive. So a
node is pickled as its graph, which is flat, and is lifted from it again; see `dataflow.pickling`.
"""

from __future__ import annotations

import contextlib
import graphlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import attrs

from dataflow.callee import label_of
from dataflow.errors import CompositionError, GraphError
from dataflow.ir.graph import Graph, GraphOp, bodies, kind_of
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
    top, due = _Level(graph), _inputs_due(graph)

    def make_inputs(event: int) -> None:
        for at in due.get(event, ()):
            top.made[at] = _placeholder(graph, at)

    make_inputs(-1)
    for event, (level, at, body) in enumerate(_composition(top)):
        level.made[at] = _parameter(level) if level.is_parameter(at) else _node(level, at, body)
        make_inputs(event)
    return Lifted(top.output, tuple([_as_node(top, at) for at in range(top.inputs)]))


class _Level:
    """One graph being lifted: a flow's, or the body of an op of an outer one.

    Attributes:
        graph: what is lifted.
        made: for each op what has been made of it; what a body captures is made in the outer level.
    """

    def __init__(self, graph: Graph, outer: _Level | None = None, at: int = 0) -> None:
        self.graph, self.outer, self.at = graph, outer, at
        self.made: list[object] = [None] * len(graph.ops)
        self.inputs = len(graph.inputs)

    def is_parameter(self, at: int) -> bool:
        """Whether an op is the argument of this body."""
        return self.outer is not None and at == 0

    def operand(self, operand: object) -> object:
        """What has been made of an operand; a literal stays what it is."""
        level: _Level = self
        while isinstance(operand, Ref):
            outer, at = level.outer, level.at
            if outer is None or not 0 < operand.index < level.inputs:
                return level.made[operand.index]
            level, operand = outer, _captured(outer.graph.ops[at])[operand.index - 1]
        return operand

    @property
    def output(self) -> Node[Any]:
        """The node of the output."""
        return _as_node(self, self.graph.output)


def _captured(op: GraphOp) -> tuple[object, ...]:
    """What the body of an op captures."""
    return op.captured if isinstance(op, Map | Loop | Recover) else ()


def _composition(top: _Level) -> Iterator[tuple[_Level, int, _Level | None]]:
    """What is composed, in order: the level, the op, and the level of the op's body, which has been composed before.

    The argument of a body comes first in it; inputs of the whole graph are left out.
    """
    stack = [(top, iter(range(top.inputs, len(top.made))))]
    while stack:
        level, rest = stack[-1]
        for at in rest:
            inner = [_Level(body, level, at) for body in bodies(level.graph.ops[at])]
            if inner:
                stack.append((inner[0], iter(range(inner[0].inputs, len(inner[0].made)))))
                yield inner[0], 0, None
                break
            yield level, at, None
        else:
            stack.pop()
            if level.outer is not None:
                yield level.outer, level.at, level


def _placeholder(graph: Graph, at: int) -> Node[Any]:
    op = graph.ops[at]
    assert isinstance(op, Input)
    if at == 0 and op.name == "INPUT" and op.default is ABSENT:
        return INPUT
    return compose(Input(op.name, op.default), graph.place(at))


def _parameter(level: _Level) -> Node[Any]:
    op, place = level.graph.ops[0], level.graph.place(0)
    assert isinstance(op, Input)
    assert level.outer is not None
    return parameter(op.name, f"{kind_of(level.outer.graph.ops[level.at])} at {text(place)}", place, op.default)


def _node(level: _Level, at: int, body: _Level | None) -> Node[Any]:
    """The node of an op; what its body captures is found again when it is lowered."""
    op: Any = level.graph.ops[at]
    if body is None:
        return compose(rewired(op, level.operand, _no_body), level.graph.place(at))
    inner = Body((_as_node(body, 0),), body.output)
    return compose(rewired(attrs.evolve(op, captured=()), level.operand, lambda _: inner), level.graph.place(at))


def _no_body(graph: object) -> NoReturn:
    raise AssertionError(f"{graph!r} was not composed before its op")


def _as_node(level: _Level, at: int) -> Node[Any]:
    """The node of an op; a literal that a body captures becomes one if it is the body's result."""
    made = level.operand(Ref(at))
    return made if isinstance(made, Node) else compose(Const(made), level.graph.place(at))


class _Moment(NamedTuple):
    """When something is composed: at an event, or, for an input of the whole graph, at one that is to be found."""

    number: int
    is_input: bool


def _inputs_due(graph: Graph) -> Mapping[int, Sequence[int]]:
    """Which inputs of a graph to make after which event of its composition; -1 is before all.

    A graph lists its inputs first, but they may have been made at any time, even in a body; and what a body
    captures is listed in the order of composition. So each input is made as early as those lists allow.
    """
    top = _Level(graph)
    earliest, before = [-1] * top.inputs, list[tuple[int, int]]()
    top.made[: top.inputs] = [_Moment(at, True) for at in range(top.inputs)]
    for event, (level, at, _) in enumerate(_composition(top) if top.inputs else ()):
        level.made[at] = _Moment(event, False)
        listed = [level.operand(operand) for operand in _captured(level.graph.ops[at])]
        for one, other in itertools.pairwise(moment for moment in listed if isinstance(moment, _Moment)):
            if other.is_input and one.is_input:
                before.append((one.number, other.number))
            elif other.is_input:
                earliest[other.number] = max(earliest[other.number], one.number)
    due, event = dict[int, list[int]](), -1
    for at in _sorted(top.inputs, before):
        event = max(event, earliest[at])
        due.setdefault(event, []).append(at)
    return due


def _sorted(count: int, before: Sequence[tuple[int, int]]) -> Sequence[int]:
    """The numbers up to `count`, the first of each pair before the second; as they are counted, if that can be."""
    for pairs in ([*before, *itertools.pairwise(range(count))], before):
        sorter: graphlib.TopologicalSorter[int] = graphlib.TopologicalSorter(dict.fromkeys(range(count), ()))
        for one, other in pairs:
            sorter.add(other, one)
        with contextlib.suppress(graphlib.CycleError):
            return list(sorter.static_order())
    return range(count)


def node_reduced(node: Node[Any]) -> str | tuple[Any, ...]:
    """A node as its graph. One that needs the parameter of a flow or body means nothing without it, but can be told
    apart: the function of an expand may know it."""
    if node is INPUT:
        return "INPUT"
    try:
        return lift, (lower(node),)
    except CompositionError:
        return _outside, (name_of(node), resolved(node._place))


def _outside(name: str, place: Place) -> Node[Any]:
    return parameter(name, "the flow or body where it was composed", place)


def grower_reduced(grower: Grower) -> tuple[Any, ...]:
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
    """Nodes that it reads now and did not know then are refused when it runs, wherever that is."""
    if not set(map(id, known)) <= set(map(id, nodes_read_by(unwrapped(fn)))):
        raise GraphError(
            f"the function {label_of(fn)!r} of expand() reads other nodes now than it did when expand() was called; "
            f"give it its nodes with functools.partial(function, node)"
        )
