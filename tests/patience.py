"""Waiting in tests: what hangs fails its own test, and not the whole session."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
DEADLINE = 30.0


def within(work: Callable[[], T], seconds: float = DEADLINE) -> T:
    """What `work` gives or raises, in a thread of its own; an AssertionError if it does not end in time."""
    outcome: list[tuple[bool, Any]] = []

    def attempt() -> None:
        try:
            outcome.append((True, work()))
        except BaseException as error:  # handed to the waiting thread, whatever it is
            outcome.append((False, error))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    assert outcome, f"hangs: not done after {seconds} s"
    ended, value = outcome[0]
    if not ended:
        raise value
    result: T = value
    return result


def eventually(condition: Callable[[], object], seconds: float = DEADLINE) -> bool:
    """Whether a condition comes to hold in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def given_time(attempt: Callable[[float], object]) -> bool:
    """Whether an attempt succeeds in which others have a moment to act, of so many seconds.

    For what shows nowhere when it has happened. Right code needs no more than a moment that is long enough on this
    machine, wrong code fails whatever the moment is.
    """
    return any(attempt(moment) for moment in (0.05, 0.5, 5.0))


@contextmanager
def closing(pipeline: Any) -> Iterator[Any]:
    """A pipeline as a context manager whose end fails instead of hanging."""
    try:
        yield pipeline
    finally:
        within(pipeline.close)


class Gate:
    """Steps that wait until they are let through, and say who has come."""

    def __init__(self) -> None:
        self.open, self.come = threading.Event(), threading.Semaphore(0)
        self.ended: list[Any] = []

    def wait(self, x: Any, *_: Any) -> Any:
        """The step."""
        self.come.release()
        assert self.open.wait(DEADLINE)
        self.ended.append(x)
        return x

    async def wait_async(self, x: Any) -> Any:
        """The step, as a coroutine."""
        return await asyncio.get_running_loop().run_in_executor(None, self.wait, x)

    def arrived(self) -> None:
        """Wait until a call has come to the gate."""
        assert self.come.acquire(timeout=DEADLINE)
