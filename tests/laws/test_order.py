"""Law 4: a node starts when its own inputs are ready, and inline in the order of composition."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given

from dataflow import Inline, Threads, bind, cond, const, fan_out, gather, run, step
from dataflow.executors.base import Executor
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import recorded
from dataflow.testing.strategies import programs
from tests.laws.executors import each_concurrent, ended_on, examples

PATIENCE = 20.0
"""Seconds after which a meeting that should happen is given up."""


@examples(300)
@given(programs())
def test_inline_runs_in_the_order_of_composition(program: Program) -> None:
    """executions(Inline, p) = executions(reference, p), as sequences; also if p fails. Pure steps may be missing."""
    with recorded() as wanted:
        outcome(lambda: reference(program.flow.graph, program.values))
    with recorded() as log:
        ended_on(Inline(), program)
    assert _impure(log) == _impure(wanted)


def _impure(log: list[str]) -> list[str]:
    return [entry for entry in log if not entry.startswith("pure(")]


class Meeting:
    """Steps that wait for each other."""

    def __init__(self, count: int) -> None:
        self.barrier = threading.Barrier(count)

    def attend(self, x: int) -> int:
        self.barrier.wait(PATIENCE)
        return x


@each_concurrent
def test_independent_nodes_overlap(executor: Executor) -> None:
    """Two nodes of which neither needs the other run at the same time."""
    attend = step(Meeting(2).attend)
    assert run(attend(1), attend(2), executor=executor) == (1, 2)


@each_concurrent
def test_elements_of_a_fan_out_overlap(executor: Executor) -> None:
    """So do the elements of one fan-out, and those of two."""
    attend = step(Meeting(2).attend)
    assert run(fan_out(attend, [1, 2, 3, 4]), executor=executor) == [1, 2, 3, 4]
    attend = step(Meeting(4).attend)
    assert run(gather(fan_out(attend, [1, 2]), fan_out(attend, [3, 4])), executor=executor) == ([1, 2], [3, 4])


@each_concurrent
def test_coroutines_overlap(executor: Executor) -> None:
    """So do steps that are coroutine functions."""
    barrier = threading.Barrier(2)

    @step
    async def attend(x: int) -> int:
        await asyncio.to_thread(barrier.wait, PATIENCE)
        return x

    assert run(attend(1), attend(2), executor=executor) == (1, 2)


@each_concurrent
def test_there_are_no_level_barriers(executor: Executor) -> None:
    """The second node of one chain starts while the first of another is still running."""
    second_started = threading.Event()

    @step
    def slow(x: int) -> bool:
        return second_started.wait(PATIENCE)

    @step
    def second(x: int) -> int:
        second_started.set()
        return x

    assert run(slow(1), second(step(abs)(-1)), executor=executor) == (True, 1)


@each_concurrent
def test_a_branch_does_not_wait_for_the_rest(executor: Executor) -> None:
    """A chosen branch starts as soon as its selector is there."""
    branch_started = threading.Event()

    @step
    def slow(x: int) -> bool:
        return branch_started.wait(PATIENCE)

    @step
    def branch(x: int) -> int:
        branch_started.set()
        return x

    taken = cond(const(True), branch(1), const(0))
    assert run(slow(1), taken, executor=executor) == (True, 1)


class Replica:
    """A class step whose copies wait for each other."""

    barrier = threading.Barrier(2)

    def __call__(self, x: int) -> int:
        self.barrier.wait(PATIENCE)
        return x


def test_replicas_overlap() -> None:
    """Two copies of a class step work at the same time."""
    node = fan_out(bind(Replica).options(replicas=2), [1, 2])
    assert run(node, executor=Threads(2)) == [1, 2]
