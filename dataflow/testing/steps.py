"""The steps that random programs are made of. Each takes any value, and writes down that it ran.

They are functions and classes of a module, so that graphs of them can be sent to other processes and have a JSON form.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import attrs

from dataflow.options import Retry
from dataflow.step import step
from dataflow.testing.outcome import text

_logs: list[list[str]] = []
_lock = threading.Lock()


@contextmanager
def recorded() -> Iterator[list[str]]:
    """A list to which each execution of a step in this process is added while the context is open.

    >>> with recorded() as log:
    ...     mix.fn(1, [2])
    4
    >>> log
    ['mix(1, [2])']
    """
    log: list[str] = []
    with _lock:
        _logs.append(log)
    try:
        yield log
    finally:
        with _lock:
            _logs[:] = [other for other in _logs if other is not log]


def ran(name: str, *values: object) -> None:
    """Write an execution into the open logs."""
    if _logs:
        with _lock:
            for log in _logs:
                log.append(f"{name}({', '.join(map(text, values))})")


class Pair(NamedTuple):
    """A named tuple that may hold nodes."""

    left: Any
    right: Any


@attrs.frozen
class Box:
    """An attrs class that may hold nodes."""

    content: Any


def weight(value: Any) -> int:
    """A small number that depends on every part of a value, and on the order of parts that have one.

    >>> weight([1, 2]), weight([2, 1]), weight({"k": None})
    (5, 4, 9)
    """
    match value:
        case None:
            return 0
        case int():
            return int(value) % 100
        case str():
            return len(value)
        case list() | tuple():
            return sum(at * weight(part) for at, part in enumerate(value, 1)) % 100
        case set() | frozenset():
            return sum(map(weight, value)) % 100
        case Mapping():
            return weight([3 * weight(key) + weight(part) + 6 for key, part in value.items()])
        case Box(content=content):
            return weight(content) + 1
        case BaseException():
            return weight([type(value).__name__, *value.args])
        case _:
            return len(type(value).__name__)


# what follows is what programs call


@step
def mix(x: Any, y: Any = 1) -> int:
    """A digit of two values."""
    ran("mix", x, y)
    return (2 * weight(x) + weight(y)) % 10


@step
def weigh(*xs: Any, **named: Any) -> int:
    """A digit of any number of values."""
    ran("weigh", *xs, *named.items())
    return weight([*xs, named]) % 10


@step(pure=True)
def pure(x: Any, y: Any = 0) -> int:
    """A digit of two values; calls that are equal may run once."""
    ran("pure", x, y)
    return (weight(x) + weight(y) + 3) % 10


@step
async def later(x: Any, y: Any = 2) -> int:
    """A digit of two values, as a coroutine."""
    ran("later", x, y)
    return (weight(x) + 3 * weight(y)) % 10


@step
def parity(x: Any) -> int:
    """0 or 1."""
    ran("parity", x)
    return weight(x) % 2


@step
def halve(x: Any) -> int:
    """Half of a value's weight."""
    ran("halve", x)
    return weight(x) // 2


@step
def empty(x: Any) -> Any:
    """A value that is not true."""
    ran("empty", x)
    return (None, 0, "", False)[weight(x) % 4]


@step
def items(x: Any) -> list[int]:
    """A list of 0 to 3 numbers."""
    ran("items", x)
    return [weight(x) + at for at in range(weight(x) % 4)]


@step
def two(x: Any) -> tuple[int, int]:
    """Two numbers."""
    ran("two", x)
    return weight(x), weight(x) + 1


@step
def pair(x: Any) -> Pair:
    """Two numbers with names."""
    ran("pair", x)
    return Pair(weight(x), [weight(x)])


@step
def table(x: Any) -> dict[str, int]:
    """Two numbers with keys."""
    ran("table", x)
    return {"k": weight(x), "j": weight(x) + 2}


@step
def big(x: Any) -> bool:
    """Whether a value weighs much."""
    ran("big", x)
    return weight(x) > 5


def even(x: Any) -> bool:
    """A plain function, for `until`."""
    ran("even", x)
    return weight(x) % 2 == 0


def heavy(x: Any) -> list[int]:
    """A plain function, for `node.map` and `until`: empty, which is not true, for what weighs little."""
    ran("heavy", x)
    return [weight(x)] * (weight(x) // 4)


@step
class Scale:
    """A class step."""

    def __init__(self, factor: Any) -> None:
        ran("Scale", factor)
        self.factor = factor

    def __call__(self, x: Any) -> int:
        ran("scale", self.factor, x)
        return weight(self.factor) * weight(x) % 10


class Delayed:
    """A class whose calls are coroutines, to bind."""

    def __init__(self, offset: Any = 0) -> None:
        ran("Delayed", offset)
        self.offset = offset

    async def __call__(self, x: Any, y: Any = 0) -> int:
        ran("delayed", self.offset, x, y)
        return weight([self.offset, x, y]) % 10


class TwoReasonsError(Exception):
    """An error whose constructor takes two arguments and passes on one, which `pickle` alone cannot restore."""

    def __init__(self, first: object, second: object) -> None:
        super().__init__(f"{first} and {second}")
        self.first, self.second = first, second


class Abort(BaseException):
    """An error that `except Exception` does not catch."""


ERRORS: dict[str, type[BaseException]] = {
    error.__name__: error for error in (ValueError, KeyError, LookupError, StopIteration, TwoReasonsError, Abort)
}


def _raised(kind: str, x: Any) -> BaseException:
    return ERRORS[kind]("reason", weight(x))


@step
def fail(x: Any, kind: str) -> int:
    """Raises."""
    ran("fail", x, kind)
    raise _raised(kind, x)


@step
def fail_if_odd(x: Any, kind: str) -> int:
    """Raises if the value's weight is odd."""
    ran("fail_if_odd", x, kind)
    if weight(x) % 2:
        raise _raised(kind, x)
    return weight(x)


@step(retries=Retry(times=2, on=(LookupError, TwoReasonsError)))
def insist(x: Any, kind: str) -> int:
    """Raises each time, of which some kinds are tried again."""
    ran("insist", x, kind)
    raise _raised(kind, x)


@step
async def fail_later(x: Any, kind: str) -> int:
    """Raises in a coroutine."""
    ran("fail_later", x, kind)
    raise _raised(kind, x)


class FailingScale:
    """A class whose instances raise."""

    def __call__(self, x: Any, kind: str) -> int:
        ran("failing_scale", x, kind)
        raise _raised(kind, x)


@step
def leak(x: Any) -> Any:
    """Returns what is no value."""
    ran("leak", x)
    return iter([x])


@step
def again(error: BaseException) -> int:
    """A handler that raises the error again."""
    ran("again", error)
    raise error


@step
def kept(error: BaseException) -> list[object]:
    """A handler that shows what it got."""
    ran("kept", error)
    return [type(error).__name__, *error.args]
