"""Passes keep the meaning, do nothing the second time, and can be left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from dataflow import Node, fan_out, flow, gather, iterate, recover, step
from dataflow.ir.graph import Graph, walk
from dataflow.passes import PASSES, Pass, optimized
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.strategies import graphs, programs

each_pass = pytest.mark.parametrize("each", PASSES, ids=lambda each: each.__name__)


@step(pure=True)
def load(name: Any) -> str:
    return str(name)


@flow
def nested(x: Any) -> Node[Any]:
    both = gather(load("a"), load("a"))
    body = fan_out(lambda y: gather(load(y), load(y), load("a"), load("a")), [x, 1])
    looped = iterate(lambda y: gather(load("b"), load("b"), y), x, limit=2)
    return gather(both, body, looped, recover(x.map(abs), lambda e: gather(load(e), load(e))))


@each_pass
@given(program=programs())
def test_a_pass_keeps_the_meaning(each: Pass, program: Program) -> None:
    graph = program.flow.graph
    expected = outcome(lambda: reference(graph, program.values))
    assert outcome(lambda: reference(each(graph), program.values)) == expected
    assert outcome(lambda: reference(optimized(graph, (each,)), program.values)) == expected


@given(programs())
def test_all_passes_together_keep_the_meaning(program: Program) -> None:
    graph = program.flow.graph
    expected = outcome(lambda: reference(graph, program.values))
    assert outcome(lambda: reference(optimized(graph), program.values)) == expected


@each_pass
@given(graph=graphs())
def test_a_pass_does_nothing_the_second_time(each: Pass, graph: Graph) -> None:
    once = each(graph)
    assert each(once) == once
    assert each(once).places == once.places


@given(graphs())
def test_all_passes_together_do_nothing_the_second_time(graph: Graph) -> None:
    once = optimized(graph)
    assert optimized(once) == once


@each_pass
@given(graph=graphs())
def test_a_pass_keeps_the_inputs_and_writes_nothing(each: Pass, graph: Graph) -> None:
    ops, before = graph.ops, str(graph)
    assert [given.name for given in each(graph).inputs] == [given.name for given in graph.inputs]
    assert graph.ops is ops
    assert str(graph) == before


@each_pass
@given(graph=graphs())
def test_each_op_keeps_its_place(each: Pass, graph: Graph) -> None:
    result = each(graph)
    assert len(result.places) == len(result.ops)
    assert set(result.places) <= set(graph.places)


def test_passes_can_be_left_out() -> None:
    graph = nested.graph
    assert optimized(graph, ()) == graph
    assert optimized(graph) != graph


def test_bodies_are_optimized_too() -> None:
    before = [len(graph.ops) for graph in walk(nested.graph)]
    after = [len(graph.ops) for graph in walk(optimized(nested.graph))]
    assert len(before) == len(after) == 4
    assert all(small < large for small, large in zip(after, before, strict=True))
