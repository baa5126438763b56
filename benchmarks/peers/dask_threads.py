"""The same dask graph on dask's threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from dask.threaded import get

from benchmarks.peers.base import Peer, Run
from benchmarks.peers.dask import graph_of
from benchmarks.tasks import Workload


def build(workload: Workload, workers: int) -> Run:
    """The graph as it is written, and a pool that is kept between runs."""
    graph, last, pool = graph_of(workload), f"n{workload.size - 1}", ThreadPoolExecutor(workers)
    return lambda: get(graph, last, pool=pool, num_workers=workers)


PEER = Peer("dask, graph, threads", "dask", build, threads=True, largest=10_000)
