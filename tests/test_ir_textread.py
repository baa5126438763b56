"""Text read again: every kind of op and name, texts that people write, and what is said of texts that are wrong."""

from __future__ import annotations

import sys
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dataflow
from dataflow.callee import Function, Instance
from dataflow.errors import GraphError
from dataflow.ir.graph import Graph, GraphOp
from dataflow.ops import Build, Call, Const, Expand, Grower, Input, Loop, Map, Recover, Ref, Switch
from dataflow.options import Options
from dataflow.shapes import DICT, FROZENSET, LIST, SET, TUPLE, Named, Record
from dataflow.testing.reference import reference
from dataflow.testing.strategies import graphs
from tests.golden import samples
from tests.golden.samples import Color, Model, Point, Query, add, chain, nested, plain
from tests.test_ir_labels import NASTY, Odd, named

step: Any = dataflow.step
ITEM = Graph((Input("item"),), 0)


@attrs.frozen
class Nothing:
    """A record without parts."""


def again(graph: Graph) -> Graph:
    """The graph of its own text, which has the same text."""
    read = Graph.from_text(str(graph), graph.names())
    assert str(read) == str(graph)
    assert read.names() == graph.names()
    return read


def test_every_kind_of_op() -> None:
    graph = samples.graph()
    assert again(graph) == graph
    assert again(graph).digest == graph.digest
    assert Graph.from_text(graph.show(lines=True), graph.names()) == graph


def test_names_are_those_of_the_text_in_its_order() -> None:
    assert list(dataflow.flow(lambda x: add(Model("m")(Model("m")(x)), Color.RED)).graph.names()) == [
        "Model('m')",
        "Model('m')#2",
        "add",
        "<Color.RED: 1>",
    ]


@pytest.mark.parametrize(
    "op",
    [
        Build(LIST, ()),
        Build(LIST, (Ref(0), 1, [1])),
        Build(TUPLE, (Ref(0),)),
        Build(TUPLE, (Ref(0), ())),
        Build(SET, ()),
        Build(SET, (Ref(0), Ref(0))),
        Build(FROZENSET, ()),
        Build(FROZENSET, (Ref(0),)),
        Build(DICT, ()),
        Build(DICT, (Ref(0), 1, "a", Ref(0))),
        Build(Named(Point), (Ref(0), 2)),
        Build(Record(Query, ("text",)), (Ref(0),)),
        Build(Record(Nothing, ()), ()),
        Call(Function(set)),
        Call(Function(frozenset), ({1},)),
        Call(Function(plain, Options(name="const")), (Ref(0),)),
        Call(Function(plain, Options(name="const x")), (Ref(0),)),
        Call(Function(plain, Options(name="fan_out %0 as (x) -> %0:")), ()),
        Call(Function(plain, Options(name="it's # not; (easy")), ("; default -> %0", '#2 "\n')),
        Call(Instance(Model, ("a" * 99,)), ("b" * 99, b"c" * 99)),
        Call(Instance(Model, ("(", len), (("layers", [")"]),)), (1, 2.5)),
        Call(Function(plain), (), (("a", Ref(0)), ("class", 1), ("b c", 2), ("**", Ref(0)), ("a.b", 3))),
        Switch(Ref(0), ()),
        Switch(0, ((1, Ref(0)), (Odd("default"), 2), ("->", 3), ((1, "; "), 4)), Ref(0)),
        Switch(Ref(0), ((Color.RED, Ref(0)), (Odd("x -> %0; 1"), 2))),
        Recover(1, ITEM, (ValueError, KeyError)),
        Recover(Ref(0), ITEM, (type("as (x)", (Exception,), {}), type("on", (Exception,), {}))),
        Map(ITEM, Ref(0)),
        Map(ITEM, [1, 2], name="fold"),
        Map(ITEM, named("as"), name="score it"),
        Map(ITEM, "as (x) -> %0:", name="]: 'x'"),
        Map(Graph((Input("a"), Input("b, c")), 1), [], (Ref(0),)),
        Loop(ITEM, Ref(0), 7, True),
        Loop(ITEM, Ref(0), 7, False),
        Loop(ITEM, Ref(0), sys.maxsize, True),
        Loop(ITEM, Ref(0), sys.maxsize, False),
        Loop(ITEM, Ref(0), 0, False, name="fold"),
        Loop(ITEM, Odd("limit=3"), 4, False, name="fan_out"),
        Expand(Ref(0), Grower(plain)),
        Expand(Odd("x (%0) with y"), Grower(step(plain)), name="with"),
        Expand(Ref(0), Grower(plain, ("a node",)), (Ref(0),)),
    ],
    ids=lambda op: type(op).__name__,
)
def test_any_op_is_read_as_what_it_is(op: Any) -> None:
    for rest in ((op,), (op, op)):
        graph = Graph((Input("x"), *rest), 1)
        assert again(graph) == graph


