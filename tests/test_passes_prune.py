"""What the output does not need is left out; inputs stay."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dataflow.callee import Function
from dataflow.ir.graph import Graph
from dataflow.ops import Call, Const, Input, Map, Ref, Switch
from dataflow.passes.prune import prune


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(Function(max), args, tuple(kwargs.items()))


def test_what_nothing_reads_is_left_out_and_the_rest_renumbered() -> None:
    graph = Graph((Const(1), Const(2), call(Ref(1)), Const(3), call(Ref(2), 5)), 4)
    pruned = prune(graph)
    assert pruned == Graph((Const(2), call(Ref(0)), call(Ref(1), 5)), 2)


def test_what_comes_after_the_output_is_left_out() -> None:
    assert prune(Graph((Const(1), call(Ref(0)), call(Ref(1))), 1)) == Graph((Const(1), call(Ref(0))), 1)


def test_inputs_stay_in_their_order() -> None:
    graph = Graph((Input("a"), Input("b"), Const(1), call(Ref(1))), 3)
    assert [given.name for given in prune(graph).inputs] == ["a", "b"]
    assert len(prune(graph).ops) == 3


def test_what_is_needed_only_on_demand_stays() -> None:
    graph = Graph((Input("key"), Const(1), Const(2), Const(3), Switch(Ref(0), (("a", Ref(1)),), Ref(3))), 4)
    assert len(prune(graph).ops) == 4
    assert prune(graph).ops[3].default == Ref(2)  # type: ignore[union-attr]  # the switch


def test_what_a_body_captures_stays() -> None:
    body = Graph((Input("item"), Input("captured 0"), call(Ref(0), Ref(1))), 2)
    graph = Graph((Input("xs"), Const(1), Const(2), Map(body, Ref(0), (Ref(2),))), 3)
    assert len(prune(graph).ops) == 3


def test_keywords_are_read_too() -> None:
    graph = Graph((Const(1), Const(2), call(3, key=Ref(0))), 2)
    assert prune(graph) == Graph((Const(1), call(3, key=Ref(0))), 1)


def test_a_graph_without_dead_ops_is_the_same_object() -> None:
    graph = Graph((Const(1), call(Ref(0))), 1)
    assert prune(graph) is graph


def test_places_go_with_their_ops() -> None:
    graph = Graph((Const(1), Const(2), call(Ref(1))), 2, (("a", 1), ("b", 2), ("c", 3)))
    assert prune(graph).places == (("b", 2), ("c", 3))


@st.composite
def sums(draw: st.DrawFn) -> Graph:
    """A graph of constants and sums, most of it dead."""
    ops: list[Any] = [Const(draw(st.integers(0, 9)))]
    for at in range(1, draw(st.integers(1, 20))):
        reads = draw(st.lists(st.integers(0, at - 1), max_size=3))
        ops.append(Call(Function(lambda *xs: sum(xs)), tuple(map(Ref, reads))))
    return Graph(tuple(ops), draw(st.integers(0, len(ops) - 1)))


@given(sums())
def test_exactly_what_the_output_reaches_is_kept(graph: Graph) -> None:
    reached, waiting = set[int](), [graph.output]
    while waiting:
        at = waiting.pop()
        if at not in reached:
            reached.add(at)
            op = graph.ops[at]
            waiting += [ref.index for ref in op.args if isinstance(ref, Ref)] if isinstance(op, Call) else []
    pruned = prune(graph)
    kept = [graph.ops[at] for at in sorted(reached)]
    assert len(pruned.ops) == len(kept)
    assert [getattr(op, "callee", None) for op in pruned.ops] == [getattr(op, "callee", None) for op in kept]
    assert pruned.output == len(kept) - 1


def test_a_hundred_thousand_ops_need_no_recursion() -> None:
    ops: list[Any] = [Const(1), *[call(Ref(at)) for at in range(100_000)]]
    assert len(prune(Graph((*ops, Const(2)), 100_000)).ops) == 100_001
