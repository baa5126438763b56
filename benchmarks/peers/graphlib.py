"""The order of `graphlib.TopologicalSorter`, and a loop."""

from __future__ import annotations

from graphlib import TopologicalSorter

from benchmarks.peers.base import Peer, Run
from benchmarks.peers.order import run_in
from benchmarks.tasks import INPUT, Workload


def build(workload: Workload, _: int) -> Run:
    """What each task reads; the order is found anew in each run, as there is no other way to ask for it."""
    reads = {at: [read for read in task.reads if read != INPUT] for at, task in enumerate(workload.tasks)}
    return lambda: run_in(TopologicalSorter(reads).static_order(), workload)


PEER = Peer("graphlib order and a loop", "", build, largest=100_000)
