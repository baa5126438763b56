"""Callees bound in this process: retries, timeouts, observers."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from dataflow.callee import Function, Instance
from dataflow.errors import StepTimeoutError
from dataflow.events import Event
from dataflow.executors.bound import bound, constructed
from dataflow.options import DEFAULTS, Options, Retry
from tests.patience import DEADLINE


class Frail:
    def __init__(self, error: BaseException) -> None:
        raise error


def test_a_function_without_options_is_called_as_it_is() -> None:
    assert bound(len, Function(len), ()) is len


def test_retries_timeouts_and_observers_are_applied() -> None:
    tries: list[int] = []
    events: list[Event] = []

    def frail(x: int) -> int:
        tries.append(x)
        if len(tries) < 3:
            raise ValueError(x)
        return x

    callee = Function(frail, Options(retries=Retry(times=2), name="n"))
    assert bound(frail, callee, [events.append])(5) == 5
    assert tries == [5, 5, 5]
    assert [type(event).__name__ for event in events] == ["StepStarted", "StepFinished"]
    assert {event.step for event in events} == {"n"}


def test_a_timeout_is_applied() -> None:
    release = threading.Event()

    def hang() -> None:
        release.wait(DEADLINE)

    with pytest.raises(StepTimeoutError):
        bound(hang, Function(hang, Options(timeout=0.01)), ())()
    release.set()


@pytest.mark.parametrize("options", [DEFAULTS, Options(retries=Retry(times=1)), Options(timeout=5.0)])
def test_a_coroutine_function_stays_one(options: Options) -> None:
    async def later(x: int) -> int:
        return x

    call: Any = bound(later, Function(later, options), [lambda event: None])
    assert asyncio.run(call(2)) == 2


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1)], ids=lambda e: type(e).__name__)
def test_an_error_of_a_constructor_says_whose_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        constructed(Instance(Frail, (error,)))
    assert caught.value is error
    assert error.__notes__ == ["in the constructor of Frail"]
