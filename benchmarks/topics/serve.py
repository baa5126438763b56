"""P9: preprocess, two models, combine, deployed: requests of 64 callers, and the wait of one."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

import attrs
import ray
from ray import serve

from benchmarks.cluster import Stage, actor, executor, local_ray
from benchmarks.measure import Effort, agreeing, in_turn
from benchmarks.record import Row
from benchmarks.topics.base import Found, LeftOut, Settings
from dataflow import INPUT, Node, bind, deploy

TOPIC: Final = "serve"
CALLERS: Final = 64
Call = Callable[[int], int]


def measure(settings: Settings) -> Iterator[Found]:
    """All of it, on one cluster."""
    effort = attrs.evolve(settings.effort, rounds=settings.effort.of(7, 2), most=settings.effort.of(7, 2))
    where = executor()
    if where is None:
        yield LeftOut("dataflow on Ray (P9): this version has no such executor; the references are measured")
    with ExitStack() as stack:
        stack.enter_context(local_ray())
        served, raw = composition(stack), actors()
        ours = stack.enter_context(deploy(pipeline(), where, max_in_flight=CALLERS)).call if where is not None else None
        agreeing("the pipeline", [partial(call, 5) for call in (served, raw, ours) if call is not None])
        yield many(ours, served, "Ray Serve composition", effort, 1 / 50)
        yield many(ours, raw, "actors by hand", effort, None)
        yield one(ours, raw, effort)


def pipeline() -> Node[int]:
    """With dataflow."""
    first, small, large, last = [bind(Stage, by).options(placement="actor") for by in (1, 2, 3, 4)]
    ready = first(INPUT)
    return last(small(ready), large(ready))


def actors() -> Call:
    """With actors by hand: references are passed between them."""
    first, small, large, last = [actor(by) for by in (1, 2, 3, 4)]

    def call(x: int) -> int:
        ready = first.__call__.remote(x)
        found: int = ray.get(last.__call__.remote(small.__call__.remote(ready), large.__call__.remote(ready)))
        return found

    return call


class Ingress:
    """With Ray Serve: the deployment that calls the four others, and passes responses on without waiting for them."""

    def __init__(self, *handles: Any) -> None:
        self.first, self.small, self.large, self.last = handles

    async def __call__(self, x: int) -> int:
        """One request."""
        ready = self.first.remote(x)
        found: int = await self.last.remote(self.small.remote(ready), self.large.remote(ready))
        return found


def composition(stack: ExitStack) -> Call:
    """Five deployments of one replica each, which take no CPU for themselves; called by a handle, without HTTP."""
    bound = [deployed(Stage, f"stage{by}").bind(by) for by in (1, 2, 3, 4)]
    serve.start(proxy_location="Disabled")
    stack.callback(serve.shutdown)
    handle = serve.run(deployed(Ingress, "ingress").bind(*bound), name="pipeline", route_prefix=None)

    def call(x: int) -> int:
        found: int = handle.remote(x).result()
        return found

    return call


def deployed(kind: type, name: str) -> Any:
    """A deployment that queues as many requests as there are callers."""
    deployment: Any = serve.deployment
    return deployment(kind, name=name, ray_actor_options={"num_cpus": 0}, max_ongoing_requests=2 * CALLERS)


def many(ours: Call | None, theirs: Call, against: str, effort: Effort, most: float | None) -> Row:
    """Time for each request while 64 callers ask one after the other."""
    each = effort.of(6, 1)
    works = [partial(asked, call, each) for call in (theirs, ours) if call is not None]
    reference, *mine = [tuple(one * 1e6 / (CALLERS * each) for one in taken) for taken in in_turn(works, effort)]
    goal = "P9" if most is not None else ""
    return Row(TOPIC, f"{CALLERS} callers", mine[0] if mine else (), reference, against, "us/request", goal, most)


def asked(call: Call, each: int) -> None:
    """64 threads, each with some requests, one after the other. The first error of a caller is raised."""
    errors: list[BaseException] = []

    def caller(number: int) -> None:
        try:
            for turn in range(each):
                call(number + turn)
        except BaseException as error:  # to be raised where it is seen
            errors.append(error)

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def one(ours: Call | None, theirs: Call, effort: Effort) -> Row:
    """The median wait of a lone caller."""
    calls, requests = [call for call in (theirs, ours) if call is not None], effort.of(50, 3)
    waits = [tuple(median_wait(call, requests) for call in calls) for _ in range(effort.rounds)]
    reference, *mine = zip(*waits, strict=True)
    return Row(TOPIC, "1 caller, p50", mine[0] if mine else (), reference, "actors by hand", "us/request", "P9", 1.2)


def median_wait(call: Call, requests: int) -> float:
    """In microseconds."""
    waits = []
    for x in range(requests):
        begun = time.perf_counter_ns()
        call(x)
        waits.append((time.perf_counter_ns() - begun) / 1e3)
    return statistics.median(waits)
