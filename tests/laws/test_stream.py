"""Law 12: streams keep the order, pull no more than they may, and end when the consumer does."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, fan_out, flow, step
from dataflow.executors.base import Executor
from dataflow.testing.outcome import text
from dataflow.testing.program import Program
from dataflow.testing.steps import fail_if_odd, mix
from dataflow.testing.strategies import programs
from tests.laws.executors import each_concurrent, ended, everywhere, examples

PATIENCE = 20.0


@flow
def twice(x: Node[int]) -> Node[int]:
    return mix(mix(x))


@flow
def even(x: Node[int]) -> Node[int]:
    return fail_if_odd(x, "KeyError")


class Source:
    """Counts what is pulled, and fails if two threads pull at once."""

    def __init__(self, items: Any) -> None:
        self.items, self.pulled, self.busy = iter(items), 0, threading.Lock()

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        assert self.busy.acquire(blocking=False)
        try:
            self.pulled += 1
            item: int = next(self.items)
            return item
        finally:
            self.busy.release()


@everywhere
@examples(40)
@given(program=programs(), xs=st.lists(st.integers(0, 9), max_size=4))
def test_a_stream_is_calls_in_order(executor: Executor, program: Program, xs: list[int]) -> None:
    """list(p.stream(xs)) = [p.call(x) for x in xs]; the first failing call raises in its turn and ends the stream."""
    alone = [ended(Program(program.lines, program.outputs, (x, *program.values[1:]))) for x in xs]
    got: list[str] = []
    first = next((one.raised for one in alone if one.raised is not None), None)
    names = [given.name for given in program.flow.graph.inputs[1:]]
    with program.flow.deploy(executor) as pipeline:
        stream = pipeline.stream(xs, **dict(zip(names, program.values[1:])))
        if first is None:
            got += map(text, stream)
        else:
            with pytest.raises(BaseException) as caught:
                _drain(stream, got)
            raised: Any = caught.value
            if isinstance(first, StopIteration):  # no iterator can raise it (PEP 479)
                assert isinstance(raised, RuntimeError)
                raised = raised.__cause__
            assert (type(raised), raised.args) == (type(first), first.args)
    assert got == [one.value for one in itertools.takewhile(lambda one: not one.error, alone)]


def _drain(stream: Iterator[Any], got: list[str]) -> None:
    while True:
        got.append(text(next(stream)))


@everywhere
@pytest.mark.parametrize("most", [1, 2, 5])
def test_at_most_max_in_flight_are_pulled_ahead(executor: Executor, most: int) -> None:
    """After n results at most n + max_in_flight items have been pulled, from an endless source too."""
    source = Source(itertools.count())
    with twice.deploy(executor, max_in_flight=most) as pipeline:
        stream = pipeline.stream(source)
        for taken, value in enumerate(itertools.islice(stream, 30), 1):
            assert value == mix.fn(mix.fn(taken - 1))
            assert taken <= source.pulled <= taken + most
        stream.close()  # type: ignore[attr-defined]  # it is a generator


@everywhere
def test_nothing_is_pulled_before_it_is_asked_for(executor: Executor) -> None:
    """A stream that nobody reads pulls nothing."""
    source = Source(range(5))
    with twice.deploy(executor) as pipeline:
        stream = pipeline.stream(source)
        assert source.pulled == 0
        assert list(stream) == [mix.fn(mix.fn(x)) for x in range(5)]


@everywhere
def test_a_consumer_may_stop_early(executor: Executor) -> None:
    """Closing or dropping a stream pulls no more, and the pipeline serves on."""
    source = Source(itertools.count())
    with twice.deploy(executor, max_in_flight=3) as pipeline:
        for value in pipeline.stream(source):
            assert value == mix.fn(mix.fn(0))
            break
        pulled = source.pulled
        assert pulled <= 4
        assert pipeline.call(1) == mix.fn(mix.fn(1))
        assert list(pipeline.stream([1, 2])) == [mix.fn(mix.fn(1)), mix.fn(mix.fn(2))]
        assert source.pulled == pulled


@everywhere
def test_an_error_is_raised_in_its_turn(executor: Executor) -> None:
    """Results before it come first; after it the stream has ended."""
    with even.deploy(executor, max_in_flight=4) as pipeline:
        stream = pipeline.stream([0, 2, 3, 4])
        assert [next(stream), next(stream)] == [0, 2]
        with pytest.raises(KeyError):
            next(stream)
        assert list(stream) == []
        assert list(pipeline.stream([2])) == [2]


@everywhere
def test_an_error_of_the_source_passes(executor: Executor) -> None:
    """What iterating over xs raises reaches the consumer as itself, no earlier than the results before it."""

    def source() -> Iterator[int]:
        yield 0
        raise LookupError("source")

    with even.deploy(executor, max_in_flight=1) as pipeline:
        stream = pipeline.stream(source())
        assert next(stream) == 0
        with pytest.raises(LookupError, match="source"):
            next(stream)


@each_concurrent
def test_runs_of_a_stream_overlap(executor: Executor) -> None:
    """Two items of one stream are under way at the same time, and come out in order."""
    barrier = threading.Barrier(2)

    @step
    def attend(x: int) -> int:
        barrier.wait(PATIENCE)
        return x

    @flow
    def meeting(x: Node[int]) -> Node[int]:
        return attend(x)

    assert list(meeting.on(executor).stream(range(6))) == list(range(6))


@everywhere
def test_two_streams_of_one_pipeline(executor: Executor) -> None:
    """Streams taken in turn do not mix."""
    with twice.deploy(executor) as pipeline:
        pairs = list(zip(pipeline.stream([1, 2, 3]), pipeline.stream([4, 5, 6])))
    assert pairs == [(mix.fn(mix.fn(a)), mix.fn(mix.fn(b))) for a, b in ((1, 4), (2, 5), (3, 6))]


@everywhere
def test_shared_arguments_of_a_stream(executor: Executor) -> None:
    """stream(xs, key=y) = [call(x, key=y) for x in xs]."""

    @flow
    def both(x: Node[int], y: Node[int]) -> Node[list[int]]:
        return fan_out(lambda z: mix(z, y), [x, x])

    assert list(both.on(executor).stream([1, 2], y=3)) == [[mix.fn(x, 3)] * 2 for x in (1, 2)]
