"""Run a graph in the caller's thread, in the order of composition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from dataflow.executors.calls import Calls
from dataflow.executors.machine import execute
from dataflow.executors.program import MAIN, Program
from dataflow.future import Future, settled
from dataflow.plan import Plan


@attrs.frozen
class Inline:
    """Runs everything in the caller's thread, in the order of composition; what tests use, and the default.

    >>> from dataflow import const, run
    >>> run(const(2), executor=Inline())
    2
    """

    def deploy(self, plan: Plan) -> InlineDeployment:
        """Construct one instance of each class step and compile the plan."""
        return InlineDeployment(plan)


class InlineDeployment:
    """A plan compiled for the caller's thread."""

    def __init__(self, plan: Plan) -> None:
        self._calls = Calls(plan)
        self._program: Program | None = Program(plan, self._calls)
        self._names = tuple(given.name for given in plan.graph.inputs)

    def call(self, inputs: Mapping[str, object]) -> Any:
        """Run and return the value."""
        program = self._program
        assert program is not None
        frame = program.template.copy()
        for at, name in enumerate(self._names):
            frame[at] = inputs[name]
        try:
            execute(program.code[MAIN], frame)
            return frame[program.output]
        finally:
            frame.clear()  # a traceback that outlives the run must not keep its values

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Run at once; the future is done."""
        return settled(lambda: self.call(inputs))

    def close(self) -> None:
        """Drop the instances and end the thread of async steps, if there is one."""
        self._program = None
        self._calls.close()
