"""What `expand` does at run time: the plan of the graph that a function returns."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import Node, const, expand, gather, run, step
from dataflow.errors import CompositionError
from dataflow.executors.growth import Growth, grown
from dataflow.lower import lower
from dataflow.ops import Expand

one: Any = step(lambda *_: 1)


def grow(node: Node[Any], value: object) -> Growth:
    """The growth of the one expand in a node's graph."""
    (op,) = [op for op in lower(node).ops if isinstance(op, Expand)]
    return grown(op, value)


def test_the_graph_is_planned_without_inputs_of_its_own() -> None:
    growth = grow(expand(const(1), lambda x: one(one(x))), 1)
    assert growth.targets == ()
    assert growth.plan.given == 0
    assert len(growth.plan.main) == 2


def test_what_it_reads_from_outside_are_targets_of_the_graph_around_it() -> None:
    first, second = one(), one(one())
    graph = lower(gather(first, expand(const(1), lambda x: one(second, first, x))))
    (op,) = [op for op in graph.ops if isinstance(op, Expand)]
    growth = grown(op, 1)
    operands = [operand.index for operand in op.captured if hasattr(operand, "index")]
    assert sorted(growth.targets) == sorted(operands)
    assert len(growth.plan.graph.inputs) == 2


def test_what_it_does_not_read_is_no_target() -> None:
    unread = one()

    def body(x: int, unread: Any = unread) -> Any:
        return one(x)

    assert grow(expand(const(1), body), 1).targets == ()


def test_the_function_is_called_anew_for_each_value() -> None:
    node = expand(const(1), lambda x: one(*range(x)))
    assert grow(node, 1).plan.graph != grow(node, 2).plan.graph


def test_containers_of_nodes_are_nodes() -> None:
    def body(x: int) -> Any:
        return [one(), {"k": one()}, x]

    assert run(expand(const(2), body)) == [1, {"k": 1}, 2]


@pytest.mark.parametrize("result", [3, None, "text", one], ids=["int", "None", "str", "step"])
def test_anything_else_is_an_error(result: object) -> None:
    with pytest.raises(CompositionError, match="the function of expand"):
        grow(expand(const(1), lambda x: result), 1)  # type: ignore[arg-type,return-value]  # not a node: that is the test


def test_a_node_that_could_not_be_seen_is_an_error_that_says_what_to_do() -> None:
    later: list[Any] = []
    node = expand(const(1), lambda x: later[0])
    later.append(one())
    with pytest.raises(CompositionError, match="give it as a default argument, or through functools.partial"):
        grow(gather(later[0], node), 1)


def test_an_error_of_the_function_is_raised_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        grow(expand(const(0), lambda x: const(1 // x)), 0)
