"""Law 3: only what the outputs need runs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, cond, const, expand, fan_out, flow, iterate, recover, run, switch
from dataflow.executors.base import Executor
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import fail, halve, items, kept, mix, parity, recorded, two
from dataflow.testing.strategies import programs
from tests.laws.executors import each_executor, ended_on, examples


@each_executor
@examples(120)
@given(programs(failing=False))
def test_what_runs_is_what_the_meaning_needs(executor: Executor, program: Program) -> None:
    """executions(executor, p) = executions(reference, p), as multisets; of pure steps, as sets."""
    with recorded() as wanted:
        reference(program.flow.graph, program.values)
    with recorded() as log:
        ended_on(executor, program)
    assert _impure(log) == _impure(wanted)
    assert set(log) == set(wanted)


def _impure(log: list[str]) -> Counter[str]:
    return Counter(entry for entry in log if not entry.startswith("pure("))


@each_executor
@given(flags=st.lists(st.booleans(), min_size=1, max_size=5))
@examples(30)
def test_branches_not_taken_never_start(executor: Executor, flags: list[bool]) -> None:
    """[[cond(t, a, b)]] needs t and one of a, b; nested in any way."""
    node: Node[Any] = mix(0, 0)
    for level, flag in enumerate(flags):
        other = fail(mix(level, 7), "ValueError")
        node = cond(const(flag), *((mix(node, level), other) if flag else (other, mix(node, level))))
    with recorded() as log:
        run(node, executor=executor)
    assert len(log) == len(flags) + 1
    assert not any("fail" in entry for entry in log)


@each_executor
def test_a_selector_runs_before_its_branch(executor: Executor) -> None:
    """A selector runs first; then what the chosen branch needs."""
    branch = mix(5, 5)
    node = switch(parity(mix(1, 1)), {1: branch, 0: fail(branch, "ValueError")})
    with recorded() as log:
        run(node, executor=executor)
    assert log == ["mix(1, 1)", "parity(3)", "mix(5, 5)"]


@each_executor
@pytest.mark.parametrize("flag", [True, False])
def test_a_node_of_several_branches_runs_once_if_one_is_taken(executor: Executor, flag: bool) -> None:
    """cond(t, f(s), cond(u, g(s), c)): s runs once or never."""
    shared = mix(4, 4)
    node = cond(const(flag), mix(shared, 1), cond(const(flag), mix(shared, 2), const(0)))
    with recorded() as log:
        run(node, executor=executor)
    assert log.count("mix(4, 4)") == flag


@each_executor
def test_a_branch_that_is_chosen_twice_runs_once(executor: Executor) -> None:
    """(cond(t, s, a), cond(t, s, b)): s runs once, and so does what both branches need."""
    shared = mix(mix(4, 4), 1)
    with recorded() as log:
        run(cond(const(True), shared, const(1)), cond(const(True), mix(shared, 2), const(2)), executor=executor)
    assert sorted(log) == ["mix(2, 1)", "mix(4, 4)", "mix(5, 2)"]


@each_executor
def test_what_a_handler_reads_runs_only_after_an_error(executor: Executor) -> None:
    """recover(n, h): what h captures is needed only if n fails."""
    fallback = mix(8, 8)
    with recorded() as log:
        assert run(recover(two(1), lambda error: fallback), executor=executor) == (1, 2)
    assert log == ["two(1)"]
    with recorded() as log:
        run(recover(fail(1, "KeyError"), lambda error: fallback), executor=executor)
    assert log == ["fail(1, 'KeyError')", "mix(8, 8)"]


@each_executor
def test_what_a_body_captures_runs_only_if_an_element_needs_it(executor: Executor) -> None:
    """fan_out(lambda x: f(x, s), []) and untaken branches in bodies do not need s; several elements need it once."""
    shared = mix(8, 8)
    bodies = [
        fan_out(lambda x: mix(x, shared), items(0)),
        fan_out(lambda x: cond(const(False), mix(x, shared), x), [1, 2, 3]),
        iterate(lambda x: mix(x, shared), 1, limit=0),
        iterate(lambda x: mix(x, shared), 1, until=lambda x: True, limit=9),
        expand(const(1), lambda x, shared=shared: cond(const(False), shared, const(x))),
        fan_out(lambda x: recover(two(x), lambda error: shared), [1, 2]),
    ]
    for node in bodies:
        with recorded() as log:
            run(node, executor=executor)
        assert "mix(8, 8)" not in log
    with recorded() as log:
        run(fan_out(lambda x: mix(x, shared), [1, 2, 3]), executor=executor)
    assert log.count("mix(8, 8)") == 1


@each_executor
def test_unused_parameters_and_nodes_do_not_run(executor: Executor) -> None:
    """A node that is composed but not needed never starts."""

    @flow
    def program(x: Node[int], unused: Node[int]) -> Node[int]:
        fail(x, "ValueError")
        return halve(x)

    with recorded() as log, program.deploy(executor) as pipeline:
        assert pipeline.call(9, 1) == 4
    assert log == ["halve(9)"]


@each_executor
def test_a_recovered_error_is_not_evaluated_again(executor: Executor) -> None:
    """Two guards around one failing node: it runs once, and both handlers get its error."""
    bad = fail(1, "KeyError")
    with recorded() as log:
        values = run(recover(bad, kept), recover(mix(bad, 1), kept), executor=executor)
    assert values == (["KeyError", "reason", 1],) * 2
    assert log.count("fail(1, 'KeyError')") == 1
