"""Callees bound to what is called in this process: functions with their options, and replicas of instances."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from dataflow.attempts import guarded, guarded_async
from dataflow.callee import Callee, Instance, is_async
from dataflow.events import Observer, observed, observed_async
from dataflow.node import LOCAL
from dataflow.report import note


def bound(fn: Callable[..., Any], callee: Callee, observers: Sequence[Observer]) -> Callable[..., Any]:
    """A callable with its retries, its timeout and its observers; a coroutine function stays one."""
    if callee.options is LOCAL:  # indexing and the like, and functions of `map`: no steps, so no events
        observers = ()
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
        self.copies = [bound(constructed(callee), callee, observers) for _ in range(count)]
        self._lock = threading.Lock()
        self._limit = callee.options.max_concurrency
        self._loads = [0] * count
        self._by_load = [deque(range(count)), *(deque[int]() for _ in range(self._limit))]
        self._waiting: deque[Any] = deque()

    def take(self, call: Any) -> int | None:
        """The number of a copy to call, or None: then `call` is kept."""
        with self._lock:
            for load in range(self._limit):
                if self._by_load[load]:
                    return self._move(self._by_load[load].popleft(), load + 1)
            self._waiting.append(call)
            return None

    def give_back(self, copy: int) -> None:
        """End a call of a copy."""
        with self._lock:
            load = self._loads[copy]
            self._by_load[load].remove(copy)
            self._move(copy, load - 1)

    def kept(self) -> Any:
        """A call that was kept and may be tried again, or None. Who tries it and finds it dead asks for the next."""
        with self._lock:
            free = any(self._by_load[: self._limit])
            return self._waiting.popleft() if free and self._waiting else None

    def _move(self, copy: int, load: int) -> int:
        self._loads[copy] = load
        self._by_load[load].append(copy)
        return copy

    def close(self) -> None:
        """Let go of the copies."""
        self.copies.clear()
