"""A deployed pipeline under any sequence of what may be done with it: nothing hangs, nothing leaks, and every call that
was accepted is answered once."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from dataflow import Future, Futures, In, Inline, Node, Threads, bind, fan_out, flow, step
from dataflow.errors import ClosedError, DeployError
from dataflow.executors.base import Executor
from dataflow.testing.interleaved import Interleaved
from tests.laws.executors import PROCESSES, examples
from tests.patience import DEADLINE, eventually, within

ids = st.integers(0, 10**6)
numbers = st.integers(-3, 9)


class Gate:
    """Where the calls of a machine wait while it is shut. In another process there is no gate to shut: it is open."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()

    def __reduce__(self) -> Any:
        return Gate, ()

    def pass_through(self, x: int) -> int:
        assert self.open.wait(DEADLINE)
        return x


class Model:
    """A class step that counts its live copies."""

    alive: ClassVar[weakref.WeakSet[Model]] = weakref.WeakSet()

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        Model.alive.add(self)

    def __call__(self, x: int) -> int:
        return self.gate.pass_through(x) + 10


@step
def check(x: int) -> int:
    if x < 0:
        raise KeyError(x)
    return x


@step
def add(*xs: int) -> int:
    return sum(xs)


def answer(x: int) -> int:
    """What a call of the machine's flow gives."""
    if x < 0:
        raise KeyError(x)
    return x + 10 + sum(item + x for item in range(x % 3))


def pulled(stream: Iterator[int]) -> int | KeyError | ClosedError | None:
    """The next answer of a stream, or the error that ends it; None after its end."""
    try:
        return next(stream, None)
    except (KeyError, ClosedError) as error:
        return error


def program(gate: Gate) -> Any:
    """The machine's flow: a step that may fail, a class step that may be held up, and a fan-out."""
    model = bind(Model, gate)

    @flow
    def called(x: In[int]) -> Node[int]:
        good = check(x)
        items = good.map(lambda value: range(value % 3))
        return add(model(good), fan_out(add, items, good).map(sum))

    return called


