"""Graphs as nodes again, and the pickling of nodes."""

from __future__ import annotations

import copy
import functools
import operator
import pickle
import subprocess
import sys
import textwrap
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no stubs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dataflow
from dataflow import INPUT, Input, Node, const, deploy, flow, gather, run
from dataflow.callee import Function
from dataflow.errors import CompositionError, GraphError
from dataflow.ir.graph import Graph
from dataflow.lift import lift, lifted
from dataflow.lower import lower
from dataflow.ops import Call, Const, Expand, Map, Ref
from dataflow.ops import Input as InputOp
from tests.golden import samples
from tests.golden.samples import Color, Model, add, chain, counted, nested

bind: Any = dataflow.bind
expand: Any = dataflow.expand
fan_out: Any = dataflow.fan_out
iterate: Any = dataflow.iterate
recover: Any = dataflow.recover
step: Any = dataflow.step
switch: Any = dataflow.switch


def there_and_back(node: Any, pickler: Any = pickle) -> Any:
    """A node pickled and read; its graph must be what it was."""
    again = pickle.loads(pickler.dumps(node))
    assert isinstance(again, Node)
    return again


# lift


def test_every_kind_of_op_comes_back() -> None:
    graph = samples.graph()
    output, inputs = lifted(graph)
    assert lower(output, inputs) == graph
    assert lower(lift(graph)) == graph


def test_a_lifted_graph_computes_the_same() -> None:
    outer = add(const(1))
    node = gather(
        fan_out(lambda row: add(fan_out(lambda x: add(x, outer), row), [outer]), [[1, 2], [3]]),
        iterate(lambda x: add(x, outer), 0, until=lambda x: x > 5, limit=9),
        recover(add(outer, None), lambda error: outer, on=TypeError),
        switch(outer, {2: add(outer), 3: const("no")}),
        expand(outer, lambda value: add(outer, value)),
    )
    assert run(lift(lower(node))) == run(node) == ([[3, 4, 2], [5, 2]], 6, 2, 3, 4)


def test_shared_nodes_stay_shared() -> None:
    calls: list[int] = []
    shared = counted(calls)(const(1))
    again = lift(lower(gather(shared, add(shared), fan_out(lambda item: add(item, shared), [1, 2]))))
    assert run(again) == (1, 2, [2, 3])
    assert calls == [1]


def test_lifting_twice_gives_different_nodes_of_equal_graphs() -> None:
    graph = lower(add(1))
    assert lift(graph) is not lift(graph)
    assert lower(lift(graph)) == lower(lift(graph))


def test_inputs_come_back_with_their_names_and_defaults() -> None:
    graph = flow(lambda image, size=224, unused=None: add(image, size)).graph
    output, inputs = lifted(graph)
    assert [node._op for node in inputs] != []
    assert [given.name for given in lower(output).inputs] == ["image", "size"]
    assert lower(output, inputs) == graph
    with deploy(lift(graph)) as pipeline:
        assert pipeline.call(1) == 225
        assert pipeline.call(image=1, size=2) == 3


def test_the_untyped_placeholder_comes_back_as_itself() -> None:
    assert lift(lower(INPUT)) is INPUT
    again = lift(lower(add(INPUT)))
    assert [given.name for given in lower(gather(again, add(INPUT))).inputs] == ["INPUT"]
    named = lift(lower(add(Input(int, "a"), Input(int, "INPUT"))))
    assert [given.name for given in lower(named).inputs] == ["a", "INPUT"]


def test_places_stay() -> None:
    graph = lower(fan_out(add, [const(1)]))
    again = lower(lift(graph))
    assert again.show(lines=True) == graph.show(lines=True)


def test_captures_keep_their_order_where_inputs_were_made_late() -> None:
    """A graph lists its inputs first; what a body captures is listed in the order of composition."""
    early = add(const(1))
    late = Input(int, "n")
    middle = add(early)
    last = Input(int, "m")
    graph = lower(fan_out(lambda item: gather(item, early, late, middle, last), [last, late]))
    captured = next(op.captured for op in graph.ops if isinstance(op, Map))
    indices = [ref.index for ref in captured if isinstance(ref, Ref)]
    assert indices != sorted(indices)
    assert lower(lift(graph)) == graph
    assert run_with(lift(graph), n=5, m=7) == run_with(
        fan_out(lambda item: gather(item, early, late, middle, last), [last, late]), n=5, m=7
    )


