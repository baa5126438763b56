"""Errors reach the caller as themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given

from dataflow.combinators.gather import gather
from dataflow.combinators.repeat import fan_out
from dataflow.node import Node
from dataflow.testing.laws.bench import Bench
from dataflow.testing.laws.parts import even, explode, explode_if_odd, link, same
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.strategies import programs

LENGTH = 100
FILE = "<law>"
FAILING = "fan_out(lambda x: same(explode(path, 'boom', x)), [7])"
"""Composed by a file of its own: places are lines of users, and not of dataflow."""


def errors_are_those_of_the_reference(bench: Bench) -> None:
    """A program that fails raises what reference(p) raises: the same type, arguments and attributes."""

    @bench.settings()
    @given(programs())
    def agrees(program: Program) -> None:
        wanted = outcome(lambda: reference(program.flow.graph, program.values))
        assume(wanted.error)
        assert bench.ended(program) == wanted

    agrees()


def the_earliest_error_is_raised(bench: Bench) -> None:
    """Of several errors the one that running in order meets first is raised, whichever step was faster."""
    for _ in range(5):
        caught = outcome(lambda: bench.run(fan_out(lambda x: explode_if_odd(same(x)), range(12))))
        assert caught == outcome(lambda: explode_if_odd.fn(1))


def an_error_says_where(bench: Bench) -> None:
    """An error has one note of its place: the path of the step in the graph, and the line that composed it."""
    scope: dict[str, Any] = {"fan_out": fan_out, "same": same, "explode": explode, "path": bench.witness().path}
    exec(compile(f"\nnode = {FAILING}", FILE, "exec"), scope)
    ended = outcome(lambda: bench.run(scope["node"]))
    notes = [note for note in getattr(ended.raised, "__notes__", ()) if note.startswith("in ")]
    assert notes == [f"in fan_out[0] / explode, composed at {FILE}:2"]


def nothing_starts_after_an_error(bench: Bench) -> None:
    """Once the run is known to fail, what comes later does not start."""
    witness = bench.witness()
    first = explode(witness.path, "boom")
    chain: Node[Any] = same(0)
    for _ in range(LENGTH):
        chain = link(witness.path, "boom", chain)
    ended = outcome(lambda: bench.run(gather(first, chain)))
    assert ended == outcome(lambda: explode.fn(bench.witness().path, "boom"))
    assert witness.count("link") < LENGTH


def a_pipeline_survives_errors(bench: Bench) -> None:
    """After a call that fails, the next one is as good as the first."""
    with even.deploy(bench.executor) as pipeline:
        for _ in range(3):
            assert outcome(lambda: pipeline.call(1)) == outcome(lambda: explode_if_odd.fn(1))
            assert pipeline.call(2) == 2
