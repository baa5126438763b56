"""The thread that advances the runs of a `Futures` deployment.

It alone touches their frames: it takes what has ended, and submits what may start. Calls of steps go to the pool, at
most `width` at a time, so that what is not wanted any more has not been sent; the rest is worked out here.
"""

from __future__ import annotations

import concurrent.futures
import functools
import itertools
import os
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final

import attrs

from dataflow.callee import Callee, Instance
from dataflow.events import Observer, StepFailed, StepFinished, StepStarted, tell
from dataflow.executors.base import checked
from dataflow.executors.bound import bound
from dataflow.executors.census import register
from dataflow.executors.entries import enter
from dataflow.executors.envelope import Sealed, open_error, opened
from dataflow.executors.frames import Frame
from dataflow.executors.in_flight import InFlight
from dataflow.executors.network import ENTER, Network
from dataflow.executors.news import News, Run, Task
from dataflow.executors.remote import Key, Shipment, forget, prepare, serve, ship
from dataflow.future import at_work
from dataflow.ir.graph import kind_of

NOWHERE: Final = 0


@attrs.frozen(eq=False)
class Remote:
    """A step that is called in the pool."""

    callee: Callee


class Binder:
    """What each callee calls: here, if it is to stay with the driver, or in the pool."""

    def __init__(self, observers: tuple[Observer, ...]) -> None:
        self._observers = observers

    def of(self, callee: Callee) -> Any:
        """A function to call here, or a `Remote`."""
        if callee.options.placement == "driver" and not isinstance(callee, Instance):
            return bound(callee.fn, callee, self._observers)
        return Remote(callee)


