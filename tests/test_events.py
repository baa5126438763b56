"""Observers are told of each call of a step, and cost nothing when there are none."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import Any

import pytest

from dataflow import Futures, Inline, Threads, bind, const, deploy, fan_out, gather, run, step, submit
from dataflow.events import Event, StepFailed, StepFinished, StepStarted, observed, observed_async, tell


@step
def double(x: int) -> int:
    return 2 * x


@step
def fail(x: int) -> int:
    raise ZeroDivisionError("failed")


@step
async def later(x: int) -> int:
    return x


class Model:
    def __call__(self, x: int) -> int:
        return x


def told(events: list[Event]) -> list[tuple[str, str]]:
    return [(type(event).__name__, event.step) for event in events]


def test_without_observers_a_function_is_left_as_it_is() -> None:
    assert observed(len, "len", ()) is len
    assert observed_async(later.fn, "later", ()) is later.fn


def test_a_call_is_told_before_and_after() -> None:
    events: list[Event] = []
    assert observed(len, "len", [events.append])("abc") == 3
    assert told(events) == [("StepStarted", "len"), ("StepFinished", "len")]
    finished = events[1]
    assert isinstance(finished, StepFinished)
    assert finished.seconds >= 0


@pytest.mark.parametrize("error", [ValueError("v"), KeyboardInterrupt()])
def test_a_failed_call_is_told_with_its_error_which_goes_on(error: BaseException) -> None:
    events: list[Event] = []

    def raise_it() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        observed(raise_it, "f", [events.append])()
    assert caught.value is error
    failed = events[-1]
    assert isinstance(failed, StepFailed)
    assert failed.error is error


def test_async_calls_are_told_too() -> None:
    events: list[Event] = []

    async def raise_it() -> None:
        raise ValueError("v")

    assert asyncio.run(observed_async(later.fn, "later", [events.append])(1)) == 1
    with pytest.raises(ValueError):
        asyncio.run(observed_async(raise_it, "f", [events.append])())
    assert told(events) == [
        ("StepStarted", "later"),
        ("StepFinished", "later"),
        ("StepStarted", "f"),
        ("StepFailed", "f"),
    ]


def test_every_observer_is_told_in_order() -> None:
    order: list[str] = []
    tell([lambda event: order.append("first"), lambda event: order.append("second")], StepStarted("f"))
    assert order == ["first", "second"]


def test_a_run_tells_of_its_steps_of_every_kind_in_order() -> None:
    events: list[Event] = []
    node = gather(double(const(1)), bind(Model)(2), later(3))
    assert run(node, observe=[events.append]) == (2, 2, 3)
    assert told(events) == [
        ("StepStarted", "double"),
        ("StepFinished", "double"),
        ("StepStarted", "Model"),
        ("StepFinished", "Model"),
        ("StepStarted", "later"),
        ("StepFinished", "later"),
    ]


def test_each_element_of_a_fan_out_is_told() -> None:
    events: list[Event] = []
    run(fan_out(double, [1, 2, 3]), observe=[events.append])
    assert told(events) == [("StepStarted", "double"), ("StepFinished", "double")] * 3


def test_a_step_is_told_by_the_name_of_its_options() -> None:
    events: list[Event] = []
    run(double.options(name="twice")(1), observe=[events.append])
    assert {event.step for event in events} == {"twice"}


def test_all_attempts_of_a_step_are_one_call() -> None:
    events: list[Event] = []
    left = [1, 1]
    flaky: Any = step(retries=2, name="flaky")(lambda: left.pop() and 1 // 0 if left else "value")
    assert run(flaky(), observe=[events.append]) == "value"
    assert told(events) == [("StepStarted", "flaky"), ("StepFinished", "flaky")]


def test_observers_of_a_deployment_are_told_of_every_call() -> None:
    events: list[Event] = []
    with deploy(double(const(1)), observe=[events.append]) as pipeline:
        pipeline.call()
        pipeline.call()
    assert len(events) == 4


def test_events_are_the_same_on_threads() -> None:
    events: list[Event] = []
    run(fan_out(double, list(range(50))), executor=Threads(4), observe=[events.append])
    assert sorted(told(events)) == sorted([("StepStarted", "double"), ("StepFinished", "double")] * 50)


def test_the_events_of_a_failed_run_say_so() -> None:
    events: list[Event] = []
    with pytest.raises(ZeroDivisionError):
        run(double(fail(1)), observe=[events.append])
    assert told(events) == [("StepStarted", "fail"), ("StepFailed", "fail")]


def test_an_observer_that_fails_fails_the_run() -> None:
    """An observer is the caller's own code: swallowing its error would hide it."""

    def broken(event: Event) -> None:
        raise KeyError("observer")

    with pytest.raises(KeyError, match="observer"):
        run(double(1), observe=[broken])


@pytest.mark.parametrize("told_of", [StepStarted, StepFinished])
def test_it_fails_the_run_on_every_executor_and_never_hangs_it(told_of: type[Event]) -> None:
    def broken(event: Event) -> None:
        if isinstance(event, told_of):
            raise KeyError("observer")

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for executor in (Inline(), Threads(1), Futures(pool)):
            future = submit(double(1), executor=executor, observe=[broken])
            assert isinstance(future.exception(timeout=20), KeyError)


def test_events_are_values() -> None:
    assert StepStarted("f") == StepStarted("f")
    assert StepFinished("f", 0.5) == StepFinished("f", 0.5)
