"""How many items a node has is known where it is certain, and only there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from dataflow import In, Node, bind, cond, const, flow, gather, match, recover, run, step, switch, unpack
from dataflow.combinators.lengths import length_of
from dataflow.errors import CompositionError

if TYPE_CHECKING:
    from pathlib import Path as Unknown


class Point(NamedTuple):
    x: int
    y: int


@step
def pair(x: int) -> tuple[int, str]:
    return x, str(x)


@step
def three(x: int) -> tuple[int, int, int]:
    return x, x, x


@step
def untold(x: Any) -> Any:
    return x


@step
def instead(error: Exception) -> tuple[int, str]:
    return 0, ""


@step
def shown(path: Unknown) -> tuple[int, str]:
    return 1, str(path)


class Split:
    def __call__(self, x: int) -> tuple[int, str]:
        return x, str(x)


def plain(by: int, x: int) -> tuple[int, str]:
    return by, str(x)


def made() -> Split:
    return Split()


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (bind(Split)(3), (3, "3")),
        (step(functools.partial(plain, 2))(3), (2, "3")),
        (shown(untold("here")), (1, "here")),
        (const((1, "a")), (1, "a")),
        (const(Point(1, 2)), (1, 2)),
        (cond(const(False), pair(1), pair(2)), (2, "2")),
        (cond(const(True), pair(1), (7, "seven")), (1, "1")),
        (switch("b", {"a": pair(1), "b": gather(const(2), const("b"))}), (2, "b")),
        (switch("c", {"a": pair(1)}, default=const((0, ""))), (0, "")),
        (match(const(3)).case(1, pair(1)).default(pair(2)), (2, "2")),
        (recover(pair(1), instead), (1, "1")),
        (recover(pair(1), lambda error: pair(2)), (1, "1")),
        (cond(const(True), recover(pair(1), instead), cond(const(False), pair(2), pair(3))), (1, "1")),
    ],
)
def test_a_node_is_unpacked_without_a_number(node: Node[tuple[int, str]], value: tuple[int, str]) -> None:
    first, second = unpack(node)
    assert (run(first), run(second)) == value


UNSURE: dict[str, Callable[[], Any]] = {
    "branches differ": lambda: cond(const(True), pair(1), three(1)),
    "a branch is unknown": lambda: cond(const(True), pair(1), untold(1)),
    "the default is another": lambda: switch(1, {1: pair(1)}, default=const((1,))),
    "the handler is unknown": lambda: recover(pair(1), untold),
    "a handler that returns the error": lambda: recover(pair(1), lambda error: error),
    "no annotation": lambda: untold((1, 2)),
    "what makes the instances is a function": lambda: bind(made)(3),
    "a value that is no tuple": lambda: const([1, 2]),
    "an item": lambda: gather(pair(1), pair(2))[0],
}


@pytest.mark.parametrize("case", UNSURE)
def test_what_is_not_certain_is_asked_for(case: str) -> None:
    node = UNSURE[case]()
    assert length_of(node) is None
    with pytest.raises(CompositionError, match="needs the number of items"):
        unpack(node)


def test_many_choices_one_in_the_other_are_looked_at_once_each() -> None:
    node: Node[tuple[int, str]] = pair(0)
    for _ in range(5_000):
        node = cond(const(True), node, node)
    assert length_of(node) == 2


@flow
def as_in(it: In[tuple[int, str]]) -> Node[str]:
    return unpack(const(it))[1]


@flow
def as_node(it: Node[tuple[int, str]]) -> Node[str]:
    return unpack(it)[1]


@flow
def as_named(it: In[Point], beside: In[Unknown] | None = None) -> Node[int]:
    return unpack(const(it))[1]


def test_a_parameter_of_a_flow_is_unpacked_by_its_annotation() -> None:
    assert as_in.run((1, "a")) == as_node.run((1, "a")) == "a"
    assert as_node.run(pair(3)) == run(as_in(pair(3))) == "3"
    with as_in.deploy() as first, as_node.deploy() as second:
        assert first.call((1, "a")) == second.call((1, "b")).replace("b", "a") == "a"
    with as_named.deploy() as pipeline:
        assert pipeline.call(Point(1, 2)) == 2
