"""Run a graph in the caller's thread, in the order of composition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from dataflow.collection import uncollected
from dataflow.errors import ClosedError
from dataflow.executors.calls import Calls
from dataflow.executors.machine import execute
from dataflow.executors.program import MAIN, OFTEN, Program
from dataflow.future import Future, settled
from dataflow.plan import Plan
from dataflow.report import clear_own_frames
from dataflow.stats import Stats


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
    """A plan prepared for the caller's thread: run by the machine at first, and by a function if it runs often."""

    def __init__(self, plan: Plan, often: int = OFTEN) -> None:
        self._calls = Calls(plan)
        with uncollected:
            self._program: Program | None = Program(plan, self._calls, often)
        self._names = tuple(given.name for given in plan.graph.inputs)
        self._under_way: list[None] = []

    def call(self, inputs: Mapping[str, object]) -> Any:
        """Run and return the value."""
        return self.compute([inputs[name] for name in self._names])

    def compute(self, values: Sequence[object]) -> Any:
        """Run on the values of the inputs, in their order, and return the value."""
        self._under_way.append(None)  # a list counts runs in several threads without a lock
        program = function = None
        try:
            program = self._program
            if program is None:
                raise ClosedError("this deployment is closed; deploy the flow again")
            function = program.function or program.straight()
            if function is None:
                return _interpreted(program, values)
            if len(values) == 1:
                return function.run(None, (), values[0])
            return function.run(None, (), *values)
        except BaseException as error:  # whatever a step raised, to be noted and raised as it is
            if function is None:
                clear_own_frames(error)
            else:
                function.blame(error, None)
            del program, function, values  # the error keeps this call's frame, and must not keep what was run
            raise
        finally:
            self._under_way.pop()

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Run at once; the future is done."""
        return settled(partial(self.call, inputs))

    def stats(self) -> Stats:
        """The runs in flight, and the calls that each instance has taken."""
        return Stats(len(self._under_way), self._calls.counts())

    def close(self) -> None:
        """Drop the instances and end the thread of async steps, if there is one."""
        program, self._program = self._program, None
        if program is not None and not self._under_way:  # looked at last: who comes now finds no program
            program.forget()
        self._calls.close()


def _interpreted(program: Program, values: Sequence[Any]) -> Any:
    """One run by the machine."""
    frame = program.template.copy()
    frame[: len(values)] = values
    try:
        execute(program.code[MAIN], frame)
        return frame[program.output]
    finally:
        frame.clear()  # a traceback that outlives the run must not keep its values
