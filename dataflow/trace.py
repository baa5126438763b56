"""Turn a function from nodes to a node into a body: call it once, on placeholders."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from dataflow.binding import wired
from dataflow.callee import label_of
from dataflow.errors import CompositionError
from dataflow.node import Body, Node, compose
from dataflow.ops import ABSENT, Input
from dataflow.place import Place, here, text
from dataflow.scan import operand
from dataflow.tuples import items_of_first


@attrs.frozen(eq=False)
class Parameter(Input):
    """The placeholder for an argument of one body or flow; outside of it, it means nothing.

    Attributes:
        owner: the body or flow.
        items: how many items each of its values has, where that is known.
    """

    owner: str = ""
    items: int | None = None


def parameter(name: str, owner: str, place: Place, default: object = ABSENT, *, items: int | None = None) -> Node[Any]:
    """A placeholder node."""
    return compose(Parameter(name, default, owner, items), place)


def traced(
    name: str,
    body: Callable[..., Any],
    argument: str,
    shared: Sequence[object] = (),
    named: Mapping[str, object] | None = None,
    *,
    of: Callable[..., Any] | None = None,
) -> Body:
    """The body of a combinator, as a function of one argument; what else it reads it captures.

    Args:
        name: of the combinator, for errors.
        body: a step, a flow, or a function from node to node.
        argument: what to call the placeholder for its argument.
        shared: further arguments.
        named: further keyword arguments.
        of: the function whose first parameter the placeholder is for, if that is not the body itself.
    """
    if not callable(body):
        raise CompositionError(f"{name}() takes a step, a flow, or a function from node to node, not {body!r}")
    place = here()
    item = parameter(argument, f"{name} at {text(place)}", place, items=items_of_first(of or body))
    who = f"{label_of(body)!r} in {name}()"
    return Body((item,), as_node(wired(body, who, (item, *shared), named or {}), who, place))


def as_node(value: object, who: str, place: Place) -> Node[Any]:
    """The node that a wiring function returned, or a node of the container of nodes that it returned.

    Raises:
        CompositionError: there is no node in it.
    """
    found = value
    if isinstance(value, types.GeneratorType | types.CoroutineType):
        value.close()
    else:
        found = operand(value, place, lambda: f"the result of {who}")
    if isinstance(found, Node):
        return found
    raise CompositionError(
        f"{who} returned {value!r}, which is not a node; call steps in it, or const(value) for a value that is known"
    )
