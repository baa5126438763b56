"""Deadlines: what hangs fails its own test, and not the whole session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
DEADLINE = 15.0


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
