"""The text form: every kind of op, and literals of any kind and size."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest

import dataflow
from dataflow import Input, const, flow
from dataflow.ir.graph import Graph
from dataflow.ir.shown import WIDEST, short
from dataflow.lower import lower
from dataflow.ops import Build, Const
from dataflow.shapes import DICT, FROZENSET, LIST, SET, TUPLE, Named, Record
from tests.golden import samples
from tests.golden.samples import Model, add, chain, golden, nested

fan_out: Any = dataflow.fan_out
step: Any = dataflow.step


def test_every_kind_of_op() -> None:
    text = str(samples.graph())
    assert text + "\n" == golden("every_op.txt", text + "\n")


def test_show_is_the_same_text() -> None:
    assert samples.graph().show() == str(samples.graph())


def test_lines_are_those_that_composed_each_op() -> None:
    node = add(const(1))
    first = lower(add(fan_out(add, [node])))
    text = first.show(lines=True)
    without = [line.partition("  # ")[0] for line in text.splitlines()]
    assert "\n".join(without) == str(first)
    at = node._place[0].co_firstlineno + 1  # type: ignore[index,union-attr]  # it has a place, with a code object
    comments = re.findall(r"  # (.*)", text)
    assert comments[0] == f"tests/{pathlib.Path(__file__).name}:{at}" or comments[0].endswith(f":{at}")
    assert len(comments) == len(text.splitlines()) - 1


def test_an_op_without_a_place_has_no_comment() -> None:
    assert Graph((Const(1),), 0).show(lines=True) == "graph() -> %0\n  %0 = const 1"


def test_instances_that_look_alike_are_numbered_and_shared_ones_are_not() -> None:
    one = Model("m")
    shared = str(lower(one(one(const(0)))))
    apart = str(lower(Model("m")(Model("m")(const(0)))))
    assert shared.count("Model('m')(") == 2
    assert "Model('m')#2(%1)" in apart


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        ((), "()"),
        ((1,), "(1,)"),
        ({}, "{}"),
        (set(), "set()"),
        (frozenset(), "frozenset()"),
        ({"b", "a"}, "{'a', 'b'}"),
        (frozenset({2, 1}), "frozenset({1, 2})"),
        ({"k": [1, (2,)]}, "{'k': [1, (2,)]}"),
        (b"png", "b'png'"),
        (len, "len"),
        (int, "int"),
        (lambda x: x, "<lambda>"),
        ("two\nlines", r"'two\nlines'"),
    ],
)
def test_short_literals_are_their_repr(value: Any, text: str) -> None:
    assert short(value) == text


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


class Tall:
    def __repr__(self) -> str:
        return "array([1,\n       2])"


def test_a_repr_that_fails_or_has_lines_does_no_harm() -> None:
    assert short([Broken()]) == "[<Broken>]"
    assert short(Tall()) == "array([1, 2])"


def deep(levels: int, wrap: Callable[[Any], Any] = lambda value: [value]) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**7,
        b"x" * 10**7,
        list(range(10**6)),
        set(range(10**5)),
        {k: k for k in range(10**5)},
        10**100_000,
        deep(100_000),
        deep(100_000, lambda value: frozenset({value})),
        [[["a" * 30] * 30] * 30] * 30,
    ],
    ids=lambda value: type(value).__name__,
)
def test_large_and_deep_literals_are_cut(value: Any) -> None:
    assert len(short(value)) == WIDEST
    assert short(value).endswith("...")


def test_no_more_of_a_literal_is_looked_at_than_is_shown() -> None:
    class Counted:
        seen = 0

        def __repr__(self) -> str:
            Counted.seen += 1
            return "c"

    short([Counted() for _ in range(10_000)])
    assert Counted.seen < 100


def test_bodies_of_any_depth_are_indented_without_recursion() -> None:
    graph = nested(2_000)
    assert len(str(graph).splitlines()) == 1 + 2 * 2_000 + 1


@pytest.mark.parametrize(
    ("shape", "parts", "text"),
    [
        (TUPLE, (), "()"),
        (TUPLE, (1,), "(1,)"),
        (TUPLE, (1, 2), "(1, 2)"),
        (SET, (), "set()"),
        (SET, (1, 2), "{1, 2}"),
        (FROZENSET, (), "frozenset()"),
        (FROZENSET, (1,), "frozenset({1})"),
        (DICT, (), "{}"),
        (DICT, ("a", 1), "{'a': 1}"),
        (Named(samples.Point), (1, 2), "Point(x=1, y=2)"),
        (Record(samples.Query, ("text",)), ("t",), "Query(text='t')"),
    ],
)
def test_containers_look_like_python(shape: Any, parts: Any, text: str) -> None:
    assert str(Graph((Build(shape, parts),), 0)) == f"graph() -> %0\n  %0 = {text}"


def test_names_of_inputs_and_defaults_stand_in_the_first_line() -> None:
    text = str(lower(add(Input(int, "left side"), Input(int, "right"))))
    assert text.startswith("graph(left side, right) -> %2\n  %0 = input left side\n")
    assert str(flow(lambda x, y="é": add(x, y)).graph).startswith("graph(x, y='é') -> %2")


def test_a_graph_of_100_000_ops() -> None:
    lines = str(chain(100_000)).splitlines()
    assert lines[-1] == "  %100000 = abs(%99999)"
    assert str(Graph((Build(LIST, ()),), 0)) == "graph() -> %0\n  %0 = []"
