"""Inline has two ways to run a plan, the machine and a generated function: nobody can tell them apart.

That the function means what the definition says is among the laws of every executor: there it is one of them.
"""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from hypothesis import given

from dataflow import INPUT, deploy, step
from dataflow.errors import StepResultError
from dataflow.executors.base import Executor
from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import recorded
from dataflow.testing.strategies import programs
from tests.laws.executors import COMPILED, MACHINE, Forced, each_executor, examples


def ended_on(executor: Forced, program: Program, times: int = 1) -> tuple[Outcome, list[str], list[str]]:
    """How a program ends the last time that it is called, what ran, and the notes on its error."""
    with program.flow.deploy(executor) as pipeline:
        for _ in range(times - 1):
            outcome(lambda: pipeline.call(*program.values))
        with recorded() as ran:
            ended = outcome(lambda: pipeline.call(*program.values))
    return ended, list(ran), list(getattr(ended.raised, "__notes__", ()))


@examples(500)
@given(programs())
def test_the_function_and_the_machine_agree(program: Program) -> None:
    """The same value or error, the same calls in the same order, the same notes."""
    assert ended_on(COMPILED, program) == ended_on(MACHINE, program)


@examples(100)
@given(programs())
def test_a_function_that_has_learned_its_types_agrees(program: Program) -> None:
    """In later runs, too, and where a run changes from the machine to the function in the middle of a fan-out."""
    wanted = ended_on(MACHINE, program, 3)
    assert ended_on(COMPILED, program, 3) == wanted
    assert ended_on(Forced(1), program, 3) == wanted


class Bag(list[int]):
    """A list that a weak reference may have."""


def numbers() -> Any:
    yield 1


BAG, NUMBERS = Bag([1, 2]), numbers()


@step
def held(what: str) -> Any:
    """A bag, or a proxy of a bag or of what can be read only once; a proxy has the `__class__` of what it stands for."""
    return {"bag": BAG, "proxy": weakref.proxy(BAG), "iterator": weakref.proxy(NUMBERS)}[what]


@each_executor
def test_a_value_is_what_its_class_says(executor: Executor) -> None:
    """As `isinstance` sees it: a proxy is what it stands for, also to code that has learned the classes of values."""
    with deploy(held(INPUT), executor) as pipeline:
        for what in ("bag", "proxy", "bag", "proxy"):
            assert list(pipeline.call(what)) == [1, 2]
        with pytest.raises(StepResultError, match="generator"):
            pipeline.call("iterator")
