"""What happens at the same time."""

from __future__ import annotations

from collections import Counter

from dataflow.combinators.gather import gather
from dataflow.combinators.repeat import fan_out
from dataflow.step import bind
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import Alone, meet, meeting, moved, note, same, wait_for
from dataflow.testing.outcome import outcome

CALLS = 40
ELEMENTS = 150
LONG = 0.25
"""Seconds in which a second call of an instance would come, if anybody let it."""


def calls_in_flight_do_not_see_each_other(bench: Bench) -> None:
    """Each of 40 calls under way at once has the value of its own arguments."""
    with moved.deploy(bench.executor) as pipeline:
        futures = [pipeline.submit(x) for x in range(CALLS)]
        agree([future.result() for future in futures], [2 * x for x in range(CALLS)])


def an_instance_works_on_one_call_at_a_time(bench: Bench) -> None:
    """With max_concurrency=1 the calls of one instance do not overlap."""
    witness = bench.witness()
    agree(bench.run(fan_out(bind(Alone, witness.path, 0, LONG), range(CALLS))), list(range(CALLS)))
    busy: Counter[str] = Counter()
    for kind, _, who in (mark.partition(" ") for mark in witness.marks()):
        busy[who] += {"in": 1, "out": -1}.get(kind, 0)
        assert busy[who] <= 1, "an instance was called while it was busy"


def elements_are_worked_on_depth_first(bench: Bench) -> None:
    """Of 150 elements a few are begun and not ended at a time: as many as are worked on."""
    witness = bench.witness()
    most = 8 + 8 * bench.at_once
    bench.run(fan_out(lambda x: note(witness.path, "end", same(note(witness.path, "begin", x))), range(ELEMENTS)))
    begun = found = 0
    for mark in witness.marks():
        begun += 1 if mark == "begin" else -1
        found = max(found, begun)
    assert found <= most, f"up to {found} elements were under way at a time; {most} may be"


def steps_overlap(bench: Bench) -> None:
    """Two steps of which neither needs the other run at the same time, in one run."""
    witness = bench.witness()
    one, other = meet(witness.path, "a", "b", bench.patience), meet(witness.path, "b", "a", bench.patience)
    agree(bench.run(gather(one, other)), (True, True))


def calls_overlap(bench: Bench) -> None:
    """Two calls of a pipeline run at the same time."""
    witness = bench.witness()
    with meeting.deploy(bench.executor) as pipeline:
        futures = [pipeline.submit(witness.path, *words, bench.patience) for words in (("a", "b"), ("b", "a"))]
        agree([future.result() for future in futures], [True, True])


def no_step_waits_for_a_level(bench: Bench) -> None:
    """A step starts when its own inputs are there, while one that stands beside them is still at work."""
    witness = bench.witness()
    slow = wait_for(witness.path, "slow", "second", bench.patience)
    second = note(witness.path, "second", same(note(witness.path, "first")))
    ended = outcome(lambda: bench.run(gather(slow, second)))
    assert not ended.error, f"the second step of a chain did not start while another step ran: {ended.error}"
