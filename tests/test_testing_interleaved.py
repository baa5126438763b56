"""`Interleaved`: every order, each of which can be had again."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
import weakref
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from dataflow import Node, bind, expand, fan_out, flow, gather, recover, run, step, submit
from dataflow.errors import ClosedError, OptionTypeError, OptionValueError
from dataflow.testing import Interleaved, programs, reference, schedules
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program


class Seen:
    """Steps that write down that they ran."""

    def __init__(self) -> None:
        self.words: list[Any] = []

    def note(self, word: Any, *_: Any) -> Any:
        self.words.append(word)
        return word


def orders(make: Any, executors: Any) -> list[str]:
    """The order in which the steps of a graph ran on each executor."""
    found = []
    for executor in executors:
        seen = Seen()
        run(make(step(seen.note)), executor=executor)
        found.append("".join(seen.words))
    return found


def three(note: Any) -> Node[Any]:
    return gather(note("a"), note("b"), note("c"))


def diamond(note: Any) -> Node[Any]:
    a = note("a")
    last: Node[Any] = note("d", note("b", a), note("c", a))
    return last


def seeds(count: int) -> list[Interleaved]:
    return [Interleaved(seed) for seed in range(count)]


def test_all_orders_of_independent_steps_are_found() -> None:
    assert set(orders(three, seeds(100))) == {"".join(order) for order in itertools.permutations("abc")}


def test_only_orders_that_the_graph_permits_are_found() -> None:
    assert set(orders(diamond, seeds(100))) == {"abcd", "acbd"}


def test_the_same_schedule_gives_the_same_order_with_every_deployment() -> None:
    for schedule in (*range(20), (1, 2, 3), (0, 5, 1)):
        first, second = orders(three, [Interleaved(schedule)] * 2)
        assert first == second


def test_choices_are_followed_and_then_the_first_is_taken() -> None:
    assert orders(three, [Interleaved(()), Interleaved((1,)), Interleaved((2,)), Interleaved((2, 2))]) == [
        "abc",
        "bac",
        "cab",
        "cba",
    ]


def test_one_worker_runs_one_step_at_a_time() -> None:
    assert set(orders(three, [Interleaved(seed, workers=1) for seed in range(50)])) == set(
        map("".join, itertools.permutations("abc"))
    )


@given(program=programs(), schedule=st.one_of(schedules(), st.integers(0, 1000)), workers=st.integers(1, 5))
def test_every_order_gives_the_meaning(program: Program, schedule: Any, workers: int) -> None:
    executor = Interleaved(schedule, workers)

    def work() -> object:
        with program.flow.deploy(executor) as pipeline:
            return pipeline.call(*program.values)

    assert outcome(work) == outcome(lambda: reference(program.flow.graph, program.values))


class Counter:
    """Assumes that calls come in the order of composition, which nothing promises."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def __call__(self, x: int) -> bool:
        self.calls.append(x)
        return self.calls == sorted(self.calls)


def test_a_race_in_a_user_s_assumption_is_found_and_shrinks_to_few_choices() -> None:
    def goes_wrong(schedule: Any) -> bool:
        node = fan_out(lambda x: bind(Counter)(x), range(4))
        return not all(run(gather([bind(Counter)(x) for x in range(3)] + [node]), executor=Interleaved(schedule))[0:3])

    def raced(schedule: Any) -> bool:
        shared = bind(Counter)
        return not all(run(gather(*[shared(x) for x in range(4)]), executor=Interleaved(schedule)))

    assert not goes_wrong(())
    found = find(schedules(), raced)
    assert raced(found)
    assert len(found) <= 3
    assert not raced(())


@flow
def twice(x: Node[int]) -> Node[int]:
    return step(abs)(step(abs)(x))


def test_runs_of_a_pipeline_are_interleaved() -> None:
    seen = Seen()
    note = step(seen.note)

    @flow
    def two(x: Node[str]) -> Node[Any]:
        return note(x, note(x))

    found = set()
    for seed in range(60):
        seen.words.clear()
        with two.deploy(Interleaved(seed)) as pipeline:
            futures = [pipeline.submit(word) for word in "ab"]
            assert [future.result() for future in futures] == ["a", "b"]
        found.add("".join(seen.words))
    assert found == {"aabb", "abab", "abba", "baab", "baba", "bbaa"}


def test_each_call_of_a_pipeline_follows_the_same_schedule() -> None:
    seen = Seen()
    note = step(seen.note)
    for seed in range(5):
        with flow(lambda x: gather(*[note(word, x) for word in "abcd"])).deploy(Interleaved(seed)) as pipeline:
            found = []
            for x in range(4):
                seen.words.clear()
                pipeline.submit(x).cancel()
                pipeline.call(x)
                found.append(list(seen.words))
        assert found == [found[0]] * 4


