"""Nothing is left behind: threads, instances, values, memory."""

from __future__ import annotations

import gc
import sys
import threading
import tracemalloc
import weakref
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest

from dataflow import (
    INPUT,
    Futures,
    Inline,
    Threads,
    bind,
    cond,
    const,
    deploy,
    expand,
    fan_out,
    gather,
    recover,
    run,
    step,
)
from dataflow import submit as submit_node
from dataflow.executors.base import Executor
from tests.patience import DEADLINE, Gate, closing, eventually, within

KINDS = ("inline", "threads", "pool")


@pytest.fixture
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as pool:
        pool.submit(int).result(DEADLINE)
        made: dict[str, Executor] = {"inline": Inline(), "threads": Threads(2), "pool": Futures(pool)}
        yield made[request.param]


each = pytest.mark.parametrize("executor", KINDS, indirect=True)
concurrent = pytest.mark.parametrize("executor", KINDS[1:], indirect=True)


LOCK = threading.RLock()  # a finalizer may run wherever it is held already


class Counted:
    """Instances and values are counted while they are alive; each test has a count of its own."""

    alive: ClassVar[Counter[str]] = Counter()

    def __init__(self, *_: object) -> None:
        self.count = Counted.alive
        with LOCK:
            self.count["alive"] += 1

    def __del__(self) -> None:
        with LOCK:
            self.count["alive"] -= 1

    def __call__(self, x: Any) -> Any:
        return x


class CountedAsync(Counted):
    """The same, with coroutines."""

    async def __call__(self, x: Any) -> Any:
        return x


@pytest.fixture(autouse=True)
def fresh() -> None:
    Counted.alive = Counter()


make: Any = step(lambda *xs: Counted(*xs))
use: Any = step(lambda *xs: 1)


def fail(*_: object) -> None:
    """Raise."""
    raise ValueError("failed")


failing: Any = step(fail)


def none_alive() -> bool:
    gc.collect()
    return Counted.alive["alive"] == 0


@each
def test_a_hundred_deployments_leave_no_thread_and_no_instance(executor: Executor) -> None:
    before = set(threading.enumerate())
    node = use(bind(Counted)(INPUT), bind(CountedAsync)(INPUT), fan_out(bind(Counted), [1, 2]))
    for at in range(100):
        with closing(deploy(node, executor, replicas={"Counted": 2})) as pipeline:
            if at % 2:
                pipeline.call(at)
    assert eventually(lambda: not {each for each in threading.enumerate() if each.name.startswith("dataflow")} - before)
    assert eventually(none_alive)


@each
def test_pipelines_that_are_dropped_instead_of_closed_leave_nothing(executor: Executor) -> None:
    before = set(threading.enumerate())
    for _ in range(30):
        deploy(bind(CountedAsync)(bind(Counted)(INPUT)), executor).call(1)
    gc.collect()
    assert eventually(lambda: not {each for each in threading.enumerate() if each.name.startswith("dataflow")} - before)
    assert eventually(none_alive)


@each
def test_a_pipeline_in_a_cycle_is_garbage_too(executor: Executor) -> None:
    class Service:
        def __init__(self) -> None:
            self.pipeline: Any = deploy(bind(Counted)(INPUT), executor)
            self.itself = self

    for _ in range(5):
        assert Service().pipeline.call(1) == 1
    assert eventually(none_alive)


@concurrent
def test_a_future_that_nobody_waits_for_leaves_nothing(executor: Executor) -> None:
    before = set(threading.enumerate())
    for _ in range(20):
        submit_node(use(make(bind(Counted)(1))), executor=executor)
    assert eventually(lambda: not {each for each in threading.enumerate() if each.name.startswith("dataflow")} - before)
    assert eventually(none_alive)


SHAPES: dict[str, Any] = {
    "chain": lambda: use(make(make(make(INPUT)))),
    "wide": lambda: use(*[make(INPUT) for _ in range(20)]),
    "fan-out": lambda: use(fan_out(lambda x: make(make(x)), INPUT)),
    "routing": lambda: use(cond(INPUT, make(make(1)), make(2)), make(INPUT)),
    "recovered": lambda: use(recover(use(make(1), failing(make(INPUT))), lambda error: make(error))),
    "growing": lambda: use(expand(INPUT, lambda x: make(make(x[0])))),
    "failed": lambda: gather(make(INPUT), fan_out(make, INPUT), failing(make(1))),
    "failed inside": lambda: fan_out(lambda x: gather(make(x), failing(x)), INPUT),
    "failed growing": lambda: expand(make(INPUT), lambda x: failing(make(1))),
}


@each
@pytest.mark.parametrize("shape", SHAPES)
def test_a_pipeline_that_waits_for_calls_holds_no_value(executor: Executor, shape: str) -> None:
    with closing(deploy(SHAPES[shape](), executor)) as pipeline:
        for _ in range(3):
            future = pipeline.submit([1, 2, 3])
            error = within(lambda: future.exception(DEADLINE))  # noqa: B023
            assert (error is not None) == shape.startswith("failed")
            del future, error
        assert eventually(none_alive)


@each
def test_a_result_is_freed_with_its_future(executor: Executor) -> None:
    with closing(deploy(make(INPUT), executor)) as pipeline:
        future = pipeline.submit(1)
        value = weakref.ref(within(lambda: future.result(DEADLINE)))
        assert value() is not None
        del future
        assert eventually(none_alive)


@concurrent
def test_a_cancelled_run_leaves_nothing(executor: Executor) -> None:
    gate = Gate()
    node = use(make(step(gate.wait)(make(INPUT))), *[step(gate.wait)(make(INPUT)) for _ in range(5)])
    with closing(deploy(node, executor)) as pipeline:
        future = pipeline.submit(1)
        gate.arrived()
        assert future.cancel()
        gate.open.set()
        del future

        def gone() -> bool:
            gate.ended.clear()
            return none_alive()

        assert eventually(gone)


@each
def test_an_error_that_is_kept_keeps_no_value_of_its_run(executor: Executor) -> None:
    node = gather(make(INPUT), fan_out(make, [1, 2]), failing(1))
    with closing(deploy(node, executor)) as pipeline:
        error = within(lambda: pipeline.submit(1).exception(DEADLINE))
        assert isinstance(error, ValueError)
        assert eventually(none_alive)


@each
@pytest.mark.parametrize("shape", ["chain", "fan-out", "routing", "recovered", "growing"])
def test_memory_does_not_grow_with_the_number_of_runs(executor: Executor, shape: str) -> None:
    with closing(deploy(SHAPES[shape](), executor)) as pipeline:

        def many() -> int:
            for _ in range(60):
                pipeline.submit([1, 2, 3]).exception(DEADLINE)
            return in_use()

        def in_use() -> int:
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            many()
            first = many()
            many()
            assert eventually(lambda: in_use() - first < 60 * 200), "200 bytes a run"
        finally:
            tracemalloc.stop()


def test_runs_without_a_pipeline_leave_no_memory_either() -> None:
    node = fan_out(lambda x: use(x), list(range(5))).map(sum)

    def many() -> int:
        for _ in range(40):
            run(node, executor=Threads(2))
        return in_use()

    def in_use() -> int:
        gc.collect()
        return sys.getallocatedblocks()

    many()
    first = many()
    many()
    assert eventually(lambda: in_use() - first < 400)
    assert run(const(1)) == 1
