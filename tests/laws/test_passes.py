"""Law 13: every pass keeps the meaning, is idempotent, and can be switched off."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given

from dataflow.executors.base import Executor
from dataflow.ir.graph import Graph
from dataflow.passes import PASSES, Pass, optimized
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.strategies import graphs, programs
from tests.laws.executors import ended, everywhere, examples

orders = [order for length in range(len(PASSES) + 1) for order in itertools.permutations(PASSES, length)]
each_order = pytest.mark.parametrize("order", orders, ids=lambda order: "-".join(each.__name__ for each in order))


@each_order
@examples(100)
@given(program=programs())
def test_passes_keep_the_meaning_in_every_order(order: tuple[Pass, ...], program: Program) -> None:
    """reference(p(q(g))) = reference(g)."""
    graph = optimized(program.flow.graph, order)
    assert outcome(lambda: reference(graph, program.values)) == ended(program)


@each_order
@examples(100)
@given(graph=graphs())
def test_passes_are_idempotent_in_every_order(order: tuple[Pass, ...], graph: Graph) -> None:
    """p(q(p(q(g)))) = p(q(g))."""
    once = optimized(graph, order)
    assert optimized(once, order) == once


@examples(200)
@given(graphs())
def test_passes_commute(graph: Graph) -> None:
    """p(q(g)) = q(p(g))."""
    found = {str(optimized(graph, order)) for order in itertools.permutations(PASSES)}
    assert len(found) == 1


@everywhere
@examples(60)
@given(program=programs())
def test_passes_can_be_switched_off(executor: Executor, program: Program) -> None:
    """flow.deploy(passes=()).call(x) = flow.deploy().call(x)."""

    def work() -> object:
        with program.flow.deploy(executor, passes=()) as pipeline:
            return pipeline.call(*program.values)

    assert outcome(work) == ended(program)
