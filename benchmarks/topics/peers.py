"""Other systems on the same graphs: built and run once, and run again. For information; goals are elsewhere."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial
from typing import Final

import attrs

from benchmarks.graphs import TRIVIAL
from benchmarks.measure import Effort
from benchmarks.peers.base import Missing, Peer, built_and_run, load
from benchmarks.record import Curve, Row
from benchmarks.tasks import Workload
from benchmarks.topics.base import Found, LeftOut, Settings, Side, versus
from benchmarks.wiring import run_once, wired
from dataflow import Inline, Threads, deploy

TOPIC: Final = "peers"
WORKERS: Final = 2
SIZES: Final = (10, 100, 1_000, 10_000)
USUAL: Final = 1_000
PLOT: Final = "built and run once, layered graph"


def measure(settings: Settings) -> Iterator[Found]:
    """Each peer beside dataflow; sizes that take a peer too long are not asked of it."""
    for name in settings.peers:
        peer = load(name)
        if isinstance(peer, Missing):
            yield LeftOut(f"peer {peer.name}: {peer.module} is not installed")
            continue
        size = min(peer.largest, settings.effort.of(USUAL, 20))
        for graph in ("chain", "wide", "layered"):
            yield from beside(peer, TRIVIAL[graph](size), settings.effort)
        yield from over_sizes(peer, settings.effort)


def beside(peer: Peer, workload: Workload, effort: Effort) -> Iterator[Row]:
    """Built and run once, then run again; on threads where the peer has them."""
    row = partial(versus, TOPIC, effort=attrs.evolve(effort, seconds=0.0), per=workload.size, check=workload.check)
    yield row(
        f"{workload.name}, built and run once",
        Side("dataflow", partial(run_once, workload, _executor(peer))),
        Side(peer.name, partial(built_and_run, peer, workload, WORKERS)),
    )
    with deploy(wired(workload), _executor(peer)) as pipeline:
        yield row(
            f"{workload.name}, run again",
            Side("dataflow", partial(pipeline.call, *workload.inputs)),
            Side(peer.name, peer.build(workload, WORKERS)),
        )


def over_sizes(peer: Peer, effort: Effort) -> Iterator[Curve]:
    """Time for each node over the number of nodes, of the peer; dataflow's own is drawn with the first one."""
    few = attrs.evolve(effort, rounds=effort.of(3, 1), most=effort.of(3, 1))
    points, ours = [], []
    for size in [each for each in SIZES[: effort.of(4, 1)] if each <= peer.largest]:
        workload = TRIVIAL["layered"](max(size, 12))
        row = versus(
            TOPIC,
            PLOT,
            Side("dataflow", partial(run_once, workload, _executor(peer))),
            Side(peer.name, partial(built_and_run, peer, workload, WORKERS)),
            few,
            per=workload.size,
            check=workload.check,
        )
        points.append((float(workload.size), statistics.median(row.reference)))
        ours.append((float(workload.size), statistics.median(row.ours)))
    yield Curve(PLOT, peer.name, tuple(points))
    yield Curve(PLOT, f"dataflow, {'threads' if peer.threads else 'inline'}", tuple(ours))


def _executor(peer: Peer) -> Inline | Threads:
    return Threads(WORKERS) if peer.threads else Inline()
