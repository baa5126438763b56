"""How things are timed: two or more in turn, round after round, so that what the machine does meets all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import attrs

Work = Callable[[], object]


@attrs.frozen
class Effort:
    """How much is measured.

    Args:
        rounds: how often at least.
        most: how often at most.
        seconds: how long to go on between the two.
        quick: whether sizes are small: to see that all of it works, and nothing else.
    """

    rounds: int = 9
    most: int = 61
    seconds: float = 2.0
    quick: bool = False

    def of(self, full: int, quick: int) -> int:
        """A size."""
        return quick if self.quick else full


FULL: Final = Effort()
QUICK: Final = Effort(rounds=2, most=2, seconds=0.0, quick=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """The garbage collector off, as in `timeit`; what is there already is no longer looked at."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def in_turn(works: Sequence[Work], effort: Effort = FULL) -> list[tuple[float, ...]]:
    """The seconds of each, for each round; every other round in reverse order. Call each once before: to warm up.

    >>> len(in_turn([lambda: 1, lambda: 2, lambda: 3], QUICK))
    3
    """
    taken: list[list[float]] = [[] for _ in works]
    order = list(range(len(works)))
    with undisturbed():
        end = time.perf_counter() + effort.seconds
        while len(taken[0]) < effort.rounds or (len(taken[0]) < effort.most and time.perf_counter() < end):
            for at in order:
                taken[at].append(_seconds(works[at]))
                gc.collect()
            order.reverse()
    return [tuple(each) for each in taken]


def _seconds(work: Work) -> float:
    begun = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begun) / 1e9


def repeated(work: Work, times: int) -> Work:
    """Many calls as one, for what is short."""
    turns = range(times)

    def many() -> object:
        value: object = None
        for _ in turns:
            value = work()
        return value

    return many


def agreeing(what: str, works: Sequence[Callable[[], Any]], check: Callable[[Any], None] | None = None) -> None:
    """Call each once, which warms it up.

    Raises:
        AssertionError: a value is refused by the check, or, without one, they are not all the same.
    """
    values = [work() for work in works]
    for value in values:
        if check is not None:
            check(value)
        elif value != values[0]:
            raise AssertionError(f"{what}: {value!r} is not {values[0]!r}")
