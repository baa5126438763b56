"""A graph as a drawing: Mermaid for GitHub and notebooks, DOT for Graphviz.

A solid arrow is a value that an op cannot do without; a dashed one is taken only if it comes to that: the cases of a
switch, what a recover guards, what a body captures. A body is a box around its ops.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from dataflow.ir.shown import short
from dataflow.ir.walks import GraphLike, bodies, labels_of
from dataflow.ops import Build, Call, Expand, Loop, Map, Op, Recover, Ref, Switch, eager

PLAIN: Final = frozenset(" _-.,:()[]{}'=+*/%?!@~^")
"""The characters that mean nothing in a quoted Mermaid label, beside letters and digits."""


class Dot(NamedTuple):
    """An op."""

    id: str
    label: str
    kind: str
    depth: int


class Box(NamedTuple):
    """Where the box around a body begins, or without a label where it ends."""

    id: str
    label: str | None
    depth: int


class Arrow(NamedTuple):
    """A value that goes from one op to another."""

    start: str
    end: str
    label: str = ""
    dashed: bool = True


def mermaid(graph: GraphLike) -> str:
    """The Mermaid flowchart of a graph."""
    picture = _Picture(graph)
    lines = ["flowchart TD"]
    for item in picture.items:
        lines.append("  " * (item.depth + 1) + _mermaid_item(item))
    for arrow in picture.arrows:
        line = "-.->" if arrow.dashed else "-->"
        label = f'|"{_mermaid_text(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {arrow.start} {line}{label} {arrow.end}")
    lines += ["  classDef output stroke-width:3px", f"  class {picture.output} output"]
    return "\n".join(lines) + "\n"


def dot(graph: GraphLike) -> str:
    """The Graphviz digraph of a graph."""
    picture = _Picture(graph)
    lines = ["digraph dataflow {", "  node [shape=box];"]
    for item in picture.items:
        lines += ["  " * (item.depth + 1) + line for line in _dot_item(item)]
    for arrow in picture.arrows:
        style = ["style=dashed"] if arrow.dashed else []
        style += [f"label={_dot_text(arrow.label)}"] if arrow.label else []
        settings = f" [{', '.join(style)}]" if style else ""
        lines.append(f"  {arrow.start} -> {arrow.end}{settings};")
    lines += [f"  {picture.output} [peripheries=2];", "}"]
    return "\n".join(lines) + "\n"


class _Picture:
    """What is drawn: ops and boxes in order, nested by where boxes begin and end, and the arrows between ops."""

    def __init__(self, graph: GraphLike) -> None:
        self.items: list[Dot | Box] = []
        self.arrows: list[Arrow] = []
        self.output = f"g0_{graph.output}"
        numbers = itertools.count(1)
        stack = [("g0", enumerate(graph.ops), labels_of(graph))]
        while stack:
            outer, rest, labels = stack[-1]
            for at, op in rest:
                self.items.append(Dot(f"{outer}_{at}", labels[at], type(op).__name__, len(stack) - 1))
                inner = [(f"g{next(numbers)}", body) for body in bodies(op)]
                self.arrows += _arrows(op, outer, at, inner)
                if inner:
                    self.items.append(Box(inner[0][0], f"body of {labels[at]}", len(stack) - 1))
                    stack.append((inner[0][0], enumerate(inner[0][1].ops), labels_of(inner[0][1])))
                    break
            else:
                stack.pop()
                if stack:
                    self.items.append(Box(outer, None, len(stack) - 1))


def _arrows(op: Op[Any], outer: str, at: int, inner: list[tuple[str, GraphLike]]) -> Iterator[Arrow]:
    """The arrows that end at an op or in its body."""
    me = f"{outer}_{at}"
    for body, graph in inner:
        yield from _body_arrows(op, outer, me, body, graph.output)
    match op:
        case Call() | Build():
            yield from _from(outer, eager(op), me, dashed=False)
        case Switch(selector=selector, cases=cases, default=default):
            yield from _from(outer, [selector], me, dashed=False)
            for key, case in cases:
                yield from _from(outer, [case], me, short(key))
            yield from _from(outer, [default], me, "default")
        case Expand(source=source, captured=captured):
            yield from _from(outer, [source], me, dashed=False)
            yield from _from(outer, captured, me)


def _body_arrows(op: Op[Any], outer: str, me: str, body: str, output: int) -> Iterator[Arrow]:
    """The arrows into a body: to its argument, which is input 0, and to those that stand for what it captures."""
    if isinstance(op, Recover):
        yield from _from(outer, [op.attempt], me, "try")
        yield from _from(outer, [op.attempt], f"{body}_0", ", ".join(kind.__name__ for kind in op.on))
    else:
        yield from _from(outer, eager(op), f"{body}_0", dashed=False)
    if isinstance(op, Map | Loop | Recover):
        for number, operand in enumerate(op.captured, 1):
            yield from _from(outer, [operand], f"{body}_{number}")
    if isinstance(op, Loop):
        yield Arrow(f"{body}_{output}", f"{body}_0", "again")
    yield Arrow(f"{body}_{output}", me, dashed=isinstance(op, Recover))


def _from(outer: str, operands: Iterable[object], end: str, label: str = "", dashed: bool = True) -> Iterator[Arrow]:
    """An arrow from each op that is read, once."""
    references = dict.fromkeys(operand.index for operand in operands if isinstance(operand, Ref))
    return (Arrow(f"{outer}_{index}", end, label, dashed) for index in references)


def _mermaid_item(item: Dot | Box) -> str:
    if isinstance(item, Box):
        return "end" if item.label is None else f'subgraph {item.id}["{_mermaid_text(item.label)}"]'
    before, after = {"Input": ("([", "])"), "Switch": ("{", "}"), "Const": ("(", ")")}.get(item.kind, ("[", "]"))
    return f'{item.id}{before}"{_mermaid_text(item.label)}"{after}'


def _mermaid_text(label: str) -> str:
    """A label between quotes; what could mean something to Mermaid stands as the number of its character."""
    return "".join(char if char.isalnum() or char in PLAIN else f"#{ord(char)};" for char in label)


def _dot_item(item: Dot | Box) -> list[str]:
    if isinstance(item, Box):
        if item.label is None:
            return ["}"]
        return [f"subgraph cluster_{item.id} {{", f"  label={_dot_text(item.label)};"]
    shape = {"Input": "ellipse", "Switch": "diamond", "Const": "plaintext"}.get(item.kind)
    return [f"{item.id} [label={_dot_text(item.label)}{f', shape={shape}' if shape else ''}];"]


def _dot_text(label: str) -> str:
    quoted = label.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{quoted}"'
