"""The live copies of a class step on threads, and which of them a call goes to."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from dataflow.callee import Instance
from dataflow.events import Observer
from dataflow.executors.bound import bound, constructed


class Replica:
    """One live copy: how many calls it is working on, and how many it has taken."""

    __slots__ = ("calls", "fn", "load", "retired")

    def __init__(self, fn: Callable[..., Any]) -> None:
        self.fn, self.load, self.calls, self.retired = fn, 0, 0, False


class Replicas:
    """The live copies of one class step, each working on at most `max_concurrency` calls at a time.

    A call goes to the least loaded copy, and among equals to the one that has waited longest. A call that finds
    none free is kept, and handed out when one becomes free.
    """

    def __init__(self, callee: Instance, observers: Sequence[Observer], count: int) -> None:
        self._callee, self._observers = callee, observers
        self._lock = threading.Lock()
        self._limit = callee.options.max_concurrency
        self._by_load: list[deque[Replica]] = [deque() for _ in range(self._limit + 1)]
        self._waiting: deque[Any] = deque()
        self.grow(count)

    def take(self, call: Any) -> Replica | None:
        """A copy to call, or None: then `call` is kept."""
        with self._lock:
            for load in range(self._limit):
                if self._by_load[load]:
                    copy = self._by_load[load].popleft()
                    copy.calls += 1
                    self._file(copy, load + 1)
                    return copy
            self._waiting.append(call)
            return None

    def give_back(self, copy: Replica) -> None:
        """End a call of a copy."""
        with self._lock:
            if copy.retired:
                copy.load -= 1
            else:
                self._by_load[copy.load].remove(copy)
                self._file(copy, copy.load - 1)

    def kept(self) -> Any:
        """A call that was kept and may be tried again, or None. Who tries it and finds it dead asks for the next."""
        with self._lock:
            free = any(self._by_load[: self._limit])
            return self._waiting.popleft() if free and self._waiting else None

    def _file(self, copy: Replica, load: int) -> None:
        copy.load = load
        self._by_load[load].append(copy)

    def counts(self) -> tuple[int, ...]:
        """The calls that each live copy has taken."""
        with self._lock:
            return tuple([copy.calls for copies in self._by_load for copy in copies])

    def resize(self, count: int) -> None:
        """Have so many copies: construct new ones, or let go of the least loaded, which end the calls they are at."""
        missing = count - len(self.counts())
        if missing > 0:
            self.grow(missing)
        else:
            self._retire(-missing)

    def grow(self, count: int) -> None:
        """Construct further copies; none is added if a constructor fails."""
        made = [Replica(bound(constructed(self._callee), self._callee, self._observers)) for _ in range(count)]
        with self._lock:
            self._by_load[0].extend(made)

    def _retire(self, count: int) -> None:
        with self._lock:
            for copy in [copy for copies in self._by_load for copy in copies][:count]:
                self._by_load[copy.load].remove(copy)
                copy.retired = True

    def close(self) -> None:
        """Let go of the copies."""
        self._retire(len(self.counts()))
