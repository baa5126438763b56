"""What a combinator takes as its body, as types: a step, a flow, or a function from node to node.

Steps and flows stand above the combinators, so they are described here by what they have.
"""

from __future__ import annotations

from typing import Protocol

from dataflow.variables import FunctionT_co


class StepBody(Protocol[FunctionT_co]):
    """A step: it holds a function from values to a value."""

    @property
    def fn(self) -> FunctionT_co:
        """The plain callable."""
        ...


class FlowBody(Protocol[FunctionT_co]):
    """A flow: it holds a function from nodes to a node."""

    @property
    def function(self) -> FunctionT_co:
        """The wiring function."""
        ...
