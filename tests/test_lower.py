"""Nodes -> Graph: everything once, in the order of composition, in linear time."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dataflow import In, Input, Node, cond, const, fan_out, flow, gather, iterate, recover, run, step
from dataflow.errors import CompositionError, DuplicateNameError
from dataflow.lower import lower, lower_growth
from dataflow.node import clock
from dataflow.ops import Build, Call, Const, Loop, Map, Recover, Ref, Switch, eager, lazy
from dataflow.place import here, text
from dataflow.trace import parameter


@step
def add(a: int, b: int = 1) -> int:
    return a + b


@step
def double(x: int) -> int:
    return 2 * x


# What a graph contains


def test_ops_stand_in_the_order_of_composition() -> None:
    a = const(1)
    b = double(a)
    keyed: Any = add
    c = keyed(a, b=b)
    graph = lower(gather(c, b))
    assert [type(op) for op in graph.ops] == [Const, Call, Call, Build]
    assert [eager(op) for op in graph.ops] == [(), (Ref(0),), (Ref(0), Ref(1)), (Ref(2), Ref(1))]
    assert graph.output == 3


def test_literals_stay_where_they_are() -> None:
    op = lower(add(const(1), 5)).ops[1]
    assert isinstance(op, Call)
    assert op.args == (Ref(0), 5)


def test_what_the_output_does_not_need_is_left_out() -> None:
    node = const(1)
    double(node)
    assert len(lower(node).ops) == 1


def test_places_go_with_the_ops() -> None:
    node = double(const(1))
    graph = lower(node)
    assert [text(graph.place(at)) for at in (0, 1)] == [text(node._place)] * 2


def test_given_inputs_come_first_whether_they_are_used_or_not() -> None:
    place = here()
    x, y = parameter("x", "flow 'f'", place, 7), parameter("y", "flow 'f'", place)
    graph = lower(double(y), (x, y), "flow 'f'")
    assert [(given.name, given.default is not None) for given in graph.inputs] == [("x", True), ("y", True)]
    assert graph.inputs[0].default == 7
    assert eager(graph.ops[2]) == (Ref(1),)


def test_free_placeholders_follow_in_the_order_of_composition() -> None:
    second, first = Input(int, "second"), Input(int, "first")
    graph = lower(add(first, second))
    assert [given.name for given in graph.inputs] == ["second", "first"]


def test_a_placeholder_inside_a_body_is_an_input_of_the_whole() -> None:
    amount = Input(int, "amount")
    graph = lower(fan_out(lambda x: add(x, amount), [1, 2]))
    assert [given.name for given in graph.inputs] == ["amount"]
    with fan_out(lambda x: add(x, amount), [1, 2]).deploy() as pipeline:
        assert pipeline.call(10) == [11, 12]


def test_a_placeholder_made_inside_a_body_is_an_input_of_the_whole_too() -> None:
    node = fan_out(lambda x: add(x, Input(int, "amount")), [1, 2])
    with node.deploy() as pipeline:
        assert pipeline.call(amount=10) == [11, 12]


def test_two_placeholders_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateNameError, match="2 inputs are named 'x'"):
        lower(add(Input(int, "x"), Input(int, "x")))


def test_bodies_become_graphs_and_what_they_capture_lazy_operands() -> None:
    outside, unused = double(1), double(2)
    mapped = lower(fan_out(lambda x: add(x, outside), const([1])))
    op = mapped.ops[mapped.output]
    assert isinstance(op, Map)
    assert len(op.captured) == 1
    assert [given.name for given in op.body.inputs] == ["item", "captured 0"]
    assert lazy(op) == op.captured
    assert all(type(operand) is Ref for operand in op.captured)
    looped = lower(iterate(lambda x: add(x, outside), 1, limit=2))
    assert isinstance(looped.ops[looped.output], Loop)
    guarded = lower(recover(double(1), lambda error: outside))
    handler = guarded.ops[guarded.output]
    assert isinstance(handler, Recover)
    assert len(handler.captured) == 1
    routed = lower(cond(const(True), outside, unused))
    assert isinstance(routed.ops[routed.output], Switch)


def test_inner_bodies_capture_through_outer_ones() -> None:
    outside = double(5)
    node = fan_out(lambda row: fan_out(lambda x: add(x, outside), row), const([[1], [2]]))
    outer = lower(node)
    op = outer.ops[outer.output]
    assert isinstance(op, Map)
    assert len(op.captured) == 1
    inner = op.body.ops[op.body.output]
    assert isinstance(inner, Map)
    assert len(inner.captured) == 1
    assert run(node) == [[11], [12]]


# What is refused


def test_a_parameter_of_another_flow_is_refused_and_both_flows_are_named() -> None:
    leaked: list[Any] = []

    @flow
    def first(x: In[int]) -> Node[int]:
        leaked.append(x)
        return double(x)

    @flow
    def second(y: In[int]) -> Node[int]:
        return add(y, leaked[0])

    assert first.graph.labels()
    with pytest.raises(CompositionError, match=r"flow 'second' reads .*'x'.*the parameter of flow 'first'"):
        second.graph  # noqa: B018  # the read composes
    with pytest.raises(CompositionError, match="the parameter of flow 'first', which has no value here"):
        run(double(leaked[0]))


def test_a_parameter_of_a_body_is_refused_outside_and_in_a_later_body() -> None:
    leaked: Any = []
    node = fan_out(lambda x: leaked.append(x) or double(x), [1])
    with pytest.raises(CompositionError, match="the parameter of fan_out at"):
        lower(gather(node, leaked[0]))
    with pytest.raises(CompositionError, match="the parameter of fan_out at"):
        lower(fan_out(lambda x: add(x, leaked[0]), [1]))


@pytest.mark.parametrize("around", [gather, lambda *nodes: fan_out(lambda x: add(x, nodes[1]), nodes[0])])
def test_what_is_composed_in_a_body_is_refused_outside_and_in_a_later_body(around: Any) -> None:
    """It would run for each argument there, and once more here: as one node that is too often."""
    leaked: Any = []

    def body(x: Node[int]) -> Node[int]:
        leaked.append(double(5))
        return add(x, leaked[0])

    node = fan_out(lambda row: fan_out(body, row), [[1], [2]])[0]
    with pytest.raises(CompositionError, match=r"'double' composed at .*composed in the body of fan_out at .*before"):
        lower(around(node, leaked[0]))


def test_a_constant_of_a_body_may_be_read_anywhere() -> None:
    leaked: Any = []
    node = fan_out(lambda x: leaked.append(const(7)) or add(x, leaked[0]), [1])
    assert run(gather(node, leaked[0], double(leaked[0]))) == ([8], 7, 14)


def test_growth_may_read_known_nodes_only() -> None:
    known, unknown, mark = const(1), const(2), next(clock)
    lowered = lower_growth(add(known, 1), {known}, mark, "expand")
    assert lowered.captured == (known,)
    with pytest.raises(CompositionError, match=r"could not be seen in it when expand\(\) was called"):
        lower_growth(add(unknown, 1), {known}, mark, "expand")


# Sharing


def test_a_diamond_ladder_of_depth_20_has_each_node_once_and_runs_each_once() -> None:
    ran: list[int] = []

    def noted(a: int, b: int) -> int:
        ran.append(a)
        return a + b

    both: Any = step(noted)
    node = const(1)
    for _ in range(20):
        node = both(node, node)
    assert len(lower(node).ops) == 21
    assert run(node) == 2**20
    assert len(ran) == 20


def test_a_diamond_ladder_of_containers_has_each_container_once() -> None:
    node: Any = const(1)
    for _ in range(20):
        node = gather([node, node])
    assert len(lower(node).ops) == 21


def test_a_diamond_ladder_of_branches_runs_each_node_once() -> None:
    ran: Any = []
    both: Any = step(lambda a, b: ran.append(a) or a + b)
    yes, node = const(True), const(1)
    for _ in range(20):
        node = cond(yes, both(node, node), node)
    assert run(node) == 2**20
    assert len(ran) == 20


# Work


def work(fn: Callable[[], object]) -> int:
    """How many calls, of Python and of C functions, it takes."""
    count = 0

    def tally(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tally)
    try:
        fn()
    finally:
        sys.setprofile(None)
    return count


def chain(n: int) -> Node[int]:
    return functools.reduce(lambda node, _: double(node), range(n), const(1))


def wide(n: int) -> Node[Any]:
    return gather([double(k) for k in range(n)])


def branches(n: int) -> Node[int]:
    node, test = const(1), const(True)
    for _ in range(n // 2):
        node = cond(test, double(node), node)
    return node


def bodies(n: int) -> Node[Any]:
    return gather([fan_out(double, [k]) for k in range(n // 4)])


def literals(n: int) -> Node[Any]:
    whole: Any = step(len)
    node: Node[Any] = whole([[k] for k in range(n)])
    return node


SHAPES = [chain, wide, branches, bodies, literals]


@pytest.mark.parametrize("compose", SHAPES)
def test_composing_n_nodes_takes_work_in_proportion(compose: Callable[[int], Node[Any]]) -> None:
    small, large = work(lambda: compose(1_000)), work(lambda: compose(10_000))
    assert large / small < 12


@pytest.mark.parametrize("compose", SHAPES)
def test_lowering_n_nodes_takes_work_in_proportion(compose: Callable[[int], Node[Any]]) -> None:
    few, many = compose(1_000), compose(10_000)
    assert work(lambda: lower(many)) / work(lambda: lower(few)) < 12


@pytest.mark.parametrize("compose", [chain, wide])
def test_so_do_a_hundred_thousand(compose: Callable[[int], Node[Any]]) -> None:
    few, many = compose(10_000), compose(100_000)
    assert work(lambda: lower(many)) / work(lambda: lower(few)) < 12
    assert len(lower(many).ops) == 100_001


def test_the_recursion_limit_does_not_matter() -> None:
    assert sys.getrecursionlimit() <= 1_000
    assert len(lower(chain(100_000)).ops) == 100_001
    nested: Any = const(1)
    for _ in range(3_000):
        nested = recover(nested, lambda error: const(0))
    assert run(nested) == 1
