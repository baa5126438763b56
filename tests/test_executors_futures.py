"""Any `concurrent.futures.Executor`: thread pools, process pools, pools that somebody else wrote."""

from __future__ import annotations

import concurrent.futures
import functools
import gc
import operator
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from dataflow import (
    INPUT,
    Futures,
    Retry,
    bind,
    const,
    deploy,
    expand,
    fan_out,
    flow,
    gather,
    iterate,
    recover,
    run,
    step,
    submit,
    switch,
)
from dataflow.errors import NotSerializableError, OptionTypeError, OptionValueError, StepResultError, StepTimeoutError
from dataflow.events import Event, StepStarted
from tests.patience import DEADLINE, Gate, closing, eventually, within

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture(scope="module")
def processes() -> Iterator[Futures]:
    with ProcessPoolExecutor(2) as pool:
        yield Futures(pool)


@pytest.fixture
def threads() -> Iterator[Futures]:
    pool = ThreadPoolExecutor(3)
    yield Futures(pool)
    pool.shutdown(wait=False, cancel_futures=True)


def value_of(node: Any, executor: Futures) -> Any:
    return within(lambda: submit(node, executor=executor).result(DEADLINE))


@step
def add(a: int, b: int = 1) -> int:
    return a + b


@step
def process(_: object) -> int:
    return os.getpid()


@step
async def add_later(a: int) -> int:
    return a + 1


@step
def ident(x: Any, *, key: Any = None) -> Any:
    return x


def die(_: object) -> None:
    os._exit(3)


def iterator(_: object) -> Any:
    return iter([1])


def closure(_: object) -> Any:
    return lambda: 1


def frail(path: str) -> int:
    """Fails until it has been called three times, by any process."""
    with open(path, "a") as log:
        log.write("x")
    if os.path.getsize(path) < 3:
        raise ConnectionError("again")
    return os.path.getsize(path)


class Counter:
    def __init__(self, start: int) -> None:
        if start < 0:
            raise ValueError("negative", start)
        self.count = start

    def __call__(self, _: object) -> tuple[int, int]:
        self.count += 1
        return os.getpid(), self.count


class Unpicklable:
    def __reduce__(self) -> str:
        raise TypeError("stays here")


class Unreadable:
    """It can be sent, but not read."""

    def __reduce__(self) -> Any:
        return operator.truediv, (1, 0)


def unreadable(_: object) -> Unreadable:
    return Unreadable()


@pytest.mark.parametrize("pool", [None, 3, "pool", object()])
def test_the_pool_is_an_executor(pool: Any) -> None:
    with pytest.raises(OptionTypeError, match="takes a concurrent.futures.Executor"):
        Futures(pool)


@pytest.mark.parametrize("width", [True, 1.5, "2"])
def test_the_width_is_an_int(width: Any, threads: Futures) -> None:
    with pytest.raises(OptionTypeError, match="width"):
        Futures(threads.pool, width)


@pytest.mark.parametrize("width", [0, -1])
def test_the_width_is_positive(width: int, threads: Futures) -> None:
    with pytest.raises(OptionValueError, match="width"):
        Futures(threads.pool, width)


# Processes.


def test_steps_run_in_the_workers_and_small_things_here(processes: Futures) -> None:
    here = os.getpid()
    node = gather(process(1), const(1).map(lambda _: os.getpid()), process(2))
    there, own, also = value_of(node, processes)
    assert own == here
    assert here not in (there, also)


def test_all_of_the_language_works_across_processes(processes: Futures) -> None:
    @flow
    def everything(n: Any) -> Any:
        items: list[Any] = [1, 2, add(2)]
        many = fan_out(lambda x: add(x, n), items)
        chosen = switch(add(n), {3: add(10), 4: add(20)}, default=add(30))
        safe = recover(ident(chosen).map(lambda x: x / 0), lambda error: error.map(type).map(lambda t: t.__name__))
        grown = expand(add(n), lambda k: gather(*[add(at) for at in range(k)]))
        return gather(many, chosen, safe, grown, iterate(add, n, limit=3), add_later(n))

    expected = everything.run(2)
    assert within(lambda: everything.on(processes).run(2)) == expected


