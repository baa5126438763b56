"""What dataflow must cost. Each goal is a ratio to a reference that is measured beside it, or a figure."""

from __future__ import annotations

from typing import Final

GOALS: Final = {
    "P1": "A deployed flow, called again and again, costs at most 1.15 x the same calls as straight-line code.",
    "P2": "A graph that is composed and run once costs at most 1/6 of the same in dask, and at most 4 us a node.",
    "P3": "Trivial steps on threads cost at most 1/5 of counters and a `ThreadPoolExecutor` by hand.",
    "P4": "Steps that wait are done in at most 1.04 x max(work / workers, critical path), 1.10 x with 32 workers.",
    "P5": "The smallest tasks that threads are good for, METG(50 %) of Task Bench, are at most 1/2.5 of a pool's "
    "by hand, 1/10 of those of dask, 2.2 x those of bare threads without a scheduler.",
    "P6": "A chain of trivial steps on Ray costs at most 1/10 of a `.remote` for each.",
    "P7": "A fan-out on Ray costs at most 1/20 of a `.remote` for each element.",
    "P8": "From actor to actor costs at most 1.1 x actors by hand; steps of 10 ms at most 1.05 x tasks by hand.",
    "P9": "A deployed pipeline serves 64 callers at least 50 x as fast as a Ray Serve composition; "
    "a lone caller waits at most 1.2 x as long as with actors by hand.",
    "P10": "Time for each node stays within 2 x from a thousand nodes to a million, which take at most 8 s and 1.2 GB.",
    "P11": "Values are dropped after their last reader: a chain holds at most 3, a map-reduce at most workers + 2.",
    "P12": "`import dataflow` takes at most 60 ms, and loads none of Ray, numpy, rich.",
    "P13": "Without observers an executor costs at most 1.02 x the same with the event code deleted.",
    "P14": "A pipeline of four trivial steps costs at most 5 x the four calls.",
    "T1": "mypy checks 2,000 calls of steps with the plugin in at most 1.2 x the time that it takes without.",
}

NOTES: Final = {
    "P1": "What is above 1 goes into looking at values: a step may return a node or an iterator by mistake, which is "
    "refused before anybody reads it. So the class of each value is compared with that of the last one, which costs a "
    'fifth of a trivial step. The rows "values not looked at" have the same code without it. Tried: `type(value)`, in '
    "place of `value.__class__`, which costs a third; one comparison for two values; values kept on the interpreter's "
    "stack. One look at several values later on would let a step begin that must not.",
    "P9": "Of a lone request the four calls are sent at once, and one answer is looked at. The driver then needs "
    "2.4 ms of CPU where actors by hand need 1.5, on two cores that five processes share: two references for a value "
    "that is passed on, in place of one, and two changes of thread. Tried: one reference, which saves little and would "
    "bring large values to the driver. With 64 callers most of the time is Python in the driver.",
}
"""Where a goal is not met: where the time goes, and what was tried."""
