"""Calls that wait to be sent together."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Final

from dataflow.executors.ray.work import Work
from dataflow.options import Batch

TOGETHER: Final = 0.005
"""Seconds that calls may take that travel together: each of them is answered when all are done."""
REMOTE: Final = 0.001
"""Seconds that a remote call costs: calls that take less than that together are not divided among several."""
MOST: Final = 256


def together(cost: float | None, waiting: int, takers: int) -> int:
    """How many calls travel together.

    >>> together(None, 100, 2), together(0.001, 100, 2), together(1e-4, 100, 2), together(0.1, 100, 2)
    (1, 5, 50, 1)
    >>> together(1e-6, 100, 2)
    100
    """
    if cost is None:
        return 1
    cost = max(cost, 1e-9)
    share = max(math.ceil(waiting / takers), min(waiting, int(REMOTE / cost)))
    return max(1, min(MOST, share, int(TOGETHER / cost)))


class Line:
    """Calls of the same steps, in the order in which they came.

    Attributes:
        due: when the next are to be sent at the latest, where they wait for others.
    """

    def __init__(self, batch: Batch | None) -> None:
        self._most, self._wait = (MOST, 0.0) if batch is None else (batch.size, batch.wait)
        self._works: deque[Work] = deque()
        self.due = 0.0

    def __bool__(self) -> bool:
        return bool(self._works)

    @property
    def steps(self) -> tuple[int, ...]:
        """What the next one calls."""
        return self._works[0].steps

    def add(self, work: Work) -> None:
        """Have work wait."""
        self._works.append(work)
        if self._wait and not self.due:
            self.due = time.monotonic() + self._wait

    def group(self, cost: float | None, takers: int) -> int:
        """How many are to be sent together now; 0 if they wait for others, which is as long as `Batch` says.

        Args:
            cost: of one call.
            takers: how many remote calls there is room for.
        """
        if not self._wait:
            return min(self._most, together(cost, len(self._works), takers))
        most = min(self._most, together(cost, MOST, 1))
        return most if len(self._works) >= most or time.monotonic() >= self.due else 0

    def taken(self, size: int) -> list[Work]:
        """The next that are wanted and may travel together."""
        works: list[Work] = []
        while self._works and len(works) < size:
            if self._works[0].alone and works:
                break
            work = self._works.popleft()
            if work.wanted():
                works.append(work)
                if work.alone:
                    break
        if not self._works:
            self.due = 0.0
        return works
