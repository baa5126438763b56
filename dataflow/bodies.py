"""What a combinator takes as its body, as types: a step, a flow, or a function from node to node.

Steps and flows stand above the combinators, so they are described here by what they have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

F_co = TypeVar("F_co", bound=Callable[..., Any], covariant=True)


class StepBody(Protocol[F_co]):
    """A step: it holds a function from values to a value."""

    @property
    def fn(self) -> F_co:
        """The plain callable."""
        ...


class FlowBody(Protocol[F_co]):
    """A flow: it holds a function from nodes to a node."""

    @property
    def function(self) -> F_co:
        """The wiring function."""
        ...
