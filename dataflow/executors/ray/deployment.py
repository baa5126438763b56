"""A plan that is deployed on Ray: replicas that are up, and the thread that advances its runs."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from dataflow.callee import Callee
from dataflow.executors.census import register
from dataflow.executors.frames import Frame
from dataflow.executors.in_flight import begun
from dataflow.executors.ray.driver import Driver, RayRun
from dataflow.executors.ray.room import check_room
from dataflow.executors.ray.session import Session
from dataflow.executors.ray.tables import Builder, Tables
from dataflow.executors.ray.units import placed, wanted
from dataflow.executors.ray.worker import RAY
from dataflow.future import Future, at_work
from dataflow.plan import Plan
from dataflow.stats import Stats


class RayDeployment:
    """A plan, its replicas, and the thread that advances its runs.

    Args:
        plan: what to run.
        session: on which Ray.
        fuse: whether calls are put together.
        keep: what lives as long as this.
    """

    def __init__(self, plan: Plan, session: Session, fuse: bool, keep: object) -> None:
        session.check()
        callees = plan.graph.callees()
        check_room(wanted(callees))
        self._keep = keep
        self._names = tuple(given.name for given in plan.graph.inputs)
        build = Builder(register.process, register.enter(), fuse, plan.observers)
        self._tables = Tables(plan, build)
        self._tables.prepare(build)
        self._driver = Driver(session, build)
        self._finalize = weakref.finalize(self, self._driver.dismiss)
        try:
            self._construct([callee for callee in callees if placed(callee) == "actor"])
        except BaseException:
            self._finalize()
            raise

    def _construct(self, callees: list[Callee]) -> None:
        """Have all replicas up."""
        fleets = [self._driver.post.have(callee) for callee in callees]
        for fleet in fleets:
            fleet.check(fleet.copies)

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Start a run.

        Raises:
            ClosedError: the deployment is closed.
        """
        run = RayRun(Future(), self._driver)
        return begun(Frame(self._tables, run, run, None), self._names, inputs, self._driver.begin, self)

    def scale(self, step: str, count: int) -> None:
        """Have so many replicas of the class steps of a name."""
        for callee, fleet in list(self._driver.post.fleets.items()):
            if callee.name == step:
                fleet.resize(count)

    def stats(self) -> Stats:
        """The runs in flight, and the calls that each replica has taken."""
        counts: dict[str, tuple[int, ...]] = {}
        for callee, fleet in list(self._driver.post.fleets.items()):
            counts[callee.name] = counts.get(callee.name, ()) + fleet.counts()
        return Stats(len(self._driver.runs), counts)

    def close(self) -> None:
        """Let the runs in flight end, then the replicas."""
        self._driver.runs.closing = True
        if at_work.workers != RAY:  # in a callback of ours, waiting would be for ever
            self._driver.runs.wait()
        if self._finalize.detach():
            self._driver.dismiss()
            if at_work.workers != RAY:
                self._driver.join()
