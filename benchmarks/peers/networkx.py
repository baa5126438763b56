"""The order of `networkx.topological_sort`, and a loop."""

from __future__ import annotations

import networkx

from benchmarks.peers.base import Peer, Run
from benchmarks.peers.order import run_in
from benchmarks.tasks import INPUT, Workload


def build(workload: Workload, _: int) -> Run:
    """A directed graph of numbers."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(workload.size))
    graph.add_edges_from((read, at) for at, task in enumerate(workload.tasks) for read in task.reads if read != INPUT)
    return lambda: run_in(networkx.topological_sort(graph), workload)


PEER = Peer("networkx order and a loop", "networkx", build, largest=100_000)
