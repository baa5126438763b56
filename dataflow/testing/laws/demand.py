"""What runs at all."""

from __future__ import annotations

from collections import Counter

from hypothesis import assume, given

from dataflow.combinators.route import cond
from dataflow.run import run
from dataflow.testing.laws.bench import Bench, agree, call, meant
from dataflow.testing.layers import Layered, layered
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import big, mix
from dataflow.testing.strategies import programs
from dataflow.testing.witness import Witness


def only_what_is_needed_runs(bench: Bench) -> None:
    """The calls that are made are those that evaluating the output by the definition makes, each as often: of no
    other branch, and of nothing that only such a branch reads. Equal calls of pure steps may be one."""

    @bench.settings()
    @given(programs(failing=False))
    def agrees(program: Program) -> None:
        wanted, seen = bench.witness(), bench.witness()
        graph = layered(program.flow.graph, wanted)
        ended = outcome(lambda: reference(graph, program.values))
        assume(not ended.error)
        outcome(lambda: call(program.flow, Layered(bench.executor, seen), *program.values))
        agree(_calls(seen), _calls(wanted))
        agree(set(seen.marks()), set(wanted.marks()))

    agrees()
    seen = bench.witness()
    node = cond(big(9), mix(1, 2), mix(mix(3, 4), 5))
    agree(run(node, executor=Layered(bench.executor, seen)), meant(mix(1, 2)))
    agree(seen.marks(), ["big(9)", "mix(1, 2)"])


def _calls(witness: Witness) -> Counter[str]:
    """The calls of steps that are not pure, and how often each was made."""
    return Counter(mark for mark in witness.marks() if not mark.startswith("pure("))
