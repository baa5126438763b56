"""The executors on which every law is checked, and how a program ends on one of them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import attrs
import pytest
from hypothesis import settings

from dataflow import Futures, Inline, Threads
from dataflow.executors.base import Executor
from dataflow.executors.inline import InlineDeployment
from dataflow.plan import Plan
from dataflow.testing.interleaved import Interleaved
from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference

NEVER = 10**9


@attrs.frozen
class Forced:
    """Inline that generates its functions after so many runs."""

    often: int

    def deploy(self, plan: Plan) -> InlineDeployment:
        """As `Inline` does."""
        return InlineDeployment(plan, self.often)


COMPILED, MACHINE = Forced(0), Forced(NEVER)
CONCURRENT: dict[str, Executor] = {
    "threads": Threads(4),
    "thread-pool": Futures(ThreadPoolExecutor(4)),
}
IN_PROCESS: dict[str, Executor] = {
    "inline": Inline(),
    "function": COMPILED,
    "interleaved": Interleaved(11),
    "one-thread": Threads(1),
    **CONCURRENT,
}
PROCESSES: dict[str, Executor] = {"process-pool": Futures(ProcessPoolExecutor(2, get_context("forkserver")))}

each_executor = pytest.mark.parametrize("executor", IN_PROCESS.values(), ids=IN_PROCESS)
each_concurrent = pytest.mark.parametrize("executor", CONCURRENT.values(), ids=CONCURRENT)
everywhere = pytest.mark.parametrize(
    "executor", [*IN_PROCESS.values(), *PROCESSES.values()], ids=[*IN_PROCESS, *PROCESSES]
)
across_processes = pytest.mark.parametrize("executor", PROCESSES.values(), ids=PROCESSES)


def examples(count: int) -> settings:
    """So many examples of a property, and in proportion more in the long profile."""
    return settings(max_examples=count * settings().max_examples // 100)


def ended_on(executor: Executor, program: Program) -> Outcome:
    """How a program ends, deployed on an executor."""

    def work() -> object:
        with program.flow.deploy(executor) as pipeline:
            return pipeline.call(*program.values)

    return outcome(work)


def ended(program: Program) -> Outcome:
    """How a program ends by the definition."""
    return outcome(lambda: reference(program.flow.graph, program.values))
