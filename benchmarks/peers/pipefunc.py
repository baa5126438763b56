"""pipefunc: a function for each task, wired by the names of its parameters."""

from __future__ import annotations

from pipefunc import PipeFunc, Pipeline

from benchmarks.peers.base import Peer, Run
from benchmarks.peers.parameters import START, name_of, named
from benchmarks.tasks import Workload


def build(workload: Workload, _: int) -> Run:
    """A pipeline of these functions."""
    functions = [PipeFunc(named(at, task), output_name=name_of(at)) for at, task in enumerate(workload.tasks)]
    pipeline, last = Pipeline(functions, validate_type_annotations=False), name_of(workload.size - 1)
    inputs = {START: workload.start} if workload.inputs else {}  # what is not read is refused
    return lambda: pipeline.run(last, kwargs=inputs)


PEER = Peer("pipefunc", "pipefunc", build, largest=100)