def test_items_of_a_stream_are_interleaved() -> None:
    seen = Seen()
    note = step(seen.note)
    streamed = flow(lambda x: note(x, note(x)))
    found = set()
    for seed in range(20):
        seen.words.clear()
        assert list(streamed.on(Interleaved(seed)).stream("abc")) == ["a", "b", "c"]
        found.add("".join(seen.words))
    assert len(found) > 3


def test_nothing_happens_before_somebody_asks() -> None:
    seen = Seen()
    with flow(lambda x: step(seen.note)(x)).deploy(Interleaved(1)) as pipeline:
        future = pipeline.submit(1)
        assert seen.words == []
        assert future.result() == 1
        assert seen.words == [1]


def test_asking_whether_it_is_done_is_one_move_so_that_polling_ends() -> None:
    with twice.deploy(Interleaved(1)) as pipeline:
        future = pipeline.submit(-3)
        polls = next(count for count in itertools.count(1) if future.done())
        assert 1 < polls < 20
        assert future.result() == 3


def test_callbacks_and_await_bring_a_run_to_its_end() -> None:
    called: list[int] = []
    with twice.deploy(Interleaved(1)) as pipeline:
        pipeline.submit(-3).add_done_callback(lambda future: called.append(future.result()))
        assert called == [3]

        async def main() -> int:
            return await pipeline.submit(-4) + await asyncio.wrap_future(pipeline.submit(-5))

        assert asyncio.run(main()) == 9
    assert submit(step(abs)(-6), executor=Interleaved(1)).result() == 6


def test_a_cancelled_run_starts_nothing() -> None:
    seen = Seen()
    with flow(lambda x: step(seen.note)(x)).deploy(Interleaved(1)) as pipeline:
        future = pipeline.submit(1)
        assert future.cancel()
        assert future.cancel()
        assert future.cancelled()
        assert pipeline.call(2) == 2
        done = pipeline.submit(3)
        assert done.exception() is None
        assert not done.cancel()
    assert seen.words == [2, 3]


def test_closing_drops_what_is_left_of_cancelled_runs() -> None:
    made: list[weakref.ref[Any]] = []

    class Model:
        def __init__(self) -> None:
            made.append(weakref.ref(self))

        def __call__(self, x: int) -> int:
            return x

    pipeline = flow(lambda x: bind(Model)(x)).deploy(Interleaved(1))
    future = pipeline.submit(1)
    future.cancel()
    pipeline.close()
    gc.collect()
    assert future.cancelled()
    assert [each() for each in made] == [None]


def test_closing_ends_what_is_in_flight_and_refuses_more() -> None:
    pipeline = twice.deploy(Interleaved(5))
    deployment: Any = pipeline._deployment
    futures = [pipeline.submit(-x) for x in range(5)]
    assert pipeline.stats().in_flight == 5
    pipeline.close()
    assert [future.result() for future in futures] == list(range(5))
    with pytest.raises(ClosedError):
        deployment.submit({"x": 1})


def test_threads_may_share_a_deployment() -> None:
    with twice.deploy(Interleaved(3)) as pipeline:
        results: list[list[int]] = [[] for _ in range(4)]

        def work(found: list[int]) -> None:
            found += [pipeline.call(-x) for x in range(50)]

        threads = [threading.Thread(target=work, args=(found,)) for found in results]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [list(range(50))] * 4


def test_a_step_may_run_a_flow_on_its_own_executor() -> None:
    executor = Interleaved(2)
    outer = step(lambda x: run(step(abs)(x), executor=executor))
    assert run(fan_out(outer, [-1, -2]), executor=executor) == [1, 2]


def test_graphs_that_grow_and_coroutines() -> None:
    async def later(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    node = fan_out(lambda x: expand(x, step(later)), [1, 2, 3])
    for seed in range(10):
        assert run(recover(node, lambda error: node), executor=Interleaved(seed)) == [2, 3, 4]


@pytest.mark.parametrize("schedule", ["1", 1.5, True, [1], (1, "2"), (True,), None])
def test_a_schedule_is_made_of_ints(schedule: Any) -> None:
    with pytest.raises(OptionTypeError, match="seed of an order"):
        Interleaved(schedule)


def test_workers_are_at_least_one() -> None:
    with pytest.raises(OptionValueError):
        Interleaved(0, workers=0)
    for workers in (True, "2", 1.0):
        with pytest.raises(OptionTypeError):
            Interleaved(0, workers=workers)  # type: ignore[arg-type]  # what is refused


def test_it_can_be_pasted() -> None:
    assert repr(Interleaved((1, 2))) == "Interleaved(schedule=(1, 2), workers=4)"
    assert Interleaved(3) == Interleaved(3)
