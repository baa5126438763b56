"""What has been asked for in a frame, what has failed in it, and what follows from that.

A frame fails as running it in order would: with the error of the first op, in order, that fails. Once an op has
failed nothing later in order is started, but what comes earlier still runs, for it may fail too. A region fails in
the same way within its own order; then the op that asked for it fails, unless it is a recover that handles the error.

All methods take the run's lock to be held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from dataflow.executors.base import PENDING
from dataflow.executors.network import Network
from dataflow.executors.news import Evaluation, News, Task
from dataflow.report import attach

NOWHERE = 1 << 62


class Owner(Protocol):
    """What a frame was started for."""

    def succeeded(self, frame: Any, value: Any, news: News) -> None:
        """The frame's graph has a value."""
        ...

    def failed(self, frame: Any, error: BaseException, news: News) -> None:
        """The frame's graph has failed."""
        ...

    def askers(self, frame: Any) -> tuple[Task, ...] | None:
        """The ops that the frame's value is for, if it can still matter; None for the flow's own value."""
        ...


class Counted(Evaluation, Protocol):
    """A frame, as its demand sees it: values, and counters of what is missing."""

    network: Network
    owner: Owner
    values: list[Any]
    over: bool

    def begun(self, at: int) -> bool:
        """The region of an op has begun: whether this was the last thing that the op waited for."""
        ...

    def drop(self, at: int) -> None:
        """One that might have read a value will not: the last one drops it."""
        ...


class Schedule:
    """Main, or a region that was asked for: its ops in order, and how far they have come.

    Attributes:
        ops: in order.
        passed: how many of the first are known to be done.
        limit: the first op that has failed.
        waiters: who is to be told the outcome; nobody for main.
    """

    __slots__ = ("limit", "ops", "passed", "waiters")

    def __init__(self, ops: tuple[int, ...]) -> None:
        self.ops, self.passed, self.limit = ops, 0, NOWHERE
        self.waiters: list[Task] = []

    def first_undone(self, values: list[Any]) -> int:
        """The first op that has no value."""
        ops = self.ops
        while self.passed < len(ops) and values[ops[self.passed]] is not PENDING:
            self.passed += 1
        return ops[self.passed] if self.passed < len(ops) else NOWHERE


