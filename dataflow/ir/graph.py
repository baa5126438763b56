"""The graph: a flat tuple of ops in topological order, each reading only earlier ones.

Cycles and unknown names cannot be stored. Graphs are immutable and compare by structure in linear time: two graphs
are equal if they do the same things to the same literals in the same order; names of lines do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs

from dataflow.callee import Callee
from dataflow.errors import DuplicateNameError, GraphError
from dataflow.ir import draw, jsonform, keys, textform
from dataflow.ops import Build, Call, Const, Expand, Input, Loop, Map, Op, Recover, Ref, Switch, eager, lazy
from dataflow.place import Place, resolved


@attrs.frozen(eq=False, repr=False)
class Graph:
    """A computation as data: ops, which of them is the output, and where each was composed.

    Args:
        ops: the operations; the inputs come first.
        output: the index of the op whose value is the result.
        places: where each op was composed, for error notes; not part of the graph's identity.

    Raises:
        GraphError: an op reads one that does not come before it.
        DuplicateNameError: two inputs have the same name.

    >>> from dataflow import INPUT, flow, step, In, Node
    >>> @step
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> @flow
    ... def quadruple(x: In[int]) -> Node[int]:
    ...     return double(double(x))
    >>> print(quadruple.graph)
    graph(x) -> %2
      %0 = input x
      %1 = double(%0)
      %2 = double(%1)
    >>> quadruple.graph == quadruple.graph
    True
    """

    ops: tuple[Op[Graph], ...]
    output: int
    places: tuple[Place, ...] = ()

    def __attrs_post_init__(self) -> None:
        _check(self)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs, in the order of the caller's arguments."""
        return tuple(op for op in self.ops if isinstance(op, Input))

    def place(self, index: int) -> Place:
        """Where an op was composed."""
        return self.places[index] if self.places else None

    def labels(self) -> tuple[str, ...]:
        """A name for each op: that of its step; the second of one name is `name#2`."""
        seen: Counter[str] = Counter()
        labels = []
        for op in self.ops:
            name = kind_of(op)
            seen[name] += 1
            labels.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
        return tuple(labels)

    def callees(self) -> tuple[Callee, ...]:
        """The distinct callees of the graph and of the bodies in it, in order of first use."""
        found: dict[int, Callee] = {}
        for graph in walk(self):
            for op in graph.ops:
                if isinstance(op, Call):
                    found.setdefault(id(op.callee), op.callee)
        return tuple(found.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Graph) and keys.graph_key(self) == keys.graph_key(other)

    def __hash__(self) -> int:
        return hash((len(self.ops), self.output, tuple(kind_of(op) for op in self.ops)))

    def __str__(self) -> str:
        return textform.text(self)

    def __repr__(self) -> str:
        return f"<Graph of {len(self.ops)} ops, output %{self.output}>"

    def show(self, *, lines: bool = False) -> str:
        """The graph as text; with `lines`, each op with the line that composed it."""
        return textform.text(self, lines=lines)

    @property
    def digest(self) -> str:
        """A hexadecimal hash of the structure (BLAKE2b, 128 bits), the same in every process.

        Raises:
            GraphError: a step or literal has no form that is the same in every process (a lambda, a local class).
        """
        return jsonform.digest(self)

    def to_json(self) -> str:
        """The graph as JSON text, in which steps stand as `module:qualname`.

        Raises:
            GraphError: a step cannot be imported by name, or a literal cannot be written; the message names it.
        """
        return jsonform.dumps(self)

    @classmethod
    def from_json(cls, text: str) -> Graph:
        """The graph that `to_json` wrote. It imports the modules that are named there: read only what you trust.

        Raises:
            GraphError: the text is no such JSON, or a step cannot be imported.
        """
        return jsonform.loads(text, cls)

    def to_mermaid(self) -> str:
        """A Mermaid flowchart."""
        return draw.mermaid(self)

    def to_dot(self) -> str:
        """A Graphviz digraph."""
        return draw.dot(self)

    def _repr_markdown_(self) -> str:
        """For notebooks: JupyterLab and GitHub draw Mermaid blocks."""
        return f"```mermaid\n{self.to_mermaid()}\n```"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Graph, (self.ops, self.output, tuple(resolved(place) for place in self.places)))


GraphOp: TypeAlias = Op[Graph]


def bodies(op: Op[Graph]) -> tuple[Graph, ...]:
    """The graphs inside an op."""
    match op:
        case Map(body=body) | Loop(body=body) | Recover(handler=body):
            return (body,)
        case _:
            return ()


def walk(graph: Graph) -> Iterator[Graph]:
    """A graph and all graphs inside its ops, outer before inner."""
    waiting = [graph]
    while waiting:
        graph = waiting.pop()
        yield graph
        waiting.extend(body for op in reversed(graph.ops) for body in bodies(op))


def kind_of(op: Op[Any]) -> str:
    """What to call an op: its step's name, or the name of its kind."""
    match op:
        case Call(callee=callee):
            return callee.name
        case Build(shape=shape):
            return shape.name
        case Input(name=name) | Map(name=name) | Loop(name=name) | Expand(name=name):
            return name
        case Const():
            return "const"
        case Switch():
            return "switch"
        case Recover():
            return "recover"


def _check(graph: Graph) -> None:
    if not 0 <= graph.output < len(graph.ops):
        raise GraphError(f"the output %{graph.output} is not one of the graph's {len(graph.ops)} ops")
    for at, op in enumerate(graph.ops):
        for operand in _operands(op):
            if type(operand) is Ref and not 0 <= operand.index < at:
                raise GraphError(f"op %{at} reads %{operand.index}, which does not come before it: a cycle")
    names = Counter(given.name for given in graph.inputs)
    for name, count in names.items():
        if count > 1:
            raise DuplicateNameError(f"{count} inputs are named {name!r}; give each Input its own name")


def _operands(op: Op[Graph]) -> tuple[object, ...]:
    return op.args if type(op) is Call and not op.kwargs else eager(op) + lazy(op)
