"""A graph's forms: text, JSON, pickle, digest, and the nodes that it can be lifted to again."""

from __future__ import annotations

import pickle

from hypothesis import assume, given

from dataflow.errors import GraphError
from dataflow.ir.graph import Graph
from dataflow.lift import lifted
from dataflow.lower import lower
from dataflow.testing.program import Program
from dataflow.testing.strategies import graphs, programs
from tests.laws.executors import ended, examples


@examples(200)
@given(programs())
def test_composing_a_program_again_gives_an_equal_graph(program: Program) -> None:
    """A flow has one graph: equal, of equal text and equal hash, each time that it is composed."""
    one, other = program.flow.graph, program.flow.graph
    assert str(one) == str(other)
    if "expand" in program.text:  # its functions are made anew
        return
    assert one == other
    assert hash(one) == hash(other)


@examples(200)
@given(graphs())
def test_json(graph: Graph) -> None:
    """Graph.from_json(g.to_json()) = g, for every graph that has a JSON form, with the same text and JSON."""
    try:
        text = graph.to_json()
    except GraphError:  # a function of a map or expand that no name leads to
        assume(False)
    again = Graph.from_json(text)
    assert again == graph
    assert again.to_json() == text
    assert str(again) == str(graph)
    assert again.digest == graph.digest


@examples(200)
@given(programs(), programs())
def test_digests_are_equal_exactly_if_graphs_are(one: Program, other: Program) -> None:
    """g.digest = h.digest if and only if g = h."""
    try:
        digests = one.flow.graph.digest, other.flow.graph.digest
    except GraphError:
        assume(False)
    assert (digests[0] == digests[1]) == (one.flow.graph == other.flow.graph)
    assert one.flow.graph.digest == digests[0]


@examples(200)
@given(graphs())
def test_lifting_is_the_way_back(graph: Graph) -> None:
    """lower(*lifted(g)) = g, with the same places."""
    again = lower(*lifted(graph))
    assert str(again) == str(graph)
    assert again == graph


@examples(100)
@given(programs())
def test_pickle(program: Program) -> None:
    """pickle.loads(pickle.dumps(g)) = g, for every graph whose functions can be pickled."""
    graph = program.flow.graph
    try:
        data = pickle.dumps(graph)
    except Exception:  # a function of the program's own
        assume(False)
    assert pickle.loads(data) == graph
    assert ended(program) is not None
