"""A graph under way on several workers: which ops may start, what they gave, what that lets start.

A `Frame` is one evaluation of one graph: of the flow, or of one element of a body. Workers take `(frame, op)`
tasks; `deliver` and `refuse` say how an op ended, and collect in `News` what follows. The common case, a value for
ops that always run, takes no lock: where several things must happen, they are counted down. What concerns routing
and failure is in `Demand`, and goes through the run's lock.
"""

from __future__ import annotations

from typing import Any

from dataflow.executors.base import PENDING
from dataflow.executors.demand import Demand, Owner
from dataflow.executors.network import Network
from dataflow.executors.news import News, Run, Task
from dataflow.report import Link, blame, clear_own_frames


class Frame:
    """One evaluation of one graph: a place for each value, and what has happened of what must.

    Attributes:
        starts: for each op, a countdown of what it waits for.
        drops: for each value, a countdown of those that may read it.
    """

    __slots__ = (
        "demand",
        "drops",
        "link",
        "network",
        "over",
        "owner",
        "run",
        "starts",
        "thunks",
        "values",
    )

    def __init__(self, network: Network, run: Run, owner: Owner, link: Link | None) -> None:
        self.network, self.run, self.owner, self.link = network, run, owner, link
        self.values = network.template.copy()
        self.starts, self.drops = network.starts.fresh(), network.drops.fresh()
        self.thunks: tuple[tuple[Frame, int], ...] = ()
        self.demand: Demand | None = None
        self.over = False

    def start(self, news: News) -> None:
        """Make ready what waits for nothing."""
        output = self.values[self.network.output]
        if output is not PENDING:
            news.settled.append((self, self.network.output, True, output))
            return
        news.ready.extend([(self, at) for at in reversed(self.network.roots)])

    def deliver(self, at: int, value: Any, news: News) -> None:
        """An op has a value."""
        job, values, starts, drops = self.network.jobs[at], self.values, self.starts, self.drops
        values[at] = value
        for read in job.reads:
            if not next(drops[read]):
                values[read] = None
        for reader in job.readers:
            if not next(starts[reader]):
                news.ready.append((self, reader))
        if job.answers or self.demand is not None:
            self.answer(at, value, news)

    def answer(self, at: int, value: Any, news: News) -> None:
        """Tell those who wait for the value of this op, or for this op to need nothing more."""
        with self.run.lock:
            if at == self.network.output and not self.over:
                self.over = True
                self.owner.succeeded(self, value, news)
            elif self.demand is not None or at in self.network.lazies:
                self.asking().delivered(at, value, news)

    def refuse(self, at: int, error: BaseException, news: News) -> None:
        """An op has failed, or what it asked for has."""
        clear_own_frames(error)
        with self.run.lock:
            self.run.trouble = True
            self.asking().failed(at, error, news)

    def fail(self, at: int, error: BaseException, news: News) -> None:
        """An op has failed by itself: note where, and have it refused, when the calls that it failed in are over."""
        blame(error, self.network.graph, at, self.link)
        news.settled.append((self, at, False, error))

    def asking(self) -> Demand:
        """What has been asked for in this frame; made when first needed. Takes the run's lock to be held."""
        if self.demand is None:
            self.demand = Demand(self)
        return self.demand

    def ask(self, target: int, waiter: Task, news: News) -> None:
        """Evaluate a target, and settle the waiter with its outcome."""
        with self.run.lock:
            self.asking().ask(target, waiter, news)

    def begun(self, at: int) -> bool:
        """The region of an op has begun: whether this was the last thing that the op waited for."""
        return not next(self.starts[at])

    def drop(self, at: int) -> None:
        """One that might have read a value will not: the last one drops it."""
        if not next(self.drops[at]) and self.values[at] is not PENDING:
            self.values[at] = None

    def may_start(self, at: int) -> bool:
        """In a run with trouble: whether an op comes before the failure. If it does not, it is held."""
        with self.run.lock:
            if self.run.stopped:
                return False
            if wanted(self, at):
                return True
            if not self.asking().gave_up(at):
                self.run.held.append((self, at))
            return False

    def askers(self, at: int) -> tuple[Task, ...] | None:
        """The ops that an op is for; none, if its outcome cannot matter any more; None for the flow's own value."""
        if self.over:
            return ()
        return self.owner.askers(self) if self.demand is None else self.demand.askers(at)


def wanted(frame: Frame, at: int) -> bool:
    """Whether an op's outcome can still matter: whether from it, by way of what it is for, one gets to the flow."""
    seen: set[Task] = set()
    stack: list[Task] = [(frame, at)]
    while stack:
        task = stack.pop()
        if task not in seen:
            seen.add(task)
            above = task[0].askers(task[1])
            if above is None:
                return True
            stack.extend(above)
    return False