def test_an_instance_is_kept_by_each_worker_between_calls(processes: Futures) -> None:
    with closing(deploy(bind(Counter, 10)(INPUT), processes)) as pipeline:
        calls = [pipeline.call(0) for _ in range(12)]
    by_process: dict[int, list[int]] = {}
    for worker, count in calls:
        by_process.setdefault(worker, []).append(count)
    assert os.getpid() not in by_process
    for counts in by_process.values():
        assert counts == list(range(11, 11 + len(counts)))


def test_two_deployments_have_instances_of_their_own(processes: Futures) -> None:
    node = bind(Counter, 0)(INPUT)
    with closing(deploy(node, processes)) as one, closing(deploy(node, processes)) as two:
        assert max(one.call(0)[1] for _ in range(4)) <= 4
        assert min(two.call(0)[1] for _ in range(2)) == 1


def test_an_error_of_a_constructor_is_raised_at_deploy(processes: Futures) -> None:
    with pytest.raises(ValueError) as caught:
        within(lambda: deploy(bind(Counter, -1)(INPUT), processes))
    assert caught.value.args == ("negative", -1)
    assert caught.value.__notes__ == ["in the constructor of Counter"]


@pytest.mark.parametrize(
    ("node", "named"),
    [
        (step(lambda x: x)(const(1)), "step '<lambda>'"),
        (ident(Unpicklable()), "argument 'x' of step 'ident'"),
        (ident(const(Unpicklable())), "argument 'x' of step 'ident'"),
        (ident(1, key=const(Unpicklable())), "argument 'key' of step 'ident'"),
        (ident(threading.Lock()), "argument 'x' of step 'ident'"),
        (step(closure)(1), "the result of step 'closure'"),
        (step(unreadable)(1), "the result of step 'unreadable'"),
        (ident(Unreadable()), "step 'ident'"),
    ],
    ids=["lambda", "literal", "value", "keyword", "lock", "result", "unreadable result", "unreadable argument"],
)
def test_what_cannot_be_sent_is_an_error_that_names_it(node: Any, named: str, processes: Futures) -> None:
    with pytest.raises(NotSerializableError) as caught:
        value_of(node, processes)
    assert named in str(caught.value)
    assert "composed at" in caught.value.__notes__[0]


def test_what_is_nested_too_deeply_is_an_error_and_no_crash(processes: Futures) -> None:
    nested: list[Any] = []
    for _ in range(5000):
        nested = [nested]
    with pytest.raises(NotSerializableError, match="too deeply"):
        value_of(ident(const(nested)), processes)
    while nested:
        nested = nested.pop()


def test_a_result_that_is_no_value_is_refused_in_the_worker(processes: Futures) -> None:
    with pytest.raises(StepResultError, match="step 'iterator' returned a list_iterator"):
        value_of(step(iterator)(1), processes)


def test_retries_and_timeouts_are_kept_in_the_worker(processes: Futures, tmp_path: Any) -> None:
    again = step(retries=Retry(times=2, on=(ConnectionError,)))(frail)
    assert value_of(again(str(tmp_path / "log")), processes) == 3
    with pytest.raises(StepTimeoutError):
        value_of(step(timeout=0.05)(time.sleep)(1), processes)


def test_a_worker_that_dies_breaks_the_pool_and_hangs_nothing() -> None:
    with ProcessPoolExecutor(2) as pool:
        executor = Futures(pool)
        with closing(deploy(gather(step(die)(INPUT), add(1)), executor)) as pipeline:
            futures = [pipeline.submit(at) for at in range(3)]
            for future in futures:
                assert isinstance(future.exception(DEADLINE), BrokenExecutor)
        with pytest.raises(BrokenExecutor):
            value_of(add(1), executor)


def test_a_pool_that_was_shut_down_is_an_error_and_hangs_nothing() -> None:
    pool = ThreadPoolExecutor(1)
    with closing(deploy(add(INPUT), Futures(pool))) as pipeline:
        assert pipeline.call(1) == 2
        pool.shutdown()
        with pytest.raises(RuntimeError, match="shutdown"):
            within(lambda: pipeline.call(1))


