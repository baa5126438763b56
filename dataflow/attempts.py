"""What a step's `retries` and `timeout` do to its function. A function with neither is left as it is."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Any

from dataflow.errors import StepTimeoutError
from dataflow.loading import load
from dataflow.options import Options


def guarded(fn: Callable[..., Any], name: str, options: Options) -> Callable[..., Any]:
    """The function with its timeout for each attempt, and its further attempts."""
    if options.timeout is not None:
        fn = functools.partial(_limited, fn, name, options.timeout)
    return functools.partial(_retried, fn, options) if options.retries.times else fn


def guarded_async(fn: Callable[..., Any], name: str, options: Options) -> Callable[..., Any]:
    """The same for a coroutine function."""
    if options.timeout is not None:
        fn = functools.partial(_limited_async, fn, name, options.timeout)
    return functools.partial(_retried_async, fn, options) if options.retries.times else fn


def _retried(fn: Callable[..., Any], options: Options, /, *args: Any, **kwargs: Any) -> Any:
    retry, delay = options.retries, options.retries.delay
    for _ in range(retry.times):
        try:
            return fn(*args, **kwargs)
        except retry.on:
            time.sleep(delay)
            delay *= retry.backoff
    return fn(*args, **kwargs)


async def _retried_async(fn: Callable[..., Any], options: Options, /, *args: Any, **kwargs: Any) -> Any:
    retry, delay = options.retries, options.retries.delay
    for _ in range(retry.times):
        try:
            return await fn(*args, **kwargs)
        except retry.on:
            await load("dataflow.aio").pause(delay)
            delay *= retry.backoff
    return await fn(*args, **kwargs)


def _limited(fn: Callable[..., Any], name: str, seconds: float, /, *args: Any, **kwargs: Any) -> Any:
    """One attempt in a thread of its own, which is abandoned when the time is over (Python cannot stop it)."""
    outcome: list[tuple[bool, Any]] = []

    def attempt() -> None:
        try:
            outcome.append((True, fn(*args, **kwargs)))
        except BaseException as error:  # handed to the waiting thread, whatever it is
            outcome.append((False, error))

    thread = threading.Thread(target=attempt, name=f"dataflow-timeout-{name}", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise StepTimeoutError(f"step {name!r} took longer than its timeout of {seconds} s")
    ended, value = outcome[0]
    if not ended:
        raise value
    return value


async def _limited_async(fn: Callable[..., Any], name: str, seconds: float, /, *args: Any, **kwargs: Any) -> Any:
    aio = load("dataflow.aio")
    ended, value = await aio.within(fn(*args, **kwargs), seconds)
    if not ended:
        raise StepTimeoutError(f"step {name!r} took longer than its timeout of {seconds} s")
    return value
