"""What a peer is, and how one is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Final

import attrs

from benchmarks.tasks import Workload

Run = Callable[[], Any]
NAMES: Final = (
    "graphlib",
    "networkx",
    "rustworkx",
    "dask",
    "dask_delayed",
    "dask_threads",
    "hamilton",
    "pipefunc",
    "schedula",
    "tawazi",
)


@attrs.frozen
class Peer:
    """A system that runs workloads.

    Args:
        name: as it is shown.
        package: the distribution that it needs; empty for the standard library.
        build: makes what runs the workload on its own input, on so many workers if it has any.
        threads: whether it has workers.
        largest: graphs of more tasks take it too long to build, or it fails on them.
    """

    name: str
    package: str
    build: Callable[[Workload, int], Run]
    threads: bool = False
    largest: int = 1_000


@attrs.frozen
class Missing:
    """A peer that is not installed."""

    name: str
    module: str


def load(name: str) -> Peer | Missing:
    """A peer by its name. An import that fails for another reason than that it is not installed passes through."""
    try:
        module = importlib.import_module(f"benchmarks.peers.{name}")
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.partition(".")[0] in {"benchmarks", "dataflow"}:
            raise
        return Missing(name, missing)
    peer: Peer = module.PEER
    return peer


def built_and_run(peer: Peer, workload: Workload, workers: int = 1) -> Any:
    """All that a peer does, from the tasks to the value."""
    run = peer.build(workload, workers)
    return run()
