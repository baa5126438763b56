"""From deploy to close."""

from __future__ import annotations

import gc
import os
from collections import Counter

from dataflow.errors import ClosedError
from dataflow.plan import plan
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import alone, broken, moved
from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.witness import Witness

CALLS = 10


def instances_are_made_at_deploy(bench: Bench) -> None:
    """Composing makes no instance, deploying makes it, and no process makes it twice; a constructor's error is
    that of deploy."""
    witness = bench.witness()
    flow = alone(witness.path)
    assert flow.graph is not None
    assert witness.marks() == [], "an instance was made while composing"
    with flow.deploy(bench.executor) as pipeline:
        assert witness.marks(), "no instance was made at deploy"
        agree([pipeline.call(x) for x in range(CALLS)], [x + 10 for x in range(CALLS)])
    made = Counter(mark for mark in witness.marks() if mark.startswith("made"))
    assert set(made.values()) == {1}, f"instances made in each process: {made}"
    ended = outcome(lambda: broken().deploy(bench.executor))
    agree(ended, Outcome(error="builtins.KeyError('weights') {}"))


def close_answers_what_was_accepted(bench: Bench) -> None:
    """A call that was accepted before close() has its value."""
    pipeline = moved.deploy(bench.executor)
    futures = [pipeline.submit(x) for x in range(CALLS)]
    pipeline.close()
    agree([outcome(future.result).value for future in futures], [str(2 * x) for x in range(CALLS)])


def a_closed_deployment_refuses(bench: Bench) -> None:
    """After close() a run is a ClosedError, and a second close() does nothing."""
    deployment = bench.executor.deploy(plan(moved.graph))
    agree(deployment.submit({"x": 1}).result(), 2)
    deployment.close()
    deployment.close()
    ended = outcome(lambda: deployment.submit({"x": 1}).result())
    assert isinstance(ended.raised, ClosedError), f"it ended with {ended}"


def close_frees_the_instances(bench: Bench) -> None:
    """After close() no instance is left, at the latest when the workers are used again; or its process is not."""
    witness = bench.witness()
    with alone(witness.path).deploy(bench.executor) as pipeline:
        pipeline.call(1)
    del pipeline

    def freed() -> bool:
        gc.collect()
        with moved.deploy(bench.executor) as other:  # whoever keeps instances in other processes learns of it now
            other.call(1)
        return not _left(witness)

    assert bench.sees(freed), "an instance is still there"


def _left(witness: Witness) -> list[str]:
    """The processes that live and have an instance. One that was ended has none, though nobody wrote it down."""
    count: Counter[str] = Counter()
    for kind, _, process in (mark.partition(" ") for mark in witness.marks()):
        count[process] += {"made": 1, "freed": -1}.get(kind, 0)
    return [process for process, left in count.items() if left and _lives(int(process))]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)  # asks whether it is there, and does nothing to it
    except ProcessLookupError:
        return False
    return True