@pytest.mark.parametrize("name", ["x", "left side", "captured 0", "x=1", "a, b", "it's", "x ", "1", "é", "x = 3 # y"])
def test_any_name_of_an_input(name: str) -> None:
    for given_ in (Input(name), Input(name, [len, "x"])):
        graph = Graph((given_, Input("last"), Map(Graph((given_,), 0), 1)), 0)
        assert again(graph) == graph


def _things() -> st.SearchStrategy[Any]:
    text = st.text(NASTY, max_size=8)
    return st.one_of(text.map(Odd), text.map(named), text.map(lambda name: type(name, (), {})))


def _literals() -> st.SearchStrategy[Any]:
    atoms = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.complex_numbers(),
        st.text(NASTY),
        st.binary(),
        _things(),
    )
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3).map(tuple),
            st.frozensets(atoms, max_size=3),
            st.sets(atoms, max_size=3),
            st.dictionaries(atoms, inner, max_size=3),
        ),
        max_leaves=6,
    )


def _ops() -> st.SearchStrategy[GraphOp]:
    text, operand = st.text(NASTY, max_size=8), st.one_of(st.just(Ref(0)), _literals())
    name = st.text(NASTY.translate({10: None, 9: None}), min_size=1, max_size=8)
    callee = st.one_of(
        text.map(named).map(Function),
        name.map(lambda name: Function(plain, Options(name=name))),
        st.builds(Instance, text.map(named), st.tuples(_literals()), st.tuples(st.tuples(text, _literals()))),
    )
    return st.one_of(
        _literals().map(Const),
        st.builds(
            Call,
            callee,
            st.lists(operand, max_size=2).map(tuple),
            st.dictionaries(text, operand, max_size=2).map(lambda named: tuple(named.items())),
        ),
        st.builds(Build, st.sampled_from([LIST, TUPLE, SET, FROZENSET]), st.lists(operand, max_size=3).map(tuple)),
        st.builds(lambda key, part: Build(DICT, (key, part)), operand, operand),
        st.builds(
            Switch,
            operand,
            st.lists(st.tuples(st.one_of(text, st.floats(), _things()), operand), max_size=3).map(tuple),
            operand,
        ),
        st.builds(Map, st.just(ITEM), operand, st.just(()), text),
        st.builds(Loop, st.just(ITEM), operand, st.integers(0), st.booleans(), st.just(()), text),
        st.builds(lambda source, fn, name: Expand(source, Grower(fn), (), name), operand, text.map(named), text),
        st.builds(
            lambda attempt, kinds: Recover(attempt, ITEM, tuple(type(kind, (Exception,), {}) for kind in kinds)),
            operand,
            st.lists(text, min_size=1, max_size=2),
        ),
    )


@given(st.text(NASTY, max_size=8), _literals(), st.lists(_ops(), min_size=1, max_size=4))
def test_any_literal_and_any_name(name: str, default: Any, ops: list[GraphOp]) -> None:
    """Graph.from_text(str(g), g.names()) = g, whatever its literals, and whatever its things are called."""
    graph = Graph((Input(name, default), *ops), len(ops))
    assert again(graph) == graph


@given(graphs(), st.data())
def test_a_text_that_was_changed_is_a_graph_or_a_graph_error(graph: Graph, data: st.DataObject) -> None:
    """Whatever the change; nothing else is raised."""
    text = str(graph)
    for _ in range(data.draw(st.integers(1, 3))):
        start, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 4))
        put = data.draw(
            st.one_of(st.text(NASTY, max_size=3), st.sampled_from(["%1", " -> ", "  ", "\n", "#2", "(", "'"]))
        )
        text = text[:start] + put + text[start + length :]
    try:
        read = Graph.from_text(text, graph.names())
    except GraphError:
        return
    assert again(read) == read


def test_people_write_texts_with_steps_functions_and_classes() -> None:
    text = """

        # what is read
        graph(x, size=2) -> %7   # the output comes last

          %0 = input  x
          %1 = input size=2
          %2 = Model('m') ( %0 )
          %3 = fan_out [1, 2,] (%1) as (item, size) -> %2:
            # a body
            %0 = input item
            %1 = input size
            %2 = add(%0,b = %1)

          %4 = Query(text=%2, limit=%3)
          %5 = {'a':%4, "b": [ 1,-2.5 ]}
          %6 = recover %5 on ValueError as (error) -> %1:
            %0 = input error
            %1 = const (10_000, 0xff, frozenset({1}), {}, ...)
          %7 = plain(%6)
    """.replace("...", "Ellipsis")
    names = {
        "Model('m')": Model("m"),
        "add": add,
        "Query": Query,
        "ValueError": ValueError,
        "plain": plain,
        "Ellipsis": ...,
    }
    graph = Graph.from_text(text, names)
    assert reference(graph, {"x": 3}) == {"a": Query(("m", 3), [3, 4]), "b": [1, -2.5]}
    assert graph.ops[6].handler.ops[1].value == (10_000, 255, frozenset({1}), {}, ...)  # type: ignore[union-attr]
    assert again(graph) == graph


