"""What each callee of a plan calls in the caller's thread."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from dataflow.callee import Callee, Instance, is_async
from dataflow.executors.bound import bound, constructed
from dataflow.loading import load
from dataflow.plan import Plan


class Calls:
    """What each callee of a plan calls; a graph that grows at run time looks in the outer calls first."""

    def __init__(self, plan: Plan, outer: Calls | None = None) -> None:
        self._observers = plan.observers
        self._outer: Calls | None = None if outer is None else outer._outer or outer
        self._loop: Any = None if outer is None else outer._loop
        self._made: dict[int, tuple[Callee, Callable[..., Any]]] = {}
        self._counters: dict[str, list[Counter]] = {}
        self._grown: weakref.WeakKeyDictionary[Callee, Callable[..., Any]] = weakref.WeakKeyDictionary()
        self._lock = threading.RLock()
        for callee in plan.graph.callees():
            if self._outer is None:
                counter = Counter()
                self._made[id(callee)] = (callee, self._make(callee, counter))
                if isinstance(callee, Instance):
                    self._counters.setdefault(callee.name, []).append(counter)
            elif not self._outer.has(callee):
                self._made[id(callee)] = (callee, self._outer.for_growth(callee))

    def of(self, callee: Callee) -> Callable[..., Any]:
        """The callable of a callee."""
        if id(callee) in self._made:
            return self._made[id(callee)][1]
        assert self._outer is not None
        return self._outer.of(callee)

    def has(self, callee: Callee) -> bool:
        """Whether a callee is known here or further out."""
        return id(callee) in self._made or (self._outer is not None and self._outer.has(callee))

    def for_growth(self, callee: Callee) -> Callable[..., Any]:
        """What a callee calls that came with a graph made at run time; an instance is made once while it is in use."""
        if self._outer is not None:
            return self._outer.for_growth(callee)
        if not isinstance(callee, Instance):
            return self._make(callee, Counter())
        with self._lock:
            if callee not in self._grown:
                self._grown[callee] = self._make(callee, Counter())
            return self._grown[callee]

    def _make(self, callee: Callee, counter: Counter) -> Callable[..., Any]:
        fn = bound(constructed(callee) if isinstance(callee, Instance) else callee.fn, callee, self._observers)
        if is_async(callee):
            fn = _waiting(fn, self._loop_thread())
        if isinstance(callee, Instance):
            fn = (_one_at_a_time if callee.options.max_concurrency == 1 else _counted)(fn, counter)
        return fn

    def counts(self) -> dict[str, tuple[int, ...]]:
        """For each class step, by name, the calls that each instance has taken."""
        return {name: tuple([counter.calls for counter in each]) for name, each in self._counters.items()}

    def _loop_thread(self) -> Any:
        if self._loop is None:
            self._loop = load("dataflow.aio").LoopThread()
        return self._loop

    def close(self) -> None:
        """Drop the instances; end the thread of async steps, if there is one of our own."""
        self._made.clear()
        self._grown.clear()
        if self._loop is not None and self._outer is None:
            self._loop.close()


def _waiting(fn: Callable[..., Any], loop: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: loop.wait(fn(*args, **kwargs))


class Counter:
    """How many calls an instance has taken."""

    __slots__ = ("calls", "lock")

    def __init__(self) -> None:
        self.calls, self.lock = 0, threading.RLock()


def _one_at_a_time(fn: Callable[..., Any], counter: Counter) -> Callable[..., Any]:
    """Calls from several threads wait for each other; a call from inside a call does not wait for itself."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with counter.lock:
            counter.calls += 1
            return fn(*args, **kwargs)

    return call


def _counted(fn: Callable[..., Any], counter: Counter) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with counter.lock:
            counter.calls += 1
        return fn(*args, **kwargs)

    return call
