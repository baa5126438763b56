"""The event loop of async steps."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import pytest

from dataflow import INPUT, const, deploy, gather, run, step
from dataflow.aio import LoopThread, within
from dataflow.aio import run as run_alone
from dataflow.attempts import guarded_async
from dataflow.errors import NestedRunError
from dataflow.options import DEFAULTS


async def give(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def fail() -> Any:
    await asyncio.sleep(0)
    raise ZeroDivisionError("async")


def loops() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "dataflow-async"]


@pytest.fixture
def loop() -> Any:
    made = LoopThread()
    yield made
    made.close()


def test_wait_gives_the_value(loop: LoopThread) -> None:
    assert loop.wait(give(5)) == 5


@pytest.mark.parametrize("error", [ValueError("v"), SystemExit(2), KeyboardInterrupt(), asyncio.CancelledError()])
def test_wait_raises_what_was_raised_and_the_loop_goes_on(loop: LoopThread, error: BaseException) -> None:
    async def raise_it() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        loop.wait(raise_it())
    assert caught.value is error
    assert loop.wait(give(1)) == 1


def test_coroutines_overlap(loop: LoopThread) -> None:
    async def main() -> list[str]:
        order: list[str] = []
        first, second = asyncio.Event(), asyncio.Event()

        async def one() -> None:
            order.append("one waits")
            await first.wait()
            order.append("one ends")
            second.set()

        async def other() -> None:
            order.append("other")
            first.set()
            await second.wait()

        await asyncio.gather(one(), other())
        return order

    assert loop.wait(main()) == ["one waits", "other", "one ends"]


def test_start_tells_how_it_ended(loop: LoopThread) -> None:
    outcomes: list[Any] = []
    told = threading.Semaphore(0)

    def then(outcome: Any) -> None:
        outcomes.append(outcome)
        told.release()

    loop.start(give(1), then)
    assert told.acquire(timeout=30)
    loop.start(fail(), then)
    assert told.acquire(timeout=30)
    assert outcomes[0] == (True, 1)
    assert outcomes[1][0] is False
    assert isinstance(outcomes[1][1], ZeroDivisionError)


def test_waiting_on_the_loops_own_thread_is_an_error_and_no_deadlock(loop: LoopThread) -> None:
    async def inside() -> None:
        loop.wait(give(1))

    with pytest.raises(NestedRunError, match=r"await submit\(node\) there"):
        loop.wait(inside())


def test_close_ends_the_thread_and_what_still_runs() -> None:
    loop = LoopThread()
    ended: list[str] = []
    begun = threading.Event()

    async def for_ever() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    loop.start(for_ever(), lambda outcome: None)
    assert begun.wait(30)
    loop.close()
    assert not loop.thread.is_alive()
    assert ended == ["cancelled"]
    loop.close()


def test_dropping_the_last_reference_ends_the_thread() -> None:
    loop = LoopThread()
    thread, gone = loop.thread, weakref.ref(loop)
    del loop
    gc.collect()
    assert gone() is None
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_within_gives_value_error_or_timeout() -> None:
    assert run_alone(within(give(3), 30)) == (True, 3)
    with pytest.raises(ZeroDivisionError):
        run_alone(within(fail(), 30))
    assert run_alone(within(asyncio.Event().wait(), 0.001)) == (False, None)


def test_within_tells_its_own_timeout_from_that_of_the_coroutine() -> None:
    async def times_out_itself() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        run_alone(within(times_out_itself(), 30))


def test_within_cancels_the_coroutine_when_it_is_cancelled_itself() -> None:
    ended: list[str] = []

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def main() -> None:
        task = asyncio.ensure_future(within(for_ever(), 30))
        await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)
        assert ended == ["cancelled"]

    asyncio.run(main())


def test_async_steps_compute_and_their_thread_ends_with_the_run() -> None:
    before = len(loops())
    later: Any = step(give)
    assert run(gather(later(1), later(const(2)))) == (1, 2)
    assert len(loops()) == before


def test_a_pipeline_keeps_one_loop_until_it_is_closed() -> None:
    before = len(loops())
    later: Any = step(give)
    again: Any = step(give)
    with deploy(again(later(INPUT))) as pipeline:
        assert [pipeline.call(k) for k in range(3)] == [0, 1, 2]
        assert len(loops()) == before + 1
    assert len(loops()) == before


def test_async_steps_can_be_run_from_inside_a_running_loop() -> None:
    later: Any = step(give)

    async def main() -> Any:
        return run(later(const(5)))

    assert asyncio.run(main()) == 5


def test_an_async_step_that_runs_another_async_step_does_not_hang() -> None:
    later: Any = step(give)

    @step
    async def nested(x: int) -> Any:
        return run(later(x))

    assert run(nested(const(3))) == 3


def test_guarded_async_is_the_function_itself_without_retries_and_timeout() -> None:
    assert guarded_async(give, "give", DEFAULTS) is give
