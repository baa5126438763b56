"""P1, P2, P14: one thread. A flow called again and again, a graph run once, a pipeline of four steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.dynamic import DYNAMIC, Dynamic
from benchmarks.graphs import TRIVIAL, chain
from benchmarks.hand import straight
from benchmarks.numeric import NUMERIC
from benchmarks.peers.base import Missing, built_and_run, load
from benchmarks.record import Row
from benchmarks.tasks import Workload
from benchmarks.topics.base import Found, LeftOut, Settings, Side, versus
from benchmarks.unlooked import unlooked
from benchmarks.wiring import compiled, run_once, wired
from dataflow import deploy

TOPIC = "inline"
GOALS = ("chain", "wide", "layered")


def measure(settings: Settings) -> Iterator[Found]:
    """All of it."""
    yield from again_and_again(settings)
    yield from once(settings)
    yield small_call(settings)


def again_and_again(settings: Settings) -> Iterator[Row]:
    """P1, and for information the same on graphs that compute something, and on those whose shape depends on values."""
    size = settings.effort.of(1_000, 60)
    for name, trivial in TRIVIAL.items():
        yield called(trivial(size), settings, judged=name in GOALS)
    for name in GOALS:
        with unlooked():
            yield called(TRIVIAL[name](size), settings, judged=False, note=", values not looked at")
    for numeric in NUMERIC.values():
        yield called(numeric(), settings, judged=False)
    for dynamic in DYNAMIC.values():
        yield called_dynamic(dynamic(), settings)


def called(workload: Workload, settings: Settings, *, judged: bool, note: str = "") -> Row:
    """A deployed workload against straight-line code."""
    with deploy(wired(workload)) as pipeline:
        return versus(
            TOPIC,
            f"{workload.name}, called again{note}",
            Side("dataflow", compiled(partial(pipeline.call, *workload.inputs))),
            Side("straight-line code", partial(straight(workload), workload.start)),
            settings.effort,
            per=workload.size,
            goal="P1" if judged else "",
            most=1.15 if judged else None,
            times=settings.effort.of(20, 1) if judged or note else 2,
            check=workload.check,
        )


def called_dynamic(dynamic: Dynamic, settings: Settings) -> Row:
    """A deployed graph with routes and fan-outs against loops and ifs."""
    with deploy(dynamic.node) as pipeline:
        return versus(
            TOPIC,
            f"{dynamic.name}, called again",
            Side("dataflow", compiled(partial(pipeline.call, dynamic.start))),
            Side("loops and ifs", partial(dynamic.hand, dynamic.start)),
            settings.effort,
            per=dynamic.calls,
            unit="us/call",
            times=5,
        )


def once(settings: Settings) -> Iterator[Found]:
    """P2: compose, lower, plan and run once, against dask; and as a time for each node."""
    dask = load("dask")
    if isinstance(dask, Missing):
        yield LeftOut("P2: dask is not installed")
        return
    size = settings.effort.of(1_000, 60)
    for name in GOALS:
        workload = TRIVIAL[name](size)
        row = versus(
            TOPIC,
            f"{workload.name}, composed and run once",
            Side("dataflow", partial(run_once, workload)),
            Side(dask.name, partial(built_and_run, dask, workload)),
            settings.effort,
            per=workload.size,
            goal="P2",
            most=1 / 6,
            check=workload.check,
        )
        yield row
        yield Row(TOPIC, row.name, row.ours, unit=row.unit, goal="P2", most=4.0)


def small_call(settings: Settings) -> Row:
    """P14: a pipeline of four trivial steps, against the four calls."""
    workload = chain(4)
    with deploy(wired(workload)) as pipeline:
        return versus(
            TOPIC,
            "pipeline.call of 4 steps",
            Side("dataflow", compiled(partial(pipeline.call, 1))),
            Side("4 calls by hand", partial(straight(workload), 1)),
            settings.effort,
            per=1,
            unit="us/call",
            goal="P14",
            most=5.0,
            times=settings.effort.of(5_000, 10),
        )
