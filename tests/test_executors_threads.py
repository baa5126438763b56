"""Threads of this process: workers that start when there is work, replicas, values that are dropped, forks."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import random
import sys
import threading
import time
import weakref
from collections import Counter
from typing import Any

import attrs
import pytest

from dataflow import INPUT, Threads, bind, cond, const, deploy, fan_out, gather, recover, run, step, submit
from dataflow.errors import ClosedError, OptionTypeError, OptionValueError
from tests.patience import DEADLINE, Gate, closing, eventually, within


def value_of(node: Any, workers: int = 4) -> Any:
    return within(lambda: submit(node, executor=Threads(workers)).result(DEADLINE))


@pytest.mark.parametrize("workers", [True, 1.5, "2", None])
def test_the_number_of_workers_is_an_int(workers: Any) -> None:
    with pytest.raises(OptionTypeError, match="from 1 to 4096"):
        Threads(workers)


@pytest.mark.parametrize("workers", [0, -1, 4097, 10**6])
def test_the_number_of_workers_has_bounds(workers: int) -> None:
    with pytest.raises(OptionValueError, match="from 1 to 4096"):
        Threads(workers)


def test_executors_are_values() -> None:
    assert Threads(3) == Threads(3)
    assert Threads(3) != Threads(4)
    assert Threads() == Threads(8)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Threads(3).max_workers = 4  # type: ignore[misc]  # frozen: that is the test


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_as_many_steps_run_at_a_time_as_there_are_workers(workers: int) -> None:
    inside = threading.Barrier(workers)
    most: list[int] = []
    running: set[int] = set()

    def meet(x: int) -> int:
        running.add(threading.get_ident())
        most.append(len(running))
        inside.wait(DEADLINE)
        running.discard(threading.get_ident())
        return x

    assert value_of(gather(*[step(meet)(at) for at in range(3 * workers)]), workers) == tuple(range(3 * workers))
    assert max(most) == workers


def test_threads_start_with_the_first_work_and_end_with_the_pipeline() -> None:
    before = set(threading.enumerate())
    pipeline = deploy(INPUT.map(abs), Threads(50))
    assert set(threading.enumerate()) == before
    for _ in range(5):
        assert pipeline.call(-1) == 1
    assert len(set(threading.enumerate()) - before) <= 5, "no more than there was work for"
    pipeline.close()
    assert eventually(lambda: not set(threading.enumerate()) - before)


def test_independent_branches_overlap_without_level_barriers() -> None:
    """The second step of one branch and the first of another wait for each other: with levels that would hang."""
    first, second = threading.Event(), threading.Event()

    def early(_: object) -> str:
        return "early"

    def needs_second(_: object) -> str:
        assert second.wait(DEADLINE)
        first.set()
        return "slow"

    def sets_second(_: object) -> str:
        second.set()
        assert first.wait(DEADLINE)
        return "after early"

    node = gather(step(needs_second)(0), step(sets_second)(step(early)(0)))
    assert value_of(node, 2) == ("slow", "after early")


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("replicas", [1, 2, 4])
def test_replicas_work_on_so_many_calls_and_each_gets_some(replicas: int, concurrency: int) -> None:
    inside: Counter[int] = Counter()
    most: Counter[int] = Counter()
    served: Counter[int] = Counter()
    lock = threading.Lock()

    @attrs.define(eq=True)  # equal instances are different replicas all the same
    class Server:
        name: str = "same"

        def __call__(self, x: int) -> int:
            with lock:
                inside[id(self)] += 1
                served[id(self)] += 1
                most[id(self)] = max(most[id(self)], inside[id(self)])
            time.sleep(0.0005)
            with lock:
                inside[id(self)] -= 1
            return x

    server = bind(Server).options(max_concurrency=concurrency)
    with closing(deploy(server(INPUT), Threads(8), replicas={"Server": replicas})) as pipeline:
        futures = [pipeline.submit(at) for at in range(60)]
        assert [future.result(DEADLINE) for future in futures] == list(range(60))
    assert len(served) == replicas
    assert max(most.values()) <= concurrency
    assert max(served.values()) <= 60 / replicas * 2 + 2 * concurrency


def test_calls_one_after_the_other_take_turns() -> None:
    served: Counter[int] = Counter()

    class Server:
        def __call__(self, x: int) -> int:
            served[id(self)] += 1
            return x

    with closing(deploy(bind(Server)(INPUT), Threads(2), replicas={"Server": 3})) as pipeline:
        for at in range(30):
            pipeline.call(at)
    assert sorted(served.values()) == [10, 10, 10]


def test_async_replicas_work_on_so_many_calls_at_a_time() -> None:
    inside: Counter[int] = Counter()
    most: Counter[int] = Counter()

    class Server:
        async def __call__(self, x: int) -> int:
            inside[id(self)] += 1
            most[id(self)] = max(most[id(self)], inside[id(self)])
            await asyncio.sleep(0.001)
            inside[id(self)] -= 1
            return x

    server = bind(Server).options(max_concurrency=3)
    with closing(deploy(fan_out(lambda x: server(x), INPUT), Threads(8), replicas={"Server": 2})) as pipeline:
        assert pipeline.submit(list(range(40))).result(DEADLINE) == list(range(40))
    assert len(most) == 2
    assert max(most.values()) <= 3


@pytest.mark.parametrize("wrong", ["error", "result", "timeout"])
def test_a_call_that_goes_wrong_gives_its_replica_back(wrong: str) -> None:
    release = threading.Event()

    class Server:
        def __call__(self, x: int) -> Any:
            if x:
                return x
            if wrong == "error":
                raise ValueError(x)
            if wrong == "timeout":
                release.wait(DEADLINE)
            return iter([])

    server = bind(Server).options(timeout=0.5 if wrong == "timeout" else None)  # enough for those that go well
    with closing(deploy(server(INPUT), Threads(2))) as pipeline:
        for _ in range(3):
            assert pipeline.submit(0).exception(DEADLINE) is not None
            assert pipeline.submit(7).result(DEADLINE) == 7
    release.set()


def test_a_constructor_that_fails_leaves_no_thread_and_no_instance() -> None:
    made: list[weakref.ref[Any]] = []

    class Frail:
        def __init__(self) -> None:
            if len(made) == 2:
                raise ValueError("third")
            made.append(weakref.ref(self))

        async def __call__(self, x: int) -> int:
            return x

    before = set(threading.enumerate())
    with pytest.raises(ValueError, match="third") as caught:
        deploy(bind(Frail)(INPUT), Threads(2), replicas={"Frail": 3})
    assert "in the constructor of Frail" in caught.value.__notes__
    caught.value.__traceback__ = None
    del caught
    gc.collect()
    assert [each() for each in made] == [None, None]
    assert eventually(lambda: not set(threading.enumerate()) - before)


class Tracked:
    """A value that is counted while it is alive."""

    alive = most = 0
    lock = threading.Lock()

    def __init__(self, *_: object) -> None:
        with Tracked.lock:
            Tracked.alive += 1
            Tracked.most = max(Tracked.most, Tracked.alive)

    def __del__(self) -> None:
        with Tracked.lock:
            Tracked.alive -= 1


@pytest.fixture(autouse=True)
def fresh() -> None:
    gc.collect()
    Tracked.alive = Tracked.most = 0


make: Any = step(lambda *xs: Tracked(*xs))
size: Any = step(lambda *xs: 1)


@pytest.mark.parametrize("workers", [1, 4])
def test_a_chain_holds_three_values_at_most(workers: int) -> None:
    node = make()
    for _ in range(200):
        node = make(node)
    value_of(size(node), workers)
    assert Tracked.most <= 3
    assert eventually(lambda: Tracked.alive == 0)


@pytest.mark.parametrize("workers", [1, 4])
def test_a_map_reduce_holds_a_value_for_each_worker(workers: int) -> None:
    def body(x: Any) -> Any:
        return size(make(x))

    assert value_of(fan_out(body, list(range(300))).map(sum), workers) == 300
    assert Tracked.most <= workers + 2
    assert eventually(lambda: Tracked.alive == 0)


def test_values_are_dropped_after_routing_and_after_a_failure_that_was_handled() -> None:
    seen: list[int] = []
    look: Any = step(lambda *_: seen.append(Tracked.alive))

    def fail(*_: object) -> None:
        raise ValueError("handled")

    value = make()
    routed = cond(const(False), size(value), const(0))
    with closing(deploy(look(size(value), routed), Threads(2))) as pipeline:
        pipeline.call()
        value = make()
        failed: Any = step(fail)
        handled = recover(failed(size(value)), lambda error: size(error))
    with closing(deploy(look(size(value), handled), Threads(2))) as pipeline:
        pipeline.call()
    assert seen == [0, 0]


def test_an_idle_pipeline_holds_no_value_of_its_last_run() -> None:
    def fail(*_: object) -> None:
        raise ValueError

    for node in (size(make(INPUT)), step(fail)(make(INPUT)), fan_out(lambda x: size(make(x)), INPUT)):
        with closing(deploy(node, Threads(3))) as pipeline:
            pipeline.submit([1, 2, 3]).exception(DEADLINE)
            assert eventually(lambda: gc.collect() >= 0 and Tracked.alive == 0)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_in_a_forked_child_a_pipeline_is_closed_and_the_parents_lives_on() -> None:
    context = multiprocessing.get_context("fork")
    pipeline = deploy(INPUT.map(abs), Threads(2))
    assert pipeline.call(-1) == 1
    answers = context.SimpleQueue()

    def child() -> None:
        for use in (lambda: pipeline.call(-1), lambda: pipeline.submit(-1), lambda: pipeline.stream([-1])):
            try:
                use()
                answers.put("used")
            except ClosedError:
                answers.put("closed")
        pipeline.close()
        answers.put("done")

    process = context.Process(target=child)
    process.start()
    process.join(DEADLINE)
    assert process.exitcode == 0
    assert [answers.get() for _ in range(4)] == ["closed", "closed", "closed", "done"]
    assert pipeline.call(-2) == 2
    pipeline.close()


def test_many_short_runs_from_many_threads_lose_no_wake_up() -> None:
    previous = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        node = fan_out(lambda x: cond(x.map(lambda x: x % 2 == 0), size(x), const(0)), INPUT).map(sum)
        with closing(deploy(node, Threads(3))) as pipeline:
            answers: list[Any] = []

            def call(seed: int) -> None:
                choose = random.Random(seed)
                for _ in range(40):
                    count = choose.randrange(6)
                    answers.append(pipeline.submit(list(range(count))).result(DEADLINE) == (count + 1) // 2)

            callers = [threading.Thread(target=call, args=(seed,), daemon=True) for seed in range(4)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join(2 * DEADLINE)
    finally:
        sys.setswitchinterval(previous)
    assert answers == [True] * 160


def test_a_worker_that_was_idle_is_woken_again_and_again() -> None:
    with closing(deploy(gather(INPUT.map(abs), INPUT.map(float)), Threads(2))) as pipeline:
        for at in range(300):
            assert pipeline.submit(at).result(DEADLINE) == (at, float(at))


def test_runs_share_the_workers_of_their_pipeline() -> None:
    gate = Gate()
    before = set(threading.enumerate())
    with closing(deploy(step(gate.wait)(INPUT), Threads(3))) as pipeline:
        futures = [pipeline.submit(at) for at in range(20)]
        for _ in range(3):
            gate.arrived()
        assert len([each for each in set(threading.enumerate()) - before if each.name.startswith("dataflow")]) == 3
        assert not gate.come.acquire(blocking=False)
        gate.open.set()
        assert [future.result(DEADLINE) for future in futures] == list(range(20))


def test_a_pipeline_is_garbage_when_nobody_holds_it() -> None:
    before = set(threading.enumerate())
    for _ in range(20):
        deploy(INPUT.map(abs), Threads(2)).call(-1)
    gc.collect()
    assert eventually(lambda: not set(threading.enumerate()) - before)


def test_run_closes_what_it_deployed_also_after_an_error() -> None:
    before = set(threading.enumerate())
    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            run(const(0).map(lambda x: 1 / x), executor=Threads(2))
    assert eventually(lambda: not set(threading.enumerate()) - before)