def test_an_input_that_was_made_in_a_body() -> None:
    def row(items: Any) -> Any:
        return fan_out(lambda item: gather(item, items, Input(int, "n"), late), items)

    late = Input(int, "late")
    graph = lower(fan_out(row, const([[1], [2]])))
    assert lower(lift(graph)) == graph
    assert run_with(lift(graph), n=7, late=8) == [[(1, [1], 7, 8)], [(2, [2], 7, 8)]]


def run_with(node: Any, **inputs: Any) -> Any:
    with deploy(node) as pipeline:
        return pipeline.call(**inputs)


def test_parameters_and_free_inputs_in_any_order() -> None:
    free = Input(int, "free")
    graph = flow(lambda x: fan_out(lambda item: gather(item, free, x), [x])).graph
    assert [given.name for given in graph.inputs] == ["x", "free"]
    assert lower(*lifted(graph)) == graph


def test_a_capture_in_an_order_that_lower_never_gives_is_lifted_too() -> None:
    body = Graph(
        (InputOp("item"), InputOp("captured 0"), InputOp("captured 1"), Call(Function(operator.sub), (Ref(1), Ref(2)))),
        3,
    )
    twice = (Map(body, [0], (Ref(1), Ref(0))), Map(body, [0], (Ref(0), Ref(1))))
    graph = Graph((InputOp("a"), InputOp("b"), *twice, Call(Function(operator.add), (Ref(2), Ref(3)))), 4)
    assert run_with(lift(graph), a=1, b=10) == [9, -9]


def test_literals_as_captures_and_outputs() -> None:
    body = Graph((InputOp("item"), InputOp("captured 0"), Call(Function(operator.add), (Ref(0), Ref(1)))), 2)
    assert run(lift(Graph((Map(body, [1, 2], (10,)),), 0))) == [11, 12]
    returned = Graph((InputOp("item"), InputOp("captured 0")), 1)
    assert run(lift(Graph((Map(returned, [1, 2], (10,)),), 0))) == [10, 10]
    assert run(lift(Graph((Const(1), Map(returned, [1, 2], (Ref(0),))), 1))) == [1, 1]


def test_a_body_that_returns_what_it_got_or_captured() -> None:
    outer = const(7)
    for body, value in ((lambda item: item, [1, 2]), (lambda item: outer, [7, 7])):
        graph = lower(fan_out(body, [1, 2]))
        assert lower(lift(graph)) == graph
        assert run(lift(graph)) == value


def test_large_graphs_and_deep_bodies_are_lifted_without_recursion() -> None:
    flat = chain(100_000)
    assert lower(lift(flat)) == flat
    assert run(lift(flat)) == 1
    assert isinstance(lift(nested(2_000)), Node)


@st.composite
def wired(draw: st.DrawFn) -> Any:
    """A node over others of every kind, with inputs made anywhere and bodies that capture anything."""
    nodes: list[Any] = [const(draw(st.integers(0, 3)))]
    numbers: list[int] = []

    def one() -> Any:
        return draw(st.sampled_from(nodes))

    def wire(extra: Any = None) -> Any:
        choices = [*nodes] if extra is None else [*nodes, extra]
        kind = draw(st.sampled_from(["add", "fan_out", "switch", "recover", "iterate", "gather", "keyword", "input"]))
        a, b = draw(st.sampled_from(choices)), draw(st.sampled_from(choices))
        match kind:
            case "add":
                return add(a, b)
            case "keyword":
                return add(1, b=a)
            case "fan_out":
                return fan_out(lambda item: gather(wire(item), wire(item), one()), gather([a, b]))
            case "switch":
                return switch(a, {0: b, 1: a}, default=one())
            case "recover":
                return recover(a, lambda error: gather(error, b))
            case "iterate":
                return iterate(lambda state: gather(state, b), a, limit=2)
            case "input":
                numbers.append(len(numbers))
                return Input(int, f"m{numbers[-1]}")
            case _:
                return gather(a, b)

    for at in range(draw(st.integers(1, 8))):
        nodes.append(Input(int, f"n{at}") if draw(st.integers(0, 3)) == 0 else wire())
    return gather(*nodes[-3:])


