"""A fan-out whose elements run on workers: the driver hands out ranges of them, and sees no element.

The first ranges are asked for a short time only: how far they come tells what an element costs, and so how many of
them make a task that is worth its way. A worker gives back what it had no time for.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, Protocol

from dataflow.executors.base import PENDING
from dataflow.executors.envelope import open_error
from dataflow.executors.frames import Frame
from dataflow.executors.news import News, Task
from dataflow.executors.ray.messages import Job, Outcome
from dataflow.executors.ray.tables import Coded, Fan
from dataflow.executors.ray.units import Settings
from dataflow.executors.ray.values import Built, Far, Joined, References, wired
from dataflow.executors.ray.work import BUDGET, Dispatch, run_of, startable
from dataflow.report import attach, note, path
from dataflow.shapes import LIST

PROBE: Final = 0.02
"""Seconds for the first ranges."""
TARGET: Final = 0.02
"""Seconds that a task is to take: some ten times of what it costs to send one."""


class Sender(Dispatch, Protocol):
    """Who sends work, and knows what it costs.

    Attributes:
        cpus: of the cluster.
        costs: seconds of one call or element, by what it calls.
    """

    cpus: int
    costs: dict[tuple[int, ...], float]


class Chunks:
    """A fan-out under way; it is told of values that it has asked for as a frame is.

    Args:
        sender: who sends ranges.
        frame: where the fan-out is.
        at: which op.
        fan: its body.
        source: the list of elements, here or far.
        count: how many there are.
        targets: what the body captures, in the frame.
    """

    def __init__(
        self, sender: Sender, frame: Frame, at: int, fan: Fan, source: Any, count: int, targets: Sequence[int]
    ) -> None:
        self._sender, self._frame, self._at, self.fan, self._source = sender, frame, at, fan, source
        self.run, self.count, self._targets = run_of(frame), count, targets
        self._missing: set[int] = set()
        self._failed: dict[int, BaseException] = {}
        self._waiting = deque([(0, count)])
        self._out = 0
        self._done: dict[int, tuple[int, Far]] = {}
        self._failures: dict[int, BaseException] = {}
        self._limit, self._over = count, False

    def begin(self, news: News) -> None:
        """Ask for what the body captures, then hand out the first ranges."""
        if self.count == 0:
            news.settled.append((self._frame, self._at, True, []))
            return
        asked = [k for k, target in enumerate(self._targets) if self._frame.values[target] is PENDING]
        self._missing.update(asked)
        for k in asked:
            self._frame.ask(self._targets[k], (self, k), news)
        if not asked:
            self._hand_out()

    def deliver(self, at: int, value: Any, news: News) -> None:
        """A value that the body captures."""
        self._missing.discard(at)
        self._captured(news)

    def refuse(self, at: int, error: BaseException, news: News) -> None:
        """A value that the body captures could not be had."""
        self._missing.discard(at)
        self._failed[at] = error
        self._captured(news)

    def _captured(self, news: News) -> None:
        first = min(self._failed, default=-1)
        if self._over:
            return
        if first >= 0 and min(self._missing, default=first) >= first:
            self._end(self._failed[first], news)
        elif not self._missing:
            self._hand_out()

    def _end(self, error: BaseException, news: News) -> None:
        self._over = True
        news.settled.append((self._frame, self._at, False, error))

    def askers(self, at: int) -> tuple[Task, ...] | None:
        """What is asked for is for the fan-out."""
        return () if self._over else ((self._frame, self._at),)

    def _hand_out(self) -> None:
        """Send ranges, so many at a time that every worker has one, and one in store."""
        while self._waiting and self._out < 2 * self._sender.cpus and self._waiting[0][0] < self._limit:
            low, high = self._waiting.popleft()
            end = min(high, low + self._size())
            if end < high:
                self._waiting.appendleft((end, high))
            self._out += 1
            probing = self.fan.steps not in self._sender.costs
            self._sender.dispatch(Chunk(self, low, end, PROBE if probing else BUDGET))

    def _size(self) -> int:
        cost = self._sender.costs.get(self.fan.steps)
        share = math.ceil(self.count / self._sender.cpus)
        return share if cost is None else max(1, min(share, int(TARGET / max(cost, 1e-9))))

    def wanted(self, chunk: Chunk, low: int) -> bool:
        """Whether a range that begins with an element may be begun."""
        return not self._over and low < self._limit and startable(chunk, self._frame, self._at)

    def resume(self, chunk: Chunk) -> None:
        """Send a range after all."""
        self._sender.dispatch(chunk)

    def job(self, refs: References, low: int, high: int) -> Job:
        """A range, as it is sent."""
        source, base = self._source, 0
        match source:
            case Built(parts=parts):
                source, base = Built(LIST, parts[low:high]), low
            case Far():
                pass
            case _:
                source, base = source[low:high], low
        captured = [self._frame.values[target] for target in self._targets]
        operands = tuple([wired(value, refs) for value in (source, *captured)])
        above = path(self._frame.network.graph, self._at, self._frame.link)
        return Job(self.fan.code.key, self.fan.name, operands, low, None, high, base, above)

    def settle(self, low: int, high: int, outcome: Outcome, value: Far | None, news: News) -> None:
        """Elements have values, or one has failed; those that are left are handed out again."""
        self._out -= 1
        end = low + outcome.done
        if outcome.done:
            assert value is not None
            self._done[low] = (end, value)
        if outcome.error is not None:
            self._fail_at(end, open_error(outcome.error))
        elif end < high:
            self._waiting.appendleft((end, high))
            self._waiting = deque(sorted(self._waiting))
        self._advance(news)

    def fail(self, low: int, error: BaseException, news: News) -> None:
        """A range could not be sent, or was lost."""
        self._out -= 1
        note(error, f"in {path(self._frame.network.graph, self._at, self._frame.link)}[{low}]")
        self._fail_at(low, error)
        self._advance(news)

    def _fail_at(self, element: int, error: BaseException) -> None:
        self._failures[element] = error
        self._limit = min(self._limit, element)

    def _advance(self, news: News) -> None:
        if self._over:
            return
        reached, parts = 0, []
        while reached in self._done:
            reached, part = self._done[reached]
            parts.append(part)
        if reached < self._limit:
            self._hand_out()
        elif self._limit == self.count:
            self._over = True
            news.settled.append((self._frame, self._at, True, parts[0] if len(parts) == 1 else Joined(parts)))
        else:
            error = self._failures[self._limit]
            attach(error, [self._failures[k] for k in sorted(self._failures) if k > self._limit])
            self._end(error, news)


class Chunk:
    """A range of elements, as work."""

    def __init__(self, chunks: Chunks, low: int, high: int, budget: float) -> None:
        self._chunks, self._low, self._high, self.budget = chunks, low, high, budget
        self.run, self.alone = chunks.run, True

    @property
    def code(self) -> Coded:
        return self._chunks.fan.code

    @property
    def steps(self) -> tuple[int, ...]:
        return self._chunks.fan.steps

    @property
    def name(self) -> str:
        return self._chunks.fan.name

    @property
    def host(self) -> Settings:
        return self._chunks.fan.settings

    @property
    def batch(self) -> None:
        return None

    def wanted(self) -> bool:
        """Whether it may be begun."""
        return self._chunks.wanted(self, self._low)

    def resume(self) -> None:
        """Send it after all."""
        self._chunks.resume(self)

    def job(self, refs: References) -> Job:
        """What to send."""
        return self._chunks.job(refs, self._low, self._high)

    def settle(self, outcome: Outcome, value: Far | None, news: News) -> None:
        """Some elements have been done."""
        self._chunks.settle(self._low, self._high, outcome, value, news)

    def fail(self, error: BaseException, news: News) -> None:
        """It could not be sent, or was lost."""
        self._chunks.fail(self._low, error, news)
