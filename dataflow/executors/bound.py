"""Callees bound to what is called in this process: functions with their options, and new instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataflow.attempts import guarded, guarded_async
from dataflow.callee import Callee, Instance, is_async
from dataflow.events import Observer, observed, observed_async
from dataflow.node import LOCAL
from dataflow.report import note


def bound(fn: Callable[..., Any], callee: Callee, observers: Sequence[Observer]) -> Callable[..., Any]:
    """A callable with its retries, its timeout and its observers; a coroutine function stays one."""
    if callee.options is LOCAL:  # indexing and the like, and functions of `map`: no steps, so no events
        observers = ()
    if is_async(callee):
        return observed_async(guarded_async(fn, callee.name, callee.options), callee.name, observers)
    return observed(guarded(fn, callee.name, callee.options), callee.name, observers)


def constructed(callee: Instance) -> Callable[..., Any]:
    """A new instance; an error of its constructor says whose it is."""
    try:
        return callee.construct()
    except BaseException as error:  # noted, then raised as itself
        note(error, f"in the constructor of {callee.name}")
        raise