@given(wired())
def test_law_lower_of_lift_is_the_graph(node: Any) -> None:
    graph = lower(node)
    assert lower(lift(graph)) == graph
    assert lower(*lifted(graph)) == graph
    assert lower(lift(lower(lift(graph)))) == graph
    assert lower(pickle.loads(pickle.dumps(node))) == graph


# pickling

PICKLERS = pytest.mark.parametrize("pickler", [pickle, cloudpickle], ids=["pickle", "cloudpickle"])


@PICKLERS
def test_a_pickled_node_computes_the_same(pickler: Any) -> None:
    outer = add(const(1))
    node = gather(
        fan_out(add, [1, 2], outer), bind(Model, "m")(outer), recover(add(outer, None), lambda error: const("handled"))
    )
    again = there_and_back(node, pickler)
    assert run(again) == run(node) == ([3, 4], ("m", 2), "handled")


def test_lambdas_go_with_cloudpickle() -> None:
    node = const(2).map(lambda x: x + 1)
    assert run(there_and_back(node, cloudpickle)) == 3
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(node)


@PICKLERS
def test_a_chain_of_100_000_nodes_at_the_default_recursion_limit(pickler: Any) -> None:
    assert sys.getrecursionlimit() <= 1_000
    node: Any = const(0)
    for _ in range(100_000):
        node = add(node)
    assert run(pickle.loads(pickler.dumps(node))) == 100_000


def test_places_are_pickled_as_file_and_line() -> None:
    node: Any = add(1)
    again = there_and_back(node)
    assert again._place == (__file__, node._place[0].co_firstlineno + 1)


def test_placeholders_come_back() -> None:
    assert there_and_back(INPUT) is INPUT
    again = there_and_back(add(Input(int, "n")))
    assert run_with(again, n=1) == 2
    assert run_with(there_and_back(add(INPUT)), INPUT=1) == 2


def test_one_node_pickled_twice_in_one_go_is_one_node() -> None:
    node = add(1)
    first, second = pickle.loads(pickle.dumps([node, node]))
    assert first is second


def test_pickled_nodes_can_be_composed_with_others() -> None:
    again = there_and_back(add(const(1)))
    late = fan_out(lambda item: add(item, again), [1, 2])
    assert run(late) == [3, 4]


def test_a_node_in_a_process_that_has_imported_nothing() -> None:
    node = gather(fan_out(add, [1, 2]), bind(Model, "m")(add(1)))
    program = "import pickle, sys; node = pickle.load(sys.stdin.buffer); from dataflow import run; print(run(node))"
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(node), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "([2, 3], ('m', 2))"


def test_copies_are_still_the_node_itself() -> None:
    node = add(1)
    assert copy.copy(node) is node is copy.deepcopy(node)


# expand


NOTED: list[int] = []


def note(x: int) -> int:
    NOTED.append(x)
    return x


def test_a_growing_graph_with_closure_nodes_is_pickled_with_them() -> None:
    NOTED.clear()
    shared = add(step(note)(const(9)))

    def grow(value: int) -> Node[Any]:
        return gather(*[add(shared, k) for k in range(value)])

    node = gather(shared, expand(const(2), grow))
    again = there_and_back(node, cloudpickle)
    assert run(again) == run(node) == (10, (10, 11))
    assert NOTED == [9, 9], "once in each run"


def in_a_dict(node: Any) -> Any:
    held = {"n": node}
    return lambda value: add(held["n"], value)


@pytest.mark.parametrize(
    "grow",
    [
        lambda node: lambda value, held=node: add(held, value),
        lambda node: functools.partial(lambda held, value: add(held, value), node),
        lambda node: lambda value: add([node, value][0], value),
        in_a_dict,
    ],
    ids=["default", "partial", "closure", "dict"],
)
def test_nodes_are_found_again_wherever_a_function_may_hold_them(grow: Any) -> None:
    node = add(const(1))
    again = there_and_back(expand(const(5), grow(node)), cloudpickle)
    assert run(again) == 7


