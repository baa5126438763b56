"""The figures, by the number of their goal."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from benchmarks.measure import Row, absolute, compare, in_process, process_seconds
from benchmarks.peers import dask_raw, on_pool
from benchmarks.shapes import SHAPES, Spec, by_hand, chain, composed, layered
from dataflow import Inline, Threads, deploy, run
from dataflow.executors.program import OFTEN


def again_and_again() -> Iterator[Row]:
    """P1: a compiled flow, against the same calls written by hand."""
    for name, shape in SHAPES.items():
        spec = shape(1000)
        with deploy(composed(spec)) as pipeline:
            for _ in range(OFTEN + 1):  # from then on it is compiled
                pipeline.call(1)
            ours, hand = repeated(partial(pipeline.call, 1)), repeated(partial(by_hand(spec), 1))
            yield compare(f"P1 {name} of 1,000, called again / by hand", ours, hand, least=1.15, per=20_000)


def repeated(work: Callable[[], int], times: int = 20) -> Callable[[], int]:
    """Many calls as one, for a clock that ticks coarsely."""

    def many() -> int:
        value = 0
        for _ in range(times):
            value = work()
        return value

    return many


def once() -> Iterator[Row]:
    """P2: compose, lower, plan and run once, against dask."""
    for name, shape in SHAPES.items():
        ours, dask = partial(run_once, shape(1000)), partial(dask_raw, shape(1000), 1)
        yield compare(f"P2 {name} of 1,000, run once / dask, synchronous", ours, dask, least=1 / 6, per=1000)


def run_once(spec: Spec) -> int:
    """Compose, lower, plan, run."""
    return run(composed(spec, 1))


def threads() -> Iterator[Row]:
    """P3: trivial steps on threads, against counters and one submit for each node."""
    spec = layered(1000)
    for workers in (2, 8, 32):
        with ThreadPoolExecutor(workers) as pool, deploy(composed(spec), Threads(workers)) as pipeline:
            ours, hand = partial(pipeline.call, 1), partial(on_pool(spec, pool), 1)
            yield compare(f"P3 layered of 1,000 on {workers} threads / pool by hand", ours, hand, least=1 / 5, per=1000)


SCALE = """
import resource, time
from benchmarks.shapes import composed, layered
from dataflow import Inline, Threads, run
begun = time.perf_counter()
run(composed(layered({n}), 1), executor={executor})
print({what})
"""


PEAK = "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20"


def scale() -> Iterator[Row]:
    """P10: a million nodes, from composition to result."""
    for executor in ("Inline()", "Threads(2)"):
        small, large = (per_node(count, executor) for count in (1_000, 1_000_000))
        ratio = large / small
        yield Row(f"P10 10^6 / 10^3 nodes, {executor}", large, small, ratio, (ratio, ratio), 2, "us")
        yield absolute(f"P10 10^6 nodes, {executor}", large, least=8, unit="s")
        peak = in_process(SCALE.format(n=1_000_000, executor=executor, what=PEAK))
        yield absolute(f"P10 peak memory for 10^6 nodes, {executor}", peak, least=1.2, unit="GB")


def per_node(count: int, executor: str) -> float:
    """Microseconds for each node of a graph of so many."""
    what = f"(time.perf_counter() - begun) * 1e6 / {count}"
    return in_process(SCALE.format(n=count, executor=executor, what=what))


MEMORY = """
import tracemalloc
import numpy as np
from dataflow import Inline, Threads, const, fan_out, flow, run, step
@step
def more(x): return x + 1.0
@step
def block(k): return np.full(2**17, float(k))
@step
def total(x): return float(x.sum())
tracemalloc.start()
{work}
print(tracemalloc.get_traced_memory()[1] / 2**20 / {size})
"""
CHAIN = """
node = const(np.zeros(2**20)).map(lambda x: x + 1.0)
for _ in range(1000):
    node = more(node)
run(node, executor={executor})
"""
REDUCE = "run(fan_out(lambda k: total(block(k)), range(1000)), executor={executor})"


def memory() -> Iterator[Row]:
    """P11: how many arrays are alive at a time (beside the literal that begins the chain)."""
    for executor in ("Inline()", "Threads(2)"):
        chained = MEMORY.format(work=CHAIN.format(executor=executor), size=8)
        yield absolute(f"P11 arrays alive, chain of 8 MB, {executor}", in_process(chained) - 1, least=3, unit="")
        reduced = MEMORY.format(work=REDUCE.format(executor=executor), size=1)
        yield absolute(f"P11 arrays alive, map-reduce of 1 MB, {executor}", in_process(reduced), least=4, unit="")


def startup() -> Iterator[Row]:
    """P12: what `import dataflow` adds to the start of Python."""
    with tempfile.TemporaryDirectory() as folder:
        process_seconds("import dataflow", folder)
        pairs = [(process_seconds("import dataflow", folder), process_seconds("pass", folder)) for _ in range(9)]
    added = [(ours - bare) * 1e3 for ours, bare in pairs]
    yield absolute("P12 import dataflow, above python -c pass", statistics.median(added), least=60, unit="ms")


def small_calls() -> Iterator[Row]:
    """P14: a pipeline of four trivial steps, against the four calls."""
    spec = chain(4)
    reference = by_hand(spec)
    with deploy(composed(spec), Inline()) as pipeline:
        yield compare(
            "P14 pipeline.call of 4 steps / 4 calls by hand",
            repeated(lambda: pipeline.call(1), 5000),
            repeated(lambda: reference(1), 5000),
            least=5,
            per=5000,
        )


FIGURES: dict[str, Callable[[], Iterator[Row]]] = {
    "inline": again_and_again,
    "once": once,
    "threads": threads,
    "scale": scale,
    "memory": memory,
    "startup": startup,
    "calls": small_calls,
}
