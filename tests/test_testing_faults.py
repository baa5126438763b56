"""Fault plans: the n-th call of a step, and no other, in this process and in others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

import pytest

from dataflow import Futures, In, Inline, Node, Retry, Threads, bind, expand, fan_out, flow, recover, run, step
from dataflow.errors import DeployError, OptionTypeError, OptionValueError, StepTimeoutError
from dataflow.executors.base import Executor
from dataflow.testing import FaultPlan, Interleaved, delay, fail, hang, kill
from dataflow.testing.laws.parts import Alone
from dataflow.testing.steps import Scale, items, later, mix, parity
from tests.patience import eventually, within


@flow
def chain(x: In[Any]) -> Node[Any]:
    return mix(mix(mix(x)))


@flow
def wide(x: In[Any]) -> Node[Any]:
    return fan_out(lambda y: mix(y, x), range(8))


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, get_context("forkserver")) as pool:
        yield Futures(pool)


@pytest.fixture(params=["inline", "interleaved", "threads", "processes"])
def executor(request: pytest.FixtureRequest, processes: Executor) -> Executor:
    made: dict[str, Executor] = {
        "inline": Inline(),
        "interleaved": Interleaved(3),
        "threads": Threads(4),
        "processes": processes,
    }
    return made[request.param]


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_the_nth_call_fails(executor: Executor, nth: int) -> None:
    with FaultPlan(fail("mix", OSError(5, "disk"), nth)) as plan:
        with pytest.raises(OSError) as caught:
            chain.on(plan.around(executor)).run(1)
        assert caught.value.args == (5, "disk")
        assert any("mix" in note for note in caught.value.__notes__)
        assert plan.calls("mix") == nth
        assert chain.on(plan.around(executor)).run(1) == chain.run(1)


def test_of_calls_that_overlap_exactly_one_is_the_nth(executor: Executor) -> None:
    with FaultPlan(fail("mix", KeyError("third"), nth=3)) as plan:
        node = fan_out(lambda x: recover(mix(x), lambda error: items(0), on=KeyError), range(20))
        values = run(node, executor=plan.around(executor))
        assert values.count([]) == 1
        assert plan.calls("mix") == 20


def test_every_call_fails() -> None:
    with FaultPlan(fail("mix", KeyError("all"), nth=None)) as plan:
        node = fan_out(lambda x: recover(mix(x), lambda error: items(0)), range(5))
        assert run(node, executor=plan.around(Threads(2))) == [[]] * 5


def test_an_attempt_is_a_call() -> None:
    flaky = step(retries=Retry(times=2, on=OSError))(mix.fn)
    with FaultPlan(fail("mix", OSError("one"), 1), fail("mix", OSError("two"), 2)) as plan:
        assert run(flaky(1), executor=plan.around(Inline())) == mix.fn(1)
        assert plan.calls("mix") == 3


def test_a_call_is_late_and_then_made(executor: Executor) -> None:
    with FaultPlan(delay("mix", 0.05, nth=2)) as plan:
        assert chain.on(plan.around(executor)).run(1) == chain.run(1)
        assert plan.calls("mix") == 3


def test_a_late_call_meets_its_timeout(executor: Executor) -> None:
    with FaultPlan(delay("mix", 5.0)) as plan:
        slow = mix.options(timeout=0.05)
        with pytest.raises(StepTimeoutError):
            run(slow(1), executor=plan.around(executor))
        plan.release()


def test_a_call_hangs_until_the_plan_is_released() -> None:
    with FaultPlan(hang("mix", nth=2)) as plan, chain.deploy(plan.around(Threads(2))) as pipeline:
        future = pipeline.submit(1)
        assert eventually(lambda: plan.calls("mix") == 2)
        with pytest.raises(TimeoutError):
            future.result(0.1)
        plan.release()
        assert within(future.result) == chain.run(1)


def test_what_hangs_in_another_process_is_released(processes: Executor) -> None:
    with FaultPlan(hang("mix", nth=1)) as plan, chain.deploy(plan.around(processes)) as pipeline:
        future = pipeline.submit(1)
        assert eventually(lambda: plan.calls("mix") == 1)
        with pytest.raises(TimeoutError):
            future.result(0.1)
        plan.release()
        assert within(future.result) == chain.run(1)


def test_closing_a_plan_lets_go_what_hangs() -> None:
    plan = FaultPlan(hang("mix", nth=None))
    with chain.deploy(plan.around(Threads(2))) as pipeline:
        future = pipeline.submit(1)
        plan.close()
        assert within(future.result) == chain.run(1)
        assert pipeline.call(2) == chain.run(2)
    plan.close()


def test_a_call_kills_its_process_and_the_pool_says_so() -> None:
    with (
        ProcessPoolExecutor(1, get_context("forkserver")) as pool,
        FaultPlan(kill("mix", nth=2)) as plan,
        pytest.raises(BrokenProcessPool),
    ):
        within(lambda: chain.on(plan.around(Futures(pool))).run(1))


def test_the_process_of_the_test_itself_is_not_killed() -> None:
    with FaultPlan(kill("mix")) as plan, pytest.raises(DeployError, match="one of the test itself"):
        chain.on(plan.around(Threads(2))).run(1)
    assert os.getpid()


def test_coroutines_instances_and_graphs_that_grow_meet_their_faults(executor: Executor) -> None:
    for node, name in (
        (later(1), "later"),
        (bind(Scale, 3)(4), "Scale"),
        (expand(items(3), lambda xs: fan_out(mix, xs)), "mix"),
        (fan_out(lambda x: fan_out(later, items(x)), [1, 2]), "later"),
    ):
        with FaultPlan(fail(name, KeyError(name))) as plan:
            with pytest.raises(KeyError, match=name):
                run(node, executor=plan.around(executor))
            assert plan.calls(name) >= 1


def test_other_coroutines_go_on_while_one_is_late() -> None:
    done: list[int] = []

    async def note(x: int) -> int:
        await asyncio.sleep(0)
        done.append(x)
        return x

    with FaultPlan(hang("note", nth=1)) as plan:
        noting = step(note)

        @flow
        def both() -> Node[Any]:
            return fan_out(noting, [1, 2])

        with both.deploy(plan.around(Threads(2))) as pipeline:
            future = pipeline.submit()
            assert eventually(lambda: done)
            plan.release()
            assert within(future.result) == [1, 2]
    assert len(done) == 2


def test_a_flow_keeps_its_own_executor_and_observers() -> None:
    events: list[object] = []
    with FaultPlan(fail("mix", KeyError("x"), nth=9)) as plan:
        faulty = plan.flow(chain.on(Threads(2), [events.append]))
        assert faulty.run(1) == chain.run(1)
        assert plan.flow(chain, Interleaved(1)).run(1) == chain.run(1)
    assert len(events) == 6


def test_a_step_that_there_is_not_is_refused_at_deploy() -> None:
    with FaultPlan(fail("mixx", KeyError("x"))) as plan, pytest.raises(DeployError, match="did you mean 'mix'"):
        chain.deploy(plan.around(Inline()))
    with FaultPlan(hang("unlike")) as plan, pytest.raises(DeployError, match="'unlike' to hang; its steps are mix"):
        chain.deploy(plan.around(Inline()))


def test_instances_are_made_as_without_a_plan() -> None:
    with FaultPlan(fail("parity", KeyError("x"))) as plan, pytest.raises(KeyError):
        run(parity(1), executor=plan.around(Inline()))
    assert Alone.__name__ == "Alone"


@pytest.mark.parametrize("nth", [0, -1])
def test_calls_are_counted_from_one(nth: int) -> None:
    with pytest.raises(OptionValueError, match="nth"):
        fail("mix", KeyError(), nth)


def test_faults_are_what_the_functions_make() -> None:
    with pytest.raises(OptionTypeError, match="nth"):
        hang("mix", True)
    with pytest.raises(OptionTypeError, match="FaultPlan"):
        FaultPlan("mix")  # type: ignore[arg-type]  # what is refused
    assert repr(FaultPlan(hang("mix", 2))) == "FaultPlan(Hang(step='mix', nth=2))"