def test_a_pool_that_cancels_its_queue_is_an_error_and_hangs_nothing() -> None:
    gate, pool = Gate(), ThreadPoolExecutor(1)
    with closing(deploy(step(gate.wait)(INPUT), Futures(pool))) as pipeline:
        first, second = pipeline.submit(1), pipeline.submit(2)
        gate.arrived()
        assert eventually(lambda: pool._work_queue.qsize() == 1)
        pool.shutdown(wait=False, cancel_futures=True)
        gate.open.set()
        assert first.result(DEADLINE) == 1
        assert isinstance(second.exception(DEADLINE), concurrent.futures.CancelledError)


def test_a_constructor_may_take_its_time_without_holding_up_other_pipelines(threads: Futures) -> None:
    gate = Gate()

    class Slow:
        def __init__(self) -> None:
            gate.wait(0)

        def __call__(self, x: int) -> int:
            return x

    with closing(deploy(bind(Counter, 0)(INPUT), threads)) as other:
        deploying = threading.Thread(target=lambda: deploy(bind(Slow)(INPUT), threads), daemon=True)
        deploying.start()
        gate.arrived()
        assert within(lambda: other.call(0))[1] == 1
        assert within(lambda: run(bind(Counter, 5)(1), executor=threads))[1] == 6
        with ProcessPoolExecutor(1) as pool:  # its workers may be forked while the constructor runs
            assert within(lambda: run(bind(Counter, 7)(1), executor=Futures(pool)))[1] == 8
        gate.open.set()
        deploying.join(DEADLINE)


# Threads.


def test_values_stay_as_they_are_in_a_thread_pool(threads: Futures) -> None:
    value = object()
    assert value_of(ident(const(value)), threads) is value


def test_the_pool_stays_open_and_the_coordinator_ends(threads: Futures) -> None:
    before = set(threading.enumerate())
    for _ in range(10):
        assert value_of(add(1), threads) == 2
    assert threads.pool.submit(abs, -1).result(DEADLINE) == 1
    own = {thread for thread in set(threading.enumerate()) - before if thread.name.startswith("dataflow")}
    assert eventually(lambda: not own & set(threading.enumerate()))


@pytest.mark.parametrize("width", [1, 2, 7])
def test_no_more_elements_are_under_way_than_the_width(width: int) -> None:
    inside: set[int] = set()
    most: list[int] = []
    meeting = threading.Barrier(min(width, 2))

    def work(x: int) -> int:
        inside.add(x)
        if x < meeting.parties:
            meeting.wait(DEADLINE)
        most.append(len(inside))
        time.sleep(0.0005)
        inside.discard(x)
        return x

    with ThreadPoolExecutor(8) as pool:
        assert value_of(fan_out(step(work), list(range(40))), Futures(pool, width)) == list(range(40))
    assert max(most) <= width
    assert width == 1 or max(most) > 1


def test_instances_are_kept_however_many_pipelines_there_are(threads: Futures) -> None:
    made: list[int] = []

    class Kept:
        def __init__(self) -> None:
            made.append(1)

        def __call__(self, x: int) -> int:
            return x

    pipelines = [deploy(bind(Kept)(INPUT), threads) for _ in range(300)]
    assert len(made) == 300
    for pipeline in pipelines[:3]:
        assert pipeline.call(1) == 1
    assert len(made) == 300, "an instance was constructed again while its pipeline was open"
    for pipeline in pipelines:
        pipeline.close()


def test_instances_of_a_thread_pool_are_freed_with_their_pipeline(threads: Futures) -> None:
    class Kept:
        alive = 0

        def __init__(self) -> None:
            Kept.alive += 1

        def __del__(self) -> None:
            Kept.alive -= 1

        def __call__(self, x: int) -> int:
            return x

    for _ in range(5):
        with closing(deploy(bind(Kept)(INPUT), threads)) as pipeline:
            assert pipeline.call(1) == 1
            assert Kept.alive == 1
        assert eventually(lambda: gc.collect() >= 0 and Kept.alive == 0)


