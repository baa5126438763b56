"""A graph that grows: the value of a node decides what is computed next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from dataflow.bodies import FlowBody, StepBody
from dataflow.errors import CompositionError
from dataflow.names import unwrapped
from dataflow.node import Node, compose
from dataflow.ops import Expand, Grower
from dataflow.place import here
from dataflow.scan import nodes_read_by, operand
from dataflow.variables import ResultT, ValueT


@overload
def expand(node: Node[ValueT], grow: StepBody[Callable[[ValueT], ResultT]], /) -> Node[ResultT]: ...
@overload
def expand(node: Node[ValueT], grow: FlowBody[Callable[[ValueT], Node[ResultT]]], /) -> Node[ResultT]: ...
@overload
def expand(node: Node[ValueT], grow: Callable[[ValueT], Node[ResultT]], /) -> Node[ResultT]: ...
def expand(node: Any, grow: Any, /) -> Any:
    """The value of the node that `grow` returns for this node's value: `run(expand(n, f)) == run(f(run(n)))`.

    `grow` is called while the graph runs, where the flow is coordinated, and composes what comes next. It may
    read nodes from outside through its closure, its globals, its defaults or `functools.partial`, as they are
    when `expand` is called; they run at most once. A node that it finds in any other way (an attribute, a variable
    that was assigned later) is refused at run time.

    Args:
        node: the node whose value decides.
        grow: a flow, a step, or a function from the value to a node.

    Raises:
        CompositionError: an argument is of the wrong kind.

    >>> from dataflow import const, gather, run, step
    >>> @step
    ... def square(x: int) -> int:
    ...     return x * x
    >>> run(expand(const(3), lambda n: gather([square(i) for i in range(n)])))
    [0, 1, 4]
    """
    place = here()
    if not callable(grow):
        raise CompositionError(f"expand() takes a function from a value to a node, not {grow!r}")
    source = operand(node, place, lambda: "the node of expand()")
    known = tuple(nodes_read_by(unwrapped(grow)))
    return compose(Expand(source, Grower(grow, known), known), place)
