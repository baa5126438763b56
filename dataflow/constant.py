"""`const`: a value that is known already, as a node."""

from __future__ import annotations

from dataflow.errors import CompositionError
from dataflow.node import Node, compose
from dataflow.ops import Const
from dataflow.place import here
from dataflow.scan import operand
from dataflow.variables import ValueT


def const(value: ValueT) -> Node[ValueT]:
    """A node of a value that is known already: `run(const(x)) == x`.

    Args:
        value: anything but a node, or a container of nodes.

    Raises:
        CompositionError: it is, or holds, a node, or is a step that was not called.

    >>> from dataflow import run
    >>> run(const(5))
    5
    """
    place = here()
    known = operand(value, place, lambda: "const()")
    if isinstance(known, Node):
        raise CompositionError(f"const() takes a value, not {value!r}; use the node itself, or gather() for several")
    return compose(Const(known), place)
