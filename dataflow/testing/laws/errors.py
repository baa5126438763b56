"""Errors reach the caller as themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given

from dataflow.combinators.gather import gather
from dataflow.combinators.recover import recover
from dataflow.combinators.repeat import fan_out
from dataflow.constant import const
from dataflow.node import Node
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import even, explode, explode_if_odd, note, same
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
        agree(bench.ended(program), wanted)

    agrees()


def the_earliest_error_is_raised(bench: Bench) -> None:
    """Of several errors the one that running in order meets first is raised, whichever step was faster."""
    elements = fan_out(lambda x: explode_if_odd(same(x)), range(12))
    nodes = gather([explode_if_odd(same(x)) for x in range(12)])
    for _ in range(5):
        for node in (elements, nodes, gather(nodes, elements)):
            agree(outcome(lambda node=node: bench.run(node)), outcome(lambda: explode_if_odd.fn(1)))  # type: ignore[misc]  # binds this round


def an_error_says_where(bench: Bench) -> None:
    """An error has one note of its place: the path of the step in the graph, and the line that composed it."""
    scope: dict[str, Any] = {"fan_out": fan_out, "same": same, "explode": explode, "path": bench.witness().path}
    exec(compile(f"\nnode = {FAILING}", FILE, "exec"), scope)
    ended = outcome(lambda: bench.run(scope["node"]))
    notes = [note for note in getattr(ended.raised, "__notes__", ()) if note.startswith("in ")]
    agree(notes, [f"in fan_out[0] / explode, composed at {FILE}:2"])


def nothing_starts_after_an_error(bench: Bench) -> None:
    """Once the run is known to fail, what comes later does not start."""
    witness = bench.witness()
    first = explode(witness.path, "boom")
    chain: Node[Any] = recover(first, lambda error: const("known"))  # so nothing of it can start before
    for _ in range(LENGTH):
        chain = note(witness.path, "link", chain)
    ended = outcome(lambda: bench.run(gather(first, chain)))
    agree(ended, outcome(lambda: explode.fn(bench.witness().path, "boom")))
    assert witness.count("link") < LENGTH, "all of what comes later has run"


def a_pipeline_survives_errors(bench: Bench) -> None:
    """After a call that fails, the next one is as good as the first."""
    with even.deploy(bench.executor) as pipeline:
        for _ in range(3):
            agree(outcome(lambda: pipeline.call(1)), outcome(lambda: explode_if_odd.fn(1)))
            agree(pipeline.call(2), 2)
