"""Drafts: what is filled in by assignments becomes frozen, and is then like any other of its class."""

from __future__ import annotations

import pickle
from typing import Any, Generic, TypeVar

import attrs
import pytest

from dataflow import INPUT, step
from dataflow.callee import Function
from dataflow.drafts import draft_of
from dataflow.node import Node, node_of
from dataflow.ops import SHARED, Call, Ref, call_of, references

T = TypeVar("T")


@attrs.frozen(weakref_slot=False)
class Pair(Generic[T]):
    first: T
    second: int


def drafted(first: Any, second: int) -> Any:
    made: Any = draft_of(Pair)()
    made.first, made.second = first, second
    made.__class__ = Pair
    return made


def test_a_draft_becomes_what_the_constructor_makes() -> None:
    assert drafted("a", 1) == Pair("a", 1)
    assert repr(drafted("a", 1)) == repr(Pair("a", 1))
    assert hash(drafted("a", 1)) == hash(Pair("a", 1))


def test_it_is_frozen_then() -> None:
    made = drafted("a", 1)
    for name in ("first", "second", "brand_new"):
        with pytest.raises(AttributeError):
            setattr(made, name, 2)
        with pytest.raises(AttributeError):
            delattr(made, name)


def test_classes_of_another_layout_are_refused() -> None:
    @attrs.frozen
    class Watched:
        first: int

    made: Any = draft_of(Watched)()
    with pytest.raises(TypeError, match="layout"):
        made.__class__ = Watched


def test_nodes_and_calls_made_as_drafts_are_like_those_that_are_constructed() -> None:
    callee = Function(abs)
    node, call = node_of(INPUT._op, None, 7, None), call_of(callee, (1,), (("key", 2),))
    assert (type(node), node._op, node._order, node._place) == (Node, INPUT._op, 7, None)
    assert (type(call), call.callee, call.args, call.kwargs) == (Call, callee, (1,), (("key", 2),))
    assert call_of(callee, ()).kwargs == ()
    frozen: Any
    for frozen in (node, call):
        with pytest.raises(AttributeError):
            frozen.place = None


@pytest.mark.parametrize("count", [0, 1, 5, 3, SHARED, SHARED + 5])
def test_references_are_numbered(count: int) -> None:
    made = references(count)
    assert made == [Ref(at) for at in range(count)]
    assert {type(each) for each in made} <= {Ref}
    assert pickle.loads(pickle.dumps(made)) == made


def test_the_first_references_are_shared_and_later_ones_are_not_kept() -> None:
    one, other = references(SHARED + 2), references(SHARED + 2)
    assert all(a is b for a, b in zip(one[:SHARED], other, strict=False))
    assert one[-1] is not other[-1]


def test_a_step_keeps_the_place_of_each_line() -> None:
    one: Any = step(lambda x: x)
    first, second = one(1), one(2)
    again = [one(k) for k in range(3)]
    assert first._place != second._place
    assert again[0]._place is again[1]._place is again[2]._place
    assert [node._place[0] for node in (first, second)] == [test_a_step_keeps_the_place_of_each_line.__code__] * 2