class Coordinator:
    """The thread that advances runs: it alone touches their frames."""

    def __init__(self, pool: concurrent.futures.Executor, width: int, observers: tuple[Observer, ...]) -> None:
        self.pool, self.width, self.observers = pool, width, observers
        self.stays = isinstance(pool, concurrent.futures.ThreadPoolExecutor)
        self.process, self.deployment = register.process, register.enter()
        self.keys: weakref.WeakKeyDictionary[Callee, Key] = weakref.WeakKeyDictionary()
        self.numbers = itertools.count()
        self.inbox: SimpleQueue[Callable[[News], None] | None] = SimpleQueue()
        self.sent: dict[concurrent.futures.Future[Any], Run] = {}
        self.taken: dict[str, Counter[tuple[Instance, int]]] = {}
        self.backlog: deque[Task] = deque()
        self.runs = InFlight(id(pool))
        self.thread = threading.Thread(target=self._work, name="dataflow-coordinator", daemon=True)
        self.thread.start()

    def prepare(self, callee: Callee) -> None:
        """Construct an instance in the pool, and raise what its constructor raises."""
        if isinstance(callee, Instance):
            self.keys[callee] = Key(self.process, self.deployment, next(self.numbers))
            ended, value, pid = _outcome(self.pool.submit(prepare, self._shipment(callee, (), {})), callee.name)
            if not ended:
                raise value
            self.taken.setdefault(callee.name, Counter())[callee, pid] = 0

    def begin(self, frame: Frame, keep: object) -> None:
        """Start a run. What is to be kept lives at least as long as the run."""
        self.runs.take(frame.run.future, keep, self._forget)
        self.inbox.put(frame.start)

    def _work(self) -> None:
        at_work.workers = id(self.pool)
        while self._follow(self.inbox.get()):
            pass

    def _follow(self, advance: Callable[[News], None] | None) -> bool:
        """Take up what has ended, and start what follows; whether to go on. Nothing of it is held afterwards."""
        news = News()
        if advance is None:
            self.runs.closing = True
        else:
            advance(news)
        while news.ready or news.settled or news.over or (self.backlog and len(self.sent) < self.width):
            self._start_all(news.spread(), news)
        if self.runs.closing and not self.sent and not self.runs:
            register.leave(self.deployment)
            forget(self.process, self.deployment)
            return False
        return True

    def _start_all(self, tasks: list[Task], news: News) -> None:
        for frame, at in reversed(tasks):
            self._start(frame, at, news)
        while self.backlog and len(self.sent) < self.width:
            self._start(*self.backlog.popleft(), news)

    def _start(self, frame: Frame, at: int, news: News) -> None:
        try:
            if not frame.run.trouble or frame.may_start(at):
                self._perform(frame, at, news)
        except BaseException as error:  # an error of ours must end the run, not the coordinator
            frame.run.end(False, error)

    def _perform(self, frame: Frame, at: int, news: News) -> None:
        job = frame.network.jobs[at]
        try:
            if job.kind == ENTER:
                enter(frame, at, news, self.width, lambda plan: Network(plan, Binder(self.observers).of))
                return
            args = tuple([frame.values[place] for place in job.places])
            kwargs = {name: frame.values[place] for name, place in job.named}
            if isinstance(job.target, Remote):
                if len(self.sent) >= self.width:
                    self.backlog.append((frame, at))
                    return
                self._send(job.target.callee, args, kwargs, frame, at)
                return
            value = checked(job.target(*args, **kwargs), frame.network.plain, kind_of(frame.network.graph.ops[at]))
        except BaseException as error:  # whatever was raised is the op's outcome
            frame.fail(at, error, news)
        else:
            frame.deliver(at, value, news)

    def _send(self, callee: Callee, args: tuple[Any, ...], kwargs: dict[str, Any], frame: Frame, at: int) -> None:
        shipment = self._shipment(callee, args, kwargs)
        tell(self.observers, StepStarted(callee.name))
        begun = time.perf_counter()
        try:
            sent = self.pool.submit(serve, shipment)
        except BaseException as error:  # the pool is shut down, or broken: the step has failed, for observers too
            self._report(callee.name, begun, False, error)
            raise
        self.sent[sent] = frame.run

        def settle(done: concurrent.futures.Future[Any], news: News) -> None:
            del self.sent[done]
            ended, value, pid = _outcome(done, callee.name)
            if isinstance(callee, Instance) and callee.name in self.taken:
                self.taken[callee.name][callee, pid] += 1
            try:
                self._report(callee.name, begun, ended, value)
            except BaseException as error:  # an observer's error is the op's outcome, as on other executors
                ended, value = False, error
            if ended:
                frame.deliver(at, value, news)
            else:
                frame.fail(at, value, news)

        # The callback must not hold the future: a future and its callbacks in a cycle would keep the value.
        sent.add_done_callback(lambda done: self.inbox.put(functools.partial(settle, done)))

    def _report(self, step: str, begun: float, ended: bool, value: Any) -> None:
        seconds = time.perf_counter() - begun
        tell(self.observers, StepFinished(step, seconds) if ended else StepFailed(step, seconds, value))

    def _shipment(self, callee: Callee, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Shipment:
        key = self.keys.get(callee)
        if key is None:  # a function, or an instance that came with a graph that grew
            key = Key(self.process, self.deployment, next(self.numbers), passing=True)
            if isinstance(callee, Instance):
                self.keys[callee] = key
        return ship(key, callee, args, kwargs, id(self.pool), stays=self.stays)

    def _forget(self, future: concurrent.futures.Future[Any]) -> None:
        self.runs.drop(future)
        if future.cancelled():  # at once, in the thread that cancels: when `cancel` returns, nothing more starts
            self._call_back()
        self.inbox.put(lambda news: self._call_back())

    def _call_back(self) -> None:
        """Cancel the calls of runs that are over, where they still wait in the pool."""
        for sent, run in list(self.sent.items()):  # a copy: the coordinator may be sending at this moment
            if run.stopped:
                sent.cancel()

    def counts(self) -> dict[str, tuple[int, ...]]:
        """For each class step, by name, the calls that each instance in the pool has taken."""
        taken = {name: [*each.items()] for name, each in self.taken.items()}
        return {name: tuple([calls for (_, pid), calls in each if pid != NOWHERE]) for name, each in taken.items()}

    def dismiss(self) -> None:
        """End the thread, which drops the instances that live in this process. Waits for nothing."""
        self.inbox.put(None)


def _outcome(sent: concurrent.futures.Future[Any], name: str) -> tuple[bool, Any, int]:
    """(True, value) or (False, error) of a call that the pool has ended, and in which process."""
    try:
        result = sent.result()
        if not isinstance(result, Sealed):
            return bool(result[0]), result[1], os.getpid()
        if result.ended:
            return True, opened(result.data, f"the result of step {name!r}"), result.pid
        return False, open_error(result), result.pid
    except BaseException as error:  # the pool's own failure: a worker died, or the pool was shut down
        return False, error, NOWHERE
