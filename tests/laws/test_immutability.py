"""Law 14: nothing that a user holds changes; running never writes to it."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest
from hypothesis import given

from dataflow import Inline, Input, Threads, bind, const, flow, run, step
from dataflow.errors import CompositionError
from dataflow.executors.base import Executor
from dataflow.lower import lower
from dataflow.node import Node
from dataflow.options import DEFAULTS
from dataflow.plan import plan
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import Scale, mix, parity, two
from dataflow.testing.strategies import programs
from tests.laws.executors import each_executor, examples


@flow
def chain(x: Node[int]) -> Node[int]:
    return mix(parity(x))


HELD: dict[str, Any] = {
    "step": mix,
    "class step": Scale,
    "bound class": bind(Scale, 2),
    "chain of steps": mix >> parity,
    "node": mix(1),
    "input": Input(int, "n"),
    "flow": chain,
    "graph": chain.graph,
    "op": chain.graph.ops[0],
    "plan": plan(chain.graph),
    "options": DEFAULTS,
    "inline": Inline(),
    "threads": Threads(2),
}


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_attributes_cannot_be_set(held: Any) -> None:
    """x.a = b and del x.a are AttributeErrors, for the attributes that there are and for new ones."""
    names = [field.name for field in getattr(type(held), "__attrs_attrs__")]
    for name in (*names, "brand_new"):
        with pytest.raises(AttributeError):
            setattr(held, name, None)
        with pytest.raises(AttributeError):
            delattr(held, name)


def test_nodes_have_no_items_to_set() -> None:
    """n[k] = v is refused with a hint; so is what else would need the value."""
    node: Any = two(1)
    with pytest.raises(CompositionError):
        node[0] = 1
    with pytest.raises(CompositionError):
        del node[0]


@each_executor
@examples(60)
@given(program=programs())
def test_running_twice_gives_the_same(executor: Executor, program: Program) -> None:
    """A second run, of a node or of a pipeline, ends as the first; the graph is what it was."""
    wired = program.flow
    node = wired(*map(const, program.values))
    before, text = lower(node), str(lower(node))
    first = outcome(lambda: run(node, executor=executor))
    assert outcome(lambda: run(node, executor=executor)) == first
    with wired.deploy(executor) as pipeline:
        for _ in range(2):
            assert outcome(lambda: pipeline.call(*program.values)) == first
    assert lower(node) == before
    assert str(before) == str(lower(node)) == text


@examples(60)
@given(program=programs())
def test_composing_is_repeatable(program: Program) -> None:
    """Composing a flow again gives a graph with an equal text; an equal graph, unless it made its functions anew."""
    wired = program.flow
    one, other = wired.graph, wired.graph
    assert str(one) == str(other)
    if not re.search(r"expand|map\(|until", str(program)):
        assert one == other
        assert hash(one) == hash(other)


@each_executor
def test_inputs_are_not_written_to(executor: Executor) -> None:
    """What the caller passes is passed on as it is, neither copied into nor changed."""

    @step
    def length(xs: list[int]) -> int:
        return len(xs)

    @flow
    def measured(xs: Node[list[int]]) -> Node[int]:
        return length(xs)

    xs = [1, 2, 3]
    with measured.deploy(executor) as pipeline:
        assert pipeline.call(xs) == 3
        xs.append(4)
        assert pipeline.call(xs) == 4
    assert xs == [1, 2, 3, 4]


def test_options_make_another_step() -> None:
    """step.options(...) leaves the step as it was."""
    before = mix.callee.options
    changed = mix.options(retries=3, name="other")
    assert mix.callee.options is before
    assert mix.name == "mix"
    assert (changed.name, changed.callee.options.retries.times) == ("other", 3)


def test_copies_are_the_same_node() -> None:
    """copy and deepcopy of a node are the node: it stands for one value."""
    node = mix(1)
    assert copy.copy(node) is node
    assert copy.deepcopy(node) is node
    assert copy.deepcopy([node])[0] is node


@pytest.mark.parametrize("held", [mix, chain, Scale, bind(Scale, 2), chain.graph], ids=repr)
def test_what_is_sent_elsewhere_means_the_same(held: Any) -> None:
    """Steps, flows and graphs survive pickling."""
    again = pickle.loads(pickle.dumps(held))
    assert type(again) is type(held)
    if hasattr(held, "ops"):
        assert again == held


@pytest.mark.parametrize("of", [set, frozenset])
def test_the_order_of_a_set_of_nodes_is_that_of_composition(of: type) -> None:
    """Nodes hash by identity, but a graph does not depend on where they lie in memory."""
    for _ in range(50):
        one, two_, three = const(1), const(2), const(3)
        built = lower(mix(of([(three, two_), one, (one, two_), 4])))
        assert "{4, %" in str(built)
        texts = {str(lower(mix(of([(three, two_), one, (one, two_), 4])))) for _ in range(3)}
        assert texts == {str(built)}
