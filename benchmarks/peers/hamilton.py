"""Hamilton: a function for each task, wired by the names of its parameters."""

from __future__ import annotations

from hamilton import ad_hoc_utils, driver

from benchmarks.peers.base import Peer, Run
from benchmarks.peers.parameters import START, name_of, named
from benchmarks.tasks import Workload


def build(workload: Workload, _: int) -> Run:
    """A module with these functions, and a driver."""
    functions = [named(at, task) for at, task in enumerate(workload.tasks)]
    built = driver.Builder().with_modules(ad_hoc_utils.create_temporary_module(*functions)).build()
    last, inputs = name_of(workload.size - 1), {START: workload.start}
    return lambda: built.execute([last], inputs=inputs)[last]


PEER = Peer("hamilton", "apache-hamilton", build, largest=100)
