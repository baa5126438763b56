"""schedula: functions and data in one graph, dispatched by names."""

from __future__ import annotations

from schedula import Dispatcher

from benchmarks.peers.base import Peer, Run
from benchmarks.peers.parameters import START, name_of, named
from benchmarks.tasks import Workload


def build(workload: Workload, _: int) -> Run:
    """A dispatcher with these functions."""
    dispatcher = Dispatcher()
    for at, task in enumerate(workload.tasks):
        inputs = list(dict.fromkeys(map(name_of, task.reads)))
        dispatcher.add_function(name_of(at) + "()", named(at, task), inputs=inputs or None, outputs=[name_of(at)])
    last = name_of(workload.size - 1)
    return lambda: dispatcher.dispatch(inputs={START: workload.start}, outputs=[last])[last]


PEER = Peer("schedula", "schedula", build, largest=1_000)
