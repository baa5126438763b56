"""Equal calls of pure steps become one, where that cannot change an error."""

from __future__ import annotations

import math
from typing import Any

import pytest

from dataflow import INPUT, Node, bind, cond, const, fan_out, gather, recover, run, step
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.ops import Call
from dataflow.passes.merge import merge

ran: list[tuple[Any, ...]] = []


def note(*args: Any, **kwargs: Any) -> int:
    ran.append((*args, *kwargs.items()))
    return len(ran)


pure: Any = step(pure=True)(note)
other: Any = step(pure=True, name="other")(note)
impure: Any = step(note)


@pytest.fixture(autouse=True)
def fresh() -> None:
    ran.clear()


def calls(node: Node[Any]) -> int:
    """How many calls of our steps are left after the pass."""
    return sum(isinstance(op, Call) and op.callee.options.placement == "auto" for op in merge(lower(node)).ops)


def test_equal_calls_of_a_pure_step_are_one() -> None:
    assert calls(gather(pure(1), pure(1), pure(1))) == 1
    assert run(gather(pure(1), pure(1))) == (1, 1)
    assert ran == [(1,)]


def test_calls_of_other_steps_are_as_many_as_they_are() -> None:
    assert calls(gather(impure(1), impure(1))) == 2
    assert calls(gather(pure(1), other(1))) == 2
    assert calls(gather(pure(1), pure.options(retries=1)(1))) == 2


def test_calls_of_what_was_merged_are_merged_in_turn() -> None:
    deep = [pure(pure(pure(INPUT)), 2) for _ in range(3)]
    assert calls(gather(deep)) == 3


@pytest.mark.parametrize(
    ("a", "b"),
    [(1, True), (1, 1.0), (0.0, -0.0), ("a", b"a"), ((1,), [1]), ([1], [True]), ({"a": 1}, {"a": 1.0}), (None, "None")],
    ids=repr,
)
def test_literals_that_only_look_equal_are_different(a: object, b: object) -> None:
    assert calls(gather(pure(a), pure(b))) == 2


@pytest.mark.parametrize("value", [1, "a", None, (1, "b"), [1, [2]], {"k": [1]}, math.nan, b"x", 2.5, {1, 2}], ids=repr)
def test_literals_that_are_equal_are_merged(value: object) -> None:
    assert calls(gather(pure(value), pure(value))) == 1


def test_literals_without_equality_are_told_apart() -> None:
    assert calls(gather(pure(object()), pure(object()))) == 2


def test_keywords_have_no_order_but_names() -> None:
    assert calls(gather(pure(a=1, b=2), pure(b=2, a=1))) == 1
    assert calls(gather(pure(a=1), pure(b=1))) == 2
    assert calls(gather(pure(1), pure(a=1))) == 2


def test_an_earlier_call_on_demand_is_no_substitute() -> None:
    """If it were run for the later one, its error could come earlier, or never be asked for."""
    assert calls(cond(INPUT, pure(1), pure(1))) == 2
    assert calls(gather(cond(INPUT, pure(1), const(0)), pure(1))) == 2


def test_a_call_on_demand_gives_way_to_one_that_always_runs() -> None:
    always = pure(1)
    assert calls(gather(always, cond(INPUT, pure(1), const(0)))) == 1


def test_a_merged_call_in_a_recover_changes_no_error() -> None:
    @step(pure=True)
    def fail(x: int) -> int:
        ran.append((x,))
        raise KeyError(x)

    handled = recover(fail(1), lambda error: error.map(repr))
    assert run(handled) == "KeyError(1)"
    both = gather(recover(fail(1), lambda error: error.map(repr)), recover(fail(1), lambda error: error.map(repr)))
    assert run(both) == ("KeyError(1)", "KeyError(1)")


def test_bodies_are_merged_on_their_own() -> None:
    node = fan_out(lambda x: gather(pure(x), pure(x)), [5, 5])
    run(node)
    assert ran == [(5,), (5,)], "once for each element: they may be on different workers"


def test_instances_are_merged_only_if_they_are_the_same_step() -> None:
    class Scale:
        def __call__(self, x: int) -> int:
            return x

    scale = bind(Scale).options(pure=True)
    assert calls(gather(scale(1), scale(1))) == 1
    assert calls(gather(scale(1), bind(Scale).options(pure=True)(1))) == 2


def test_a_graph_without_equal_calls_is_the_same_object() -> None:
    for node in (gather(pure(1), pure(2)), gather(impure(1), impure(1)), pure(1)):
        graph = lower(node)
        assert merge(graph) is graph


def test_the_output_itself_may_be_merged_away() -> None:
    first = pure(1)
    second = pure(1)
    graph = lower(gather(first, second))
    direct = Graph(graph.ops, graph.output - 1, graph.places)
    assert len(merge(direct).ops) <= len(direct.ops)
    assert run(second) == 1