def test_callees_of_graphs_that_grew_are_not_kept(threads: Futures) -> None:
    class Callee:
        alive = 0

        def __init__(self) -> None:
            Callee.alive += 1

        def __del__(self) -> None:
            Callee.alive -= 1

        def __call__(self, x: int) -> int:
            return x

    with closing(deploy(expand(INPUT, lambda x: step(Callee())(x)), threads)) as pipeline:
        for at in range(20):
            assert pipeline.call(at) == at
        assert eventually(lambda: gc.collect() >= 0 and Callee.alive <= 2)


def test_queued_calls_of_a_run_that_failed_are_not_made() -> None:
    gate = Gate()
    ran: list[int] = []

    def fail() -> None:
        gate.wait(0)
        raise ValueError

    with ThreadPoolExecutor(1) as pool:
        node = gather(step(fail)(), *[step(ran.append)(at) for at in range(30)])
        future = submit(node, executor=Futures(pool))
        gate.arrived()
        assert eventually(lambda: pool._work_queue.qsize() > 0)
        gate.open.set()
        assert isinstance(future.exception(DEADLINE), ValueError)
    assert len(ran) <= 1, "no more than the pool's own queue held"


def test_queued_calls_of_a_run_that_was_cancelled_are_not_made() -> None:
    gate = Gate()
    ran: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        node = gather(step(gate.wait)(0), *[step(ran.append)(at) for at in range(30)])
        future = submit(node, executor=Futures(pool))
        gate.arrived()
        assert eventually(lambda: pool._work_queue.qsize() > 0)
        assert future.cancel()
        gate.open.set()
    assert len(ran) <= 1, "no more than the pool's own queue held"


def test_what_waits_in_the_pool_of_a_run_that_was_cancelled_is_taken_out() -> None:
    gate = Gate()
    ran: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        node = gather(step(gate.wait)(INPUT), *[step(ran.append)(INPUT) for _ in range(30)])
        with closing(deploy(node, Futures(pool))) as pipeline:
            future, sent = pipeline.submit(0), pipeline._deployment._coordinator.sent
            gate.arrived()
            assert eventually(lambda: pool._work_queue.qsize() > 0)
            assert future.cancel()
            assert eventually(lambda: len(sent) == 1), "what is running, and nothing that waits"
            gate.open.set()
    assert ran == []


def test_steps_are_observed_where_the_flow_is_coordinated(processes: Futures) -> None:
    events: list[Event] = []
    assert run(add(add(1)), executor=processes, observe=[events.append]) == 3
    assert [(type(event).__name__, event.step) for event in events] == [
        ("StepStarted", "add"),
        ("StepFinished", "add"),
    ] * 2


def test_observers_that_raise_do_not_use_up_the_pool(threads: Futures) -> None:
    def observer(event: Event) -> None:
        if isinstance(event, StepStarted) and event.step == "ident":
            raise LookupError("observer")

    before = set(threading.enumerate())
    node = switch(INPUT.map(int), {0: ident(INPUT)}, default=add(INPUT))
    with closing(deploy(node, threads, observe=[observer])) as pipeline:
        for _ in range(50):
            assert isinstance(pipeline.submit(0).exception(DEADLINE), LookupError)
            assert pipeline.submit(1).result(DEADLINE) == 2
    own = {thread for thread in set(threading.enumerate()) - before if thread.name.startswith("dataflow")}
    assert eventually(lambda: not own & set(threading.enumerate()))


def test_calls_that_cannot_be_sent_do_not_use_up_the_pool(processes: Futures) -> None:
    events: list[Event] = []
    with closing(deploy(ident(INPUT), processes, observe=[events.append])) as pipeline:
        for _ in range(20):
            assert isinstance(pipeline.submit(Unpicklable()).exception(DEADLINE), NotSerializableError)
            assert pipeline.submit(1).result(DEADLINE) == 1
    assert sum(isinstance(event, StepStarted) for event in events) == len(events) / 2


class Bare:
    """A pool with nothing but `submit`, which runs at once."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_anything_with_submit_is_a_pool() -> None:
    bare: Any = Bare()
    node = gather(fan_out(functools.partial(add, b=2), list(range(100))).map(sum), bind(Counter, 1)(0).map(len))
    assert value_of(node, Futures(bare)) == (sum(range(2, 102)), 2)
