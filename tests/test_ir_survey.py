"""What there is in a graph: the same as looking at every op finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from dataflow.callee import Function
from dataflow.errors import GraphError
from dataflow.ir.graph import Graph, walk
from dataflow.ir.survey import LIGHT, surveyed
from dataflow.ops import Call, Const, Input, Ref, Switch, eager, lazy
from dataflow.testing.strategies import graphs

CALLEE = Function(max)


def test_a_call_without_keywords_is_usual_and_all_else_is_rare() -> None:
    found = surveyed((Input("x"), Call(CALLEE, (Ref(0), Ref(0), 5)), Call(CALLEE, (Ref(1),), (("key", len),))))
    assert [given.name for given in found.inputs] == ["x"]
    assert list(found.reads) == [(), (0,), (1,)]
    assert found.rare == (0, 2)
    assert found.callees == (CALLEE,)
    assert found.literals == (2,)
    assert found.unread == 1


def test_what_is_read_on_demand_is_read_but_not_needed() -> None:
    found = surveyed((Const(1), Const(2), Switch(Ref(0), ((1, Ref(1)),))))
    assert list(found.reads) == [(), (), (0,)]
    assert found.unread == 1


@pytest.mark.parametrize(
    "op", [Call(CALLEE, (Ref(1),)), Call(CALLEE, (), (("key", Ref(1)),)), Switch(1, ((1, Ref(1)),))]
)
def test_reading_what_comes_later_is_refused(op: Any) -> None:
    with pytest.raises(GraphError, match="op %1 reads %1, which does not come before it"):
        surveyed((Const(1), op))


def test_what_is_named_is_named_in_order_and_once() -> None:
    ops = (Const("a"), Call(CALLEE, ("b", "c")), Call(CALLEE, (), (("key", "d"),)), Call(CALLEE, ("e",)))
    assert surveyed(ops).literals == (0, 1, 2, 3)


@pytest.mark.parametrize(("value", "literals"), [(1, ()), (None, ()), ("a", (0,)), ([], (0,))])
def test_literals_of_a_few_bytes_are_not_named(value: Any, literals: tuple[int, ...]) -> None:
    assert surveyed((Const(value),)).literals == literals
    assert surveyed((Call(CALLEE, (value,)),)).literals == literals


@given(graphs())
def test_it_is_what_looking_at_every_op_finds(graph: Graph) -> None:
    for each in walk(graph):
        ops, found = each.ops, each.survey
        refs = [[part.index for part in eager(op) if isinstance(part, Ref)] for op in ops]
        asked = {part.index for op in ops for part in lazy(op) if isinstance(part, Ref)}
        read = asked.union(*refs)
        assert found.inputs == tuple(op for op in ops if isinstance(op, Input)) == each.inputs
        assert list(found.reads) == [tuple(dict.fromkeys(some)) for some in refs]
        assert found.rare == tuple(at for at, op in enumerate(ops) if not isinstance(op, Call) or op.kwargs)
        assert found.callees == tuple(dict.fromkeys(op.callee for op in ops if isinstance(op, Call)))
        assert found.unread == len(ops) - len(read)
        heavy = [at for at, op in enumerate(ops) for part in _literals(op) if type(part) not in LIGHT]
        assert found.literals == tuple(dict.fromkeys(sorted(heavy)))


def _literals(op: Any) -> list[object]:
    parts = (op.value,) if isinstance(op, Const) else (*eager(op), *lazy(op))
    return [part for part in parts if not isinstance(part, Ref)]
