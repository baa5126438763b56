"""What steps are called through on threads: functions as they are, replicas, and the loop of async steps."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from dataflow.callee import Callee, Instance, is_async
from dataflow.executors.bound import bound
from dataflow.executors.network import Network
from dataflow.executors.replicas import Replicas
from dataflow.loading import load
from dataflow.plan import Plan


class Call:
    """How a worker calls a step. Plain functions have none: they are called as they are."""

    __slots__ = ("fn", "loop", "name", "replicas")

    def __init__(self, name: str, fn: Callable[..., Any] | None, replicas: Replicas | None, loop: Any) -> None:
        self.name, self.fn, self.replicas, self.loop = name, fn, replicas, loop


class Servers:
    """What each callee of a plan calls: a function, or replicas. A graph that grows has more, for that one time."""

    def __init__(self, plan: Plan, outer: Servers | None = None) -> None:
        self._observers = plan.observers
        self._outer: Servers | None = None if outer is None else outer._outer or outer
        self._loop: Any = None if outer is None else outer._loop
        self._made: dict[int, tuple[Callee, Any]] = {}
        self._grown: weakref.WeakKeyDictionary[Callee, Any] = weakref.WeakKeyDictionary()
        self._lock = threading.RLock()
        for callee in plan.graph.callees():
            if self._outer is None:
                self._made[id(callee)] = (callee, self._make(callee))
            elif self._outer._find(callee) is None:
                self._made[id(callee)] = (callee, self._outer.for_growth(callee))

    def of(self, callee: Callee) -> Any:
        """A plain function, or a `Call`."""
        found = self._find(callee)
        assert found is not None
        return found

    def grown(self, plan: Plan) -> Network:
        """The tables of a graph that was made at run time."""
        return Network(plan, Servers(plan, self).of)

    def for_growth(self, callee: Callee) -> Any:
        """What a callee calls that came with a graph made at run time; an instance is made once while it is in use."""
        if self._outer is not None:
            return self._outer.for_growth(callee)
        if not isinstance(callee, Instance):
            return self._make(callee)
        with self._lock:
            if callee not in self._grown:
                self._grown[callee] = self._make(callee)
            return self._grown[callee]

    def names(self) -> list[str]:
        """The class steps, by name."""
        return list(dict.fromkeys(callee.name for callee, _ in self._made.values() if isinstance(callee, Instance)))

    def replicas(self, name: str) -> list[Replicas]:
        """The live copies of the class steps of a name."""
        made = [*self._made.values(), *self._grown.items()]
        return [call.replicas for callee, call in made if isinstance(callee, Instance) and callee.name == name]

    def _find(self, callee: Callee) -> Any:
        if id(callee) in self._made:
            return self._made[id(callee)][1]
        return None if self._outer is None else self._outer._find(callee)

    def _make(self, callee: Callee) -> Any:
        loop = self._loop_thread() if is_async(callee) else None
        if isinstance(callee, Instance):
            return Call(callee.name, None, Replicas(callee, self._observers, callee.options.replicas), loop)
        fn = bound(callee.fn, callee, self._observers)
        return fn if loop is None else Call(callee.name, fn, None, loop)

    def _loop_thread(self) -> Any:
        if self._loop is None:
            self._loop = load("dataflow.aio").LoopThread()
        return self._loop

    def close(self, *, wait: bool) -> None:
        """Let go of the replicas; end the thread of async steps, if there is one."""
        for made in (*(made for _, made in self._made.values()), *self._grown.values()):
            if isinstance(made, Call) and made.replicas is not None:
                made.replicas.close()
        self._made.clear()
        if self._loop is not None:
            self._loop.close(wait=wait)
