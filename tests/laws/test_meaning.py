"""Law 1: what a graph means, on every executor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, const, run, step
from dataflow.errors import CompositionError
from dataflow.executors.base import Executor
from dataflow.lower import lower
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import Box, Pair, mix, weigh
from dataflow.testing.strategies import programs
from tests.laws.executors import ended, ended_on, everywhere, examples


@step
def same(x: Any) -> Any:
    return x


@step
def as_called(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    return (args, kwargs)


@everywhere
@examples(500)
@given(programs())
def test_meaning(executor: Executor, program: Program) -> None:
    """flow.deploy(executor).call(*xs) = reference(flow.graph, xs): the same value, or error of the same type and args."""
    assert ended_on(executor, program) == ended(program)


@everywhere
@examples(50)
@given(programs())
def test_a_flow_called_on_values_is_a_node(executor: Executor, program: Program) -> None:
    """run(flow(const(x)), executor) = flow.deploy(executor).call(x)."""
    node = program.flow(*map(const, program.values))
    assert outcome(lambda: run(node, executor=executor)) == ended(program)
    assert outcome(lambda: reference(lower(node))) == ended(program)


atoms = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.floats(allow_nan=False), st.binary(max_size=2)
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Leaves in containers of every kind in which nodes are found."""

    def inside(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        few = st.lists(parts, max_size=3)
        return st.one_of(
            few,
            few.map(tuple),
            st.dictionaries(st.text(max_size=2), parts, max_size=3),
            st.builds(Pair, parts, parts),
            st.builds(Box, parts),
        )

    return st.recursive(leaves, inside, max_leaves=6)


@given(nested(atoms))
def test_literals_mean_themselves(value: Any) -> None:
    """[[f(x)]] = f.fn(x), and f.fn gets an equal value of the same type."""
    assert outcome(lambda: run(same(value))) == outcome(lambda: value)
    assert outcome(lambda: run(const(value))) == outcome(lambda: value)


@attrs.frozen(eq=False)
class Hidden:
    """Stands for a node until there are nodes."""

    value: Any


def with_nodes(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """The same nesting, with each `Hidden` replaced."""
    match value:
        case Hidden(value=hidden):
            return leaf(hidden)
        case list():
            return [with_nodes(part, leaf) for part in value]
        case Pair(left, right):
            return Pair(with_nodes(left, leaf), with_nodes(right, leaf))
        case tuple():
            return tuple(with_nodes(part, leaf) for part in value)
        case dict():
            return {key: with_nodes(part, leaf) for key, part in value.items()}
        case Box(content=content):
            return Box(with_nodes(content, leaf))
        case _:
            return value


@given(nested(st.one_of(atoms, st.builds(Hidden, atoms))), nested(st.builds(Hidden, atoms)))
def test_nodes_are_found_in_nested_containers(one: Any, two: Any) -> None:
    """[[f(C(n...), k=D(m...))]] = f.fn(C([[n]]...), k=D([[m]]...))."""
    nodes = as_called(with_nodes(one, const), 1, key=with_nodes(two, const), other=with_nodes(two, const))
    values = with_nodes(two, same.fn)
    wanted = ((with_nodes(one, same.fn), 1), {"key": values, "other": values})
    assert outcome(lambda: run(nodes)) == outcome(lambda: wanted)


class Fields(NamedTuple):
    one: Any
    two: Any = 2


@attrs.frozen
class Attributes:
    one: Any
    _two: Any = attrs.field(default=2, kw_only=True)


CONTAINERS: dict[str, Callable[[Any, Any], Any]] = {
    "list": lambda a, b: [a, b],
    "tuple": lambda a, b: (a, b),
    "named tuple": Fields,
    "dict of values": lambda a, b: {"a": a, "b": b},
    "dict of keys": lambda a, b: {a: 1, b: 2},
    "set": lambda a, b: {a, b},
    "frozenset": lambda a, b: frozenset({a, b}),
    "attrs class": lambda a, b: Attributes(a, two=b),
    "one in another": lambda a, b: [{"k": (a, {b})}, Box(Fields(a, [b]))],
    "the same twice": lambda a, b: (lambda shared: [shared, shared])([a, b]),
}


@everywhere
@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_nodes_are_found_in_every_container(executor: Executor, container: Callable[[Any, Any], Any]) -> None:
    """[[f(C(a, b))]] = f.fn(C([[a]], [[b]])), for each kind of container, however the argument is passed."""
    node = as_called(container(const(1), const(2)), *[container(const(3), 4)], key=container(5, const(6)))
    wanted = ((container(1, 2), container(3, 4)), {"key": container(5, 6)})
    assert outcome(lambda: run(node, executor=executor)) == outcome(lambda: wanted)


class Opaque:
    def __init__(self, held: object) -> None:
        self.held = held


@pytest.mark.parametrize("hide", [Opaque, lambda node: lambda: node, lambda node: [Opaque(node)]])
def test_a_node_in_another_object_is_refused(hide: Callable[[Node[int]], Any]) -> None:
    """f(o) with a node in o that will not be evaluated is an error at composition."""
    with pytest.raises(CompositionError, match="node"):
        same(hide(const(1)))


def test_a_literal_is_what_it_was_at_composition() -> None:
    """[[f(x)]] does not change with x afterwards."""
    xs: list[Any] = [1, [2]]
    node = same(xs)
    xs.append(3)
    xs[1].append(4)
    assert run(node) == [1, [2]]


@everywhere
@given(x=st.integers(0, 99), y=st.integers(0, 99))
@examples(20)
def test_composition_is_application(executor: Executor, x: int, y: int) -> None:
    """[[f(a, b)]] = f.fn([[a]], [[b]]), positional, by name and variadic."""
    a, b = const(x), const(y)
    assert run(mix(a, b), mix(a, y=b), mix(y=b, x=a), executor=executor) == (mix.fn(x, y),) * 3
    assert run(weigh(*[a, b], key=a, other=b), executor=executor) == weigh.fn(x, y, key=x, other=y)
