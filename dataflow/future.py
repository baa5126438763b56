"""`Future[T]`: the result of a run that may still be under way."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Any, Final

from dataflow.errors import NestedRunError
from dataflow.loading import load
from dataflow.variables import ResultT

MOMENT: Final = 0.1


class _AtWork(threading.local):
    """On which workers the current thread works."""

    workers: object = None


at_work = _AtWork()


class Future(concurrent.futures.Future[ResultT]):
    """A `concurrent.futures.Future` that can also be awaited, from any running event loop.

    `result(timeout)`, `exception(timeout)`, `done()`, `cancel()` and `add_done_callback(fn)` are those of
    the standard library (timeouts in seconds), but `cancel()` also stops a run that has begun: no further
    step starts, and steps that are running end unheard.

    >>> from dataflow import const, submit
    >>> submit(const(5)).result(timeout=1)
    5
    """

    workers: object = None

    def result(self, timeout: float | None = None) -> ResultT:
        """The value, when the run has ended.

        Args:
            timeout: seconds to wait; None is for ever.

        Raises:
            TimeoutError: the run takes longer; it goes on.
            NestedRunError: asked inside a step of the same workers, without a timeout: the wait might never end.
            Exception: what a step raised, as itself.
        """
        if timeout is None:
            self._refuse_waiting_for_itself()
            while not self.done():
                self._wait_a_moment()
        return super().result(timeout)

    def _wait_a_moment(self) -> None:
        """Wait for at most a tenth of a second: Ctrl-C that comes just before a wait begins is seen after it."""
        with contextlib.suppress(TimeoutError):
            self.exception(MOMENT)

    def __await__(self) -> Generator[Any, None, ResultT]:
        self._refuse_waiting_for_itself()
        yield from load("dataflow.aio").until_done(self)
        return self.result(0)

    def _refuse_waiting_for_itself(self) -> None:
        if self.workers is not None and self.workers == at_work.workers and not self.done():
            raise NestedRunError(
                "a step waits for a run on the workers that it occupies itself, which could go on for ever; "
                "use expand() for work that is found at run time, or another executor"
            )


def settled(work: Callable[[], ResultT]) -> Future[ResultT]:
    """A future that is done: `work` has been called, and this is what it gave."""
    future: Future[ResultT] = Future()
    try:
        value = work()
    except BaseException as error:  # the future carries whatever the run raised, as the caller will meet it
        future.set_exception(error)
    else:
        future.set_result(value)
    try:
        return future
    finally:
        del future, work  # an error keeps this call's frame, and must not keep itself, nor what the work was about
