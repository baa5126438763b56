"""Nodes together, and apart again."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from dataflow import bind, const, gather, run, step, unpack
from dataflow.errors import CompositionError


class Pair(NamedTuple):
    left: Any
    right: Any


@step
def halves(x: int) -> tuple[int, int]:
    return x // 2, x - x // 2


@step
def pair(x: int) -> Pair:
    return Pair(x, x)


@step
def several(x: int) -> tuple[int, ...]:
    return (x,) * x


@step
def untold(x: Any) -> Any:
    return x


def test_nodes_become_a_tuple() -> None:
    assert run(gather(const(1), const("b"))) == (1, "b")
    assert run(gather(const(1))) == (1,)


def test_nothing_becomes_the_empty_tuple() -> None:
    assert run(gather()) == ()


def test_a_list_or_dict_of_nodes_becomes_a_list_or_dict() -> None:
    assert run(gather([const(1), const(2)])) == [1, 2]
    assert list(run(gather({"b": const(1), "a": const(2)})).items()) == [("b", 1), ("a", 2)]
    assert run(gather([])) == []
    assert run(gather({})) == {}


def test_the_same_node_may_be_gathered_twice() -> None:
    node = const([1])
    first, second = run(gather(node, node))
    assert first is second


def test_nodes_inside_containers_are_gathered_too() -> None:
    loose: Any = gather
    assert run(loose([const(1)], {"a": const(2)})) == ([1], {"a": 2})
    assert run(loose(const([7]).output[0])) == (7,)


def test_the_list_may_change_afterwards() -> None:
    nodes = [const(1)]
    node = gather(nodes)
    nodes.append(const(2))
    assert run(node) == [1]


@pytest.mark.parametrize("wrong", [3, "text", None, untold, [1], {"a": 1}])
def test_what_is_no_node_is_refused_and_named_by_its_place(wrong: Any) -> None:
    loose: Any = gather
    with pytest.raises(CompositionError, match=r"argument 1 of gather\(\)"):
        loose(const(1), wrong)


@pytest.mark.parametrize("wrong", [[3], {"a": 3}, [untold]])
def test_so_it_is_inside_a_list_or_dict(wrong: Any) -> None:
    loose: Any = gather
    with pytest.raises(CompositionError, match=r"argument 0 of gather\(\)"):
        loose(wrong)


def test_the_keys_of_a_dict_are_values() -> None:
    """`gather` keeps the keys: nodes as keys go through a step's argument."""
    loose: Any = gather
    assert run(loose({("a", 1): const(2)})) == {("a", 1): 2}


def test_unpack_knows_the_length_from_the_steps_annotation() -> None:
    low, high = unpack(halves(7))
    assert run(low, high) == (3, 4)
    left, right = unpack(pair(5))
    assert run(left, right) == (5, 5)


def test_unpack_knows_the_length_of_a_gather() -> None:
    first, second = unpack(gather(const(1), const(2)))
    assert run(second, first) == (2, 1)
    loose: Any = unpack
    third, fourth = loose(gather([const(3), const(4)]))
    assert run(third, fourth) == (3, 4)


def test_unpack_knows_the_length_of_a_class_step_and_of_a_constant() -> None:
    class Twice:
        def __call__(self, x: int) -> tuple[int, int]:
            return x, x

    left, right = unpack(bind(Twice)(3))
    assert run(left, right) == (3, 3)
    low, high = unpack(const((1, 9)))
    assert run(high, low) == (9, 1)


def test_unpack_takes_the_length() -> None:
    loose: Any = unpack
    assert [run(node) for node in loose(untold([1, 2, 3]), 3)] == [1, 2, 3]
    assert loose(const(()), 0) == ()
    assert [run(node) for node in loose(several(1), 1)] == [1]


@pytest.mark.parametrize("make", [lambda: untold(1), lambda: several(2), lambda: const([1, 2])])
def test_unpack_refuses_an_unknown_length(make: Any) -> None:
    loose: Any = unpack
    with pytest.raises(CompositionError, match="needs the number of items"):
        loose(make())


@pytest.mark.parametrize("n", [-1, True, 1.0, "2", const(2)])
def test_unpack_refuses_what_is_no_length(n: Any) -> None:
    loose: Any = unpack
    with pytest.raises(CompositionError, match="an int of at least 0"):
        loose(const((1, 2)), n)


@pytest.mark.parametrize("wrong", [3, (1, 2), halves])
def test_unpack_takes_a_node(wrong: Any) -> None:
    loose: Any = unpack
    with pytest.raises(CompositionError):
        loose(wrong, 2)


@pytest.mark.parametrize("n", [1, 3])
def test_a_wrong_length_is_an_error_at_run_time(n: int) -> None:
    loose: Any = unpack
    nodes = loose(const((1, 2)), n)
    with pytest.raises(ValueError, match=rf"expected {n} items, got 2"):
        run(nodes[0])


def test_only_what_is_needed_of_an_unpacked_node_runs_once() -> None:
    ran: list[int] = []

    @step
    def make(x: int) -> tuple[int, int]:
        ran.append(x)
        return x, x

    a, b = unpack(make(1))
    assert run(a, b) == (1, 1)
    assert ran == [1]
