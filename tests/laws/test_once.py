"""Law 2: a node runs at most once per run, and two calls are two nodes."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from dataflow import Node, cond, const, fan_out, flow, gather, run
from dataflow.executors.base import Executor
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import big, items, mix, parity, pure, recorded
from dataflow.testing.strategies import programs
from tests.laws.executors import each_executor, ended_on, examples


@each_executor
@examples(60)
@given(programs(failing=False))
def test_nothing_runs_more_often_than_it_stands_there(executor: Executor, program: Program) -> None:
    """executions(executor, p) <= executions(reference, p), as multisets."""
    with recorded() as wanted:
        reference(program.flow.graph, program.values)
    with recorded() as log:
        ended_on(executor, program)
    assert Counter(log) <= Counter(wanted)


@each_executor
def test_a_ladder_of_diamonds_runs_each_node_once(executor: Executor) -> None:
    """n = f(n, n), 20 times over: 20 executions, not 2**20."""
    node: Node[int] = const(1)
    for _ in range(20):
        node = mix(node, node)
    with recorded() as log:
        run(node, executor=executor)
    assert len(log) == 20


@each_executor
def test_two_calls_are_two_nodes(executor: Executor) -> None:
    """f(x) and f(x) both run; n and n run once."""
    with recorded() as log:
        assert run(mix(1, 2), mix(1, 2), executor=executor) == (4, 4)
    assert log == ["mix(1, 2)"] * 2
    with recorded() as log:
        assert run(mix(1, 2), mix(1, 2), pure(1, 2), pure(1, 2), executor=executor) == (4, 4, 6, 6)
    assert log.count("mix(1, 2)") == 2
    node = mix(1, 2)
    with recorded() as log:
        assert run(gather(node, [node]), node, executor=executor) == ((4, [4]), 4)
    assert log == ["mix(1, 2)"]


@each_executor
def test_equal_calls_of_a_pure_step_may_run_once(executor: Executor) -> None:
    """[[(f(x), f(x))]] = (f.fn(x), f.fn(x)) with one or two executions, if f is pure."""
    with recorded() as log:
        assert run(pure(1, 2), pure(1, 2), pure(2, 2), executor=executor) == (6, 6, 7)
    assert Counter(log)["pure(1, 2)"] in (1, 2)
    assert Counter(log)["pure(2, 2)"] == 1


@each_executor
def test_pure_calls_on_literals_that_are_equal_but_not_the_same_are_two(executor: Executor) -> None:
    """f(1) and f(True) mean different things, though 1 == True."""
    with recorded() as log:
        run(pure(1), pure(True), pure(1.0), pure([1]), pure((1,)), executor=executor)
    assert sorted(log) == sorted(["pure(1, 0)", "pure(True, 0)", "pure(1.0, 0)", "pure([1], 0)", "pure((1,), 0)"])


@each_executor
def test_a_shared_node_runs_once_wherever_it_is_read(executor: Executor) -> None:
    """Branches, bodies, bodies in bodies and the rest share one execution."""
    shared = mix(3, 4)

    @flow
    def inner(x: Node[int]) -> Node[int]:
        return cond(big(x), mix(x, shared), shared)

    node = gather(
        fan_out(lambda xs: fan_out(inner, xs), [[1, 9], [7, 2]]),
        cond(parity(shared), shared, mix(shared, 1)),
        fan_out(lambda x: mix(x, shared), items(3)),
    )
    with recorded() as log:
        run(node, executor=executor)
    assert log.count("mix(3, 4)") == 1


@each_executor
def test_each_run_runs_anew(executor: Executor) -> None:
    """Once per run: two runs are two executions."""
    node = mix(1, 2)
    with recorded() as log:
        run(node, executor=executor)
        run(node, executor=executor)
    assert log == ["mix(1, 2)"] * 2