def test_a_text_may_end_in_any_way() -> None:
    for end in ("", "\n", "\n\n  ", "  # why", "\r\n"):
        assert Graph.from_text(f"graph() -> %0\r\n  %0 = const 1{end}", {}) == Graph((Const(1),), 0)


def test_large_and_deep_graphs_are_read_without_recursion() -> None:
    for graph in (chain(10_000), nested(2_000)):
        assert Graph.from_text(str(graph), graph.names()) == graph


HEAD = "graph(x) -> %1\n  %0 = input x\n  %1 = "


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: the text of a graph begins with a line like graph(x) -> %1"),
        ("%0 = const 1", "line 1, at '%0 = const 1': the text of a graph begins"),
        ("graph(x -> %0", "line 1, at '-> %0': ',' or ')' must stand here"),
        ("graph(1) -> %0", "line 1, at '1) -> %0': the name of an input must stand here"),
        ("graph() %0", "line 1, at '%0': '->' must stand here"),
        ("graph() -> 0", "line 1, at '0': an op must stand here, such as %0"),
        ("graph() -> %0 x", "line 1, at 'x': the line should be over here"),
        ("graph() -> %0", "line 1: the output %0 is not one of the graph's 0 ops"),
        ("graph() -> %2\n  %0 = const 1", "line 1: the output %2 is not one of the graph's 1 ops"),
        ("graph() -> %0\n %0 = const 1", "line 2, at '%0 = const 1': an op here is indented by 2 spaces, not 1"),
        ("graph() -> %0\n    %0 = const 1", "line 2, at '%0 = const 1': an op here is indented by 2 spaces, not 4"),
        ("graph() -> %0\n\t%0 = const 1", "an op here is indented by 2 spaces, not 0"),
        ("graph() -> %0\n%0 = const 1", "an op here is indented by 2 spaces, not 0"),
        ("graph() -> %0\n  %1 = const 1", "line 2, at '= const 1': this is op %0 of its graph, not %1"),
        ("graph() -> %0\n  %0 const 1", "line 2, at 'const 1': '=' must stand here"),
        ("graph() -> %0\n  x = const 1", "line 2, at 'x = const 1': an op must stand here"),
        ("graph() -> %0\n  %0 = input x", "line 1: the inputs are said to be (), and are (x)"),
        ("graph(x=1) -> %0\n  %0 = input x", "line 1: the inputs are said to be (x), and are (x)"),
        ("graph(x, x) -> %0\n  %0 = input x\n  %1 = input x", "line 1: 2 inputs are named 'x'"),
        ("graph(x) -> %0\n  %0 = const 1\n  %1 = input x", "line 1: op %1, the input 'x', comes after"),
        (HEAD, "line 3: an op must stand here, such as const 1 or the name of a step"),
        (HEAD + "input", "line 3: '(' must stand here"),
        (HEAD + "const", "line 3: '(' must stand here"),
        (HEAD + "const %0", "line 3, at '%0': an op cannot stand inside a literal"),
        (HEAD + "const [%0]", "line 3, at '%0]': an op cannot stand inside a literal"),
        (HEAD + "const 'x", "line 3, at \"'x\": a literal, an op or a name must stand here"),
        (HEAD + "const 012", "line 3: 012 is no literal: leading zeros"),
        (HEAD + "const b'é'", "line 3: b'é' is no literal: "),
        (HEAD + "const (1)", "line 3: a tuple of one part has a comma after it"),
        (HEAD + "const [1 2]", "line 3, at '2]': ',' or ']' must stand here"),
        (HEAD + "const {1: 2, 3}", "line 3: either all parts in braces are pairs, or none is"),
        (HEAD + "const {[]}", "line 3: no such literal can be made: unhashable type: 'list'"),
        (HEAD + "const {[]: 1}", "line 3: no such literal can be made: unhashable type: 'list'"),
        (HEAD + "const frozenset({1: 2})", "line 3: a frozenset is made of a set"),
        (HEAD + "const 1 2", "line 3, at '2': the line should be over here"),
        (HEAD + "const doubl", "line 3: names= says nothing of 'doubl'; is it 'double'?"),
        (HEAD + "const " + "[" * 9_999, "nested too deeply"),
        (HEAD + "undouble(%0)", "line 3: names= says nothing of 'undouble'; is it 'double'?"),
        (HEAD + "Model('m')(%0)", "line 3: names= says nothing of \"Model('m')\""),
        (HEAD + "double", "line 3: '(' must stand here"),
        (HEAD + "double(%0", "line 3, at '(%0': a bracket or quote is not closed"),
        (HEAD + "double('x)", "line 3, at \"('x)\": a bracket or quote is not closed"),
        (HEAD + "double(%1)", "line 3, at '%1)': there is no op %1 before this line in its graph; there is %0"),
        (HEAD + "double(%0)\n  %2 = double(%7)", "line 4, at '%7)': there is no op %7 before this line in its graph; there is %0 to %1"),
        ("graph() -> %0\n  %0 = [%0]", "line 2, at '%0]': there is no op %0 before this line in its graph; there is none"),
        (HEAD + "double(x=1, %0)", "line 3, at '%0)': an argument without a name cannot stand after one that has"),
        (HEAD + "double(x=1, **{'x': %0})", "line 3, at ')': there are two arguments 'x'"),
        (HEAD + "three(%0)", "line 3: what is called is 3, which is no step, function or class"),
        (HEAD + "Model(%0)", "which is no step, function or class"),
        (HEAD + "Point(%0)", "line 3: Point is no step but a class, whose parts have names: Point(part=%0)"),
        (HEAD + "Point(y=%0, x=%0)", "line 3: the parts of Point are x, y, all of them in this order"),
        (HEAD + "switch %0 1 -> %0", "line 3, at '1 -> %0': ':' must stand here"),
        (HEAD + "switch %0: 1 = %0", "line 3, at '= %0': '->' must stand here"),
        (HEAD + "switch %0: [] -> %0", "line 3, at '-> %0': what comes before is no key: unhashable type: 'list'"),
        (HEAD + "switch %0: 1 -> %0, 2 -> %0", "line 3, at ', 2 -> %0': the line should be over here"),
        (HEAD + "switch %0: default -> %0; 1 -> %0", "line 3, at '; 1 -> %0': the line should be over here"),
        (HEAD + "recover %0 as (error) -> %0:", "line 3, at 'as (error) -> %0:': 'on' must stand here"),
        (HEAD + "recover %0 on double as (error) -> %0:", "line 3, at 'as (error) -> %0:': what comes before must be Exc"),
        (HEAD + "fan_out %0 with double", "line 3, at 'with double': 'as (' must stand here, and the inputs of the body"),
        (HEAD + "fan_out %0 limit=3 as (x) -> %0:", "line 3, at 'limit=3 as (x) -> %0:': 'as (' must stand here"),
        (HEAD + "fan_out[3] %0 as (x) -> %0:", "line 3, at '3] %0 as (x) -> %0:': the name of an input must stand here"),
        (HEAD + "fan_out %0 as (x) -> %0", "line 3: ':' must stand here"),
        (HEAD + "fan_out %0 as (x) -> %0:", "line 3: the output %0 is not one of the graph's 0 ops"),
        (HEAD + "fan_out %0 as (x) -> %0:\n  %2 = const 1", "line 3: the output %0 is not one of the graph's 0 ops"),
        (HEAD + "fan_out %0 as (x) -> %0:\n    %0 = const 1", "line 3: the inputs are said to be (x), and are ()"),
        (HEAD + "fan_out %0 as () -> %0:\n    %0 = const 1", "line 1: the body of op %1 has 0 inputs"),
        (HEAD + "fan_out %0 as (x) -> %1:\n    %0 = input x\n    %1 = double(%1)", "line 5, at '%1)': there is no op %1"),
        (HEAD + "expand %0", "line 3: 'with' must stand here"),
        (HEAD + "expand %0 with three", "line 3: what comes before is of type int, which cannot be called"),
        (HEAD + "expand %0 (%0) with double", "line 3: the function knows 0 nodes from outside, not 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, problem: str) -> None:
    names = {"double": abs, "three": 3, "Point": Point, "Model": Model}
    with pytest.raises(GraphError) as caught:
        Graph.from_text(text, names)
    assert problem in str(caught.value)


def test_nothing_is_evaluated() -> None:
    """A text names what it means; what it names is not looked up anywhere else."""
    for call in ("__import__('os').getpid()", "print(%0)", "(lambda: 1)()"):
        with pytest.raises(GraphError):
            Graph.from_text(HEAD + call, {})
        with pytest.raises(GraphError):
            Graph.from_text(HEAD + "const " + call, {})
