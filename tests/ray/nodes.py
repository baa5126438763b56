"""A cluster of several nodes on one machine: `python -m tests.ray.nodes [kills]` loses nodes in the midst of runs.

It needs a Ray of its own, and so a process of its own.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
import time
from typing import Any

import numpy as np
import ray
from ray.cluster_utils import Cluster

from dataflow import INPUT, Node, Ray, Resources, const, deploy, gather, run
from dataflow.testing.witness import Witness
from tests.patience import eventually
from tests.ray import steps
from tests.ray.steps import placed

QUICK = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 1000,
    "health_check_failure_threshold": 5,
}
"""A node that is gone is noticed within 5 s, and not within 20; one of a machine that is busy is not taken for gone."""
WIDTH = 6


def main(kills: int) -> None:
    """Place steps, then lose nodes."""
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False, "_system_config": QUICK}
    )
    nodes = [cluster.add_node(num_cpus=1, resources={"disk": 4, f"node{k}": 4}) for k in range(2)]
    ray.init(address=cluster.address, log_to_driver=False, logging_level=logging.ERROR)
    try:
        assert eventually(lambda: len(ray.nodes()) == 3 and ray.cluster_resources().get("disk") == 8)
        placed_by_resource()
        for kill in range(kills):
            begun = time.monotonic()
            lose_a_node(cluster, nodes, kill)
            print(
                f"node {kill + 1} of {kills} lost and replaced; two runs right after {time.monotonic() - begun:.1f} s"
            )
    finally:
        ray.shutdown()
        cluster.shutdown()
    print("right")


def on(made: Any, resource: str, placement: str) -> Any:
    """A step that runs where there is a resource."""
    return placed(made, placement, resources=Resources(num_cpus=0, custom={resource: 1}))


def placed_by_resource() -> None:
    """One graph goes from node to node: a task here, a replica there."""
    first = on(steps.node_id, "node0", "task")()
    second = on(steps.node_id, "node1", "actor")(first)
    third = on(steps.node_id, "node0", "actor")(second)
    found = run(gather(first, second, third, steps.node_id()), executor=Ray())
    named = {name: node["NodeID"] for node in ray.nodes() for name in node["Resources"] if name.startswith("node")}
    assert found[:3] == (named["node0"], named["node1"], named["node0"]), (found, named)


def lose_a_node(cluster: Any, nodes: list[Any], kill: int) -> None:
    """Arrays are made by tasks and passed on, and by replicas; a node goes while they are; another one comes."""
    with tempfile.TemporaryDirectory() as folder:
        witness = Witness(f"{folder}/witness")
        made = on(steps.slow_array, "disk", "task")
        layer: list[Node[Any]] = [made(witness.path, 0.2, const(np.full(100_000, k))) for k in range(WIDTH)]
        for _ in range(4):
            layer = [made(witness.path, 0.2, layer[k], layer[k - 1]) for k in range(WIDTH)]
        model = on(steps.slow_array, "disk", "actor").options(replicas=2)
        with deploy(gather([steps.first(model(witness.path, 0.1, xs, INPUT)) for xs in layer]), Ray()) as pipeline:
            future = pipeline.submit(1)
            witness.wait_for(str(WIDTH + 3), 60)
            gone = nodes.pop(0)
            killer = threading.Thread(target=cluster.remove_node, args=(gone, False))
            killer.start()
            nodes.append(cluster.add_node(num_cpus=1, resources={"disk": 4, f"node{kill % 2}": 4}))
            found = future.result(150)
            killer.join()
            assert found == expected(), (found, expected())
            assert pipeline.submit(2).result(100) == [each + 1 for each in expected()]


def expected() -> list[int]:
    """What comes of it."""
    layer = list(range(WIDTH))
    for _ in range(4):
        layer = [layer[k] + layer[k - 1] for k in range(WIDTH)]
    return [each + 1 for each in layer]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
