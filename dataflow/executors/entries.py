"""How ops that are no calls are begun on several workers: what they ask for, and the frames of their bodies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataflow.executors.base import PENDING, chosen, items_of, over_limit
from dataflow.executors.frames import Frame
from dataflow.executors.growth import grown
from dataflow.executors.network import Network
from dataflow.executors.news import News, Task
from dataflow.ops import Const, Expand, Input, Loop, Map, Recover, Ref, Switch
from dataflow.plan import Plan, captured
from dataflow.report import Link, attach

Connect = Callable[[Plan], Network]


def enter(frame: Frame, at: int, news: News, width: int, connect: Connect) -> None:
    """Begin an op that is no call. It ends through `deliver` or `refuse`, now or later; what it raises is its error.

    Args:
        frame: where.
        at: which op.
        news: what follows.
        width: how many elements of a fan-out are under way at a time.
        connect: makes the tables of a graph that has grown.
    """
    network = frame.network
    op, value = network.graph.ops[at], frame.values[network.jobs[at].a]
    match op:
        case Const():
            news.settled.append((frame, at, True, value))
        case Input():
            _force(frame, at, news)
        case Switch():
            _ask(frame, at, chosen(op, value), news)
        case Recover(attempt=attempt):
            _recover(frame, at, op, attempt, news)
        case Map():
            Elements(frame, at, items_of(value), captured(op), width).begin(news)
        case Loop():
            Rounds(frame, at, op, captured(op)).go_on(value, news)
        case Expand():
            growth = grown(op, value)
            _body(frame, at, connect(growth.plan), None, growth.targets, One(frame, at)).start(news)


def _ask(frame: Frame, at: int, operand: object, news: News) -> None:
    """Ask for a target, of the same frame, as the value of an op."""
    if type(operand) is Ref:
        frame.ask(operand.index, (frame, at), news)
    else:
        news.settled.append((frame, at, True, operand))


def _force(frame: Frame, at: int, news: News) -> None:
    """Ask the outer frame for what a body has captured."""
    value = frame.values[at]
    if value is not PENDING:
        news.settled.append((frame, at, True, value))
        return
    outer, target = frame.thunks[at - frame.network.plan.given]
    outer.ask(target, (frame, at), news)


def _recover(frame: Frame, at: int, op: Recover[Any], attempt: object, news: News) -> None:
    def handle(error: BaseException, news: News) -> bool:
        if not isinstance(error, op.on):
            return False
        handler = _body(frame, at, frame.network.bodies[at], None, captured(op), One(frame, at))
        handler.values[0] = error
        handler.start(news)
        return True

    with frame.run.lock:
        frame.asking().guards[at] = handle
    _ask(frame, at, attempt, news)


def _body(frame: Frame, at: int, network: Network, element: int | None, targets: Sequence[int], owner: Any) -> Frame:
    """A frame for the body of an op; what it captures is taken from the outer frame if it is there."""
    inner = Frame(network, frame.run, owner, Link(frame.link, frame.network.graph, at, element))
    inner.thunks = tuple([(frame, target) for target in targets])
    for k, target in enumerate(targets):
        inner.values[network.plan.given + k] = frame.values[target]
    return inner


class One:
    """The owner of a body that runs once: its outcome is that of the op."""

    __slots__ = ("at", "frame")

    def __init__(self, frame: Frame, at: int) -> None:
        self.frame, self.at = frame, at

    def succeeded(self, frame: Frame, value: Any, news: News) -> None:
        """The body's value is the op's."""
        news.settled.append((self.frame, self.at, True, value))

    def failed(self, frame: Frame, error: BaseException, news: News) -> None:
        """The body's error is the op's."""
        news.settled.append((self.frame, self.at, False, error))

    def askers(self, frame: Frame) -> tuple[Task, ...] | None:
        """The body is for the op."""
        return ((self.frame, self.at),)


class Rounds(One):
    """The owner of the rounds of a loop, one after the other."""

    __slots__ = ("op", "round", "targets")

    def __init__(self, frame: Frame, at: int, op: Loop[Any], targets: Sequence[int]) -> None:
        super().__init__(frame, at)
        self.op, self.targets, self.round = op, targets, 0

    def succeeded(self, frame: Frame, value: Any, news: News) -> None:
        """A round has given the next state."""
        self.go_on(value, news)

    def go_on(self, state: tuple[Any, Any], news: News) -> None:
        """End with the state's value, or begin the next round."""
        value, finished = state
        if finished or (self.round == self.op.limit and self.op.lenient):
            news.settled.append((self.frame, self.at, True, value))
        elif self.round == self.op.limit:
            self.frame.fail(self.at, over_limit(self.op), news)
        else:
            inner = _body(self.frame, self.at, self.frame.network.bodies[self.at], self.round, self.targets, self)
            inner.values[0] = value
            self.round += 1
            inner.start(news)


class Elements:
    """The elements of a fan-out: the first ones are begun, and each that ends begins the next.

    So elements are worked on depth first, and as many are under way as there are workers.
    """

    __slots__ = (
        "at",
        "done",
        "failures",
        "frame",
        "items",
        "limit",
        "network",
        "results",
        "started",
        "targets",
        "width",
    )

    def __init__(self, frame: Frame, at: int, items: list[Any], targets: Sequence[int], width: int) -> None:
        self.frame, self.at, self.items, self.targets, self.width = frame, at, items, targets, width
        self.network = frame.network.bodies[at]
        self.results: list[Any] = [PENDING] * len(items)
        self.started = self.done = 0
        self.limit = len(items)
        self.failures: dict[int, BaseException] = {}

    def begin(self, news: News) -> None:
        """Start the first elements, the very first on top."""
        with self.frame.run.lock:
            if not self.items:
                news.settled.append((self.frame, self.at, True, []))
            first = [self._next() for _ in range(min(self.width, len(self.items)))]
            for frame in reversed(first):
                frame.start(news)

    def _next(self) -> Frame:
        k = self.started
        self.started += 1
        inner = _body(self.frame, self.at, self.network, k, self.targets, self)
        inner.values[0], self.items[k] = self.items[k], None
        return inner

    def succeeded(self, frame: Frame, value: Any, news: News) -> None:
        """An element has a value."""
        with self.frame.run.lock:
            self.results[_element(frame)] = value
            self.done += 1
            if self.failures:
                self._advance(news)
            elif self.done == len(self.items):
                news.settled.append((self.frame, self.at, True, self.results))
            elif self.started < self.limit:
                self._next().start(news)

    def failed(self, frame: Frame, error: BaseException, news: News) -> None:
        """An element has failed: those after it are not begun, those before it may still fail."""
        with self.frame.run.lock:
            self.failures[_element(frame)] = error
            self.limit = min(self.limit, _element(frame))
            self._advance(news)

    def _advance(self, news: News) -> None:
        if self.limit >= 0 and not any(value is PENDING for value in self.results[: self.limit]):
            error = self.failures[self.limit]
            attach(error, [self.failures[k] for k in sorted(self.failures) if k > self.limit])
            self.limit = -1
            news.settled.append((self.frame, self.at, False, error))

    def askers(self, frame: Frame) -> tuple[Task, ...] | None:
        """An element is for the op, while no earlier one has failed."""
        return ((self.frame, self.at),) if _element(frame) < self.limit else ()


def _element(frame: Frame) -> int:
    assert frame.link is not None
    assert frame.link.element is not None
    return frame.link.element
