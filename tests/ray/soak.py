"""The long versions of the faults, with their figures: `python -m tests.ray.soak [parts]`, `make soak`.

Each part prints a line with what it has found, and ends with an AssertionError if that is not good enough.
"""

from __future__ import annotations

import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

import ray
from hypothesis import HealthCheck, given, settings

from dataflow import INPUT, Ray, Retry, bind, deploy
from dataflow.errors import ReplicaLostError, StepTimeoutError
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.strategies import programs
from dataflow.testing.witness import Witness
from tests.laws.executors import ended, ended_on
from tests.patience import eventually
from tests.ray import steps
from tests.ray.cluster import alive_actors
from tests.ray.losing import Lost, kill_replicas, kill_workers
from tests.ray.steps import placed

CPUS = 2
LONG = 120.0


def workers() -> str:
    """100 workers killed in runs of 1,000 nodes."""
    return _right([kill_workers(nodes=1000, kills=25, seed=seed) for seed in range(4)])


def replicas() -> str:
    """50 replicas killed over 5,000 calls."""
    return _right([kill_replicas(calls=5000, kills=50)])


def _right(found: list[Lost]) -> str:
    kills, nodes = sum(lost.kills for lost in found), sum(lost.nodes for lost in found)
    executions = sum(lost.executions for lost in found)
    for lost in found:
        assert lost.value == lost.expected, "a wrong value"
        assert lost.executions <= lost.nodes + lost.kills * lost.slots, lost
    return f"{kills} kills survived in {nodes} calls; {executions - nodes} calls were made again"


def without_retries() -> str:
    """20 replicas killed that must not repeat a call: only the call in flight fails."""
    failed = 0
    for _ in range(20):
        with tempfile.TemporaryDirectory() as folder:
            once = placed(steps.fatal_at, "actor", retries=Retry(0, lost=0))
            with deploy(once(f"{folder}/witness", INPUT, 3), Ray(), max_in_flight=8) as pipeline:
                futures = [pipeline.submit(k) for k in range(8)]
                errors = {k: future.exception(LONG) for k, future in enumerate(futures)}
            assert [k for k, error in errors.items() if error is not None] == [3], errors
            assert isinstance(errors[3], ReplicaLostError)
            assert sorted(Witness(f"{folder}/witness").marks()) == [str(k) for k in range(8)]
            failed += 1
    return f"{failed} of 20 times exactly the call in flight failed, and none ran twice"


def hangs() -> str:
    """20 calls that hang: their caller is free at the limit, their replica soon after, and they are not run again."""
    late, free = [], []
    with tempfile.TemporaryDirectory() as folder:
        witness = Witness(f"{folder}/witness")
        with deploy(placed(steps.hang_if, "actor", timeout=0.5)(witness.path, INPUT), Ray()) as pipeline:
            for _ in range(20):
                assert pipeline.call("go") == "go"
                begun = time.monotonic()
                error = pipeline.submit("hang").exception(LONG)
                assert isinstance(error, StepTimeoutError), error
                late.append(time.monotonic() - begun - 0.5)
                assert pipeline.call("go") == "go"
                free.append(time.monotonic() - begun - 0.5)
        assert witness.count("hang") == 20
    return (
        f"20 of 20 ended at their limit, {max(late):.2f} s late at most; "
        f"the replica answered again after {statistics.median(free):.1f} s, {max(free):.1f} s at most"
    )


def cycles() -> str:
    """100 times deployed and closed: no actor is left, and no memory, file or thread."""

    def cycle() -> None:
        with deploy(bind(steps.Adder, 1)(steps.one(INPUT)), Ray()) as pipeline:
            assert pipeline.call(1) == 3

    for _ in range(10):
        cycle()
    before, begun = _footprint(), time.monotonic()
    for _ in range(100):
        cycle()
    assert eventually(lambda: not alive_actors(), 10), "actors are left"
    after = _footprint()
    grown = {name: after[name] - before[name] for name in before}
    assert grown["threads"] <= 2, grown
    assert grown["files"] <= 4, grown
    assert grown["MB"] < 5, grown
    return f"100 cycles in {time.monotonic() - begun:.0f} s left no actor; grown by {grown}"


def runs() -> str:
    """1,000 runs: what the driver holds does not grow."""
    with deploy(steps.double(bind(steps.Adder, 1)(steps.one(INPUT))), Ray(), max_in_flight=16) as pipeline:
        assert list(pipeline.stream(range(200)))[-1] == 402
        before = _footprint()
        assert list(pipeline.stream(range(1000)))[-1] == 2002
        grown = {name: value - before[name] for name, value in _footprint().items()}
    assert grown["MB"] < 10, grown
    return f"1,000 runs; grown by {grown}"


def _footprint() -> dict[str, float]:
    with open("/proc/self/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return {
        "MB": round(kilobytes / 1000, 1),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
    }


def laws() -> str:
    """300 random programs, and 300 with each call sent by itself."""
    for fuse in (True, False):
        _hold(fuse)
    return "600 random programs mean what they mean by the definition"


def _hold(fuse: bool) -> None:
    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(programs())
    def agrees(program: Program) -> None:
        assert ended_on(Ray(fuse=fuse), program) == ended(program)

    agrees()


def nodes() -> str:
    """5 nodes lost, on a cluster of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.ray.nodes", "5"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return "; ".join(line for line in done.stdout.splitlines() if line.startswith("node "))


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part for part in (workers, replicas, without_retries, hangs, cycles, runs, laws, nodes)
}


def main(names: list[str]) -> int:
    """Run parts; how many of them failed."""
    failed = 0
    local: Any = {"num_cpus": CPUS, "include_dashboard": False, "log_to_driver": False}
    ray.init(address="local", logging_level=logging.ERROR, **local)
    for name in names or PARTS:
        begun = time.monotonic()
        ended = outcome(lambda name=name: PARTS[name]())  # type: ignore[misc]  # binds this round
        failed += bool(ended.error)
        print(f"{name}, {time.monotonic() - begun:.0f} s: {ended.error or ended.value.strip(chr(39))}", flush=True)
    ray.shutdown()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
