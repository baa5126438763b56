"""Graphs without some of their ops."""

from __future__ import annotations

from typing import Any

from dataflow import fan_out, flow, recover
from dataflow.callee import Function
from dataflow.ir.graph import Graph, walk
from dataflow.ops import Call, Const, Input, Recover, Ref, Switch
from dataflow.passes.rebuild import kept, with_bodies


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(Function(max), args, tuple(kwargs.items()))


def test_what_is_left_out_is_read_from_another_instead() -> None:
    graph = Graph((Const(1), call(Ref(0)), call(Ref(0)), call(Ref(1), Ref(2), key=Ref(2))), 3)
    assert kept(graph, [0, 1, 3], {2: 1}) == Graph((Const(1), call(Ref(0)), call(Ref(1), Ref(1), key=Ref(1))), 2)


def test_the_output_may_be_left_out() -> None:
    graph = Graph((Const(1), call(Ref(0)), call(Ref(0))), 2)
    assert kept(graph, [0, 1], {2: 1}) == Graph((Const(1), call(Ref(0))), 1)


def test_lazy_operands_are_rewired_too() -> None:
    body = Graph((Input("error"), Input("captured 0"), Const(0)), 2)
    ops = (Const(1), Const(1), Switch(Ref(1), ((1, Ref(1)),), Ref(0)), Recover(Ref(1), body, (ValueError,), (Ref(1),)))
    result = kept(Graph(ops, 3), [0, 2, 3], {1: 0})
    switch, guard = result.ops[1:]
    assert isinstance(switch, Switch)
    assert (switch.selector, switch.cases, switch.default) == (Ref(0), ((1, Ref(0)),), Ref(0))
    assert isinstance(guard, Recover)
    assert (guard.attempt, guard.captured, guard.handler) == (Ref(0), (Ref(0),), body)


def test_places_are_kept_if_there_are_any() -> None:
    graph = Graph((Const(1), Const(2), call(Ref(0))), 2, (("a", 1), ("b", 2), ("c", 3)))
    assert kept(graph, [0, 2], {}).places == (("a", 1), ("c", 3))
    assert kept(Graph(graph.ops, 2), [0, 2], {}).places == ()


def test_bodies_are_changed_one_level_at_a_time() -> None:
    @flow
    def nested(xs: Any) -> Any:
        return fan_out(lambda x: recover(x.map(abs), lambda error: error.map(repr)), xs)

    graph, seen = nested.graph, list[Graph]()

    def change(body: Graph) -> Graph:
        seen.append(body)
        return Graph((*body.ops, Const("more")), body.output)

    changed = with_bodies(graph, change)
    assert len(seen) == 1
    before, after = list(walk(graph)), list(walk(changed))
    assert [len(each.ops) for each in after] == [len(before[0].ops), len(before[1].ops) + 1, len(before[2].ops)]


def test_a_graph_without_bodies_is_the_same_object() -> None:
    graph = Graph((Const(1), call(Ref(0))), 1)
    assert with_bodies(graph, lambda body: body) is graph
