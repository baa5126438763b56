"""P13: executors without observers, against the same package with the event code deleted, imported beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

import dataflow
from benchmarks.events import imported_copy, write_copy
from benchmarks.graphs import chain, layered
from benchmarks.record import Row
from benchmarks.tasks import INPUT, Workload
from benchmarks.topics.base import Found, Settings, Side, versus

TOPIC: Final = "events"
CALLS: Final = 250
"""After so many calls a flow is compiled."""


def measure(settings: Settings) -> Iterator[Found]:
    """Called again (compiled), and run once, inline; and on threads."""
    with tempfile.TemporaryDirectory() as folder:
        removed = write_copy(Path(folder))
        if not removed:
            raise AssertionError("no event code was found to delete: the comparison would say nothing")
        with imported_copy(Path(folder)) as copy:
            against = f"event code deleted ({removed} places)"
            yield from compared([dataflow, copy], against, settings)


def compared(packages: list[Any], against: str, settings: Settings) -> Iterator[Row]:
    """The same graphs on both packages."""
    effort = attrs.evolve(settings.effort, rounds=settings.effort.of(21, 2), most=settings.effort.of(101, 2))
    names = ("dataflow", against)
    for workload in (chain(effort.of(1_000, 20)), layered(effort.of(1_000, 60))):
        once = [partial(_once, each, workload) for each in packages]
        sides = [Side(name, work) for name, work in zip(names, once, strict=True)]
        yield _row(f"{workload.name}, composed and run once", sides, workload, 1, effort)
        for executor, times in (("Inline", 20), ("Threads", 1)):
            pipelines = [_deployed(each, workload, executor) for each in packages]
            for pipeline in pipelines:
                for _ in range(CALLS if executor == "Inline" else 1):
                    pipeline.call(workload.start)
            sides = [Side(n, partial(p.call, workload.start)) for n, p in zip(names, pipelines, strict=True)]
            yield _row(f"{workload.name}, called again, {executor}", sides, workload, times, effort)
            for pipeline in pipelines:
                pipeline.close()


def _row(name: str, sides: list[Side], workload: Workload, times: int, effort: Any) -> Row:
    ours, reference = sides
    return versus(
        TOPIC,
        f"{name}, without observers",
        ours,
        reference,
        effort,
        per=workload.size,
        goal="P13",
        most=1.02,
        times=times,
        check=workload.check,
    )


def _once(package: Any, workload: Workload) -> Any:
    return package.run(wired(package, workload, workload.start))


def _deployed(package: Any, workload: Workload, executor: str) -> Any:
    where = package.Inline() if executor == "Inline" else package.Threads(2)
    return package.deploy(wired(package, workload, package.INPUT), where)


def wired(package: Any, workload: Workload, start: Any) -> Any:
    """The last task as a node of either package."""
    steps = {fn: package.step(fn) for fn in {task.fn for task in workload.tasks}}
    nodes: list[Any] = []
    for task in workload.tasks:
        nodes.append(steps[task.fn](*[start if read == INPUT else nodes[read] for read in task.reads]))
    return nodes[-1]