def test_nodes_in_a_set_keep_what_they_stand_for() -> None:
    a, b = add(const(1)), add(const(10))
    held = {a, b}
    node = expand(const(0), lambda value: gather(sorted_values(held)))
    again = there_and_back(node, cloudpickle)
    assert sorted(run(again)[0]) == [2, 11]


def sorted_values(nodes: set[Any]) -> Any:
    return gather(list(nodes))


def test_a_partial_of_an_importable_function_goes_with_plain_pickle() -> None:
    node = add(const(1))
    again = there_and_back(expand(const(5), functools.partial(add_later, node)))
    assert run(again) == 7


def add_later(node: Any, value: Any) -> Any:
    return add(node, value)


MODULE_NODE = add(const(100))


def reads_its_module(value: Any) -> Any:
    return add(MODULE_NODE, value)


def test_an_importable_function_that_reads_nodes_of_its_module_is_refused() -> None:
    node = expand(const(5), reads_its_module)
    assert run(node) == 106
    for pickler in (pickle, cloudpickle):
        with pytest.raises(GraphError, match=r"'reads_its_module' of expand\(\) is pickled by name.*functools.partial"):
            pickler.dumps(node)


def test_a_function_of_the_main_script_takes_its_nodes_along() -> None:
    program = textwrap.dedent("""
        import cloudpickle, pickle, sys
        from dataflow import const, expand, run, step
        add = step(lambda a, b: a + b)
        node = add(const(1), 1)
        def grow(value):
            return add(node, value)
        data = cloudpickle.dumps(expand(const(5), grow))
        if sys.argv[1] == "here":
            assert run(pickle.loads(data)) == 7
        sys.stdout.buffer.write(data)
    """)
    done = subprocess.run([sys.executable, "-c", program, "here"], capture_output=True, check=True)
    assert run(pickle.loads(done.stdout)) == 7


def test_a_function_whose_nodes_have_changed_since_is_refused() -> None:
    held = add(const(1))
    node = expand(const(5), lambda value: add(held, value))
    held = add(const(2))
    with pytest.raises(GraphError, match=r"'<lambda>' of expand\(\) reads other nodes now than it did"):
        cloudpickle.dumps(node)


def test_lifting_keeps_the_function_and_the_nodes_it_knows() -> None:
    calls: list[int] = []
    shared = counted(calls)(const(1))
    graph = lower(gather(shared, expand(const(5), lambda value: add(shared, value))))
    again = lift(graph)
    assert lower(again) == graph
    assert run(again) == (1, 6)
    assert calls == [1]
    grown = [op.grow for op in graph.ops if isinstance(op, Expand)]
    assert [op.grow for op in lower(again).ops if isinstance(op, Expand)] == grown


def test_a_flow_whose_expand_reads_its_parameter_is_pickled_as_a_graph() -> None:
    @flow
    def wired(x: Any) -> Any:
        return expand(x, lambda value: add(x, value))

    graph = pickle.loads(cloudpickle.dumps(wired.graph))
    assert [given.name for given in graph.inputs] == ["x"]
    assert run_with(lift(graph), x=4) == 8


def test_a_parameter_that_left_its_flow_still_means_nothing() -> None:
    kept: list[Any] = []

    def wiring(x: Any) -> Any:
        kept.append(x)
        return add(x)

    assert flow(wiring).graph.inputs
    again = there_and_back(add(kept[0]))
    with pytest.raises(CompositionError, match="has no value here"):
        run(add(again))


def test_expands_inside_bodies_are_pickled() -> None:
    outer = add(const(1))
    node = fan_out(lambda item: expand(item, lambda value: add(outer, value)), [1, 2])
    assert run(there_and_back(node, cloudpickle)) == run(node) == [3, 4]


def test_a_literal_enum_stays_the_member() -> None:
    assert run(there_and_back(const(Color.RED))) is Color.RED
