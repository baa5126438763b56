"""Where laws are tried: an executor, and a folder for what its steps write down."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from hypothesis import HealthCheck, settings

from dataflow.executors.base import Executor
from dataflow.flow import Flow
from dataflow.lower import lower
from dataflow.node import Node
from dataflow.run import run
from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.witness import PATIENCE, Witness


@attrs.frozen
class Bench:
    """An executor, and what a law needs to try it.

    Attributes:
        executor: what is tried.
        folder: where steps write down what they do; other processes must see it.
        at_once: how many steps it is said to work on at a time.
        examples: how many random programs a law that holds for all is tried on.
        patience: seconds after which what should happen at some time has not happened.
    """

    executor: Executor
    folder: Path
    at_once: int = 1
    examples: int = 60
    patience: float = PATIENCE

    def witness(self) -> Witness:
        """A new file for what steps do."""
        file = self.folder / str(len(list(self.folder.iterdir())))
        file.touch()
        return Witness(str(file))

    def run(self, node: Node[Any]) -> Any:
        """The value of a node on the executor."""
        return run(node, executor=self.executor)

    def ended(self, program: Program, executor: Executor | None = None) -> Outcome:
        """How a program ends on the executor."""
        return outcome(lambda: call(program.flow, executor or self.executor, *program.values))

    def sees(self, condition: Callable[[], object]) -> bool:
        """Whether a condition comes to hold in time."""
        end = time.monotonic() + self.patience
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def settings(self) -> settings:
        """How often a property is tried: the same programs each time, and as slowly as it must be."""
        return settings(
            max_examples=self.examples,
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )


Law: TypeAlias = Callable[[Bench], None]
"""A function whose docstring is an equation, and which raises an AssertionError if it does not hold."""


def agree(found: object, wanted: object) -> None:
    """Raise an AssertionError that shows both, if they differ.

    >>> agree(1, 2)
    Traceback (most recent call last):
        ...
    AssertionError: it is 1, and should be 2
    """
    assert found == wanted, f"it is {found}, and should be {wanted}"


def call(flow: Flow[Any], executor: Executor, *values: Any) -> Any:
    """One call of a flow, deployed for it."""
    with flow.deploy(executor) as pipeline:
        return pipeline.call(*values)


def meant(node: Node[Any]) -> Any:
    """The value of a node by the definition."""
    return reference(lower(node))
