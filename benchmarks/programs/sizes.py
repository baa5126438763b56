"""`python -m benchmarks.programs.sizes 10000`: what each form of a graph takes, in bytes for each call."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks.graphs import layered
from benchmarks.wiring import run_once, wired
from dataflow.executors.calls import Calls
from dataflow.executors.network import Network
from dataflow.executors.program import Program
from dataflow.executors.servers import Servers
from dataflow.lower import lower
from dataflow.plan import plan


def sizes(size: int) -> dict[str, float]:
    """What stays of each step of the way, on top of what there was before it."""
    workload = layered(size)
    run_once(layered(60))  # what is loaded and kept on first use belongs to no graph
    lower(wired(workload))
    tracemalloc.start()
    try:
        node, of_nodes = _kept(lambda: wired(workload))
        graph, of_graph = _kept(lambda: lower(node))
        planned, of_plan = _kept(lambda: plan(graph))
        _, of_program = _kept(lambda: Program(planned, Calls(planned)))
        _, of_network = _kept(lambda: Network(planned, Servers(planned).of))
    finally:
        tracemalloc.stop()
    taken = {
        "nodes": of_nodes,
        "graph": of_graph,
        "plan": of_plan,
        "program, for Inline": of_program,
        "network, for Threads": of_network,
    }
    return {name: each / size for name, each in taken.items()}


def _kept(make: Callable[[], Any]) -> tuple[Any, int]:
    """What is made, and how many bytes of memory that is."""
    before = tracemalloc.get_traced_memory()[0]
    made = make()
    return made, tracemalloc.get_traced_memory()[0] - before


if __name__ == "__main__":
    print(json.dumps(sizes(int(sys.argv[1]))))
