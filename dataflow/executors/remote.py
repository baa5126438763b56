"""What runs in a worker process: a step's call, with the instances of class steps kept between calls."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import attrs

from dataflow.callee import Callee, Instance, is_async, parameter_at
from dataflow.errors import NotSerializableError
from dataflow.executors.base import PLAIN_TYPES, checked
from dataflow.executors.bound import bound, constructed
from dataflow.executors.census import Census, register
from dataflow.executors.envelope import Sealed, opened, seal, seal_error
from dataflow.future import at_work
from dataflow.loading import load

MOST_PASSING: Final = 256

_kept: OrderedDict[Key, _Kept] = OrderedDict()
_lock = threading.RLock()


class Key(NamedTuple):
    """Which instance: of which process, of which of its deployments.

    Attributes:
        process: the driver.
        deployment: its number in that process.
        number: of the callee in the deployment.
        passing: whether the callee came with a graph that grew, perhaps for that one time; then it is kept only
            while it is among the last that were used.
    """

    process: str
    deployment: int
    number: int = 0
    passing: bool = False


@attrs.frozen
class Shipment:
    """A call to make: the callee, and its arguments; as bytes where it leaves the process."""

    key: Key
    name: str
    pid: int
    pool: int
    payload: Any
    census: Census | None = None


def ship(
    key: Key, callee: Callee, args: tuple[Any, ...], kwargs: dict[str, Any], pool: int, *, stays: bool
) -> Shipment:
    """A call as a shipment.

    Raises:
        NotSerializableError: the step or an argument cannot be pickled; the message says which.
    """
    if stays:
        return Shipment(key, callee.name, os.getpid(), pool, (callee, args, kwargs))
    name = callee.name
    values: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
    parts = [seal(callee, f"step {name!r}")]
    parts += [_sealed(callee, at, value) for at, value in values]
    return Shipment(key, name, os.getpid(), pool, (parts, tuple(kwargs)), register.census())


def _sealed(callee: Callee, at: int | str, value: Any) -> bytes:
    try:
        return seal(value, "")
    except NotSerializableError:  # asked again only to name the argument: looking at signatures takes time
        return seal(value, f"argument {parameter_at(callee, at)!r} of step {callee.name!r}")


def serve(shipment: Shipment) -> Any:
    """Make a call. In the same process: (True, value) or (False, error); else the same, sealed."""
    stays = shipment.pid == os.getpid() and not isinstance(shipment.payload[0], list)
    outer, at_work.workers = at_work.workers, shipment.pool
    try:
        callee, args, kwargs = shipment.payload if stays else _unpacked(shipment)
        value = callable_of(shipment.key, callee)(*args, **kwargs)
        checked(value, set(PLAIN_TYPES), shipment.name)
        return (True, value) if stays else Sealed(True, seal(value, f"the result of step {shipment.name!r}"))
    except BaseException as error:  # the step's outcome, and never the end of the worker
        return (False, error) if stays else seal_error(error)
    finally:
        at_work.workers = outer


def prepare(shipment: Shipment) -> Any:
    """Construct the instance of a class step, so that an error of its constructor is known at deploy."""
    stays = not isinstance(shipment.payload[0], list)
    try:
        callee, _, _ = shipment.payload if stays else _unpacked(shipment)
        callable_of(shipment.key, callee)
    except BaseException as error:  # the constructor's outcome
        return (False, error) if stays else seal_error(error)
    return (True, None) if stays else Sealed(True, seal(None, ""))


def forget(process: str, deployment: int) -> None:
    """Drop the instances of a deployment that are kept in this process."""
    with _lock:
        for key in [key for key in _kept if key[:2] == (process, deployment)]:
            del _kept[key]


def sweep(known: Census) -> None:
    """Drop the instances of deployments that are closed."""
    with _lock:
        for key in [key for key in _kept if known.closed(key.process, key.deployment)]:
            del _kept[key]


def _unpacked(shipment: Shipment) -> tuple[Callee, tuple[Any, ...], dict[str, Any]]:
    parts, names = shipment.payload
    if shipment.census is not None:
        sweep(shipment.census)
    callee, *values = (opened(part, f"a part of a call of step {shipment.name!r}") for part in parts)
    count = len(values) - len(names)
    return callee, tuple(values[:count]), dict(zip(names, values[count:], strict=True))


def callable_of(key: Key, callee: Callee) -> Callable[..., Any]:
    """What to call: a function, or the instance that this process keeps."""
    if not isinstance(callee, Instance):
        return awaited(bound(callee.fn, callee, ()), callee)
    with _lock:
        kept = _kept.setdefault(key, _Kept())
        _kept.move_to_end(key)
        if key.passing:
            passing = [other for other in _kept if other.passing]
            for other in passing[:-MOST_PASSING]:
                del _kept[other]
    return kept.made(callee)


class _Kept:
    """An instance, constructed when it is first called for; calls of other instances do not wait for that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fn: Callable[..., Any] | None = None

    def made(self, callee: Instance) -> Callable[..., Any]:
        with self._lock:
            if self._fn is None:
                self._fn = _limited(awaited(bound(constructed(callee), callee, ()), callee), callee)
            return self._fn


def awaited(fn: Callable[..., Any], callee: Callee) -> Callable[..., Any]:
    """A function that waits for its result, if the step is an `async def`."""
    return (lambda *args, **kwargs: load("dataflow.aio").run(fn(*args, **kwargs))) if is_async(callee) else fn


def _limited(fn: Callable[..., Any], callee: Instance) -> Callable[..., Any]:
    """Threads of one process share its instance: at most `max_concurrency` of them at a time."""
    room = threading.BoundedSemaphore(callee.options.max_concurrency)

    def call(*args: Any, **kwargs: Any) -> Any:
        with room:
            return fn(*args, **kwargs)

    return call
