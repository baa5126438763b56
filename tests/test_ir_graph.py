"""What a graph refuses, what it says of itself, and how it is pickled."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import attrs
import cloudpickle  # type: ignore[import-untyped]  # it has no stubs
import pytest

import dataflow
from dataflow import Input, const, fan_out, flow, gather, run
from dataflow.callee import Function
from dataflow.errors import DuplicateNameError, GraphError
from dataflow.ir.graph import Graph, bodies, kind_of, walk
from dataflow.lift import lift
from dataflow.lower import lower
from dataflow.ops import Build, Call, Const, Expand, Grower, Loop, Map, Recover, Ref, Switch
from dataflow.ops import Input as InputOp
from dataflow.shapes import LIST
from tests.golden import samples
from tests.golden.samples import Model, add, chain, nested

step: Any = dataflow.step
bind: Any = dataflow.bind
F = Function(abs)
ITEM = Graph((InputOp("item"),), 0)


@pytest.mark.parametrize(
    "op",
    [
        Call(F, (Ref(1),)),
        Call(F, (), (("x", Ref(1)),)),
        Call(F, (Ref(2),)),
        Call(F, (Ref(-1),)),
        Build(LIST, (0, Ref(1))),
        Switch(Ref(1), ()),
        Switch(0, ((1, Ref(1)),)),
        Switch(0, (), Ref(1)),
        Recover(Ref(1), ITEM, (ValueError,)),
        Map(ITEM, Ref(1)),
        Map(Graph((InputOp("item"), InputOp("captured 0")), 0), 0, (Ref(1),)),
        Loop(ITEM, Ref(1), 1, True),
        Expand(Ref(1), Grower(abs)),
        Expand(0, Grower(abs, (1,)), (Ref(1),)),
    ],
    ids=lambda op: type(op).__name__,
)
def test_an_op_reads_only_earlier_ones(op: Any) -> None:
    with pytest.raises(GraphError, match=r"op %1 reads %-?\d, which does not come before it: a cycle"):
        Graph((Const(1), op), 1)


@pytest.mark.parametrize("output", [-1, 1])
def test_the_output_is_an_op(output: int) -> None:
    with pytest.raises(GraphError, match=f"the output %{output} is not one of the graph's 1 ops"):
        Graph((Const(1),), output)
    with pytest.raises(GraphError, match="0 ops"):
        Graph((), 0)


def test_inputs_come_first_and_have_different_names() -> None:
    with pytest.raises(DuplicateNameError, match="2 inputs are named 'x'; give each Input its own name"):
        Graph((InputOp("x"), InputOp("y"), InputOp("x")), 0)
    with pytest.raises(GraphError, match="op %1, the input 'x', comes after an op that is no input"):
        Graph((Const(1), InputOp("x")), 0)


@pytest.mark.parametrize(
    "op",
    [
        Map(ITEM, 0, (1,)),
        Loop(ITEM, 0, 1, True, (1,)),
        Recover(0, ITEM, (ValueError,), (1,)),
        Map(Graph((Const(1),), 0), 0),
    ],
)
def test_a_body_has_an_input_for_each_value_it_gets(op: Any) -> None:
    with pytest.raises(
        GraphError, match=r"the body of op %0 has \d inputs; it needs one for its argument, and one for each"
    ):
        Graph((op,), 0)


def test_places_are_one_for_each_op_or_none_at_all() -> None:
    with pytest.raises(GraphError, match="a graph of 1 ops has a place for each, not 2"):
        Graph((Const(1),), 0, (None, None))
    assert Graph((Const(1),), 0).place(0) is None
    assert lower(const(1)).place(0) is not None


def test_a_graph_does_not_change() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        samples.graph().output = 1  # type: ignore[misc]  # the test is that it raises


def test_inputs_are_in_the_order_of_the_parameters() -> None:
    graph = flow(lambda b, a=3: add(a, b)).graph
    assert [(given.name, given.default) for given in graph.inputs][1] == ("a", 3)
    assert [given.name for given in graph.inputs] == ["b", "a"]


def test_labels_number_what_has_one_name() -> None:
    assert lower(add(add(const(1)), add(const(2)))).labels() == ("const", "add", "const#2", "add#2", "add#3")


def test_kinds_are_names_of_steps_or_of_the_op() -> None:
    kinds = {kind_of(op) for op in samples.graph().ops}
    assert {
        "image",
        "const",
        "parse",
        "score it",
        "Point",
        "list",
        "switch",
        "recover",
        "fan_out",
        "iterate",
        "fold",
        "expand",
    } <= kinds


def test_walk_gives_each_graph_once_outer_ones_first() -> None:
    graph = samples.graph()
    every = list(walk(graph))
    assert every[0] is graph
    assert len({id(inner) for inner in every}) == len(every)
    assert {id(body) for outer in every for op in outer.ops for body in bodies(op)} == {
        id(inner) for inner in every[1:]
    }
    shared = Graph((InputOp("item"), Map(ITEM, 1), Map(ITEM, 1)), 1)
    assert list(walk(shared)) == [shared, ITEM]


def test_callees_are_found_in_bodies_each_once() -> None:
    model = bind(Model, "m")
    graph = lower(gather(model(1), fan_out(lambda item: add(model(item)), [1]), model(2)))
    assert [callee.name for callee in graph.callees()] == ["Model", "add"]


def test_repr_is_short() -> None:
    assert repr(lower(add(1))) == "<Graph of 1 ops, output %0>"


@pytest.mark.parametrize("pickler", [pickle, cloudpickle], ids=["pickle", "cloudpickle"])
def test_a_graph_is_pickled_with_its_places_and_what_it_shares(pickler: Any) -> None:
    graph = samples.graph()
    again = pickle.loads(pickler.dumps(graph))
    assert again == graph
    assert again.digest == graph.digest
    assert again.show(lines=True) == graph.show(lines=True)
    one = bind(Model, "m")
    shared, apart = lower(one(one(0))), lower(one(bind(Model, "m")(0)))
    assert pickle.loads(pickler.dumps(shared)) == shared != pickle.loads(pickler.dumps(apart)) == apart


def test_a_pickled_graph_runs_elsewhere() -> None:
    graph = lower(gather(fan_out(add, [1, 2], 3), bind(Model, "m")(0)))
    program = "import pickle, sys; from dataflow import run; from dataflow.lift import lift; print(run(lift(pickle.load(sys.stdin.buffer))))"
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(graph), capture_output=True, check=True)
    assert done.stdout.decode().strip() == repr(run(lift(graph)))


def test_large_and_deep_graphs_are_pickled_without_recursion() -> None:
    for graph in (chain(100_000), nested(2_000)):
        assert pickle.loads(pickle.dumps(graph)) == graph


def test_a_shared_body_is_pickled_once() -> None:
    graph = ITEM
    for _ in range(30):
        graph = Graph((InputOp("item"), Map(graph, Ref(0)), Map(graph, Ref(1))), 2)
    again = pickle.loads(pickle.dumps(graph))
    assert len(list(walk(again))) == 31


def test_the_forms_do_not_import_the_graph() -> None:
    """Nothing in the package is imported by what it imports."""
    program = (
        "import sys; sys.modules['dataflow'] = type(sys)('dataflow'); sys.modules['dataflow'].__path__ = ['dataflow']\n"
    )
    program += "import dataflow.ir.{}\nassert 'dataflow.ir.graph' not in sys.modules"
    for form in (
        "walks",
        "literals",
        "shown",
        "keys",
        "digests",
        "labels",
        "textform",
        "textline",
        "textread",
        "jsonvalues",
        "jsonform",
        "jsonread",
        "draw",
    ):
        subprocess.run([sys.executable, "-c", program.format(form)], check=True, cwd=samples.FOLDER.parent.parent)


def test_every_form_takes_inputs_that_were_made_outside() -> None:
    graph = lower(add(Input(int, "left"), Input(int, "right")))
    assert Graph.from_json(graph.to_json()) == graph == lower(lift(graph))
