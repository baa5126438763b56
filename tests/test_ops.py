"""The nine operations: what each reads at once, what only on demand, and the same op over other operands."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

from dataflow.callee import Function
from dataflow.ops import (
    ABSENT,
    Build,
    Call,
    Const,
    Expand,
    Grower,
    Input,
    Loop,
    Map,
    Recover,
    Ref,
    Switch,
    eager,
    lazy,
    rewired,
)
from dataflow.shapes import LIST

CALLEE = Function(max)
BODY, GROW = object(), Grower(len)

CASES: list[tuple[Any, tuple[object, ...], tuple[object, ...]]] = [
    (Input("x"), (), ()),
    (Const(3), (), ()),
    (Call(CALLEE, (1, 2)), (1, 2), ()),
    (Call(CALLEE, (1,), (("key", 2), ("default", 3))), (1, 2, 3), ()),
    (Build(LIST, (1, 2)), (1, 2), ()),
    (Switch(1, (("a", 2), ("b", 3))), (1,), (2, 3)),
    (Switch(1, (("a", 2),), 4), (1,), (2, 4)),
    (Switch(1, (("a", 2),), None), (1,), (2, None)),
    (Recover(1, BODY, (ValueError,), (2, 3)), (), (1, 2, 3)),
    (Map(BODY, 1, (2, 3)), (1,), (2, 3)),
    (Loop(BODY, 1, 9, False, (2,)), (1,), (2,)),
    (Expand(1, GROW, (2, 3)), (1,), (2, 3)),
]
IDS = [f"{type(op).__name__}-{at}" for at, (op, _, _) in enumerate(CASES)]


@pytest.mark.parametrize(("op", "now", "on_demand"), CASES, ids=IDS)
def test_operands(op: Any, now: tuple[object, ...], on_demand: tuple[object, ...]) -> None:
    assert eager(op) == now
    assert lazy(op) == on_demand


def fields(op: Any) -> list[object]:
    return [getattr(op, field.name) for field in attrs.fields(type(op))]


@pytest.mark.parametrize("op", [op for op, _, _ in CASES], ids=IDS)
def test_rewired_over_the_same_operands_is_the_same_op(op: Any) -> None:
    again = rewired(op, lambda operand: operand, lambda body: body)
    assert type(again) is type(op)
    assert fields(again) == fields(op)


@pytest.mark.parametrize("op", [op for op, _, _ in CASES], ids=IDS)
def test_rewired_replaces_every_operand_and_body_and_nothing_else(op: Any) -> None:
    bodies: list[object] = []

    def keep(body: object) -> object:
        bodies.append(body)
        return body

    again = rewired(op, lambda operand: ("new", operand), keep)
    assert eager(again) == tuple(("new", operand) for operand in eager(op))
    assert lazy(again) == tuple(("new", operand) for operand in lazy(op))
    assert bodies == ([BODY] if isinstance(op, Recover | Map | Loop) else [])


def test_the_union_is_covered() -> None:
    """A new op must be added to the cases above."""
    assert {type(op) for op, _, _ in CASES} == {Input, Const, Call, Build, Switch, Recover, Map, Loop, Expand}


def test_absent_stays_itself_when_pickled_and_none_is_another_default() -> None:
    assert pickle.loads(pickle.dumps(ABSENT)) is ABSENT
    assert repr(ABSENT) == "ABSENT"
    assert Switch(1, ((1, 2),), None).default is not ABSENT


def test_refs_are_values_and_ops_are_not() -> None:
    assert Ref(3) == Ref(3)
    assert Const(3) != Const(3)


@pytest.mark.parametrize("op", [op for op, _, _ in CASES], ids=IDS)
def test_ops_do_not_change(op: Any) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(op, attrs.fields(type(op))[0].name, None)
