"""Where values stand in a frame, and where calls find them."""

from __future__ import annotations

import pytest

from dataflow import step
from dataflow.callee import Function
from dataflow.executors.base import PENDING
from dataflow.executors.layout import KEYED, MANY, ONE, TWO, Layout, taking
from dataflow.ir.graph import Graph
from dataflow.ops import Call, Const, Input, Ref

GRAPH = Graph((Input("x"), Const(1), Call(Function(len), (Ref(0),))), 2)


def test_there_is_a_place_for_each_op_and_nothing_in_it() -> None:
    assert Layout(GRAPH).template == [PENDING] * 3


def test_a_computed_value_stands_at_its_op_and_a_literal_after_all_of_them() -> None:
    layout = Layout(GRAPH)
    assert layout.place(Ref(1)) == 1
    assert layout.place("a") == 3
    assert layout.place(None) == 4
    assert layout.template == [PENDING, PENDING, PENDING, "a", None]


def test_equal_literals_have_places_of_their_own() -> None:
    layout = Layout(GRAPH)
    first, second = [1], [1]
    assert layout.template[layout.place(first)] is first
    assert layout.template[layout.place(second)] is second


def test_a_call_is_its_arity_and_its_places() -> None:
    layout = Layout(GRAPH)
    assert layout.arguments([Ref(1)])[:5] == (ONE, 1, 0, (1,), ())
    assert layout.arguments([Ref(2), 9])[:5] == (TWO, 2, 3, (2, 3), ())
    assert layout.arguments([])[:5] == (MANY, 0, 0, (), ())
    assert layout.arguments([Ref(0), Ref(0), Ref(2)])[:5] == (MANY, 0, 0, (0, 0, 2), ())
    assert layout.arguments([Ref(0)], [("key", 5), ("other", Ref(1))])[:5] == (
        *(KEYED, 0, 0, (0,)),
        (("key", 4), ("other", 1)),
    )


@pytest.mark.parametrize("places", [(), (2,), (2, 0), (1, 1, 0)])
def test_what_takes_arguments_gives_the_values_at_their_places(places: tuple[int, ...]) -> None:
    frame = ["a", "b", "c"]
    assert taking(places)(frame) == tuple(frame[place] for place in places)


def test_a_call_takes_its_arguments_where_they_are_many_or_named() -> None:
    layout = Layout(GRAPH)
    many, keyed = layout.arguments([Ref(2), Ref(0), Ref(1)])[5], layout.arguments([Ref(1)], [("key", Ref(0))])[5]
    assert (many(["a", "b", "c"]), keyed(["a", "b", "c"])) == (("c", "a", "b"), ("b",))


def test_a_step_is_a_literal_like_any_other() -> None:
    layout, inner = Layout(GRAPH), step(len)
    assert layout.template[layout.place(inner)] is inner
