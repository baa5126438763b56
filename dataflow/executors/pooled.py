"""A plan that is deployed on a pool: its coordinator, and how runs are given to it."""

from __future__ import annotations

import concurrent.futures
import weakref
from collections.abc import Mapping
from typing import Any

from dataflow.executors.coordinator import Binder, Coordinator
from dataflow.executors.frames import Frame
from dataflow.executors.in_flight import begun
from dataflow.executors.network import Network
from dataflow.executors.news import Run
from dataflow.future import Future, at_work
from dataflow.plan import Plan
from dataflow.stats import Stats


class FuturesDeployment:
    """A plan, and the thread that coordinates its runs."""

    def __init__(self, plan: Plan, pool: concurrent.futures.Executor, width: int) -> None:
        self._network = Network(plan, Binder(plan.observers).of)
        self._names = tuple(given.name for given in plan.graph.inputs)
        self._coordinator = Coordinator(pool, width, plan.observers)
        try:
            for callee in plan.graph.callees():
                self._coordinator.prepare(callee)
        except BaseException:
            self._coordinator.dismiss()
            raise
        self._finalize = weakref.finalize(self, self._coordinator.dismiss)

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Start a run.

        Raises:
            ClosedError: the deployment is closed.
        """
        run = Run(Future())
        return begun(Frame(self._network, run, run, None), self._names, inputs, self._coordinator.begin, self)

    def stats(self) -> Stats:
        """The runs in flight, and the calls that each instance has taken, of which a worker has one."""
        return Stats(len(self._coordinator.runs), self._coordinator.counts())

    def close(self) -> None:
        """Let the runs in flight end, then the coordinator. The pool stays open."""
        self._coordinator.runs.closing = True
        if at_work.workers != id(self._coordinator.pool):  # in a step or callback of ours, waiting would be for ever
            self._coordinator.runs.wait()
        self._finalize()
