"""An executor whose order is chosen by a number: one thread, many interleavings, each of which can be had again."""

from __future__ import annotations

import concurrent.futures
import random
import threading
from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias

import attrs

from dataflow.errors import ClosedError, OptionTypeError, OptionValueError
from dataflow.executors.calls import Calls
from dataflow.executors.frames import Frame
from dataflow.executors.network import Network
from dataflow.executors.news import Run
from dataflow.future import Future
from dataflow.plan import Plan
from dataflow.stats import Stats
from dataflow.testing.moves import WORKERS, Moves, Pick
from dataflow.variables import ResultT

Schedule: TypeAlias = int | tuple[int, ...]
"""Which order: the seed of a random one, or the choices themselves, after which the first is always taken."""


def _schedule(_: object, __: attrs.Attribute[Any], value: object) -> None:
    numbers = value if isinstance(value, tuple) else (value,)
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int):
            raise OptionTypeError(f"Interleaved() takes the seed of an order, or a tuple of choices, not {value!r}")


def _workers(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise OptionTypeError(f"workers must be an int of at least 1, not {value!r}")
    if value < 1:
        raise OptionValueError(f"workers must be an int of at least 1, not {value!r}")


@attrs.frozen
class Interleaved:
    """Runs graphs on one thread, in an order that several workers could have brought about.

    The same schedule gives the same order, run for run: an error that a seed has found is had again with it. A pipeline
    begins it anew whenever no run is under way. Steps are not interrupted; what varies is the order in which they
    start, and in which their results arrive.

    Nothing happens in the background: runs go on, all of them together, while somebody asks one of their futures
    (`result`, `exception`, `await`, a callback; `done` is one move) or closes the deployment. `wait` and
    `as_completed` of `concurrent.futures` do not ask, and would wait for ever. A class step has one instance.

    Args:
        schedule: the seed of an order; or the choices themselves, after which the first is always taken: what is under
            way ends before anything starts, so `()` is one step after the other.
        workers: how many calls are under way at a time.

    Raises:
        OptionTypeError, OptionValueError: the schedule is not made of ints, or `workers` is no int of at least 1.

    >>> from dataflow import run, step
    >>> seen = []
    >>> note = step(seen.append)
    >>> def order(schedule):
    ...     seen.clear()
    ...     run(note("a"), note("b"), note("c"), executor=Interleaved(schedule))
    ...     return "".join(seen)
    >>> order(()), order((2,))
    ('abc', 'cab')
    >>> order(7) == order(7), len({order(seed) for seed in range(100)})
    (True, 6)
    """

    schedule: Schedule = attrs.field(default=0, validator=_schedule)
    workers: int = attrs.field(default=WORKERS, validator=_workers)

    def deploy(self, plan: Plan) -> InterleavedDeployment:
        """Construct one instance of each class step."""
        return InterleavedDeployment(plan, self.schedule, self.workers)


class InterleavedDeployment:
    """A plan, and the runs of it that have begun."""

    def __init__(self, plan: Plan, schedule: Schedule, workers: int) -> None:
        self._calls = Calls(plan)
        self._network: Network | None = Network(plan, self._calls.of)
        self._names = tuple(given.name for given in plan.graph.inputs)
        self._schedule = schedule
        self._moves = Moves(picker(schedule), self._grown, width=workers, workers=workers)
        self._runs: set[Future[Any]] = set()
        self._lock, self._closed = threading.RLock(), False

    def _grown(self, plan: Plan) -> Network:
        return Network(plan, Calls(plan, self._calls).of)

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Add a run. It goes on when its future, or that of another run, is asked.

        Raises:
            ClosedError: the deployment is closed.
        """
        with self._lock:
            network = self._network
            if self._closed or network is None:
                raise ClosedError("this deployment is closed; deploy the flow again")
            if not self._runs:
                self._begin_anew()
            future: Future[Any] = Future()
            run = Run(future)
            frame = Frame(network, run, run, None)
            for at, name in enumerate(self._names):
                frame.values[at] = inputs[name]
            self._runs.add(future)
            future.add_done_callback(self._runs.discard)
            self._moves.begin(frame)
        return Asked(future, self)

    def _begin_anew(self) -> None:
        self._moves.forget()
        self._moves.pick = picker(self._schedule)

    def step(self) -> bool:
        """Let one thing happen; whether there was one."""
        with self._lock:
            return self._moves.step()

    def drive(self, future: Future[Any]) -> None:
        """Let one thing after the other happen until a run has ended."""
        while not future.done():
            if not self.step() and not future.done():  # looked at again: another thread may have made the last move
                raise AssertionError("nothing is left to do, and the run has not ended: a fault of the engine")

    def stats(self) -> Stats:
        """The runs that have not ended, and the calls that each instance has taken."""
        return Stats(len(self._runs), self._calls.counts())

    def close(self) -> None:
        """Let the runs in flight end, then drop the instances."""
        self._closed = True
        for future in list(self._runs):
            self.drive(future)
        with self._lock:
            self._begin_anew()
        self._calls.close()
        self._network = None


class Asked(Future[ResultT]):
    """A future whose run goes on while it is asked."""

    def __init__(self, run: Future[ResultT], deployment: InterleavedDeployment) -> None:
        super().__init__()
        self._run, self._deployment = run, deployment
        run.add_done_callback(self._end)

    def _end(self, run: concurrent.futures.Future[ResultT]) -> None:
        if not self.set_running_or_notify_cancel():
            return
        error = run.exception(0)
        if error is None:
            self.set_result(run.result(0))
        else:
            self.set_exception(error)

    def _ask(self) -> None:
        if not super().done():
            self._deployment.drive(self._run)

    def cancel(self) -> bool:
        """Stop the run: no further step starts."""
        if super().done():
            return self.cancelled()
        cancelled = super().cancel()
        self._run.cancel()
        return cancelled

    def result(self, timeout: float | None = None) -> ResultT:
        """The value; the run is brought to its end here, whatever the timeout."""
        self._ask()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """The error; the run is brought to its end here, whatever the timeout."""
        self._ask()
        return super().exception(timeout)

    def done(self) -> bool:
        """Whether the run has ended; if it has not, one more thing happens."""
        if not super().done():
            self._deployment.step()
        return super().done()

    def add_done_callback(self, fn: Callable[[Any], object]) -> None:
        """Call a function when the run has ended: it is brought to its end here, for nobody else may ask."""
        self._ask()
        super().add_done_callback(fn)

    def __await__(self) -> Generator[Any, None, ResultT]:
        self._ask()
        return super().__await__()


def picker(schedule: Schedule) -> Pick:
    """What a schedule picks."""
    if isinstance(schedule, int):
        return random.Random(str(schedule)).randrange  # as text: small numbers are alike in their first choices
    choices = iter(schedule)
    return lambda count: next(choices, 0) % count
