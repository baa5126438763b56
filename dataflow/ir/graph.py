"""The graph: a flat tuple of ops in topological order, each reading only earlier ones.

Cycles and unknown names cannot be stored. Graphs are immutable and compare by structure in linear time: two graphs
are equal if they do the same things to the same literals in the same order; the lines that composed them do not count.
The forms of a graph are loaded when they are first asked for: together they took a quarter of the time of an import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from dataflow.callee import Callee
from dataflow.errors import DuplicateNameError, GraphError
from dataflow.ir.survey import Survey, surveyed
from dataflow.ir.walks import bodies, callees_of, inner_first, kind_of, labels_of, walk
from dataflow.loading import load
from dataflow.ops import Input, Op, Recover, lazy, rewired
from dataflow.place import Place, resolved

Flat: TypeAlias = tuple[tuple[Op[Any], ...], int, tuple[Place, ...]]


@attrs.frozen(eq=False, repr=False)
class Graph:
    """A computation as data: ops, which of them is the output, and where each was composed.

    Args:
        ops: the operations; the inputs come first.
        output: the index of the op whose value is the result.
        places: where each op was composed, for error notes; not part of the graph's identity.

    Raises:
        GraphError: an op reads one that does not come before it, or a body does not fit its op.
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
    survey: Survey = attrs.field(init=False)  # what there is in it, for passes and plans
    _labels: list[tuple[str, ...]] = attrs.field(factory=list, init=False)  # computed once, when first asked for

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "survey", _check(self))

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs, in the order of the caller's arguments."""
        return self.survey.inputs

    def place(self, index: int) -> Place:
        """Where an op was composed."""
        return self.places[index] if self.places else None

    def labels(self) -> tuple[str, ...]:
        """A name for each op: that of its step; the second of one name is `name#2`."""
        if not self._labels:
            self._labels.append(labels_of(self))
        return self._labels[0]

    def callees(self) -> tuple[Callee, ...]:
        """The distinct callees of the graph and of the bodies in it, in order of first use."""
        return callees_of(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        key = load("dataflow.ir.keys").graph_key
        same: bool = key(self) == key(other)
        return same

    def __hash__(self) -> int:
        return hash(load("dataflow.ir.keys").graph_key(self))

    def __str__(self) -> str:
        return self.show()

    def __repr__(self) -> str:
        return f"<Graph of {len(self.ops)} ops, output %{self.output}>"

    def show(self, *, lines: bool = False) -> str:
        """The graph as text; with `lines`, each op with the line that composed it."""
        shown: str = load("dataflow.ir.textform").text(self, lines=lines)
        return shown

    def names(self) -> dict[str, object]:
        """What each name in the text stands for: steps, classes, functions, and literals that Python cannot write.

        `Graph.from_text(str(graph), graph.names()) == graph`, for every graph.

        >>> from dataflow import flow, step
        >>> flow(lambda x: step(sorted)(x, key=len)).graph.names()
        {'sorted': Function(fn=<built-in function sorted>, ...), 'len': <built-in function len>}
        """
        found: dict[str, object] = load("dataflow.ir.textform").names(self)
        return found

    @classmethod
    def from_text(cls, text: str, names: Mapping[str, object]) -> Graph:
        """The graph of a text like that of `show`. Nothing in the text is executed.

        Args:
            text: one line for each op; comments, and blank lines, mean nothing.
            names: what each name in the text stands for: a step, a function, a class, or any other object.

        Raises:
            GraphError: the text is not that of a graph, with the line where it is wrong; or a name is missing.

        >>> graph = Graph.from_text(
        ...     '''
        ...     graph(x) -> %2
        ...       %0 = input x
        ...       %1 = fan_out %0 as (item) -> %1:
        ...         %0 = input item
        ...         %1 = absolute(%0)
        ...       %2 = total(%1, start=100)
        ...     ''',
        ...     {"absolute": abs, "total": sum},
        ... )
        >>> from dataflow.testing import reference
        >>> reference(graph, {"x": [1, -2]})
        103
        """
        found: Graph = load("dataflow.ir.textread").loads(text, names, cls)
        return found

    @property
    def digest(self) -> str:
        """A hexadecimal hash of the structure (BLAKE2b, 128 bits), the same in every process.

        Raises:
            GraphError: a step or literal has no form that is the same in every process (a lambda, a local class).
        """
        found: str = load("dataflow.ir.digests").digest(self)
        return found

    def to_json(self) -> str:
        """The graph as JSON text, in which steps stand as `module:qualname`; without the lines that composed it.

        Raises:
            GraphError: a step cannot be imported by name, or a literal cannot be written; the message names it.
        """
        written: str = load("dataflow.ir.jsonform").dumps(self)
        return written

    @classmethod
    def from_json(cls, text: str) -> Graph:
        """The graph that `to_json` wrote. It imports the modules that are named there: read only what you trust.

        Raises:
            GraphError: the text is no such JSON, or a step cannot be imported.
        """
        found: Graph = load("dataflow.ir.jsonread").loads(text, cls)
        return found

    def to_mermaid(self) -> str:
        """A Mermaid flowchart."""
        drawn: str = load("dataflow.ir.draw").mermaid(self)
        return drawn

    def to_dot(self) -> str:
        """A Graphviz digraph."""
        drawn: str = load("dataflow.ir.draw").dot(self)
        return drawn

    def _repr_markdown_(self) -> str:
        """For notebooks: JupyterLab and GitHub draw Mermaid blocks."""
        return f"```mermaid\n{self.to_mermaid()}```"

    def __reduce__(self) -> tuple[Any, ...]:
        graphs = list(inner_first(self))
        numbers = {id(graph): number for number, graph in enumerate(graphs)}
        return _from_flat, ([graph._flat(numbers) for graph in graphs],)

    def _flat(self, numbers: Mapping[int, int]) -> Flat:
        """What `_from_flat` takes for one graph."""
        ops = _with_bodies(self.ops, lambda body: numbers[id(body)])
        return ops, self.output, _resolved(self.places)


GraphOp: TypeAlias = Op[Graph]


def _from_flat(flat: Sequence[Flat]) -> Graph:
    """The last of some graphs, in which bodies stand as the numbers of earlier ones: pickle's walk is recursive."""
    graphs: list[Graph] = []
    for ops, output, places in flat:
        graphs.append(Graph(_with_bodies(ops, graphs.__getitem__), output, places))
    return graphs[-1]


def _with_bodies(ops: Iterable[Op[Any]], change: Callable[[Any], Any]) -> tuple[Op[Any], ...]:
    return tuple([rewired(op, _unchanged, change) if bodies(op) else op for op in ops])


def _unchanged(operand: object) -> object:
    return operand


def _resolved(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The places as (file, line); what was composed by one instruction shares one."""
    texts: dict[tuple[int, int], Place] = {}
    for place in places:
        if place is not None and (id(place[0]), place[1]) not in texts:
            texts[id(place[0]), place[1]] = resolved(place)
    return tuple([None if place is None else texts[id(place[0]), place[1]] for place in places])


def _check(graph: Graph) -> Survey:
    """What there is in a graph. Refuses what is none."""
    ops = graph.ops
    if not 0 <= graph.output < len(ops):
        raise GraphError(f"the output %{graph.output} is not one of the graph's {len(ops)} ops")
    if graph.places and len(graph.places) != len(ops):
        raise GraphError(f"a graph of {len(ops)} ops has a place for each, not {len(graph.places)}")
    survey = surveyed(ops)
    for at in survey.rare:
        _check_rare(ops[at], at, survey)
    names = [given.name for given in survey.inputs]
    if len(set(names)) < len(names):
        name, count = Counter(names).most_common(1)[0]
        raise DuplicateNameError(f"{count} inputs are named {name!r}; give each Input its own name")
    return survey


def _check_rare(op: Op[Graph], at: int, survey: Survey) -> None:
    if isinstance(op, Input) and at >= len(survey.inputs):
        raise GraphError(f"op %{at}, the input {op.name!r}, comes after an op that is no input")
    for body in bodies(op):
        inputs, captured = len(body.inputs), len(lazy(op)) - isinstance(op, Recover)
        if inputs != 1 + captured:
            raise GraphError(
                f"the body of op %{at} has {inputs} inputs; it needs one for its argument, and one for each of the "
                f"{captured} operands that it captures"
            )


__all__ = ["Graph", "GraphOp", "bodies", "kind_of", "walk"]
