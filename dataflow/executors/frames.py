"""A graph under way on several workers: which ops may start, what they gave, what that lets start.

A `Frame` is one evaluation of one graph: of the flow, or of one element of a body. Workers take `(frame, op)`
tasks; `deliver` and `refuse` say how an op ended, and collect in `News` what follows. The common case, a value for
ops that always run, takes no lock. Where two things must happen, each signs with a number of its own, by
`dict.setdefault`: who finds the other's was the last. Where more must happen they are counted by `itertools.count`.
Both are atomic under the GIL. What concerns routing and failure is in `Demand`, and goes through the run's lock.
"""

from __future__ import annotations

import itertools
from typing import Any, Final

from dataflow.executors.base import PENDING
from dataflow.executors.demand import Demand, Owner
from dataflow.executors.network import Network
from dataflow.executors.news import News, Run, Task
from dataflow.report import Link, blame, clear_own_frames

BEGUN: Final = -1
"""How the beginning of a region signs, for each of its ops."""


class Frame:
    """One evaluation of one graph: a place for each value, and what has happened of what must.

    Attributes:
        came: for each op that waits for two things, the first that happened.
        counts: for each op that waits for more, how many have happened.
        left: for each value that two may read, the first that will not read it any more.
        drops: for each value that more may read, how many will not.
    """

    __slots__ = (
        "came",
        "counts",
        "demand",
        "drops",
        "left",
        "link",
        "network",
        "over",
        "owner",
        "run",
        "thunks",
        "values",
    )

    def __init__(self, network: Network, run: Run, owner: Owner, link: Link | None) -> None:
        self.network, self.run, self.owner, self.link = network, run, owner, link
        self.values = network.template.copy()
        self.counts = {at: itertools.count(1) for at in network.counted}
        self.drops = {at: itertools.count(1) for at in network.dropping}
        self.came: dict[int, int] = {}
        self.left: dict[int, int] = {}
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
        network, values = self.network, self.values
        values[at] = value
        all_uses = network.uses
        for read in network.reads[at]:
            uses = all_uses[read]
            if uses == 1 or (self.left.setdefault(read, at) != at if uses == 2 else next(self.drops[read]) == uses):
                values[read] = None
        for reader, waits in network.readers[at]:
            if waits == 1 or (
                self.came.setdefault(reader, at) != at if waits == 2 else next(self.counts[reader]) == waits
            ):
                news.ready.append((self, reader))
        if at in network.answers or self.demand is not None:
            self._answer(at, value, news)

    def _answer(self, at: int, value: Any, news: News) -> None:
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
        waits = self.network.waits[at]
        if waits == 2:
            return self.came.setdefault(at, BEGUN) != BEGUN
        return waits == 1 or next(self.counts[at]) == waits

    def drop(self, at: int, sign: int) -> None:
        """One that might have read a value will not, and signs with a number of its own: the last one drops it."""
        uses = self.network.uses[at]
        last = uses == 1 or (self.left.setdefault(at, sign) != sign if uses == 2 else next(self.drops[at]) == uses)
        if last and self.values[at] is not PENDING:
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
