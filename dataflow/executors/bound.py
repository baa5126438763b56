"""Callees bound to what is called in this process: functions with their options, and replicas of instances."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from dataflow.attempts import guarded, guarded_async
from dataflow.callee import Callee, Instance, is_async
from dataflow.events import Observer, observed, observed_async
from dataflow.report import note


def bound(fn: Callable[..., Any], callee: Callee, observers: Sequence[Observer]) -> Callable[..., Any]:
    """A callable with its retries, its timeout and its observers; a coroutine function stays one."""
    if is_async(callee):
        return observed_async(guarded_async(fn, callee.name, callee.options), callee.name, observers)
    return observed(guarded(fn, callee.name, callee.options), callee.name, observers)


def constructed(callee: Instance) -> Callable[..., Any]:
    """A new instance; an error of its constructor says whose it is."""
    try:
        return callee.construct()
    except BaseException as error:  # noted, then raised as itself
        note(error, f"in the constructor of {callee.name}")
        raise


class Replicas:
    """The live copies of one class step, each working on at most `max_concurrency` calls at a time.

    A call goes to the least loaded copy, and among equals to the one that has waited longest. A call that finds
    none free is kept, and handed out when one becomes free.
    """

    def __init__(self, callee: Instance, observers: Sequence[Observer], count: int) -> None:
        made = [bound(constructed(callee), callee, observers) for _ in range(count)]
        self._limit = callee.options.max_concurrency
        self._lock = threading.Lock()
        self._free: list[deque[Callable[..., Any]]] = [deque(made), *(deque() for _ in range(self._limit))]
        self._waiting: deque[Any] = deque()

    def take(self, call: Any) -> tuple[Callable[..., Any], int] | None:
        """A copy to call and the load it had, or None: then `call` is kept."""
        with self._lock:
            for load in range(self._limit):
                if self._free[load]:
                    copy = self._free[load].popleft()
                    self._free[load + 1].append(copy)
                    return copy, load
            self._waiting.append(call)
            return None

    def give_back(self, copy: Callable[..., Any]) -> Any:
        """End a call of a copy; returns a call that was kept and may now be tried again, or None."""
        with self._lock:
            for load in range(1, self._limit + 1):
                if copy in self._free[load]:
                    self._free[load].remove(copy)
                    self._free[load - 1].append(copy)
                    break
            return self._waiting.popleft() if self._waiting else None
