"""The runs of a deployment that are not over."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from dataflow import Future, Threads, const
from dataflow.errors import ClosedError
from dataflow.executors.frames import Frame
from dataflow.executors.in_flight import InFlight, begun
from dataflow.executors.network import Network
from dataflow.executors.news import Run
from dataflow.lower import lower
from dataflow.node import Input
from dataflow.plan import plan


class Kept:
    """Something to be kept."""


def frame() -> Frame:
    """Of a flow with two inputs."""
    planned = plan(lower(Input(int, "a").map(lambda a: a)))
    run = Run(Future())
    return Frame(Network(planned, lambda callee: callee), run, run, None)


def test_a_run_keeps_what_it_is_given_until_it_is_over() -> None:
    runs, kept, future = InFlight("here"), Kept(), Future[int]()
    runs.take(future, kept, runs.drop)
    there = weakref.ref(kept)
    del kept
    gc.collect()
    assert there() is not None
    assert (len(runs), future.workers) == (1, "here")
    future.set_result(1)
    gc.collect()
    assert there() is None
    assert len(runs) == 0


def test_no_run_is_taken_by_what_closes() -> None:
    runs, future = InFlight(1), Future[int]()
    over: list[object] = []
    runs.closing = True
    with pytest.raises(ClosedError, match="deploy the flow again"):
        runs.take(future, None, over.append)
    assert len(runs) == 0
    future.set_result(1)
    assert over == []


def test_waiting_is_for_those_that_have_begun() -> None:
    runs, futures, over = InFlight(1), [Future[int](), Future[int]()], threading.Event()
    for future in futures:
        runs.take(future, None, runs.drop)

    def wait() -> None:
        runs.wait()
        over.set()

    thread = threading.Thread(target=wait)
    thread.start()
    futures[1].set_result(1)
    assert not over.wait(0.2)
    futures[0].set_exception(ValueError("a failure ends a run, too"))
    assert over.wait(30)
    thread.join()


def test_a_run_begins_with_its_inputs() -> None:
    first, seen = frame(), []
    future = begun(first, ["a"], {"a": 3}, lambda *given: seen.append(given), "kept")
    assert future is first.run.future
    assert first.values[0] == 3
    assert seen == [(first, "kept")]


def test_the_future_of_a_run_that_does_not_begin_is_cancelled() -> None:
    first = frame()

    def interrupted(frame: Frame, keep: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begun(first, ["a"], {"a": 3}, interrupted, None)
    assert first.run.future.cancelled()


def test_a_deployment_that_is_closed_takes_no_run() -> None:
    deployment = Threads(1).deploy(plan(lower(const(1))))
    deployment.close()
    with pytest.raises(ClosedError):
        deployment.submit({})
