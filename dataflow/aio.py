"""What needs asyncio, which costs 40 ms to import and is therefore loaded on first use."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
import weakref
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Final, TypeAlias

from dataflow.errors import NestedRunError

MOMENT: Final = 0.1
Outcome: TypeAlias = tuple[bool, Any]
"""(True, value) or (False, error)."""


def until_done(future: concurrent.futures.Future[Any]) -> Generator[Any, None, None]:
    """Suspend the running task until a future is done; if the task is cancelled, so is the future."""
    if future.done():
        return
    loop = asyncio.get_running_loop()
    woken = loop.create_future()

    def wake() -> None:
        if not woken.done():
            woken.set_result(None)

    future.add_done_callback(lambda _: loop.call_soon_threadsafe(wake))
    try:
        yield from woken
    except asyncio.CancelledError:
        future.cancel()
        raise


class LoopThread:
    """An event loop in a thread of its own, on which the `async def` steps of one deployment run."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=_serve, args=(self.loop,), name="dataflow-async", daemon=True)
        self.thread.start()
        self._finalize = weakref.finalize(self, self.loop.call_soon_threadsafe, self.loop.stop)

    def start(self, coroutine: Coroutine[Any, Any, Any], then: Callable[[Outcome], object]) -> None:
        """Run a coroutine; `then` is called on the loop's thread with how it ended."""
        settling = _settle(coroutine)
        try:
            started = asyncio.run_coroutine_threadsafe(settling, self.loop)
        except RuntimeError as closed:  # the loop has ended, with the deployment
            settling.close()
            coroutine.close()
            then((False, closed))
        else:
            started.add_done_callback(lambda future: then(_outcome(future)))

    def wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine and wait for its value."""
        if threading.current_thread() is self.thread:
            coroutine.close()
            raise NestedRunError(
                "an async step runs a flow whose async steps need the loop that it occupies itself; "
                "await submit(node) there, or use expand()"
            )
        running = asyncio.run_coroutine_threadsafe(_settle(coroutine), self.loop)
        while not running.done():  # in moments, so that Ctrl-C is seen that comes just before a wait begins
            with contextlib.suppress(TimeoutError):
                running.exception(MOMENT)
        ended, value = running.result()
        if not ended:
            raise value
        return value

    def close(self, *, wait: bool = True) -> None:
        """Cancel what still runs and end the thread."""
        if self._finalize.detach():
            self.loop.call_soon_threadsafe(self.loop.stop)
            if wait and threading.current_thread() is not self.thread:
                self.thread.join()


async def within(coroutine: Coroutine[Any, Any, Any], seconds: float) -> Outcome:
    """(True, the coroutine's value), or (False, None) if it takes longer; its own TimeoutError is raised as such."""
    task = asyncio.ensure_future(coroutine)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        return False, None
    return True, task.result()


async def pause(seconds: float) -> None:
    """Let others run for that long."""
    await asyncio.sleep(seconds)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on a loop of its own, in a thread that has none."""
    return asyncio.run(coroutine)


async def _settle(coroutine: Coroutine[Any, Any, Any]) -> Outcome:
    try:
        return True, await coroutine
    except BaseException as error:  # a future would turn CancelledError into another class and swallow SystemExit
        return False, error


def _outcome(future: concurrent.futures.Future[Outcome]) -> Outcome:
    error = asyncio.CancelledError() if future.cancelled() else future.exception()
    return future.result() if error is None else (False, error)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(asyncio.sleep(0))  # begin what was still to begin, so that it can be cancelled
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
