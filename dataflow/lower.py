"""Nodes -> Graph: collect what the output needs, sort it by the order of composition, number it.

A node is composed after the nodes that it reads, so the order of composition is a topological order. Walks are
iterative and each node is visited once. What a body reads from before its parameter was made, it captures: that
becomes an input of the body's graph and a lazy operand of the op around it. What is composed in a body belongs to it,
and runs for each of its arguments: it cannot be read from outside as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from dataflow.collection import uncollected
from dataflow.errors import CompositionError
from dataflow.ir.graph import Graph
from dataflow.node import Body, Node, NodeOp
from dataflow.ops import Call, CallDraft, Const, Input, Loop, Map, Op, Recover, Ref, eager, lazy, references, rewired
from dataflow.place import text
from dataflow.trace import Parameter

by_order = attrgetter("_order")


class Lowered(NamedTuple):
    """A graph, and the outside nodes that its last inputs stand for."""

    graph: Graph
    captured: tuple[Node[Any], ...]


def lower(output: Node[Any], inputs: Sequence[Node[Any]] = (), flow: str = "this graph") -> Graph:
    """The graph of a node.

    Args:
        output: the node whose value is wanted.
        inputs: placeholders that are inputs whether they are used or not, first in the order of arguments.
        flow: what to call the graph in errors.

    Raises:
        CompositionError: the node needs the parameter of another flow or of a body that it is not in.
    """
    with uncollected:
        return _Scope(0, tuple(inputs), flow).lower(output).graph


def lower_growth(output: Node[Any], known: Collection[object], mark: int, name: str) -> Lowered:
    """The graph of a node that was composed at run time, after `mark`; older nodes must be among the known ones.

    Raises:
        CompositionError: it reads another node from outside.
    """
    lowered = _Scope(mark, (), name).lower(output)
    for node in lowered.captured:
        if node not in known:
            raise CompositionError(
                f"the function of {name}() read {node!r}, which could not be seen in it when {name}() was called; "
                f"give it as a default argument, or through functools.partial"
            )
    return lowered


class _Scope:
    """One graph being collected: the body of a flow or of a combinator.

    Attributes:
        ops: of each node that was found, the op over nodes, its bodies lowered, or None for a call, which has none;
            but of inputs and of what is captured.
        inputs: the nodes that are inputs of this graph.
        captured: those that stand outside.
        bodies: what is composed in bodies, and in which.
    """

    def __init__(self, mark: int, params: tuple[Node[Any], ...], name: str) -> None:
        self.mark, self.params, self.name = mark, params, name
        self.ops: dict[Node[Any], Op[Any] | None] = {}
        self.inputs: dict[Node[Any], None] = {}
        self.captured: dict[Node[Any], None] = {}
        self.bodies: dict[Node[Any], str] = {}

    def lower(self, output: Node[Any]) -> Lowered:
        self._collect(output)
        self._refuse_shared()
        free = sorted((node for node in self.inputs if node not in self.params), key=by_order)
        captured = tuple(sorted(self.captured, key=by_order))
        inner = sorted(self.ops, key=by_order)
        order = [*self.params, *free, *captured, *inner]
        index = dict(zip(order, references(len(order)), strict=True))
        ops: list[Op[Graph]] = [_as_input(node._op) for node in (*self.params, *free)]
        ops += [Input(f"captured {at}") for at in range(len(captured))]
        ops += self._numbered(inner, index)
        return Lowered(Graph(tuple(ops), index[output].index, tuple([node._place for node in order])), captured)

    def _numbered(self, nodes: Sequence[Node[Any]], index: Mapping[Node[Any], Ref]) -> Iterator[Op[Graph]]:
        """The ops of nodes over numbers. Nearly all are calls with one or two arguments: these are made in place."""
        for node in nodes:
            op = self.ops[node]
            if op is None:
                operands: list[Any] = []
                for arg in node._args or ():
                    operands.append(index[arg] if type(arg) is Node else arg)
                made: Any = CallDraft()
                made.callee, made.args, made.kwargs, made.__class__ = node._head, tuple(operands), (), Call
                yield made
            else:
                yield rewired(op, lambda arg: index[arg] if type(arg) is Node else arg, lambda graph: graph)

    def _collect(self, output: Node[Any]) -> None:
        mark, ops, stack = self.mark, self.ops, [output]
        while stack:
            node = stack.pop()
            if node in ops:
                continue
            args = node._args
            if node._order < mark:
                self.captured[node] = None
            elif args is not None:
                ops[node] = None
                for arg in args:
                    if type(arg) is Node and arg not in ops:
                        stack.append(arg)
            elif isinstance(node._op, Input):
                self._collect_input(node, node._op)
            else:
                ops[node] = op = self._closed(node._op)
                stack += [operand for operand in eager(op) + lazy(op) if type(operand) is Node]

    def _collect_input(self, node: Node[Any], op: Input) -> None:
        if self.mark and type(op) is Input:  # one that was made in a body is one of the whole
            self.captured[node] = None
            return
        if isinstance(op, Parameter) and node not in self.params:
            raise CompositionError(
                f"{self.name} reads {node!r}, the parameter of {op.owner}, which has no value here; "
                f"pass its value out through the result of {op.owner}"
            )
        self.inputs[node] = None

    def _refuse_shared(self) -> None:
        for node in self.ops.keys() & self.bodies.keys():
            raise CompositionError(
                f"{self.name} reads {node!r}, which was composed in {self.bodies[node]} and runs there for each "
                f"argument; compose it before that, or pass its value out through the result"
            )

    def _closed(self, op: NodeOp) -> Op[Any]:
        """The op with its body lowered, and what the body captures as operands."""
        match op:
            case Recover(attempt, handler, on):
                graph, captured = self._body(handler, "recover")
                return Recover(attempt, graph, on, captured)
            case Map(body, source, _, name):
                graph, captured = self._body(body, name)
                return Map(graph, source, captured, name)
            case Loop(body, source, limit, lenient, _, name):
                graph, captured = self._body(body, name)
                return Loop(graph, source, limit, lenient, captured, name)
            case _:
                return op

    def _body(self, body: Body, name: str) -> Lowered:
        scope = _Scope(body.mark, body.params, f"the body of {name} at {text(body.params[0]._place)}")
        lowered = scope.lower(body.result)
        own = [node for node, op in scope.ops.items() if not isinstance(op, Const)]
        self.bodies.update(scope.bodies | dict.fromkeys(own, scope.name))
        return lowered


def _as_input(op: NodeOp) -> Input:
    assert isinstance(op, Input)
    return Input(op.name, op.default)
