"""Runs by hand: what may happen next is listed, and somebody picks.

The tables are the engine's own (`executors.frames`), so every order that threads could bring about can be had in one
thread, and had again. A step is called when its op starts; how it ended is told later, when that is picked: so what
overlaps with it is whatever is picked in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from dataflow.executors.base import checked
from dataflow.executors.entries import Connect, enter
from dataflow.executors.frames import Frame
from dataflow.executors.network import ENTER
from dataflow.executors.news import News, Task
from dataflow.ir.graph import kind_of

Pick: TypeAlias = Callable[[int], int]
"""Which of so many things happens next."""

WORKERS: Final = 4


class Ended(NamedTuple):
    """A call that has been made, and of which nobody knows yet how it ended."""

    frame: Frame
    at: int
    well: bool
    value: Any


class Moves:
    """What may happen next: one of the calls under way ends, or one of the ops that are ready starts.

    Attributes:
        ready: the ops that may start, the newest last.
        under_way: the calls that have been made, oldest first.
        news: what follows from what has happened.
    """

    def __init__(self, pick: Pick, connect: Connect, *, width: int = WORKERS, workers: int = WORKERS) -> None:
        self.pick, self.connect, self.width, self.workers = pick, connect, width, workers
        self.ready: list[Task] = []
        self.under_way: list[Ended] = []
        self.news = News()

    def begin(self, frame: Frame) -> None:
        """Add a run: what waits for nothing is ready."""
        frame.start(self.news)
        self.settle()

    def step(self) -> bool:
        """End a call or start an op; False if there is nothing to do."""
        calls = len(self.under_way)
        choices = calls + (len(self.ready) if calls < self.workers else 0)
        if not choices:
            return False
        at = self.pick(choices)
        if at < calls:
            self.end(*self.under_way.pop(at))
        else:
            self.start(*self.ready.pop(calls - 1 - at))
        self.settle()
        return True

    def settle(self) -> None:
        """See what follows."""
        self.ready += self.news.spread()

    def forget(self) -> None:
        """Drop what has not happened yet: it is of runs that were cancelled."""
        self.ready, self.under_way, self.news = [], [], News()

    def start(self, frame: Frame, at: int) -> None:
        """Begin an op, as a worker would. How a call ends is known at once, but told later."""
        if frame.run.trouble and not frame.may_start(at):
            return
        try:
            if frame.network.jobs[at].kind == ENTER:
                enter(frame, at, self.news, self.width, self.connect)
                return
            value = _called(frame, at)
        except BaseException as error:  # whatever was raised is the op's outcome
            self.under_way.append(Ended(frame, at, False, error))
        else:
            self.under_way.append(Ended(frame, at, True, value))

    def end(self, frame: Frame, at: int, well: bool, value: Any) -> None:
        """Tell how a call ended."""
        if well:
            frame.deliver(at, value, self.news)
        else:
            frame.fail(at, value, self.news)


def _called(frame: Frame, at: int) -> Any:
    network, values = frame.network, frame.values
    job = network.jobs[at]
    value = job.target(*[values[place] for place in job.places], **{name: values[place] for name, place in job.named})
    return checked(value, network.plain, kind_of(network.graph.ops[at]))
