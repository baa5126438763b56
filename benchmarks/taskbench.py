"""The dependence patterns of Task Bench (Slaughter et al., SC 2020), as they are defined in its `core.cc`.

A grid has `steps` rows of up to `width` points; point p of row t reads some points of row t - 1. The body of each is
the same: it hashes a buffer, which takes as long as asked for and lets go of the interpreter's lock, and digests what
it has read, so that an input that is wrong, lost or in the wrong place shows in the value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Protocol

import attrs

from benchmarks.siphash import MASK, uniform
from benchmarks.tasks import Task, Workload, equals

FRACTION: Final = 0.25
PRIME: Final = 1_000_003
BUFFER: Final = memoryview(bytes(2**22))


@attrs.frozen
class Grid:
    """Which points there are, and what each reads.

    >>> grid = Grid("stencil_1d", steps=2, width=4)
    >>> [grid.reads(1, p) for p in grid.points(1)]
    [[0, 1], [0, 1, 2], [1, 2, 3], [2, 3]]
    """

    pattern: str
    steps: int = 4
    width: int = 4
    radix: int = 3
    period: int = 3

    def points(self, t: int) -> range:
        """The points of a row."""
        if t < 0:
            return range(0)
        if self.pattern == "dom":
            first = max(0, t + self.width - self.steps)
            return range(first, first + min(self.width, t + 1, self.steps - t))
        if self.pattern == "tree":
            return range(min(self.width, 1 << min(t, 62)))
        return range(self.width)

    def reads(self, t: int, p: int) -> list[int]:
        """What a point reads of the row before, in order."""
        return sorted(set(PATTERNS[self.pattern](self, t, p)).intersection(self.points(t - 1)))


class Pattern(Protocol):
    """What a point of row t would read, if the row before were endless. Not all patterns look at all of it."""

    def __call__(self, grid: Grid, t: int, p: int, /) -> Iterable[int]: ...


def _periodic(grid: Grid, p: int) -> Iterable[int]:
    return {at % grid.width for at in range(p - 1, p + 2)}


def _fft(grid: Grid, t: int, p: int) -> Iterable[int]:
    levels = (grid.width - 1).bit_length()
    reach = 1 << ((t + levels - 1) % levels if levels else 0)
    return (p - reach, p, p + reach)


def _nearest(grid: Grid, p: int) -> Iterable[int]:
    return range(p - grid.radix // 2, p + (grid.radix - 1) // 2 + 1)


def _spread(grid: Grid, t: int, p: int) -> Iterable[int]:
    shift = t % grid.period
    return {(p + k * grid.width // grid.radix + (shift if k else 0)) % grid.width for k in range(grid.radix)}


def _random_nearest(grid: Grid, t: int, p: int) -> Iterable[int]:
    turn = t % grid.period
    return [q for q in _nearest(grid, p) if q == p or uniform(0, grid.radix, turn, q, p) < FRACTION]


PATTERNS: Final[dict[str, Pattern]] = {
    "trivial": lambda grid, t, p: (),
    "no_comm": lambda grid, t, p: (p,),
    "stencil_1d": lambda grid, t, p: range(p - 1, p + 2),
    "stencil_1d_periodic": lambda grid, t, p: _periodic(grid, p),
    "dom": lambda grid, t, p: (p - 1, p),
    "tree": lambda grid, t, p: (p // 2,),
    "fft": _fft,
    "all_to_all": lambda grid, t, p: range(grid.width),
    "nearest": lambda grid, t, p: _nearest(grid, p),
    "spread": _spread,
    "random_nearest": _random_nearest,
}


def point(t: int, p: int, grain: int, *read: int) -> int:
    """The body: hash so many bytes, and digest what was read."""
    if grain:
        hashlib.sha256(BUFFER[:grain])
    return digest(t, p, read)


def digest(t: int, p: int, read: Iterable[int]) -> int:
    """A number that depends on the place and on each value read, in order."""
    value = t * PRIME + p
    for each in read:
        value = (value * 6364136223846793005 + each + 1442695040888963407) & MASK
    return value


def last(*read: int) -> int:
    """The digest of the points that no other one reads."""
    return digest(0, 0, read)


def workload(grid: Grid, grain: int = 0) -> Workload:
    """A task for each point, and one that reads those which no other reads."""
    at: dict[tuple[int, int], int] = {}
    tasks: list[Task] = []
    for t in range(grid.steps):
        for p in grid.points(t):
            at[t, p] = len(tasks)
            tasks.append(Task(point, tuple(at[t - 1, q] for q in grid.reads(t, p)), (t, p, grain)))
    unread = set(at.values()).difference(*[task.reads for task in tasks])
    tasks.append(Task(last, tuple(sorted(unread))))
    name = f"{grid.pattern}, {grid.width} wide, {grid.steps} deep"
    return Workload(name, tuple(tasks), equals(_value(grid)))


def _value(grid: Grid) -> int:
    """The value, row by row."""
    before: dict[int, int] = {}
    unread: list[int] = []
    for t in range(grid.steps):
        row = {p: digest(t, p, [before[q] for q in grid.reads(t, p)]) for p in grid.points(t)}
        read = {q for p in row for q in grid.reads(t, p)}
        unread += [before[q] for q in before if q not in read]
        before = row
    return last(*unread, *before.values())
