"""The tables of a plan: who waits for whom, who drops what, who is asked for by whom."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from dataflow import INPUT, Node, cond, const, fan_out, gather, recover, step
from dataflow.executors.base import PENDING
from dataflow.executors.layout import ONE, TWO
from dataflow.executors.network import ENTER, HANDED, Network
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.ops import Call, Ref, Switch, eager, lazy
from dataflow.plan import plan
from dataflow.testing.strategies import graphs

one: Any = step(lambda *_, **__: 1)


def network_of(node: Node[Any]) -> Network:
    return Network(plan(lower(node)), lambda callee: callee.name)


def test_an_op_waits_for_each_thing_that_it_reads_once() -> None:
    a = one()
    made = network_of(one(a, a, one(a)))
    assert made.waits == [0, 1, 2]
    assert made.readers == [(1, 2), (2,), ()]
    assert made.roots == (0,)


def test_what_is_waited_for_and_read_is_counted_down() -> None:
    a = one()
    b = one(a)
    made = network_of(one(a, b, one(a)))
    assert (made.waits, made.uses) == ([0, 1, 1, 3], [3, 1, 1, 1])
    assert [next(made.starts.fresh()[3]), next(made.drops.fresh()[0])] == [2, 2]


def test_nobody_waits_for_an_input() -> None:
    made = network_of(one(INPUT, one(INPUT)))
    assert made.waits == [0, 0, 1]
    assert made.roots == (1,)


def test_the_output_is_used_by_the_caller_too() -> None:
    a = one()
    made = network_of(gather(a, a, one(a)).map(len))
    assert made.uses[made.output] == 1
    assert made.uses[0] == 2


def test_an_op_of_a_region_waits_for_being_asked_for() -> None:
    made = network_of(cond(INPUT, one(one()), const(0)))
    for at in made.homes:
        assert made.waits[at] == 1 + len(made.reads[at])
    targets = {ref.index for op in made.graph.ops if isinstance(op, Switch) for ref in lazy(op) if isinstance(ref, Ref)}
    assert set(made.asks) == targets
    assert set(made.asks.values()) == {1}
    assert all(made.jobs[target].answers for target in targets)


def test_who_asks_for_a_target_twice_counts_once() -> None:
    a = one()
    made = network_of(gather(cond(INPUT, a, a), cond(INPUT, a, const(0))))
    target = next(at for at, op in enumerate(made.graph.ops) if isinstance(op, Call) and op.callee.name == "<lambda>")
    assert made.asks[target] == 2
    assert made.uses[target] == 2


def test_calls_name_what_the_executor_bound_and_entries_nothing() -> None:
    made = network_of(recover(fan_out(one, INPUT), one))
    for op, job in zip(made.graph.ops, made.jobs, strict=True):
        if isinstance(op, Call):
            assert (job.kind, job.target) == (HANDED, op.callee.name)
    assert ENTER in [job.kind for job in made.jobs]


def test_a_call_of_a_function_is_of_the_kind_of_its_arguments() -> None:
    made = Network(plan(lower(one(INPUT, one(INPUT)))), lambda callee: print)
    assert [(job.kind, job.target) for job in made.jobs[1:]] == [(ONE, print), (TWO, print)]
    assert set(made.bodies) == set(made.plan.bodies)


def test_the_template_has_nothing_but_literals() -> None:
    made = network_of(one(INPUT, 5, key=6))
    assert made.template == [PENDING, PENDING, 5, 6]


@given(graphs())
def test_tables_agree_with_each_other(graph: Graph) -> None:
    """Whatever the graph: every op of main and of the regions can become ready, and is read by whom it says."""
    made = Network(plan(graph), lambda callee: callee)
    given, main = made.plan.given, set(made.plan.main)
    for at in (*main, *made.homes):
        reads = [read for read in made.reads[at] if read >= given]
        assert made.waits[at] == len(reads) + (at in made.homes)
        assert all(read in main or read in made.homes for read in reads)
        for read in made.reads[at]:
            assert at in made.readers[read]
    assert not main & set(made.homes)
    for at in made.homes:
        assert set(made.homes[at]) <= set(made.regions)
    for at, op in enumerate(graph.ops):
        refs = {operand.index for operand in lazy(op) if isinstance(operand, Ref)}
        assert set(made.lazies.get(at, ())) == refs
        assert set(made.reads[at]) == {operand.index for operand in eager(op) if isinstance(operand, Ref)}
