"""Counting down to the last of several things that must happen, on several threads and without a lock.

A countdown is an iterator: `next` of it says how many are left, and gives 0 to whoever comes last. That call is one
step of the interpreter, which no other thread comes between, and it is the whole of what two threads agree on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

ALONE: Final[Iterator[int]] = itertools.repeat(0)
"""Where one thing decides it is always the last; shared, as it does not change."""


class Countdowns:
    """A countdown for each op of a graph, as often as the graph is run.

    Args:
        numbers: for each op, how many things must happen.

    >>> one, three = Countdowns([1, 3]).fresh()
    >>> [next(three), next(three), next(three)]
    [2, 1, 0]
    """

    __slots__ = ("_left",)

    def __init__(self, numbers: Sequence[int]) -> None:
        kinds = {number: range(number - 1, -1, -1) if number > 1 else ALONE for number in set(numbers)}
        self._left: list[Iterable[int]] = [kinds[number] for number in numbers]

    def fresh(self) -> list[Iterator[int]]:
        """Countdowns of a new run."""
        return list(map(iter, self._left))
