"""Runs by hand: a frame is driven in any order that its tables permit, in one thread, so that each order can be had again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from dataflow.callee import Callee, Instance, is_async
from dataflow.executors.base import checked
from dataflow.executors.bound import bound
from dataflow.executors.entries import enter
from dataflow.executors.frames import Frame
from dataflow.executors.network import ENTRY, Network
from dataflow.executors.news import News, Run, Task
from dataflow.future import Future
from dataflow.ir.graph import Graph, kind_of
from dataflow.plan import plan

Pick = Callable[[int], int]
"""Which of so many things happens next."""


class Schedule:
    """One run of a graph, in which `pick` says what happens next.

    Attributes:
        started: how often each op of each frame was started.
        stuck: whether nothing was left to do, and the run had not ended.
    """

    def __init__(
        self, graph: Graph, inputs: Mapping[str, object], pick: Pick, *, width: int = 3, workers: int = 4
    ) -> None:
        self.pick, self.width, self.workers = pick, width, workers
        self.instances: dict[Callee, Callable[..., Any]] = {}
        self.future: Future[Any] = Future()
        self.ready: list[Task] = []
        self.under_way: list[tuple[Any, int, bool, Any]] = []
        self.started: dict[tuple[int, int], int] = {}
        self.frames: list[Any] = []
        self.news = News()
        self.names = [given.name for given in graph.inputs]
        self.run = Run(self.future)
        frame = Frame(self.network(plan(graph)), self.run, self.run, None)
        for at, name in enumerate(self.names):
            frame.values[at] = inputs[name]
        frame.start(self.news)
        self.ready += self.news.spread()

    def network(self, made: Any) -> Network:
        """The tables of a plan."""
        return Network(made, self.bind)

    def bind(self, callee: Callee) -> Callable[..., Any]:
        """What to call, in this thread."""
        if isinstance(callee, Instance):
            if callee not in self.instances:
                self.instances[callee] = callee.construct()
            fn = bound(self.instances[callee], callee, ())
        else:
            fn = bound(callee.fn, callee, ())
        return (lambda *args, **kwargs: asyncio.run(fn(*args, **kwargs))) if is_async(callee) else fn

    def step(self) -> bool:
        """Start an op or end one; False if there is nothing to do."""
        room = len(self.under_way) < self.workers
        choices = len(self.under_way) + (len(self.ready) if room else 0)
        if not choices:
            return False
        at = self.pick(choices)
        if at < len(self.under_way):
            self.end(*self.under_way.pop(at))
        else:
            self.start(*self.ready.pop(at - len(self.under_way)))
        self.ready += self.news.spread()
        return True

    def start(self, frame: Any, at: int) -> None:
        """Begin an op, as a worker would. How a call ends is known at once, but told later."""
        if frame.run.trouble and not frame.may_start(at):
            return
        self.frames.append(frame)
        self.started[id(frame), at] = self.started.get((id(frame), at), 0) + 1
        network = frame.network
        arguments, fn = network.calls[at], network.targets[at]
        try:
            if arguments is ENTRY:
                enter(frame, at, self.news, self.width, self.network)
                return
            named = {name: frame.values[place] for name, place in arguments.named}
            value = fn(*[frame.values[place] for place in arguments.places], **named)
            checked(value, network.plain, kind_of(network.graph.ops[at]))
        except BaseException as error:  # the op's outcome
            self.under_way.append((frame, at, False, error))
        else:
            self.under_way.append((frame, at, True, value))

    def end(self, frame: Any, at: int, ended: bool, value: Any) -> None:
        """Tell how an op ended."""
        if ended:
            frame.deliver(at, value, self.news)
        else:
            frame.fail(at, value, self.news)

    def result(self) -> Any:
        """Drive the run until nothing is left to do; its value, or its error."""
        while self.step():
            pass
        assert self.future.done(), "stuck: nothing is left to do, and the run has not ended"
        twice = [each for each, count in self.started.items() if count > 1]
        assert not twice, "an op was started twice"
        return self.future.result(0)


def shuffled(seed: object) -> Pick:
    """A random order."""
    source = random.Random(str(seed))
    return source.randrange


def oldest_first(_: int) -> int:
    """End what is under way before starting anything, in order."""
    return 0


def newest_first(count: int) -> int:
    """Start the newest before ending anything."""
    return count - 1
