"""`const`: a value, or what may be a node already, as a node."""

from __future__ import annotations

from typing import Any, overload

from dataflow.errors import CompositionError
from dataflow.node import In, Lens, Node, compose
from dataflow.ops import Const
from dataflow.place import here
from dataflow.scan import operand
from dataflow.variables import ValueT


@overload
def const(value: Node[ValueT]) -> Node[ValueT]: ...
@overload
def const(value: In[ValueT]) -> Node[ValueT]: ...
def const(value: Any) -> Any:
    """A node of a value that is known already: `run(const(x)) == x`; of a node, the node itself.

    So `const(x)` makes a node of the parameter of a flow, `x: In[T]`, for what takes nodes alone: `gather`, `unpack`,
    `recover`, `expand`, `x[0]`, `x.map(fn)`, and the flow's own result.

    Args:
        value: a value, or a node; no container of nodes.

    Raises:
        CompositionError: it holds a node, or is a step that was not called.

    >>> from dataflow import run
    >>> run(const(5)), run(const(const(5)))
    (5, 5)
    """
    place = here()
    known = operand(value, place, lambda: "const()")
    if isinstance(value, Node | Lens):
        return known
    if isinstance(known, Node):
        raise CompositionError(f"const() takes a value or a node, not {value!r}; for several nodes write gather()")
    return compose(Const(known), place)
