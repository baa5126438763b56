"""P5: the smallest tasks that threads are any good for: METG(50 %) on patterns of Task Bench.

A run takes a few milliseconds here, where Task Bench has long ones. The threads of a pool that others have run before
may all be on one processor at first, until the system spreads them. So each system is run several times in a row.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from benchmarks.hand import pooled, unscheduled
from benchmarks.measure import Effort, agreeing, in_turn, repeated
from benchmarks.metg import Point, metg, point
from benchmarks.peers.base import Missing, load
from benchmarks.record import Curve, Row
from benchmarks.taskbench import Grid, workload
from benchmarks.tasks import Workload
from benchmarks.topics.base import Found, LeftOut, Settings
from benchmarks.wiring import wired
from dataflow import Threads, deploy

TOPIC: Final = "metg"
WORKERS: Final = 2
OURS: Final = "dataflow, threads"
POOL: Final = "counters and a pool by hand"
BARE: Final = "bare threads, no scheduler"
DASK: Final = "dask, graph, threads"
MOST: Final = {POOL: 1 / 2.5, DASK: 1 / 10, BARE: 2.2}
PATTERNS: Final = ("stencil_1d", "nearest", "fft", "spread", "tree")
LEAST: Final = 10
"""Tasks hash buffers of 2 ** LEAST bytes, and so on in powers of two."""
IN_A_ROW: Final = 16
AT_ONCE: Final = 2**18
"""Runs in a row are so many that a task and its likes in all of them hash no more than this, or one."""

Seconds: TypeAlias = Mapping[str, Sequence[float]]


def measure(settings: Settings) -> Iterator[Found]:
    """Each pattern."""
    if isinstance(load("dask_threads"), Missing):
        yield LeftOut("P5 against dask: dask is not installed")
    effort = attrs.evolve(settings.effort, most=settings.effort.rounds)  # each round is a curve
    for pattern in PATTERNS[: effort.of(len(PATTERNS), 1)]:
        grid = Grid(pattern, effort.of(32, 4), 16, radix=5 if pattern == "nearest" else 3)
        yield from judged(pattern, swept(grid, effort))


def swept(grid: Grid, effort: Effort) -> dict[str, list[list[Point]]]:
    """For each system the curve of each round: tasks of all sizes, the systems in turn at each size."""
    grains = [2**power for power in range(LEAST, LEAST + 10, effort.of(1, 4))]  # the last with hardly any overhead
    taken = [timed(workload(grid, grain), effort, effort.of(runs_of(grain), 1)) for grain in grains]
    size = workload(grid).size
    best = grains[-1] * size / statistics.median(taken[-1][BARE])  # bytes a second, where overhead is nothing
    return {
        name: [
            [
                point(seconds[name][turn], WORKERS, size, grain * WORKERS / best)
                for grain, seconds in zip(grains, taken, strict=True)
            ]
            for turn in range(len(taken[0][name]))
        ]
        for name in taken[0]
    }


def runs_of(grain: int) -> int:
    """How many runs in a row.

    >>> runs_of(2**10), runs_of(2**15), runs_of(2**19)
    (16, 8, 1)
    """
    return max(1, min(IN_A_ROW, AT_ONCE // grain))


def timed(tasks: Workload, effort: Effort, runs: int) -> Seconds:
    """Each system on tasks of one size: the seconds of a run, of so many in a row."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(WORKERS))
        pipeline = stack.enter_context(deploy(wired(tasks), Threads(WORKERS)))
        systems: dict[str, Callable[[], Any]] = {
            OURS: partial(pipeline.call, *tasks.inputs),
            POOL: partial(pooled(tasks, pool), tasks.start),
        }
        dask = load("dask_threads")
        if not isinstance(dask, Missing):
            systems[DASK] = dask.build(tasks, WORKERS)
        agreeing(tasks.name, list(systems.values()), tasks.check)
        systems[BARE] = unscheduled(tasks, WORKERS)
        systems[BARE]()
        taken = in_turn([repeated(work, runs) for work in systems.values()], effort)
        return {name: [each / runs for each in seconds] for name, seconds in zip(systems, taken, strict=True)}


def judged(pattern: str, curves: Mapping[str, Sequence[Sequence[Point]]]) -> Iterator[Found]:
    """The METG of each round, beside those of the references, and the curves of their medians."""
    found = {name: [metg(curve) for curve in each] for name, each in curves.items()}
    for against, most in MOST.items():
        if against not in found:
            continue
        pairs = [(a, b) for a, b in zip(found[OURS], found[against], strict=True) if a is not None and b is not None]
        if 2 * len(pairs) < len(found[OURS]):
            yield LeftOut(f"METG(50 %) of {pattern} against {against}: most rounds are below 50 % with all sizes")
            continue
        ours, theirs = (tuple(each * 1e6 for each in side) for side in zip(*pairs, strict=True))
        yield Row(TOPIC, f"METG(50 %) of {pattern} on {WORKERS} threads", ours, theirs, against, "us", "P5", most)
    for name, each in curves.items():
        yield Curve(f"efficiency, {pattern}", name, tuple(map(_middle, zip(*each, strict=True))))


def _middle(points: Sequence[Point]) -> tuple[float, float]:
    granularity = statistics.median(each.granularity for each in points)
    return granularity * 1e6, statistics.median(each.efficiency for each in points)
