"""`python -m benchmarks.programs.scale Inline 1000`: compose and run a layered graph; seconds, and peak in bytes."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Final

from benchmarks.graphs import layered
from benchmarks.wiring import run_once
from dataflow import Inline, Threads
from dataflow.executors.base import Executor

EXECUTORS: Final[dict[str, Executor]] = {"Inline": Inline(), "Threads": Threads(2)}


def main(executor: str, size: int) -> None:
    """The garbage collector is on, as it is for users. What runs anything for the first time is done before."""
    run_once(layered(60), EXECUTORS[executor])
    workload = layered(size)
    before = resident()
    begun = time.perf_counter()
    value = run_once(workload, EXECUTORS[executor])
    seconds = time.perf_counter() - begun
    workload.check(value)
    print(json.dumps({"seconds": seconds, "peak": resident() - before}))


def resident() -> int:
    """The most memory that the process has had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
