"""Callees bound in this process: retries, timeouts, observers; and replicas."""

from __future__ import annotations

import asyncio
import random
import threading
from typing import Any

import pytest

from dataflow.callee import Function, Instance
from dataflow.errors import StepTimeoutError
from dataflow.events import Event
from dataflow.executors.bound import Replicas, bound, constructed
from dataflow.options import DEFAULTS, Options, Retry
from tests.patience import DEADLINE


class Equal:
    """Instances are all equal, or cannot be compared."""

    def __call__(self, x: int) -> int:
        return x

    def __eq__(self, other: object) -> bool:
        raise AssertionError("instances are told apart by identity")

    def __hash__(self) -> int:
        return 1


class Frail:
    def __init__(self, error: BaseException) -> None:
        raise error


def replicas(count: int, concurrency: int = 1) -> Replicas:
    callee = Instance(Equal, options=Options(max_concurrency=concurrency))
    return Replicas(callee, (), count)


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


def test_each_replica_is_an_instance_of_its_own() -> None:
    made = replicas(3).copies
    assert len({id(copy) for copy in made}) == 3


def test_calls_go_to_the_least_loaded_replica() -> None:
    each = replicas(3, concurrency=2)
    assert sorted([each.take(None), each.take(None), each.take(None)], key=str) == [0, 1, 2]
    each.give_back(1)
    assert each.take(None) == 1
    again = [each.take(None) for _ in range(3)]
    assert sorted(again, key=str) == [0, 1, 2]
    assert each.take("parked") is None


def test_among_equals_the_one_that_has_waited_longest_is_called() -> None:
    each = replicas(3)
    order = [each.take(None) for _ in range(3)]
    for copy in reversed(order):
        assert copy is not None
        each.give_back(copy)
    assert [each.take(None) for _ in range(3)] == order[::-1]


def test_a_call_that_finds_none_free_is_handed_out_when_there_is_one() -> None:
    each = replicas(1)
    copy = each.take("first")
    assert copy is not None
    assert each.take("second") is None
    assert each.take("third") is None
    assert each.kept() is None
    each.give_back(copy)
    assert each.kept() == "second"
    assert each.kept() == "third", "whoever finds a call dead asks for the next"
    assert each.kept() is None


def test_after_close_nothing_is_held() -> None:
    each = replicas(2)
    each.close()
    assert each.copies == []


@pytest.mark.parametrize("seed", range(20))
def test_loads_stay_in_bounds_and_every_replica_gets_work(seed: int) -> None:
    """Random calls that begin and end, against counts."""
    choose = random.Random(seed)
    count, concurrency = choose.randint(1, 5), choose.randint(1, 3)
    each = replicas(count, concurrency)
    loads, waiting, served = [0] * count, 0, set()
    for _ in range(400):
        if choose.random() < 0.6 or not sum(loads):
            least = min(loads)
            copy = each.take("call")
            if copy is None:
                assert least == concurrency
                waiting += 1
                continue
            assert loads[copy] == least
            loads[copy] += 1
            served.add(copy)
        else:
            copy = choose.choice([at for at in range(count) if loads[at]])
            each.give_back(copy)
            loads[copy] -= 1
            kept = each.kept()
            assert (kept is not None) == (waiting > 0)
            if kept is not None:
                waiting -= 1
                taken = each.take(kept)
                assert taken is not None
                loads[taken] += 1
        assert max(loads) <= concurrency
    assert served == set(range(count))
