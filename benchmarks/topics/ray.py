"""P6, P7, P8: a local Ray, against tasks and actors by hand. Without an executor the references are measured alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

import attrs
import ray

from benchmarks.cluster import Stage, actor, by_reference, each_by_itself, executor, local_ray
from benchmarks.graphs import chain, inc, layered
from benchmarks.measure import Effort, agreeing, in_turn
from benchmarks.record import Row
from benchmarks.tasks import Task
from benchmarks.topics.base import Found, LeftOut, Settings
from benchmarks.wiring import wired
from dataflow import INPUT, Node, bind, deploy, fan_out, step

TOPIC: Final = "ray"
PAUSE: Final = 0.010


def measure(settings: Settings) -> Iterator[Found]:
    """All of it, on one cluster."""
    effort = attrs.evolve(settings.effort, most=settings.effort.rounds)
    if executor() is None:
        yield LeftOut("dataflow on Ray (P6 to P8): this version has no such executor; the references are measured")
    with local_ray():
        yield chained(effort)
        yield fanned_out(effort)
        yield hops(effort)
        yield tasks(effort)


def chained(effort: Effort) -> Row:
    """P6."""
    workload = chain(effort.of(100, 10))
    what = f"{workload.name} trivial steps on Ray"
    return held(
        what, wired(workload), 1, by_reference(workload), "a .remote for each", effort, workload.size, 1 / 10, "P6"
    )


def fanned_out(effort: Effort) -> Row:
    """P7."""
    xs = list(range(effort.of(10_000, 50)))
    node = fan_out(step(inc), INPUT)
    what = f"fan-out over {len(xs):,} on Ray"
    return held(what, node, xs, each_by_itself(inc, xs), "a .remote for each", effort, len(xs), 1 / 20, "P7")


def hops(effort: Effort) -> Row:
    """P8: a value goes from actor to actor and back, by references."""
    count = effort.of(100, 10)
    stages = [bind(Stage, by).options(placement="actor") for by in (1, 2)]
    node: Any = INPUT
    for at in range(count):
        node = stages[at % 2](node)
    actors = [actor(by) for by in (1, 2)]

    def by_hand() -> Any:
        value: Any = 0
        for at in range(count):
            value = actors[at % 2].__call__.remote(value)
        return ray.get(value)

    return held(f"{count} hops from actor to actor", node, 0, by_hand, "actors by hand", effort, count, 1.1, "P8")


def tasks(effort: Effort) -> Row:
    """P8: tasks that are long enough for Ray."""
    plain = layered(effort.of(101, 11), width=10)
    slow = attrs.evolve(plain, tasks=tuple(Task(late, task.reads, (task.fn,)) for task in plain.tasks))
    what = f"{plain.name}, steps of 10 ms, on Ray"
    return held(what, wired(slow), slow.start, by_reference(slow), "a .remote for each", effort, slow.size, 1.05, "P8")


def late(fn: Callable[..., Any], *given: Any) -> Any:
    """Sleep, then call."""
    time.sleep(PAUSE)
    return fn(*given)


def held(
    name: str,
    node: Node[Any],
    start: Any,
    by_hand: Callable[[], Any],
    against: str,
    effort: Effort,
    per: int,
    most: float,
    goal: str,
) -> Row:
    """A row of a deployed node beside a reference, or of the reference alone where there is no executor."""
    where = executor()
    with ExitStack() as stack:
        works = [by_hand]
        if where is not None:
            works.append(partial(stack.enter_context(deploy(node, where)).call, start))
        agreeing(name, works)
        reference, *ours = [tuple(each * 1e6 / per for each in taken) for taken in in_turn(works, effort)]
    return Row(TOPIC, name, ours[0] if ours else (), reference, against, "us/node", goal, most)
