"""The runs of a deployment that are not over: how they begin, and how a close waits for them."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.errors import ClosedError
from dataflow.executors.frames import Frame
from dataflow.future import MOMENT, Future


class InFlight:
    """The runs that are not over.

    Args:
        workers: which workers they are on: one of these must not wait for them.

    Attributes:
        closing: whether no more are taken.
    """

    def __init__(self, workers: object) -> None:
        self._workers, self.closing = workers, False
        self._kept: dict[concurrent.futures.Future[Any], object] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, future: Future[Any], keep: object, over: Callable[[concurrent.futures.Future[Any]], None]) -> None:
        """Take in a run that begins.

        Args:
            future: of the run.
            keep: what lives at least as long as the run.
            over: called with the future when the run is over; it is to call `drop`.

        Raises:
            ClosedError: no more runs are taken.
        """
        future.workers = self._workers
        self._kept[future] = keep
        if self.closing:  # looked at last: a close that comes now waits for this run
            del self._kept[future]
            raise ClosedError("this deployment is closed; deploy the flow again")
        future.add_done_callback(over)

    def drop(self, future: concurrent.futures.Future[Any]) -> None:
        """A run is over."""
        self._kept.pop(future, None)

    def wait(self) -> None:
        """Wait until those that have begun by now are over."""
        for future in list(self._kept):
            done = threading.Event()
            future.add_done_callback(lambda _, done=done: done.set())  # type: ignore[misc]  # binds this round's event
            while not done.wait(MOMENT):  # in moments, so that Ctrl-C is seen
                pass


def begun(
    frame: Frame,
    names: Sequence[str],
    inputs: Mapping[str, object],
    begin: Callable[[Frame, object], None],
    keep: object,
) -> Future[Any]:
    """Give the first frame of a run its inputs, and begin it.

    Args:
        frame: of the flow's graph.
        names: of the graph's inputs, in their order.
        inputs: their values.
        begin: takes the frame, and `keep`, which is to live at least as long as the run.

    Returns:
        The future of the run.

    Raises:
        ClosedError: the deployment is closed.
    """
    for at, name in enumerate(names):
        frame.values[at] = inputs[name]
    future = frame.run.future
    try:
        begin(frame, keep)
    except BaseException:  # Ctrl-C: nobody will have this future
        future.cancel()
        raise
    return future
