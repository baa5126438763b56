"""`check_types`: compare the annotations at both ends of each wire. What does it is loaded when it is called."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from dataflow.errors import CompositionError
from dataflow.flow import Flow
from dataflow.ir.graph import Graph
from dataflow.loading import load
from dataflow.node import Node

CheckedT = TypeVar("CheckedT", bound=Flow[Any] | Node[Any] | Graph)


def check_types(flow: CheckedT, /) -> CheckedT:
    """Compare what each step returns with what the steps that read it take, by their annotations.

    For people without a type checker: call it in a test, or write it as a decorator above `@flow`. Nothing runs, and
    no time is spent unless it is called. Only what is certain is refused: no annotation, `Any` and what cannot be
    decided agree with everything.

    Args:
        flow: a flow, a node or a graph.

    Returns:
        The same flow, node or graph.

    Raises:
        TypeAgreementError: the ends of some wires do not agree; the message names both ends of each.
        CompositionError: it is neither a flow, a node nor a graph, or the flow cannot be wired.

    >>> from dataflow import In, Node, flow, step
    >>> @step
    ... def words(text: str) -> list[str]:
    ...     return text.split()
    >>> @step
    ... def half(x: float) -> float:
    ...     return x / 2
    >>> @check_types
    ... @flow
    ... def wrong(text: In[str]) -> Node[float]:
    ...     return half(words(text))
    Traceback (most recent call last):
        ...
    dataflow.errors.TypeAgreementError: flow 'wrong': the ends of 1 wire do not agree
    """
    if inspect.isfunction(flow):
        raise CompositionError(
            f"check_types() takes a flow, a node or a graph, not the function {flow.__name__!r}; "
            f"as a decorator it stands above @flow"
        )
    load("dataflow.agreement.check").check(flow)
    return flow
