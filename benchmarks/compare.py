"""What got slower since older results, beyond noise."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

import attrs

from benchmarks.record import Results, Row

TOLERANCE: Final = 0.10
"""Two runs of the same code differ by this much: by addresses, by what else the machine does."""
SURE: Final = 4
"""So few rounds say nothing of noise."""


@attrs.frozen
class Change:
    """A row that is not what it was: by which factor."""

    row: Row
    factor: float


@attrs.frozen
class Comparison:
    """Two results, row by row.

    Args:
        slower: beyond noise.
        faster: beyond noise.
        same: how many are neither.
        unknown: names of rows that cannot be compared, and why.
    """

    slower: tuple[Change, ...]
    faster: tuple[Change, ...]
    same: int
    unknown: tuple[str, ...]


def compared(new: Results, old: Results) -> Comparison:
    """Ratios to a reference are compared wherever they were measured; figures without one on the same machine only."""
    before = {row.key: row for row in old.rows}
    slower, faster, unknown = [], [], []
    same = 0
    here = _place(new) == _place(old)
    for row in new.rows:
        was = before.get(row.key)
        reason = _in_the_way(row, was, here)
        if was is None or reason:
            unknown.append(f"{row.name}: {reason}")
        elif _above(row.judged, was.judged):
            slower.append(_change(row, was))
        elif _above(was.judged, row.judged):
            faster.append(_change(row, was))
        else:
            same += 1
    return Comparison(tuple(slower), tuple(faster), same, tuple(unknown))


def _place(results: Results) -> tuple[str | None, ...]:
    return tuple(results.machine.get(name) for name in ("cpu", "cores", "python"))


def _in_the_way(row: Row, was: Row | None, here: bool) -> str:
    if was is None:
        return "not in the older results"
    if len(row.judged) < SURE or len(was.judged) < SURE:
        return f"fewer than {SURE} rounds"
    if not row.reference and not here:
        return "no ratio, and another machine"
    return ""


def _above(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether three quarters of one lie above three quarters of the other, by more than two runs differ."""
    return statistics.quantiles(one, n=4)[0] > statistics.quantiles(other, n=4)[2] * (1 + TOLERANCE)


def _change(row: Row, was: Row) -> Change:
    return Change(row, statistics.median(row.judged) / statistics.median(was.judged))


def shown(comparison: Comparison) -> str:
    """For the terminal."""
    lines = [f"slower  x {each.factor:.2f}  {each.row.name}" for each in comparison.slower]
    lines += [f"faster  x {each.factor:.2f}  {each.row.name}" for each in comparison.faster]
    lines += [f"not compared  {each}" for each in comparison.unknown]
    return "\n".join([*lines, f"{comparison.same} rows as they were, within noise"])
