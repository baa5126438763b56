"""What is sent as one, for people."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.executors.ray.room import amounts, in_words, task_settings
from dataflow.executors.ray.tables import Builder, Tables, members
from dataflow.executors.ray.units import Division, Segment
from dataflow.ops import Input, Loop
from dataflow.options import Options, Resources
from dataflow.plan import Plan


def explained(plan: Plan, fuse: bool) -> list[str]:
    """A line for each task, call of a replica and range of elements, and one for what the driver does."""
    build = Builder("explained", 0, fuse, ())
    return [f"on Ray, {line}" for line in _lines(Tables(plan, build), build, "")]


def _lines(tables: Tables, build: Builder, where: str) -> Iterator[str]:
    graph, labels = tables.graph, tables.graph.labels()
    pair = bool(where) and tables.pair
    units = Division(tables, build.fuse, build.sendable, build.key, pair).units()
    for unit in units.values():
        for segment in unit:
            names = ", ".join(f"%{at} {labels[at]}" for at in segment.members)
            yield f"{where}{_host(segment)}: {names}"
    for at, body in tables.bodies.items():
        assert isinstance(body, Tables)
        op = graph.ops[at]
        if build.fannable(op):
            yield f"{where}elements in ranges, each a task: %{at} {labels[at]}"
        else:
            body.pair = isinstance(op, Loop)
            yield from _lines(body, build, f"{where}in %{at} {labels[at]}, ")
    sent = {at for unit in units.values() for at in members(unit)}
    fans = {at for at in tables.bodies if build.fannable(graph.ops[at])}
    here = [at for at, op in enumerate(graph.ops) if at not in sent | fans and not isinstance(op, Input)]
    if here:
        yield f"{where}by the driver: " + ", ".join(f"%{at} {labels[at]}" for at in here)


def _host(segment: Segment) -> str:
    match segment.host:
        case None:
            return "where its arguments are"
        case (Resources() as resources, int()):
            occupied = amounts(task_settings(Options(resources=resources)))
            return "one task" + (f", which occupies {in_words(occupied)}" if resources != Resources() else "")
        case callee:
            return f"one call of a replica of {callee.name}"
