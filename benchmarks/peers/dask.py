"""A dask graph, as a dictionary, computed by the synchronous scheduler."""

from __future__ import annotations

from typing import Any

from dask.local import get_sync

from benchmarks.peers.base import Peer, Run
from benchmarks.tasks import INPUT, Workload


def graph_of(workload: Workload) -> dict[str, Any]:
    """A task is a tuple of a function and the keys of its arguments. Literals are bound, not to be taken for keys."""
    graph: dict[str, Any] = {"start": workload.start}
    for at, task in enumerate(workload.tasks):
        keys = ["start" if read == INPUT else f"n{read}" for read in task.reads]
        graph[f"n{at}"] = (task.call if task.literals else task.fn, *keys)
    return graph


def build(workload: Workload, _: int) -> Run:
    """The graph as it is written."""
    graph, last = graph_of(workload), f"n{workload.size - 1}"
    return lambda: get_sync(graph, last)


PEER = Peer("dask, graph, synchronous", "dask", build, largest=10_000)