class Demand:
    """The schedules of a frame that are under way.

    Attributes:
        failures: the error of each op that has failed.
        guards: for each recover that is trying, what to do with an error; it says whether it handles it.
        failing: the regions in which an op has failed, but not yet what came before it.
        failed_regions: those in which one has failed, and what came before it is done.
        buried: the ops that will give no value.
        lapsed: for each target, how many of the ops that could ask for it have ended.
    """

    __slots__ = (
        "begun",
        "buried",
        "failed_regions",
        "failing",
        "failures",
        "frame",
        "guards",
        "lapsed",
        "main",
        "regions",
        "unneeded",
    )

    def __init__(self, frame: Counted) -> None:
        self.frame = frame
        self.failures: dict[int, BaseException] = {}
        self.guards: dict[int, Callable[[BaseException, News], bool]] = {}
        self.main = Schedule(frame.network.plan.main)
        self.regions: dict[int, Schedule] = {}
        self.failing: dict[int, Schedule] = {}
        self.begun: set[int] = set()
        self.failed_regions: set[int] = set()
        self.buried: set[int] = set()
        self.lapsed: dict[int, int] = {}
        self.unneeded: dict[int, int] = {}

    def ask(self, target: int, waiter: Task, news: News) -> None:
        """Evaluate a target, if nobody has asked for it yet, and settle the waiter with its outcome."""
        value = self.frame.values[target]
        if value is not PENDING:
            news.settled.append((*waiter, True, value))
            return
        region = self.regions.get(target)
        if region is None:
            region = self.regions[target] = Schedule(self.frame.network.regions[target])
            region.limit = min((at for at in self.failures if self._needs(target, at)), default=NOWHERE)
            self._begin(region, news)
        region.waiters.append(waiter)
        held, self.frame.run.held = self.frame.run.held, []
        news.ready.extend(held)  # among them may be what this waiter makes wanted again
        if region.limit != NOWHERE:
            self.failing[target] = region
            self._advance(news)

    def _needs(self, target: int, at: int) -> bool:
        return target in self.frame.network.homes.get(at, ())

    def _begin(self, region: Schedule, news: News) -> None:
        for at in region.ops:
            if at not in self.begun:
                self.begun.add(at)
                if self.frame.begun(at):
                    news.ready.append((self.frame, at))

    def delivered(self, at: int, value: Any, news: News) -> None:
        """An op has a value: tell who waits for it; forget what only it would have asked for."""
        region = self.regions.get(at)
        if region is not None:
            waiters, region.waiters = region.waiters, []
            news.settled.extend((frame, waiter, True, value) for frame, waiter in waiters)
        if at in self.frame.network.lazies:
            self._bury(self._lapsed(at))
        if self.failures:
            self._advance(news)

    def failed(self, at: int, error: BaseException, news: News) -> None:
        """An op has failed, or what it asked for has."""
        guard = self.guards.pop(at, None)
        if guard is not None and guard(error, news):
            return
        self.failures[at] = error
        self._bury([at])
        homes = self.frame.network.homes.get(at)
        if homes is None:
            self.main.limit = min(self.main.limit, at)
        for target in homes or ():
            if target in self.regions:
                region = self.failing[target] = self.regions[target]
                region.limit = min(region.limit, at)
        self._advance(news)

    def _advance(self, news: News) -> None:
        """See what is known to fail: a schedule whose first op that is not done has failed."""
        frame = self.frame
        for target, region in list(self.failing.items()):
            error = self.failures.get(region.first_undone(frame.values))
            if error is not None:
                del self.failing[target]
                waiters, region.waiters = region.waiters, []
                news.settled.extend((waiting, waiter, False, error) for waiting, waiter in waiters)
                self.failed_regions.add(target)
                held = self.frame.run.held
                held[:] = [(frame, at) for frame, at in held if frame is not self.frame or not self.gave_up(at)]
        if self.main.limit != NOWHERE and not frame.over:
            first = self.main.first_undone(frame.values)
            if first in self.failures:
                frame.over = True
                lost = [at for at in sorted(self.failures) if at > first and at not in frame.network.homes]
                attach(self.failures[first], [self.failures[at] for at in lost])
                frame.owner.failed(frame, self.failures[first], news)

    def askers(self, at: int) -> tuple[Task, ...] | None:
        """The ops that an op is for, by way of a schedule that has not failed before it; None for the flow's own."""
        homes = self.frame.network.homes.get(at)
        if homes is None:
            return self.frame.owner.askers(self.frame) if at < self.main.limit else ()
        regions = [self.regions[target] for target in homes if target in self.regions]
        return tuple([waiter for region in regions if at < region.limit for waiter in region.waiters])

    def gave_up(self, at: int) -> bool:
        """Whether an op that was not started never will be, as each region that needs it has failed before it."""
        homes = self.frame.network.homes.get(at, ())
        if not homes or not self.failed_regions.issuperset(homes):
            return False
        self._bury([at])
        return True

    def _bury(self, ops: Iterable[int]) -> None:
        """Give up ops that will never give a value, and those that wait for theirs: drop what was kept for them."""
        network, stack = self.frame.network, list(ops)
        while stack:
            at = stack.pop()
            if at not in self.buried:
                self.buried.add(at)
                for read in network.reads[at]:
                    self.frame.drop(read)
                stack += network.readers[at]
                stack += self._lapsed(at)

    def _lapsed(self, at: int) -> list[int]:
        """An op has ended and asks for nothing more: drop the values that were kept only for that.

        Returns:
            The ops that only it might have asked for.
        """
        found: list[int] = []
        for target in self.frame.network.lazies.get(at, ()):
            self.frame.drop(target)
            self.lapsed[target] = self.lapsed.get(target, 0) + 1
            if self.lapsed[target] == self.frame.network.asks[target]:
                self._forget_failures(target)
                if target not in self.regions:
                    found += self._forgotten(target)
        return found

    def _forget_failures(self, target: int) -> None:
        """Nobody will ask for a target any more: let go of the errors in its region that nobody can come upon."""
        asks, homes = self.frame.network.asks, self.frame.network.homes
        for at in self.failures and self.frame.network.regions[target]:
            if at in self.failures and all(self.lapsed.get(home) == asks[home] for home in homes[at]):
                del self.failures[at]

    def _forgotten(self, target: int) -> Iterator[int]:
        """The ops that only the region of this target would have run."""
        network = self.frame.network
        for at in network.regions[target]:
            self.unneeded[at] = self.unneeded.get(at, 0) + 1
            if self.unneeded[at] == len(network.homes[at]) and at not in self.begun:
                yield at
