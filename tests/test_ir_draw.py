"""The drawings: every kind of op, ids that are unique, labels that cannot break the syntax."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

import dataflow
from dataflow import Input, const, gather
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.ops import Map
from tests.golden import samples
from tests.golden.samples import add, chain, golden, nested

fan_out: Any = dataflow.fan_out
recover: Any = dataflow.recover
step: Any = dataflow.step
switch: Any = dataflow.switch

NASTY = [
    'a"b',
    "x]",
    "}",
    "`md`",
    "end",
    "<b>&amp;",
    "#35;",
    "a|b",
    "x;y",
    "%%",
    "\\N",
    '"]; evil["',
    "ünï",
    "graph",
    "-->",
    "$$x$$",
]


def nodes_of(text: str) -> list[tuple[str, str]]:
    """(id, label) of each op in a Mermaid or DOT text."""
    if text.startswith("flowchart"):
        found = re.findall(r'^ *(g\d+_\d+)[\[({]+"(.*?)"[\])}]+$', text, re.M)
        return [(name, re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label)) for name, label in found]
    found = re.findall(r'^ *(g\d+_\d+) \[label="((?:[^"\\]|\\.)*)"', text, re.M)
    return [(name, html.unescape(re.sub(r"\\(.)", r"\1", label))) for name, label in found]


def arrows_of(text: str) -> set[tuple[str, str]]:
    """(start, end) of each arrow in a Mermaid or DOT text."""
    return set(re.findall(r'^ *(g\d+_\d+) -[-.>]+(?:\|".*?"\|)? ?(g\d+_\d+)', text, re.M))


def test_mermaid_of_every_kind_of_op() -> None:
    text = samples.graph().to_mermaid()
    assert text == golden("every_op.mmd", text)


def test_dot_of_every_kind_of_op() -> None:
    text = samples.graph().to_dot()
    assert text == golden("every_op.dot", text)


@pytest.mark.parametrize("draw", [Graph.to_mermaid, Graph.to_dot])
def test_each_op_has_an_id_and_its_label(draw: Any) -> None:
    graph = samples.graph()
    nodes = nodes_of(draw(graph))
    assert len({name for name, _ in nodes}) == len(nodes)
    assert tuple(label for name, label in nodes if name.startswith("g0_")) == graph.labels()
    inner = sum(len(op.body.ops) for op in graph.ops if isinstance(op, Map))
    assert inner > 0
    assert {name for arrow in arrows_of(draw(graph)) for name in arrow} <= {name for name, _ in nodes}


def test_mermaid_and_dot_draw_the_same() -> None:
    graph = samples.graph()
    assert nodes_of(graph.to_mermaid()) == nodes_of(graph.to_dot())
    assert arrows_of(graph.to_mermaid()) == arrows_of(graph.to_dot())


@pytest.mark.parametrize("draw", [Graph.to_mermaid, Graph.to_dot])
def test_every_op_that_is_read_has_an_arrow(draw: Any) -> None:
    shared, outer = const(1), Input(int, "x")
    graph = lower(
        gather(fan_out(lambda item: add(item, outer), [shared]), recover(add(shared), lambda error: add(error, outer)))
    )
    arrows = arrows_of(draw(graph))
    ends = {start for start, _ in arrows}
    assert {f"g0_{at}" for at in range(len(graph.ops)) if at != graph.output} <= ends


@pytest.mark.parametrize("draw", [Graph.to_mermaid, Graph.to_dot])
def test_labels_cannot_break_the_syntax(draw: Any) -> None:
    x = const(0)
    named = [step(abs).options(name=name)(x) for name in NASTY]
    picked: Any = switch
    graph = lower(gather(*named, picked(x, dict(zip(NASTY, named, strict=True)))))
    text = draw(graph)
    assert tuple(label for _, label in nodes_of(text)) == graph.labels()
    assert len(arrows_of(text)) == 3 * len(NASTY) + 2
    assert text.count("\n") == len(text.splitlines())


def test_cases_are_dashed_and_named_by_their_keys() -> None:
    picked: Any = switch
    graph = lower(picked(Input(int, "x"), {1: const("one"), "two": const(2)}, default=const(3)))
    mermaid, dot = graph.to_mermaid(), graph.to_dot()
    assert "g0_0 --> g0_4" in mermaid
    assert 'g0_1 -.->|"1"| g0_4' in mermaid
    assert "g0_2 -.->|\"'two'\"| g0_4" in mermaid
    assert 'g0_3 -.->|"default"| g0_4' in mermaid
    assert "g0_2 -> g0_4 [style=dashed, label=\"'two'\"];" in dot


def test_bodies_are_boxes_inside_boxes() -> None:
    graph = lower(fan_out(lambda row: fan_out(add, row), [[1]]))
    mermaid = graph.to_mermaid()
    assert mermaid.count("subgraph ") == mermaid.count("\n  end") + mermaid.count("\n    end") == 2
    assert graph.to_dot().count("subgraph cluster_") == 2
    assert (
        mermaid.index("subgraph g1")
        < mermaid.index("subgraph g2")
        < mermaid.index("\n    end")
        < mermaid.index("\n  end")
    )


def test_an_op_that_reads_another_twice_has_one_arrow() -> None:
    x = const(1)
    assert lower(add(x, x)).to_mermaid().count("-->") == 1


def test_notebooks_show_the_flowchart() -> None:
    graph = samples.graph()
    assert graph._repr_markdown_() == f"```mermaid\n{graph.to_mermaid()}```"


def test_a_graph_of_100_000_ops_and_bodies_of_any_depth() -> None:
    graph, deep = chain(100_000), nested(1_000)
    assert len(arrows_of(graph.to_mermaid())) == len(arrows_of(graph.to_dot())) == 100_000
    assert len(nodes_of(deep.to_mermaid())) == len(nodes_of(deep.to_dot())) == 2_001
