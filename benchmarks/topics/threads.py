"""P3, P4: many threads. Trivial steps, where all is overhead, and steps that wait, where all should be waiting."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import attrs

from benchmarks.graphs import TRIVIAL, layered
from benchmarks.hand import pooled
from benchmarks.measure import agreeing, in_turn
from benchmarks.numeric import NUMERIC
from benchmarks.record import Row
from benchmarks.tasks import INPUT, Task, Workload
from benchmarks.topics.base import Found, Settings, Side, versus
from benchmarks.wiring import wired
from dataflow import Threads, deploy

TOPIC = "threads"
WORKERS = (2, 8, 32)
PAUSE = 0.001
CLOSE = {2: 1.04, 8: 1.04, 32: 1.10}
"""How close to the bound waiting steps must come."""


def measure(settings: Settings) -> Iterator[Found]:
    """All of it."""
    for workers in WORKERS:
        yield on_threads(layered(settings.effort.of(1_000, 60)), workers, settings, judged=True)
    for workload in [TRIVIAL[name](settings.effort.of(1_000, 60)) for name in ("chain", "wide", "ladder")]:
        yield on_threads(workload, 8, settings, judged=False)
    for numeric in NUMERIC.values():
        yield on_threads(numeric(), 2, settings, judged=False)
    for name in ("chain", "wide", "layered"):
        for workers in WORKERS:
            size = settings.effort.of(200 if name == "chain" else 2_000, 20)
            yield waiting(TRIVIAL[name](size), workers, settings)


def on_threads(workload: Workload, workers: int, settings: Settings, *, judged: bool) -> Row:
    """P3: against counters of what is missing and one submit for each task."""
    with ThreadPoolExecutor(workers) as pool, deploy(wired(workload), Threads(workers)) as pipeline:
        return versus(
            TOPIC,
            f"{workload.name} on {workers} threads",
            Side("dataflow", partial(pipeline.call, *workload.inputs)),
            Side("counters and a pool by hand", partial(pooled(workload, pool), workload.start)),
            settings.effort,
            per=workload.size,
            goal="P3" if judged else "",
            most=1 / 5 if judged else None,
            check=workload.check,
        )


def waiting(workload: Workload, workers: int, settings: Settings) -> Row:
    """P4: steps that sleep, against max(work / workers, critical path), where a step takes what a lone sleep takes."""
    slow = slowed(workload)
    bound = max(math.ceil(slow.size / workers), depth(slow))
    lone = 20

    def sleeps() -> None:
        for _ in range(lone):
            time.sleep(PAUSE)

    with deploy(wired(slow), Threads(workers)) as pipeline:
        call = partial(pipeline.call, *slow.inputs)
        agreeing(slow.name, [call], slow.check)
        ours, alone = in_turn([call, sleeps], settings.effort)
    return Row(
        TOPIC,
        f"{workload.name} of sleeping steps on {workers} threads",
        tuple(each * 1e3 for each in ours),
        tuple(each / lone * bound * 1e3 for each in alone),
        "max(work / workers, critical path)",
        "ms",
        "P4",
        CLOSE[workers],
    )


def slowed(workload: Workload) -> Workload:
    """The same graph, of steps that sleep before they compute."""
    tasks = [Task(late, task.reads, (task.fn, *task.literals)) for task in workload.tasks]
    return attrs.evolve(workload, tasks=tuple(tasks))


def late(fn: Callable[..., Any], *given: Any) -> Any:
    """Sleep, then call."""
    time.sleep(PAUSE)
    return fn(*given)


def depth(workload: Workload) -> int:
    """The number of tasks on the longest path.

    >>> depth(layered(41)), depth(TRIVIAL["ladder"](9))
    (5, 6)
    """
    found: list[int] = []
    for task in workload.tasks:
        found.append(1 + max((0 if read == INPUT else found[read] for read in task.reads), default=0))
    return max(found)
