"""Law 5: [[fan_out(f, xs)]] = [f(x) for x in [[xs]]]."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, cond, const, fan_out, flow, gather, run, step
from dataflow.errors import FanOutError
from dataflow.executors.base import Executor
from dataflow.lower import lower
from dataflow.testing.outcome import text
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import items, later, mix, parity, recorded, two, weigh
from dataflow.testing.strategies import programs
from tests.laws.executors import each_concurrent, each_executor, ended, everywhere, examples

numbers = st.lists(st.integers(0, 9), max_size=5)


@step
def same(x: Any) -> Any:
    return x


@everywhere
@examples(30)
@given(xs=numbers)
def test_identity(executor: Executor, xs: list[int]) -> None:
    """fan_out(x -> x, xs) = xs, as a list in the same order."""
    assert run(fan_out(lambda x: x, const(xs)), executor=executor) == xs
    assert run(fan_out(same, tuple(xs)), executor=executor) == xs


@everywhere
@examples(30)
@given(xs=numbers)
def test_composition(executor: Executor, xs: list[int]) -> None:
    """fan_out(g, fan_out(f, xs)) = fan_out(x -> g(f(x)), xs) = fan_out(f >> g, xs)."""
    in_two = fan_out(items, fan_out(mix, const(xs)))
    in_one = fan_out(lambda x: items(mix(x)), const(xs))
    chained = fan_out(mix >> items, const(xs))
    assert run(in_two, in_one, chained, executor=executor) == ([items.fn(mix.fn(x)) for x in xs],) * 3


@everywhere
@examples(60)
@given(program=programs(), xs=st.lists(st.integers(0, 9), min_size=1, max_size=3))
def test_a_body_means_what_it_means_alone(executor: Executor, program: Program, xs: list[int]) -> None:
    """fan_out(p, xs) = [p(x) for x in xs] for every flow p of one parameter; the earliest error wins."""
    alone = [ended(Program(program.lines, program.outputs, (x, *program.values[1:]))) for x in xs]
    body = program.flow
    shared = [const(value) for value in program.values[1:]]
    node = fan_out(lambda x: gather(body(x, *shared)), xs)
    failed = next((one for one in alone if one.error), None)
    if failed is None:
        assert [f"({one.value},)" for one in alone] == [text(value) for value in run(node, executor=executor)]
    else:
        assert failed.raised is not None
        with pytest.raises(type(failed.raised)) as caught:
            run(node, executor=executor)
        assert caught.value.args == failed.raised.args


@each_executor
def test_nothing(executor: Executor) -> None:
    """fan_out(f, []) = [], whatever f is, and however the list is known to be empty."""
    for nothing in ([], (), const([]), items(0)):
        with recorded() as log:
            assert run(fan_out(lambda x: mix(two(x)), nothing), executor=executor) == []
        assert not any("two" in entry for entry in log)
    assert run(fan_out(lambda xs: fan_out(mix, xs), [[], [[]], []]), executor=executor) == [[], [1], []]


@everywhere
@examples(20)
@given(xss=st.lists(st.lists(numbers, max_size=3), max_size=3))
def test_nesting(executor: Executor, xss: list[list[list[int]]]) -> None:
    """fan_out in fan_out in fan_out = comprehension in comprehension in comprehension, any lengths."""
    node = fan_out(lambda xs: fan_out(lambda ys: fan_out(lambda y: mix(y, ys), ys), xs), const(xss))
    assert run(node, executor=executor) == [[[mix.fn(y, ys) for y in ys] for ys in xs] for xs in xss]


@each_executor
def test_the_length_is_known_only_at_run_time(executor: Executor) -> None:
    """xs is any node of something iterable: a list, a dict, a string, a range, a set."""
    for value in ([1, 2], {"a": 1, "b": 2}, "ab", range(3), {5}, b"ab", {"k": 1}.keys()):
        assert run(fan_out(same, step(lambda: value)()), executor=executor) == list(value)
    with pytest.raises(FanOutError, match="7"):
        run(fan_out(same, const(7)), executor=executor)


@each_executor
def test_shared_arguments_are_computed_once(executor: Executor) -> None:
    """fan_out(f, xs, s, key=t) = [f(x, s, key=t) for x in xs] with s and t evaluated once."""
    with recorded() as log:
        values = run(fan_out(weigh, [1, 2, 3], mix(1, 1), key=[mix(2, 2)]), executor=executor)
    assert values == [weigh.fn(x, 3, key=[6]) for x in [1, 2, 3]]
    assert log.count("mix(1, 1)") == log.count("mix(2, 2)") == 1


@everywhere
def test_bodies_may_be_flows_with_switches_and_coroutines(executor: Executor) -> None:
    """A body is any function from node to node."""

    @flow
    def body(x: Node[int], other: Node[int]) -> Node[Any]:
        return cond(parity(x), fan_out(lambda y: later(y, x), items(x)), gather(x, other))

    wanted = [(0, 6), [later_value(y, 1) for y in items.fn(1)], (2, 6), [later_value(y, 3) for y in items.fn(3)]]
    assert run(fan_out(body, [0, 1, 2, 3], mix(2, 2)), executor=executor) == wanted


def later_value(x: int, y: int) -> Any:
    return reference(lower(later(x, y)))


@each_concurrent
def test_elements_are_worked_on_depth_first(executor: Executor) -> None:
    """Of 500 elements a few are under way at a time, never all; each goes on before new ones begin."""
    lock = threading.Lock()
    under_way = most = 0

    @step
    def begin(x: int) -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        return x

    @step
    def end(x: int) -> int:
        nonlocal under_way
        with lock:
            under_way -= 1
        return x

    node = fan_out(lambda x: end(same(begin(x))), range(500))
    assert run(node, executor=executor) == list(range(500))
    assert most <= 32
