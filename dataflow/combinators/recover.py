"""What to do when evaluating a node fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, overload

from dataflow.bodies import FlowBody, StepBody
from dataflow.errors import CompositionError
from dataflow.node import Node, compose
from dataflow.ops import Recover
from dataflow.options import exception_types
from dataflow.place import here
from dataflow.scan import operand
from dataflow.trace import traced
from dataflow.variables import ValueT

FallbackT = TypeVar("FallbackT")
ErrorT = TypeVar("ErrorT", bound=Exception)
OtherErrorT = TypeVar("OtherErrorT", bound=Exception)

Handler: TypeAlias = (
    StepBody[Callable[[ErrorT], FallbackT]]
    | FlowBody[Callable[[Node[ErrorT]], Node[FallbackT]]]
    | Callable[[Node[ErrorT]], Node[FallbackT]]
)


@overload
def recover(node: Node[ValueT], handler: Handler[Exception, FallbackT], /) -> Node[ValueT | FallbackT]: ...
@overload
def recover(
    node: Node[ValueT], handler: Handler[ErrorT, FallbackT], /, on: type[ErrorT]
) -> Node[ValueT | FallbackT]: ...
@overload
def recover(
    node: Node[ValueT], handler: Handler[ErrorT | OtherErrorT, FallbackT], /, on: tuple[type[ErrorT], type[OtherErrorT]]
) -> Node[ValueT | FallbackT]: ...
@overload
def recover(
    node: Node[ValueT], handler: Handler[ErrorT, FallbackT], /, on: tuple[type[ErrorT], ...]
) -> Node[ValueT | FallbackT]: ...
def recover(node: Any, handler: Any, /, on: type[Exception] | tuple[type[Exception], ...] = Exception) -> Any:
    """The node's value, or the handler's if evaluating the node fails: what `try` around the expression would do.

    An error of anything that the node needed counts, not only of its own step.

    Args:
        node: the node to guard.
        handler: a step, a flow or a function from node to node, of the exception.
        on: the Exception class, or classes, to handle; others pass.

    Raises:
        CompositionError: `node` is not a node, or the handler is of the wrong kind or returns no node.
        OptionTypeError: `on` is not made of Exception classes.

    >>> from dataflow import const, run, step
    >>> @step
    ... def parse(text: str) -> int:
    ...     return int(text)
    >>> @step
    ... def explain(error: ValueError) -> int:
    ...     return -1
    >>> run(recover(parse("seven"), explain, on=ValueError))
    -1
    """
    place = here()
    attempt = operand(node, place, lambda: "the node of recover()")
    if not isinstance(attempt, Node):
        raise CompositionError(f"recover() guards a node, not {node!r}")
    kinds = exception_types(on, "on")
    return compose(Recover(attempt, traced("recover", handler, "error"), kinds), place)
