"""What happens while a flow runs, as data, for observers: progress bars, traces, logs.

An observer is any callable that takes an event. It is called in the thread in which the event happens, so it must
be quick and safe to call from several threads. Runs without observers do nothing of this.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import attrs


@attrs.frozen
class StepStarted:
    """A call of a step begins."""

    step: str


@attrs.frozen
class StepFinished:
    """A call of a step gave a value, after so many seconds."""

    step: str
    seconds: float


@attrs.frozen
class StepFailed:
    """A call of a step raised an error, after so many seconds (all attempts together)."""

    step: str
    seconds: float
    error: BaseException


Event: TypeAlias = StepStarted | StepFinished | StepFailed
Observer: TypeAlias = Callable[[Event], object]


def observed(fn: Callable[..., Any], step: str, observers: Sequence[Observer]) -> Callable[..., Any]:
    """The function, telling the observers of each call; without observers the function itself."""
    if not observers:
        return fn

    def call(*args: Any, **kwargs: Any) -> Any:
        begun = _begin(step, observers)
        try:
            value = fn(*args, **kwargs)
        except BaseException as error:  # told, then raised again
            tell(observers, StepFailed(step, time.perf_counter() - begun, error))
            raise
        tell(observers, StepFinished(step, time.perf_counter() - begun))
        return value

    return call


def observed_async(fn: Callable[..., Any], step: str, observers: Sequence[Observer]) -> Callable[..., Any]:
    """The same for a coroutine function."""
    if not observers:
        return fn

    async def call(*args: Any, **kwargs: Any) -> Any:
        begun = _begin(step, observers)
        try:
            value = await fn(*args, **kwargs)
        except BaseException as error:  # told, then raised again
            tell(observers, StepFailed(step, time.perf_counter() - begun, error))
            raise
        tell(observers, StepFinished(step, time.perf_counter() - begun))
        return value

    return call


def tell(observers: Sequence[Observer], event: Event) -> None:
    """Pass an event to each observer."""
    for observer in observers:
        observer(event)


def _begin(step: str, observers: Sequence[Observer]) -> float:
    tell(observers, StepStarted(step))
    return time.perf_counter()
