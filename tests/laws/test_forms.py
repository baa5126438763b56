"""A graph's forms: text, JSON, pickle, digest, and the nodes that it can be lifted to again."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
from hypothesis import assume, find, given
from hypothesis import strategies as st

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
@given(graphs())
def test_text(graph: Graph) -> None:
    """Graph.from_text(str(g), g.names()) = g, for every graph, with the same text, names and digest."""
    again = Graph.from_text(str(graph), graph.names())
    assert again == graph
    assert str(again) == str(graph)
    assert again.names() == graph.names()
    assert Graph.from_text(graph.show(lines=True), graph.names()) == graph
    assert digest_of(again) == digest_of(graph)


def digest_of(graph: Graph) -> str | None:
    """The digest, if there is one."""
    try:
        return graph.digest
    except GraphError:
        return None


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Program, Program]:
    """Two programs that differ in one line, in what they give, or not at all."""
    one = draw(programs(longest=4))
    other = draw(programs(longest=1))
    at = draw(st.integers(0, len(one.lines) - 1))
    changes: dict[str, Any] = {
        "line": attrs.evolve(one, lines=(*one.lines[:at], other.lines[0], *one.lines[at + 1 :])),
        "outputs": attrs.evolve(one, outputs=other.outputs),
        "nothing": attrs.evolve(one, values=other.values[:1] * len(one.values)),
    }
    return one, changes[draw(st.sampled_from(sorted(changes)))]


@examples(400)
@given(st.one_of(neighbours(), st.tuples(programs(), programs())))
def test_digests_are_equal_exactly_if_graphs_are(pair: tuple[Program, Program]) -> None:
    """g.digest = h.digest if and only if g = h; so are their JSON forms. Equal graphs have equal texts."""
    one, other = pair
    try:
        digests = one.flow.graph.digest, other.flow.graph.digest
    except GraphError:
        assume(False)
    equal = one.flow.graph == other.flow.graph
    assert (digests[0] == digests[1]) == equal
    assert (one.flow.graph.to_json() == other.flow.graph.to_json()) == equal
    assert not equal or str(one.flow.graph) == str(other.flow.graph)
    assert one.flow.graph.digest == digests[0]


def test_neighbours_are_equal_and_different() -> None:
    """The law of digests is tried on both."""
    for equal in (True, False):
        find(neighbours(), lambda pair: (str(pair[0].flow.graph) == str(pair[1].flow.graph)) == equal)


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
