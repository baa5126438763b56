"""What `explain` says about a flow."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import INPUT, In, Node, cond, const, explain, fan_out, flow, gather, recover, step
from dataflow.errors import CompositionError
from dataflow.ir.graph import Graph
from dataflow.ops import Const


@step(pure=True)
def load(name: Any) -> str:
    return str(name)


@step
def use(*values: Any) -> int:
    return len(values)


def lines(thing: Any) -> dict[str, str]:
    """The lines after the graph, by what they begin with."""
    found = [line for line in explain(thing).splitlines() if ": " in line and not line.startswith(" ")]
    return dict(line.split(": ", 1) for line in found)


def test_flows_nodes_and_graphs_are_explained() -> None:
    @flow
    def twice(x: In[int]) -> Node[int]:
        return use(use(x))

    assert explain(twice) == explain(twice.graph)
    assert explain(twice).startswith("graph(x) -> %2\n")
    assert explain(use(INPUT)).startswith("graph(INPUT) -> %1\n")


@pytest.mark.parametrize("thing", [3, None, use, "flow", lambda: use()], ids=["int", "None", "step", "str", "function"])
def test_anything_else_is_an_error(thing: Any) -> None:
    with pytest.raises(CompositionError, match="takes a flow, a node or a graph"):
        explain(thing)


def test_each_pass_says_how_many_ops_it_left_out() -> None:
    assert lines(gather(load("a"), load("a"), load("b")))["passes"] == "prune left out 0 ops; merge left out 1 ops"
    dead = Graph((Const(1), Const(2)), 1)
    assert lines(dead)["passes"] == "prune left out 1 ops; merge left out 0 ops"


def test_the_graph_that_is_shown_is_the_one_that_will_run() -> None:
    text = explain(gather(load("a"), load("a")))
    assert text.count("load(") == 1


def test_passes_are_shown_in_bodies_too() -> None:
    text = explain(fan_out(lambda x: gather(load(x), load(x)), [1, 2]))
    assert text.count("load(") == 1
    assert "merge left out 1 ops" in text


def test_what_always_runs_and_what_runs_on_demand() -> None:
    found = lines(cond(INPUT, use(use(1)), const(0)))
    assert "use" not in found["always"]
    assert "switch" in found["always"]
    (demand,) = [value for name, value in found.items() if name.startswith("on demand, for") and "use" in name]
    assert demand.count("use") == 2


def test_without_routing_nothing_is_on_demand() -> None:
    assert not [name for name in lines(use(use(INPUT))) if name.startswith("on demand")]


def test_what_a_recover_guards_is_on_demand() -> None:
    assert any(name.startswith("on demand") for name in lines(recover(use(1), lambda error: use(error))))


def test_after_which_op_each_value_is_dropped() -> None:
    first = use(INPUT)
    second = use(first)
    assert lines(use(first, second))["dropped"] == "%0 after %1, %1 after %3, %2 after %3"
    assert lines(const(1))["dropped"] == "nothing"
