"""Laws that follow from the meaning: node.map is a functor, const and expand a monad, gather a product."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, cond, const, expand, fan_out, fold, gather, iterate, run, unpack
from dataflow.executors.base import Executor
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import fail_if_odd, halve, heavy, items, mix, weight
from dataflow.testing.strategies import programs
from tests.laws.executors import ended, everywhere, examples

growers: st.SearchStrategy[Callable[[Any], Node[Any]]] = st.sampled_from(
    [
        mix,
        const,
        items,
        lambda x: fan_out(mix, items(x)),
        lambda x: fail_if_odd(x, "KeyError"),
        lambda x: expand(items(x), lambda xs: const(len(xs))),
        lambda x: cond(const(bool(x)), mix(x), const(0)),
    ]
)
functions = st.sampled_from([str, weight, heavy, lambda x: [x, x], lambda x: x])


def node_of(program: Program) -> Node[Any]:
    return program.flow(*map(const, program.values))


@everywhere
@examples(25)
@given(program=programs(), f=functions, g=functions)
def test_functor(executor: Executor, program: Program, f: Callable[[Any], Any], g: Callable[[Any], Any]) -> None:
    """n.map(x -> x) = n; n.map(f).map(g) = n.map(g after f)."""
    node = node_of(program)
    assert outcome(lambda: run(node.map(lambda x: x), executor=executor)) == ended(program)
    one_by_one = outcome(lambda: run(node.map(f).map(g), executor=executor))
    assert one_by_one == outcome(lambda: run(node.map(lambda x: g(f(x))), executor=executor))


@everywhere
@examples(25)
@given(x=st.integers(0, 9), f=growers)
def test_left_identity(executor: Executor, x: int, f: Callable[[Any], Node[Any]]) -> None:
    """expand(const(x), f) = f(x)."""
    assert outcome(lambda: run(expand(const(x), f), executor=executor)) == outcome(lambda: run(f(x)))


@everywhere
@examples(25)
@given(program=programs())
def test_right_identity(executor: Executor, program: Program) -> None:
    """expand(n, const) = n."""
    assert outcome(lambda: run(expand(node_of(program), const), executor=executor)) == ended(program)


@everywhere
@examples(25)
@given(program=programs(), f=growers, g=growers)
def test_associativity(
    executor: Executor, program: Program, f: Callable[[Any], Node[Any]], g: Callable[[Any], Node[Any]]
) -> None:
    """expand(expand(n, f), g) = expand(n, x -> expand(f(x), g))."""
    node = node_of(program)
    left = outcome(lambda: run(expand(expand(node, f), g), executor=executor))
    assert left == outcome(lambda: run(expand(node, lambda x: expand(f(x), g)), executor=executor))


@everywhere
@examples(25)
@given(programs=st.tuples(programs(), programs(), programs()))
def test_gather(executor: Executor, programs: tuple[Program, Program, Program]) -> None:
    """((a, b), c) = (a, (b, c)) up to shape; gather() = const(()); unpack(gather(a, b)) = a, b."""
    a, b, c = map(node_of, programs)
    left = gather(gather(a, b), c).map(lambda v: (v[0][0], v[0][1], v[1]))
    right = gather(a, gather(b, c)).map(lambda v: (v[0], v[1][0], v[1][1]))
    flat = outcome(lambda: run(gather(a, b, c), executor=executor))
    assert outcome(lambda: run(left, executor=executor)) == flat
    assert outcome(lambda: run(right, executor=executor)) == flat
    assert outcome(lambda: run(a, b, c, executor=executor)) == flat
    assert outcome(lambda: run(gather([a, b, c]).map(tuple), executor=executor)) == flat
    again = gather(*unpack(gather(a, b, c)))
    assert outcome(lambda: run(again, executor=executor)) == flat


@everywhere
def test_units(executor: Executor) -> None:
    """gather() = const(()), gather([]) = const([]), gather({}) = const({}), unpack(gather()) = ()."""
    assert run(gather(), gather([]), gather({}), executor=executor) == ((), [], {})
    assert unpack(gather()) == ()


@everywhere
@examples(25)
@given(xs=st.lists(st.integers(0, 9), max_size=5), start=st.integers(0, 9))
def test_fold_is_reduce(executor: Executor, xs: list[int], start: int) -> None:
    """fold(f, xs, x) = functools.reduce(f, xs, x), over a literal list, a list of nodes and a node."""
    wanted = reduce(mix.fn, xs, start)
    for items_ in (xs, [const(x) for x in xs], const(xs)):
        assert run(fold(mix, items_, start), executor=executor) == wanted
    assert run(fold(lambda done, x: mix(x, done), xs, start), executor=executor) == reduce(
        lambda done, x: mix.fn(x, done), xs, start
    )


@everywhere
@examples(25)
@given(x=st.integers(0, 99), rounds=st.integers(0, 8))
def test_iterate_is_a_loop(executor: Executor, x: int, rounds: int) -> None:
    """iterate(f, x, limit=n) = f^n(x); iterate(f, x, until=p) stops at the first value of which p is true."""
    wanted = reduce(lambda value, _: halve.fn(value), range(rounds), x)
    assert run(iterate(halve, x, limit=rounds), executor=executor) == wanted
    until = run(iterate(halve, const(x), until=lambda value: value < 7, limit=10), executor=executor)
    while x >= 7:
        x = halve.fn(x)
    assert until == x


@everywhere
@examples(25)
@given(xs=st.lists(st.integers(0, 9), max_size=4))
def test_fan_out_is_gather_of_a_known_list(executor: Executor, xs: list[int]) -> None:
    """fan_out(f, [a, b, ...]) = gather([f(a), f(b), ...])."""
    nodes = [mix(x) for x in xs]
    assert run(fan_out(items, nodes), executor=executor) == run(
        gather([items(node) for node in nodes]), executor=executor
    )
