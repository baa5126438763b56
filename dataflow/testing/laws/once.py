"""How often a node runs."""

from __future__ import annotations

from dataflow.combinators.expand import expand
from dataflow.combinators.gather import gather
from dataflow.combinators.repeat import fan_out, iterate
from dataflow.combinators.route import cond
from dataflow.constant import const
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import note, noted, together
from dataflow.testing.steps import pure


def a_shared_node_runs_once(bench: Bench) -> None:
    """A node that steps, branches, bodies and what grows read runs once in a run; so does one of branches alone."""
    witness = bench.witness()
    shared = note(witness.path, "shared")
    readers = gather(
        together(shared, shared),
        fan_out(lambda x: together(x, shared), range(5)),
        fan_out(lambda x: fan_out(lambda y: cond(const(True), together(y, shared), y), [x, x]), range(3)),
        iterate(lambda x: note(witness.path, "round", x, shared), "", limit=3),
        expand(const(1), lambda x, shared=shared: together(const(x), shared)),
        cond(const(False), const(0), shared),
    )
    rare = note(witness.path, "rare", note(witness.path, "rarer"))
    branches = gather(
        cond(const(True), rare, const(0)),
        cond(const(True), together(rare, 1), const(0)),
        fan_out(lambda x: cond(const(True), together(x, rare), x), range(3)),
    )
    bench.run(gather(readers, branches))
    agree([witness.count(word) for word in ("shared", "rare", "rarer")], [1, 1, 1])


def two_calls_are_two_nodes(bench: Bench) -> None:
    """f(x) and f(x) both run, unless f is pure."""
    witness = bench.witness()
    twice = together(note(witness.path, "a"), note(witness.path, "a"))
    agree(bench.run(together(twice, pure(1, 2), pure(1, 2))), [["a", "a"], pure.fn(1, 2), pure.fn(1, 2)])
    agree(witness.count("a"), 2)


def each_run_runs_anew(bench: Bench) -> None:
    """Two calls of a pipeline with equal arguments are two runs."""
    witness = bench.witness()
    with noted.deploy(bench.executor) as pipeline:
        agree([pipeline.call(witness.path, 1) for _ in range(2)], [["noted", 1]] * 2)
    agree(witness.count("noted"), 2)