class PipelineMachine(RuleBasedStateMachine):
    """Calls, futures, streams, scaling, failures and closing, in any order."""

    make: ClassVar[Callable[[], Executor]]
    gated: ClassVar[bool]

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()
        self.pipeline = program(self.gate).deploy(self.make(), max_in_flight=3)
        self.accepted: list[tuple[int, Future[int]]] = []
        self.answers: dict[int, int] = {}
        self.streams: list[tuple[Iterator[int], list[int]]] = []
        self.copies = 1
        self.closed = False
        self.closing: threading.Thread | None = None

    def shut(self) -> bool:
        """Whether calls are held up at the gate."""
        return not self.gate.open.is_set()

    @precondition(lambda self: not self.closed and not self.shut())
    @rule(x=numbers)
    def call(self, x: int) -> None:
        if x < 0:
            with pytest.raises(KeyError) as caught:
                within(lambda: self.pipeline.call(x))
            assert caught.value.args == (x,)
        else:
            assert within(lambda: self.pipeline.call(x)) == answer(x)

    @precondition(lambda self: not self.closed)
    @rule(x=numbers)
    def submit(self, x: int) -> None:
        self.accept(x, self.pipeline.submit(x))

    def accept(self, x: int, future: Future[int]) -> None:
        """Remember a call that was accepted, and count its answers."""
        number = len(self.accepted)
        if not isinstance(self.make(), Interleaved):  # there, a callback would bring the run to its end
            self.answers[number] = 0
            future.add_done_callback(lambda _: self.answered(number))
        self.accepted.append((x, future))

    @precondition(lambda self: not self.closed)
    @rule(xs=st.lists(numbers, min_size=2, max_size=4))
    def submit_from_several_threads(self, xs: list[int]) -> None:
        with ThreadPoolExecutor(len(xs)) as callers:
            for x, future in [(x, callers.submit(self.pipeline.submit, x)) for x in xs]:
                self.accept(x, within(future.result))

    def answered(self, number: int) -> None:
        self.answers[number] += 1

    @precondition(lambda self: self.accepted)
    @rule(at=ids)
    def cancel(self, at: int) -> None:
        _, future = self.accepted[at % len(self.accepted)]
        if future.cancel():
            assert future.cancelled()

    @precondition(lambda self: self.accepted and not self.shut())
    @rule(at=ids)
    def wait(self, at: int) -> None:
        self.settle(*self.accepted[at % len(self.accepted)])

    def settle(self, x: int, future: Future[int]) -> None:
        """The answer of a call is the right one, or the call was cancelled."""
        try:
            error = within(lambda: future.exception(DEADLINE))
        except CancelledError:
            assert future.cancelled()
            return
        if x < 0:
            assert isinstance(error, KeyError)
            assert error.args == (x,)
        else:
            assert error is None
            assert future.result() == answer(x)

    @precondition(lambda self: not self.closed)
    @rule(xs=st.lists(st.one_of(st.integers(0, 9), numbers), max_size=6))
    def open_stream(self, xs: list[int]) -> None:
        self.streams.append((self.pipeline.stream(xs), list(xs)))

    @precondition(lambda self: self.streams and not self.shut())
    @rule(at=ids, count=st.integers(1, 4))
    def read_stream(self, at: int, count: int) -> None:
        """The next answers are the right ones; an error ends the stream, and so does closing the pipeline."""
        stream, coming = self.streams[at % len(self.streams)]
        for _ in range(count):
            found = within(lambda: pulled(stream))
            if isinstance(found, KeyError):
                assert coming[0] < 0
                assert found.args == (coming[0],)
                coming.clear()
            elif isinstance(found, ClosedError):
                assert self.closed
                coming.clear()
            else:
                assert found == (answer(coming.pop(0)) if coming else None)

    @precondition(lambda self: self.streams)
    @rule(at=ids)
    def stop_stream(self, at: int) -> None:
        stream: Any = self.streams.pop(at % len(self.streams))[0]
        within(stream.close)

    @precondition(lambda self: not self.closed)
    @rule(count=st.integers(1, 4))
    def scale(self, count: int) -> None:
        within(lambda: self.pipeline.scale({"Model": count}))
        self.copies = count if isinstance(self.make(), Threads) else self.copies
        with pytest.raises(DeployError):
            self.pipeline.scale({"Nobody": count})

    @precondition(lambda self: self.gated and not self.closed and not self.shut())
    @rule()
    def shut_gate(self) -> None:
        self.gate.open.clear()

    @precondition(lambda self: self.shut())
    @rule()
    def open_gate(self) -> None:
        self.gate.open.set()

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self) -> None:
        """Close while calls are in flight, or even held up at the gate: they are ended first."""
        self.closed = True
        self.closing = threading.Thread(target=self.pipeline.close, daemon=True)
        self.closing.start()

    @precondition(lambda self: self.closed)
    @rule(x=numbers)
    def use_after_close(self, x: int) -> None:
        eventually(lambda: self.pipeline._closed)
        uses: list[Callable[[], object]] = [
            lambda: self.pipeline.call(x),
            lambda: self.pipeline.submit(x),
            lambda: next(self.pipeline.stream([x])),
            lambda: self.pipeline.scale({"Model": 2}),
            lambda: self.pipeline.stats(),
        ]
        for use in uses:
            with pytest.raises(ClosedError):
                within(use)

    @invariant()
    def no_call_is_answered_twice(self) -> None:
        assert all(count <= 1 for count in self.answers.values())

    @precondition(lambda self: not self.closed)
    @invariant()
    def stats_tell_what_there_is(self) -> None:
        stats = self.pipeline.stats()
        assert 0 <= stats.in_flight <= len(self.accepted) + 3 * len(self.streams) + 3  # and what a stream has just left
        if isinstance(self.make(), Threads):
            assert len(stats.replicas["Model"]) == self.copies

    def teardown(self) -> None:
        """However it went: all is answered, and nothing is left."""
        self.gate.open.set()
        if not self.closed:
            for stream, _ in self.streams:
                within(stream.close)  # type: ignore[attr-defined]  # it is a generator
            for x, future in self.accepted:
                self.settle(x, future)
            assert eventually(lambda: self.pipeline.stats().in_flight == 0)
        if self.closing is not None:
            self.closing.join(DEADLINE)
            assert not self.closing.is_alive(), "close() hangs"
        within(self.pipeline.close)
        for x, future in self.accepted:
            assert future.done()
            self.settle(x, future)
        assert eventually(lambda: all(count == 1 for count in self.answers.values()))
        for stream, _ in self.streams:
            stream.close()  # type: ignore[attr-defined]  # it is a generator
        self.streams.clear()
        self.accepted.clear()
        del self.pipeline
        assert eventually(lambda: gc.collect() >= 0 and not any(model.gate is self.gate for model in Model.alive))


THREADS = ThreadPoolExecutor(3)
EXECUTORS: dict[str, tuple[Callable[[], Executor], bool]] = {
    "inline": (Inline, False),
    "interleaved": (lambda: Interleaved(5), False),
    "threads": (lambda: Threads(3), True),
    "thread-pool": (lambda: Futures(THREADS), True),
    "process-pool": (lambda: PROCESSES["process-pool"], False),
}


@pytest.mark.parametrize("name", EXECUTORS)
def test_a_pipeline_keeps_its_promises_in_any_order_of_events(name: str) -> None:
    """No sequence of calls, cancellations, streams, scaling, failures and closing makes a pipeline hang, leak, or
    answer a call twice or wrongly.

    The sequence that fails is shown as it was found: each try to shorten one that hangs would wait for it in full.
    """
    threads = threading.active_count()
    make, gated = EXECUTORS[name]
    machine = type("Machine", (PipelineMachine,), {"make": staticmethod(make), "gated": gated})
    gc.freeze()  # what there was before is not looked through after each sequence
    try:
        run_state_machine_as_test(machine, settings=settings(examples(40), phases=[Phase.generate]))
    finally:
        gc.unfreeze()
    assert eventually(lambda: threading.active_count() <= threads + 3)  # a pool keeps its own
