"""Run a graph on any `concurrent.futures.Executor`: a process pool, or one of Dask, MPI, a batch system.

One thread of this process coordinates: it takes what has ended, and submits what may start. Calls of steps go to
the pool; containers, indexing, `map` functions and predicates are worked out where the coordinator is.
"""

from __future__ import annotations

import concurrent.futures
import functools
import itertools
import threading
import time
import uuid
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any, Final

import attrs

from dataflow.callee import Callee, Instance
from dataflow.errors import ClosedError, OptionTypeError, OptionValueError
from dataflow.events import Observer, StepFailed, StepFinished, StepStarted, tell
from dataflow.executors.base import checked
from dataflow.executors.bound import bound
from dataflow.executors.entries import enter
from dataflow.executors.envelope import Sealed, open_error, opened
from dataflow.executors.frames import Frame
from dataflow.executors.network import ENTRY, Network
from dataflow.executors.news import News, Run, Task
from dataflow.executors.remote import forget, prepare, serve, ship
from dataflow.future import Future, at_work
from dataflow.ir.graph import kind_of
from dataflow.plan import Plan

WIDTH: Final = 32


def _pool(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, type) or not callable(getattr(value, "submit", None)):
        raise OptionTypeError(f"Futures() takes a concurrent.futures.Executor, not {value!r}")


