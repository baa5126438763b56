"""Everything in the caller's thread, in the order of composition."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dataflow import INPUT, Inline, Input, bind, const, deploy, fan_out, gather, run, step, submit
from dataflow.executors.inline import InlineDeployment
from dataflow.lower import lower
from dataflow.pipeline import Direct
from dataflow.plan import plan
from tests.patience import DEADLINE


class Echo:
    made: list[weakref.ref[Any]] = []

    def __init__(self) -> None:
        Echo.made.append(weakref.ref(self))

    def __call__(self, x: Any) -> Any:
        return x


def test_steps_run_in_the_callers_thread_in_the_order_of_composition() -> None:
    ran: list[Any] = []

    def note(name: str, *_: object) -> str:
        ran.append((name, threading.current_thread()))
        return name

    noted: Any = step(note)
    first, second, third = noted("first"), noted("second"), noted("third")
    run(gather(third, noted("last", second), first))
    assert ran == [(name, threading.current_thread()) for name in ("first", "second", "third", "last")]


def test_a_future_is_done_at_once_with_value_or_error() -> None:
    assert submit(const(1).map(abs)).done()
    failed = submit(const(0).map(lambda x: 1 / x))
    assert failed.done()
    assert isinstance(failed.exception(), ZeroDivisionError)


def test_a_deployment_offers_the_direct_call() -> None:
    deployment = Inline().deploy(plan(lower(INPUT.map(abs))))
    assert isinstance(deployment, Direct)
    assert deployment.compute([-2]) == 2
    assert InlineDeployment(plan(lower(INPUT.map(abs)))).call({"INPUT": -2}) == 2
    assert deployment.submit({"INPUT": -3}).result(0) == 3


def test_inputs_are_found_by_name() -> None:
    a, b = Input(int, "a"), Input(int, "b")
    with deploy(gather(b, a)) as pipeline:
        assert pipeline.call(b=1, a=2) == (1, 2)


def test_executors_are_equal_if_they_say_the_same() -> None:
    assert Inline() == Inline()


def test_no_thread_is_started() -> None:
    before = set(threading.enumerate())
    run(fan_out(lambda x: x.map(abs), list(range(10))))
    assert set(threading.enumerate()) == before


def test_a_pipeline_may_be_called_from_several_threads() -> None:
    with deploy(gather(INPUT, fan_out(lambda x: x, INPUT.map(lambda x: [x] * 20)))) as pipeline:
        with ThreadPoolExecutor(4) as pool:
            values = list(pool.map(pipeline.call, range(200), timeout=DEADLINE))
    assert values == [(at, [at] * 20) for at in range(200)]


def test_closing_frees_the_instances() -> None:
    Echo.made.clear()
    pipeline = deploy(bind(Echo)(INPUT))
    assert pipeline.call(1) == 1
    pipeline.close()
    gc.collect()
    assert [each() for each in Echo.made] == [None]


def test_dropping_the_last_reference_frees_them_too() -> None:
    Echo.made.clear()
    pipeline = deploy(bind(Echo)(INPUT))
    pipeline.call(1)
    del pipeline
    gc.collect()
    assert [each() for each in Echo.made] == [None]


def test_a_run_keeps_nothing_of_its_arguments() -> None:
    class Big:
        pass

    with deploy(INPUT.map(lambda x: 1)) as pipeline:
        big = Big()
        gone = weakref.ref(big)
        assert pipeline.call(big) == 1
        del big
        gc.collect()
        assert gone() is None


def test_an_error_that_is_kept_keeps_no_values() -> None:
    class Big:
        pass

    made: list[weakref.ref[Any]] = []

    def make() -> Big:
        big = Big()
        made.append(weakref.ref(big))
        return big

    def fail(_: Any) -> None:
        raise ValueError

    with deploy(gather(step(fail)(const(1)), step(make)())) as pipeline:
        ordered = gather(step(make)(), step(fail)(const(1)))
        error = submit(ordered).exception()
        assert isinstance(error, ValueError)
        gc.collect()
        assert made[0]() is None
        with pytest.raises(ValueError):
            pipeline.call()


@pytest.mark.parametrize("often", [0, 10**9])
def test_an_error_that_is_kept_keeps_no_instances(often: int) -> None:
    class Model:
        def __call__(self, x: Any) -> Any:
            return x

    def fail(x: Any) -> None:
        raise ValueError

    node = step(fail)(bind(Model)(INPUT))
    deployment = InlineDeployment(plan(lower(node)), often)
    errors = [deployment.submit({"INPUT": 1}).exception()]
    with pytest.raises(ValueError) as caught:
        deployment.call({"INPUT": 1})
    errors.append(caught.value)
    deployment.close()
    del caught
    gc.collect()
    assert [each for each in gc.get_objects() if type(each) is Model] == []
    assert [type(error) for error in errors] == [ValueError, ValueError]


def test_a_pipeline_calls_itself() -> None:
    pipelines: list[Any] = []
    pipelines.append(deploy(INPUT.map(lambda n: 1 if n == 0 else n * pipelines[0].call(n - 1))))
    assert pipelines[0].call(6) == 720
