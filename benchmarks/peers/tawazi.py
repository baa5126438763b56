"""tawazi: a decorated function that calls decorated functions."""

from __future__ import annotations

from functools import cache
from typing import Any

from tawazi import Resource, dag, xn

from benchmarks.peers.base import Peer, Run
from benchmarks.tasks import INPUT, Workload


def build(workload: Workload, _: int) -> Run:
    """The calls are recorded once, and run in the caller's thread."""
    lifted = cache(lambda fn: xn(fn, resource=Resource.main_thread))

    def described(start: Any) -> Any:
        made: list[Any] = []
        for task in workload.tasks:
            made.append(
                lifted(task.fn)(*task.literals, *[start if read == INPUT else made[read] for read in task.reads])
            )
        return made[-1]

    pipeline = dag(described, max_concurrency=1)
    return lambda: pipeline(workload.start)


PEER = Peer("tawazi", "tawazi", build)