def _width(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise OptionTypeError(f"width must be an int of at least 1, or None, not {value!r}")
    if value < 1:
        raise OptionValueError(f"width must be an int of at least 1, or None, not {value!r}")


@attrs.frozen(eq=False)
class Futures:
    """Runs steps on a `concurrent.futures.Executor`, which stays the caller's to shut down.

    A ThreadPoolExecutor is called with the values themselves; every other pool is taken to be in other processes,
    so steps, arguments and results must be picklable. Each worker process keeps one instance of each class step.

    Args:
        pool: the executor.
        width: how many calls are in the pool at a time, and how many elements of a fan-out are under way; by default
            twice the pool's workers, or 32 for a pool that does not tell.

    Raises:
        OptionTypeError, OptionValueError: `pool` is no executor, or `width` no int of at least 1.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from dataflow import run, step
    >>> with ThreadPoolExecutor(2) as pool:
    ...     run(step(abs)(-2), executor=Futures(pool))
    2
    """

    pool: concurrent.futures.Executor = attrs.field(validator=_pool)
    width: int | None = attrs.field(default=None, validator=_width)

    def deploy(self, plan: Plan) -> FuturesDeployment:
        """Construct an instance of each class step in the pool, and start the coordinator."""
        workers = getattr(self.pool, "_max_workers", None)
        width = self.width or (2 * workers if isinstance(workers, int) else WIDTH)
        return FuturesDeployment(plan, self.pool, width)


class FuturesDeployment:
    """A plan, and the thread that coordinates its runs."""

    def __init__(self, plan: Plan, pool: concurrent.futures.Executor, width: int) -> None:
        self._network = Network(plan, Binder(plan.observers).of)
        self._names = tuple(given.name for given in plan.graph.inputs)
        self._coordinator = Coordinator(pool, width, plan.observers)
        try:
            for callee in plan.graph.callees():
                self._coordinator.prepare(callee)
        except BaseException:
            self._coordinator.dismiss()
            raise
        self._finalize = weakref.finalize(self, self._coordinator.dismiss)

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Start a run.

        Raises:
            ClosedError: the deployment is closed.
        """
        if self._coordinator.closing:
            raise ClosedError("this deployment is closed; deploy the flow again")
        future: Future[Any] = Future()
        run = Run(future)
        frame = Frame(self._network, run, run, None)
        for at, name in enumerate(self._names):
            frame.values[at] = inputs[name]
        self._coordinator.begin(frame, self)
        return future

    def close(self) -> None:
        """Let the runs in flight end, then the coordinator. The pool stays open."""
        self._coordinator.closing = True
        if at_work.workers != id(self._coordinator.pool):  # in a step or callback of ours, waiting would be for ever
            self._coordinator.drain()
        self._finalize()


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
        self.name = uuid.uuid4().hex
        self.keys: weakref.WeakKeyDictionary[Callee, int] = weakref.WeakKeyDictionary()
        self.numbers = itertools.count()
        self.inbox: SimpleQueue[Callable[[News], None] | None] = SimpleQueue()
        self.sent, self.closing = 0, False
        self.backlog: deque[Task] = deque()
        self.runs: dict[concurrent.futures.Future[Any], object] = {}
        self.thread = threading.Thread(target=self._work, name="dataflow-coordinator", daemon=True)
        self.thread.start()

    def prepare(self, callee: Callee) -> None:
        """Construct an instance in the pool, and raise what its constructor raises."""
        if isinstance(callee, Instance):
            shipment = ship(self._key(callee), callee, (), {}, id(self.pool), stays=self.stays)
            ended, value = _outcome(self.pool.submit(prepare, shipment), callee.name)
            if not ended:
                raise value

    def begin(self, frame: Frame, keep: object) -> None:
        """Start a run. What is to be kept lives at least as long as the run."""
        future = frame.run.future
        future.workers = id(self.pool)
        self.runs[future] = keep
        future.add_done_callback(self._forget)
        self.inbox.put(frame.start)

    def _work(self) -> None:
        at_work.workers = id(self.pool)
        while self._follow(self.inbox.get()):
            pass

    def _follow(self, advance: Callable[[News], None] | None) -> bool:
        """Take up what has ended, and start what follows; whether to go on. Nothing of it is held afterwards."""
        news = News()
        if advance is None:
            self.closing = True
        else:
            advance(news)
        while news.ready or news.settled or news.over or (self.backlog and self.sent < self.width):
            for frame, at in reversed(news.spread()):
                self._start(frame, at, news)
            while self.backlog and self.sent < self.width:
                self._start(*self.backlog.popleft(), news)
        if self.closing and not self.sent and not self.runs:
            forget(self.name)
            return False
        return True

    def _start(self, frame: Frame, at: int, news: News) -> None:
        try:
            if not frame.run.trouble or frame.may_start(at):
                self._perform(frame, at, news)
        except BaseException as error:  # an error of ours must end the run, not the coordinator
            frame.run.end(False, error)

    def _perform(self, frame: Frame, at: int, news: News) -> None:
        network = frame.network
        target, arguments = network.targets[at], network.calls[at]
        try:
            if arguments is ENTRY:
                enter(frame, at, news, self.width, lambda plan: Network(plan, Binder(self.observers).of))
                return
            args = tuple([frame.values[place] for place in arguments.places])
            kwargs = {name: frame.values[place] for name, place in arguments.named}
            if isinstance(target, Remote):
                if self.sent >= self.width:
                    self.backlog.append((frame, at))
                    return
                self._send(target.callee, args, kwargs, frame, at)
                return
            value = checked(target(*args, **kwargs), network.plain, kind_of(network.graph.ops[at]))
        except BaseException as error:  # whatever was raised is the op's outcome
            frame.fail(at, error, news)
        else:
            frame.deliver(at, value, news)

    def _send(self, callee: Callee, args: tuple[Any, ...], kwargs: dict[str, Any], frame: Frame, at: int) -> None:
        sent = self.pool.submit(serve, ship(self._key(callee), callee, args, kwargs, id(self.pool), stays=self.stays))
        self.sent += 1
        tell(self.observers, StepStarted(callee.name))
        begun = time.perf_counter()

        def settle(done: concurrent.futures.Future[Any], news: News) -> None:
            self.sent -= 1
            ended, value = _outcome(done, callee.name)
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

    def _key(self, callee: Callee) -> tuple[str, int]:
        if not isinstance(callee, Instance):
            return self.name, -1
        number = self.keys.get(callee)
        if number is None:
            number = self.keys[callee] = next(self.numbers)
        return self.name, number

    def _forget(self, future: concurrent.futures.Future[Any]) -> None:
        self.runs.pop(future, None)

    def drain(self) -> None:
        """Wait for the runs in flight."""
        for future in list(self.runs):
            done = threading.Event()
            future.add_done_callback(lambda _, done=done: done.set())  # type: ignore[misc]  # binds this round's event
            done.wait()

    def dismiss(self) -> None:
        """End the thread, which drops the instances that live in this process. Waits for nothing."""
        self.inbox.put(None)


def _outcome(sent: concurrent.futures.Future[Any], name: str) -> tuple[bool, Any]:
    """(True, value) or (False, error) of a call that the pool has ended."""
    try:
        result = sent.result()
        if not isinstance(result, Sealed):
            return bool(result[0]), result[1]
        if result.ended:
            return True, opened(result.data, f"the result of step {name!r}")
        return False, open_error(result)
    except BaseException as error:  # the pool's own failure: a worker died, or the pool was shut down
        return False, error
