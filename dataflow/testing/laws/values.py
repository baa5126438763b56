"""Values are those that the reference interpreter gives."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given

from dataflow.combinators.gather import gather
from dataflow.combinators.recover import recover
from dataflow.combinators.repeat import fan_out, iterate
from dataflow.combinators.route import cond, switch
from dataflow.constant import const
from dataflow.node import Node
from dataflow.testing.laws.bench import Bench, agree, meant
from dataflow.testing.laws.parts import add, same, together
from dataflow.testing.outcome import outcome, text
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.strategies import programs

FALSY: tuple[Any, ...] = (None, 0, 0.0, "", b"", False, [], (), {})


def values_are_those_of_the_reference(bench: Bench) -> None:
    """[[p]] on the executor = reference(p), for every program p that has a value."""

    @bench.settings()
    @given(programs(failing=False))
    def agrees(program: Program) -> None:
        wanted = outcome(lambda: reference(program.flow.graph, program.values))
        assume(not wanted.error)
        agree(bench.ended(program), wanted)

    agrees()


def elements_keep_their_order(bench: Bench) -> None:
    """[[fan_out(f, xs)]] = [f(x) for x in xs], for 0, 1 or 100 elements, and nested."""
    for count in (0, 1, 100):
        agree(bench.run(fan_out(lambda x: add(same(x), 1), range(count))), list(range(1, count + 1)))
    rows = [list(range(length)) for length in (3, 0, 12, 1)]
    agree(bench.run(fan_out(lambda row: fan_out(same, row), const(rows))), rows)


def falsy_values_are_values(bench: Bench) -> None:
    """None, 0, "" and the like come out of every combinator as what they are."""
    for value in FALSY:
        ways = _ways(same(value))
        agree(text(bench.run(ways)), text(meant(ways)))


def _ways(node: Node[Any]) -> Node[Any]:
    """A value on its way through combinators."""
    one: Any = const(1)
    return gather(
        node,
        cond(const(True), node, one),
        switch(const("else"), {"no": one}, default=node),
        recover(same(node), lambda error: one),
        iterate(same, node, limit=2),
        fan_out(same, [node, 1]),
        fan_out(lambda x: together(x, node), [1, 2]),
    )
