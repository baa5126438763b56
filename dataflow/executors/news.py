"""A run on several workers, and what follows from something that ended in it."""

from __future__ import annotations

import concurrent.futures
import logging
import threading
from collections import deque
from typing import Any, Protocol, TypeAlias

from dataflow.future import Future


class Evaluation(Protocol):
    """One evaluation of one graph, as seen from here: ops end in it."""

    run: Run

    def deliver(self, at: int, value: Any, news: News, /) -> None:
        """An op has a value."""
        ...

    def refuse(self, at: int, error: BaseException, news: News, /) -> None:
        """An op has failed, or what it asked for has."""
        ...


Task: TypeAlias = tuple[Any, int]
"""A frame, and an op of its graph."""


class Run:
    """One evaluation of a flow.

    Attributes:
        future: of the flow's value.
        lock: of everything that is not the common case.
        trouble: whether an op has failed or the run was cancelled: from then on each start is checked.
        stopped: whether the run was cancelled, or is over.
        held: the ops that were not started because they come after a failure.
    """

    def __init__(self, future: Future[Any]) -> None:
        self.future, self.lock = future, threading.RLock()
        self.trouble, self.stopped = False, False
        self.held: list[Task] = []
        future.add_done_callback(self._on_done)

    def end(self, ended: bool, value: Any) -> None:
        """Set the future, unless it was cancelled. No lock is held: callbacks of futures are user code."""
        self.stopped = self.trouble = True
        try:
            if not self.future.done() and self.future.set_running_or_notify_cancel():
                if ended:
                    self.future.set_result(value)
                else:
                    self.future.set_exception(value)
        except BaseException:  # of a callback: it ends neither the run nor this thread, as with any Future
            logging.getLogger("concurrent.futures").exception("exception calling callback for %r", self.future)

    def _on_done(self, future: concurrent.futures.Future[Any]) -> None:
        self.stopped = self.trouble = True

    def succeeded(self, frame: Evaluation, value: Any, news: News) -> None:
        """The flow's value."""
        news.over.append((self, True, value))

    def failed(self, frame: Evaluation, error: BaseException, news: News) -> None:
        """The flow's error."""
        news.over.append((self, False, error))

    def askers(self, frame: Evaluation) -> tuple[Task, ...] | None:
        """None: the flow itself is always wanted."""
        return None


class News:
    """What follows from something that ended: ops to settle in turn, tasks that may start, runs that are over."""

    __slots__ = ("over", "ready", "settled")

    def __init__(self) -> None:
        self.ready: list[Task] = []
        self.settled: deque[tuple[Evaluation, int, bool, Any]] = deque()
        self.over: list[tuple[Run, bool, Any]] = []

    def spread(self) -> list[Task]:
        """Settle everything that follows; returns the tasks that may start."""
        self.settle()
        ready, self.ready = self.ready, []
        return ready

    def settle(self) -> None:
        """Settle everything that follows, until only tasks that may start are left."""
        while self.settled:
            frame, at, ended, value = self.settled.popleft()
            if ended:
                frame.deliver(at, value, self)
            else:
                frame.refuse(at, value, self)
        over, self.over = self.over, []
        for run, ended, value in over:
            run.end(ended, value)
