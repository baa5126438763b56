"""Futures are those of the standard library, and may be awaited."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import Any

import pytest

from dataflow import Future, const, step, submit
from dataflow.future import settled


def test_settled_carries_a_value() -> None:
    future = settled(lambda: 5)
    assert future.done()
    assert future.result(timeout=0) == 5
    assert future.exception(timeout=0) is None
    assert not future.cancel()


@pytest.mark.parametrize("error", [ValueError("v"), KeyboardInterrupt(), SystemExit(3)])
def test_settled_carries_whatever_was_raised(error: BaseException) -> None:
    def work() -> int:
        raise error

    future = settled(work)
    assert future.exception(timeout=0) is error
    with pytest.raises(type(error)):
        future.result(timeout=0)


def test_it_is_a_standard_future() -> None:
    futures: list[Any] = [submit(const(k)) for k in range(3)]
    assert all(isinstance(future, concurrent.futures.Future) for future in futures)
    done, _ = concurrent.futures.wait(futures, timeout=10)
    assert sorted(future.result() for future in done) == [0, 1, 2]


def test_callbacks_are_called_with_the_future() -> None:
    seen: list[Any] = []
    future = submit(const(1))
    future.add_done_callback(seen.append)
    assert seen == [future]


def test_an_unfinished_future_times_out() -> None:
    future: Future[int] = Future()
    with pytest.raises(TimeoutError):
        future.result(timeout=0)


def test_a_cancelled_future_says_so() -> None:
    future: Future[int] = Future()
    assert future.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(timeout=0)


async def value_of(future: Future[Any]) -> Any:
    return await future


def test_await_gives_the_value_of_a_done_future() -> None:
    assert asyncio.run(value_of(submit(const(5)))) == 5


def test_await_raises_the_error() -> None:
    fail: Any = step(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(value_of(submit(fail())))


def test_await_waits_for_another_thread() -> None:
    async def main() -> int:
        future: Future[int] = Future()
        threading.Timer(0.01, lambda: future.set_result(7)).start()
        return await future

    assert asyncio.run(main()) == 7


def test_a_future_may_be_awaited_twice_and_from_several_loops() -> None:
    future = submit(const([1]))
    first, second = asyncio.run(value_of(future)), asyncio.run(value_of(future))
    assert first is second


def test_awaiting_lets_others_run() -> None:
    async def main() -> list[str]:
        future: Future[str] = Future()
        order: list[str] = []

        async def other() -> None:
            order.append("other")
            future.set_result("value")

        task = asyncio.ensure_future(other())
        order.append(await future)
        await task
        return order

    assert asyncio.run(main()) == ["other", "value"]


def test_cancelling_the_task_cancels_the_future() -> None:
    async def main() -> Future[int]:
        future: Future[int] = Future()
        task = asyncio.ensure_future(value_of(future))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return future

    assert asyncio.run(main()).cancelled()


def test_a_future_that_ends_after_its_loop_was_closed_troubles_nobody() -> None:
    future: Future[int] = Future()

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), 0.01)

    asyncio.run(give_up())
    future.set_result(1)
    assert future.result() == 1


def test_a_cancelled_await_does_not_break_a_late_result() -> None:
    """The wake-up must not reach a loop that is gone: a future calls its callbacks in the thread that ends it."""
    kept: list[Future[int]] = []

    async def main() -> None:
        future: Future[int] = Future()
        future.set_running_or_notify_cancel()  # a run under way cannot be taken back
        kept.append(future)
        task = asyncio.ensure_future(value_of(future))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    kept[0].set_result(3)
    assert kept[0].result(timeout=0) == 3
