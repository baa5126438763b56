"""How figures are taken: two things in turn, several times, medians, and their ratio."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import attrs

REPEATS = 9


@attrs.frozen
class Row:
    """A figure beside its goal.

    Attributes:
        goal: the number of the goal and what is measured.
        ours: the median of ours, in `unit`.
        reference: the median of the reference, in `unit`.
        ratio: the median of the ratios, run by run; or ours, where the goal is absolute.
        spread: the least and the largest ratio.
        least: what the ratio should not exceed.
        unit: of `ours` and `reference`.
    """

    goal: str
    ours: float
    reference: float
    ratio: float
    spread: tuple[float, float]
    least: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.least


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, with the garbage collector off as in `timeit`."""
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter_ns()
        work()
        return (time.perf_counter_ns() - begun) / 1e9
    finally:
        gc.enable()


def compare(
    goal: str, ours: Callable[[], object], reference: Callable[[], object], *, least: float, per: int, unit: str = "us"
) -> Row:
    """Time two things in turn, after one warm-up of each; results are checked equal first.

    Args:
        goal: what is measured.
        ours: what is judged.
        reference: what it is judged by.
        least: the goal for the ratio.
        per: how many nodes or calls one call works on.
        unit: "us" or "ms", per node or call.
    """
    ours_value, reference_value = ours(), reference()
    if ours_value != reference_value:
        raise AssertionError(f"{goal}: {ours_value!r} is not {reference_value!r}")
    pairs = [(seconds(ours), seconds(reference)) for _ in range(REPEATS)]
    scale = {"us": 1e6, "ms": 1e3}[unit] / per
    ratios = [ours / reference for ours, reference in pairs]
    return Row(
        goal,
        statistics.median(ours for ours, _ in pairs) * scale,
        statistics.median(reference for _, reference in pairs) * scale,
        statistics.median(ratios),
        (min(ratios), max(ratios)),
        least,
        unit,
    )


def in_process(code: str) -> float:
    """What a program prints, as a number; in a process of its own, so that memory and imports start afresh."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) if done.stdout.strip() else 0.0


def process_seconds(code: str, compiled: str) -> float:
    """How long a whole process takes, with modules compiled into a folder, as they are where they are installed."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment))


def absolute(goal: str, value: float, *, least: float, unit: str) -> Row:
    """A figure whose goal is a number of its unit."""
    return Row(goal, value, float("nan"), value, (value, value), least, unit)


def table(rows: list[Row]) -> str:
    """Rows for the terminal."""
    lines = [f"{'goal':58} {'ours':>10} {'reference':>10} {'ratio':>8} {'least..most':>16} {'goal':>7}  met"]
    for row in rows:
        spread = f"{row.spread[0]:.2f}..{row.spread[1]:.2f}"
        lines.append(
            f"{row.goal:58} {row.ours:7.3f} {row.unit:2} {row.reference:7.3f} {row.unit:2} "
            f"{row.ratio:8.2f} {spread:>16} {row.least:7.2f}  {'yes' if row.met else 'no'}"
        )
    return "\n".join(lines)
