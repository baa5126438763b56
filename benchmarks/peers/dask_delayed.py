"""`dask.delayed`, computed by the synchronous scheduler."""

from __future__ import annotations

from functools import cache
from typing import Any

from dask.delayed import delayed

from benchmarks.peers.base import Peer, Run
from benchmarks.tasks import INPUT, Workload


def build(workload: Workload, _: int) -> Run:
    """A delayed call for each task."""
    lifted = cache(lambda fn: delayed(fn, pure=False))
    made: list[Any] = []
    for task in workload.tasks:
        read = [workload.start if read == INPUT else made[read] for read in task.reads]
        made.append(lifted(task.fn)(*task.literals, *read))
    return lambda: made[-1].compute(scheduler="sync")


PEER = Peer("dask.delayed, synchronous", "dask", build)
