"""What others, and people by hand, would write for the same graphs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dask.local import get_sync

from benchmarks.shapes import Spec, function_of


def dask_raw(spec: Spec, start: int) -> int:
    """A dask graph built and computed synchronously."""
    graph: dict[str, Any] = {"x": start}
    for at, reads in enumerate(spec):
        graph[f"n{at}"] = (function_of(reads), *["x" if read < 0 else f"n{read}" for read in reads])
    result: int = get_sync(graph, f"n{len(spec) - 1}")
    return result


def on_pool(spec: Spec, pool: ThreadPoolExecutor) -> Callable[[int], int]:
    """Counters of what is missing, and one submit for each node, written by hand."""
    readers: list[list[int]] = [[] for _ in spec]
    for at, reads in enumerate(spec):
        for read in set(reads) - {-1}:
            readers[read].append(at)
    missing = [len(set(reads) - {-1}) for reads in spec]

    def run(start: int) -> int:
        values: list[Any] = [None] * len(spec)
        left, lock, done = list(missing), threading.Lock(), threading.Event()

        def work(at: int) -> None:
            reads = spec[at]
            values[at] = function_of(reads)(*[start if read < 0 else values[read] for read in reads])
            ready = []
            with lock:
                for reader in readers[at]:
                    left[reader] -= 1
                    if not left[reader]:
                        ready.append(reader)
            for reader in ready:
                pool.submit(work, reader)
            if at == len(spec) - 1:
                done.set()

        for at, count in enumerate(missing):
            if not count:
                pool.submit(work, at)
        done.wait()
        result: int = values[-1]
        return result

    return run
