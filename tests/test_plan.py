"""Graph -> Plan: what runs always, what on demand, and when each value is dropped."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import pytest

from dataflow import Input, Node, cond, const, fan_out, gather, recover, step, switch
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.ops import Build, Ref, Switch
from dataflow.plan import Plan, captured, plan
from dataflow.shapes import TUPLE


@step
def add(a: int, b: int = 1) -> int:
    return a + b


@step
def double(x: int) -> int:
    return 2 * x


def planned(node: Node[Any]) -> Plan:
    return plan(lower(node))


def readers_left(p: Plan) -> dict[int, int]:
    """After which op of main each value is dropped, by the plan."""
    return {made: at for at, values in p.drops.items() for made in values}


def test_a_graph_without_routing_is_all_main() -> None:
    p = planned(add(double(1), double(2)))
    assert p.main == (0, 1, 2)
    assert p.regions == {}
    assert list(p.reads) == [(), (), (0, 1)]


def test_inputs_are_given_and_not_run() -> None:
    p = planned(add(Input(int, "x"), double(Input(int, "y"))))
    assert p.given == 2
    assert p.main == (2, 3)


def test_an_op_that_reads_a_value_twice_waits_for_it_once() -> None:
    p = planned(add(double(1), double(2)))
    assert p.reads[2] == (0, 1)
    node = double(1)
    assert planned(add(node, node)).reads[1] == (0,)


def test_a_value_is_dropped_after_its_last_reader() -> None:
    a = const(1)
    b = double(a)
    c = add(a, b)
    d = double(c)
    assert readers_left(planned(d)) == {0: 2, 1: 2, 2: 3}


def test_the_output_is_never_dropped() -> None:
    node = double(1)
    graph = lower(gather(node, double(node)))
    assert readers_left(plan(Graph(graph.ops, 0, graph.places))) == {}


def test_a_target_is_dropped_after_the_last_that_may_ask_for_it_in_its_own_region() -> None:
    target = double(1)
    inner, again = cond(const(True), target, const(0)), cond(const(False), target, const(0))
    p = planned(cond(const(True), add(inner, again), const(0)))
    switches = {at: op for at, op in enumerate(p.graph.ops) if isinstance(op, Switch)}
    first, second, _ = switches
    asked = switches[first].cases[0][1]
    assert isinstance(asked, Ref)
    assert readers_left(p)[asked.index] == second


def test_branches_are_regions_and_the_selector_is_main() -> None:
    then, orelse = double(double(1)), double(3)
    p = planned(cond(const(True), then, orelse))
    switch_at = p.graph.output
    assert p.main == (3, 4, switch_at)
    assert dict(p.regions) == {1: (0, 1), 2: (2,)}


def test_what_main_needs_is_no_part_of_a_region() -> None:
    shared = double(1)
    p = planned(gather(cond(const(True), double(shared), const(0)), shared))
    assert 0 in p.main
    assert all(0 not in ops for ops in p.regions.values())


def test_regions_share_ops() -> None:
    shared = double(1)
    p = planned(cond(const(True), double(shared), add(shared, 2)))
    assert dict(p.regions) == {2: (0, 2), 3: (0, 3)}


def test_nested_routing_gives_regions_inside_regions() -> None:
    inner = cond(const(True), double(1), double(2))
    p = planned(cond(const(False), inner, const(0)))
    inner_at = next(at for at, ops in p.regions.items() if len(ops) > 1)
    assert all(target not in p.main for target in p.regions)
    assert p.regions[inner_at][-1] == inner_at


def test_a_branch_that_is_the_selector_is_main_and_its_region_is_empty() -> None:
    n = double(1)
    p = planned(switch(n, {2: n}))
    assert p.regions == {0: ()}


def test_what_a_recover_guards_is_a_region() -> None:
    p = planned(recover(double(1), lambda error: const(0)))
    assert dict(p.regions) == {0: (0,)}
    assert p.main == (1,)


def test_bodies_have_plans_of_their_own() -> None:
    outside = double(5)
    p = planned(fan_out(lambda x: add(x, outside), [1, 2]))
    at = p.graph.output
    body = p.bodies[at]
    assert body.given == 1
    assert body.main == (1, 2)
    assert captured(p.graph.ops[at]) == (0,)
    assert dict(p.regions) == {0: (0,)}
    assert p.main == (at,)


def test_what_a_body_captured_stays_until_the_body_has_run() -> None:
    outside = double(5)
    first = fan_out(lambda x: add(x, outside), [1])
    p = planned(first.map(len))
    assert readers_left(p)[0] == 1


def test_observers_go_to_the_bodies_too() -> None:
    observer = print
    p = plan(lower(fan_out(double, [1])), observers=(observer,))
    assert [body.observers for body in p.bodies.values()] == [(observer,)]


def test_planning_does_not_change_the_graph_and_is_repeatable() -> None:
    graph = lower(cond(const(True), double(1), fan_out(double, [1])[0]))
    ops = graph.ops
    one, other = plan(graph), plan(graph)
    assert graph.ops is ops
    assert (one.main, dict(one.regions), dict(one.drops)) == (other.main, dict(other.regions), dict(other.drops))


def test_every_value_but_the_output_is_dropped_exactly_once() -> None:
    a, b = double(1), double(2)
    node = gather(cond(const(True), add(a, b), a), switch(b, {1: a, 2: add(a, 1)}, default=b), a)
    p = planned(node)
    dropped = [made for values in p.drops.values() for made in values]
    assert sorted(dropped) == sorted(set(dropped))
    assert set(dropped) == set(range(len(p.graph.ops))) - {p.graph.output}


def test_no_value_is_dropped_before_a_reader() -> None:
    a, b = double(1), double(2)
    node = gather(
        cond(const(True), add(a, b), a), recover(add(b, 1), lambda error: a), fan_out(lambda x: add(x, b), [1])
    )
    p = planned(node)
    for made, at in readers_left(p).items():
        readers = [reader for reader, reads in enumerate(p.reads) if made in reads]
        homes = {reader: [target for target, ops in p.regions.items() if reader in ops] for reader in readers}
        assert all(reader <= at or homes[reader] for reader in readers)


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


def routes(n: int) -> Node[Any]:
    """Switches side by side, over one long chain: each branch needs one more op of it than the branch before."""
    nodes, node = [], const(1)
    for _ in range(n // 2):
        node = double(node)
        nodes.append(cond(const(True), node, const(0)))
    return gather(nodes)


def nested(n: int) -> Node[int]:
    """Each guard guards the one before."""
    return functools.reduce(lambda node, _: recover(node, lambda error: const(0)), range(n), const(1))


def bodies(n: int) -> Node[Any]:
    return gather([fan_out(double, [k]) for k in range(n // 4)])


@pytest.mark.parametrize("compose", [chain, wide, branches, bodies, nested])
def test_planning_n_ops_takes_work_in_proportion(compose: Callable[[int], Node[Any]]) -> None:
    few, many = lower(compose(1_000)), lower(compose(10_000))
    assert work(lambda: plan(many)) / work(lambda: plan(few)) < 12


@pytest.mark.parametrize("compose", [chain, wide])
def test_so_do_a_hundred_thousand(compose: Callable[[int], Node[Any]]) -> None:
    few, many = lower(compose(10_000)), lower(compose(100_000))
    assert work(lambda: plan(many)) / work(lambda: plan(few)) < 12


def test_an_op_that_reads_many_values_twice_reads_each_once() -> None:
    graph = lower(wide(10))
    twice = Graph((*graph.ops[:10], Build(TUPLE, tuple(Ref(k % 10) for k in range(20)))), 10)
    assert plan(twice).reads[10] == tuple(range(10))
