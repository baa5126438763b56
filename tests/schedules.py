"""Runs by hand, for tests of frames: one run of a graph, in which `pick` says what happens next."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from dataflow.executors.calls import Calls
from dataflow.executors.frames import Frame
from dataflow.executors.network import Network
from dataflow.executors.news import Run
from dataflow.future import Future
from dataflow.ir.graph import Graph
from dataflow.plan import Plan, plan
from dataflow.testing.moves import Moves, Pick


class Schedule(Moves):
    """One run of a graph, in which `pick` says what happens next.

    Attributes:
        started: how often each op of each frame was started.
    """

    def __init__(
        self, graph: Graph, inputs: Mapping[str, object], pick: Pick, *, width: int = 3, workers: int = 4
    ) -> None:
        self.started: Counter[tuple[Frame, int]] = Counter()
        super().__init__(pick, self.grown, width=width, workers=workers)
        made = plan(graph)
        self.calls_made = Calls(made)
        self.future: Future[Any] = Future()
        self.run = Run(self.future)
        frame = Frame(Network(made, self.calls_made.of), self.run, self.run, None)
        for at, given in enumerate(graph.inputs):
            frame.values[at] = inputs[given.name]
        self.begin(frame)

    def grown(self, made: Plan) -> Network:
        """The tables of a graph that has grown."""
        return Network(made, Calls(made, self.calls_made).of)

    def start(self, frame: Frame, at: int) -> None:
        """Begin an op, and count it, unless it is put off."""
        held = len(frame.run.held)
        super().start(frame, at)
        if not frame.run.stopped and len(frame.run.held) <= held:
            self.started[frame, at] += 1

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
    """Start the last in order before ending anything."""
    return count - 1
