"""Containers of nodes wherever a value or a node is taken. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import Literal, assert_type

from vocabulary import *

from dataflow import Node, fan_out, fold, gather, iterate, step

Tint = Literal["red", "green"]


@step
def tinted(of: Tint, x: int) -> Tint:
    return of


nodes = [number, number]
plain_list = [1, 2]

assert_type(fan_out(weighed, numbers, {"a": ratio}), Node[list[float]])  # ok: shared, dict of nodes
assert_type(fan_out(weighed, numbers, by={"a": ratio, "b": 1.5}), Node[list[float]])  # ok: shared, by name
assert_type(weighed.map(numbers, {"a": ratio}), Node[list[float]])  # ok: shared in map, dict of nodes
assert_type(fan_out(picked, numbers, [number, 1]), Node[list[int]])  # ok: shared, list of nodes
assert_type(fan_out(picked, numbers, nodes), Node[list[int]])  # ok: shared, list of nodes that is not written out
assert_type(fan_out(added, [[number, 1], numbers]), Node[list[int]])  # ok: items, list of nodes
assert_type(fold(longer, [[number, 1], numbers], [number]), Node[list[int]])  # ok: state and items, list of nodes
assert_type(fold(longer, [[1], [number]], [1]), Node[list[int]])  # ok: items, list of nodes
assert_type(fold(moved, numbers, (number, "a")), Node[tuple[int, str]])  # ok: state, pair of a node
assert_type(fold(lambda at, x: moved(at, x), numbers, (number, text)), Node[tuple[int, str]])  # ok: state, pair, lambda
assert_type(iterate(lambda at: moved(at, 1), (1, text), limit=2), Node[tuple[int, str]])  # ok: state, pair, lambda
assert_type(chosen_from([1, 2], number), Node[int])  # ok: flow, list of values
assert_type(chosen_from(gather([number]), number), Node[int])  # ok: flow, gathered nodes
assert_type(flat([[number, 1], numbers]), Node[list[int]])  # ok: lists in a list, one of them a node
assert_type(flat([[number, 1], numbers.output]), Node[list[int]])  # ok: lists in a list, one of them an output
assert_type(flat([[number, 1], plain_list]), Node[list[int]])  # ok: lists in a list, one of them a variable
assert_type(flat([plain_list, plain_list]), Node[list[int]])  # ok: variables in a list
assert_type(flat([nodes, nodes]), Node[list[int]])  # ok: lists of nodes in a list
assert_type(flat([nodes, [1]]), Node[list[int]])  # ok: lists of nodes in a list, and one that is written out
assert_type(added([each for each in nodes if each is not number]), Node[int])  # ok: comprehension of nodes
assert_type(flat([[each, 1] for each in nodes]), Node[list[int]])  # ok: comprehension of lists of nodes
assert_type(flat([each for each in [nodes, nodes] if len(each) > 1]), Node[list[int]])  # ok: comprehension
assert_type(flat([[each] if each else nodes for each in plain_list]), Node[list[int]])  # ok: comprehension, conditional
assert_type(weighed(1, {key.upper(): ratio for key in ("a", "b")}), Node[float])  # ok: comprehension
assert_type(flat([upto(each) for each in plain_list]), Node[list[int]])  # ok: comprehension of calls

assert_type(fold(lambda best, x: larger(best, x), numbers, number), Node[int | None])  # ok: state wider later, lambda
assert_type(fold(lambda best, x: larger(best, x), numbers, None), Node[int | None])  # ok: state wider later, lambda
assert_type(fold(tinted, numbers, "red"), Node[Tint])  # ok: state of a literal
assert_type(fold(lambda of, x: tinted(of, x), numbers, color()), Node[Tint])  # ok: state of a literal, lambda
assert_type(gather([numbers, split(1)]), Node[list[list[int] | tuple[int, str]]])  # ok: gather, several containers
assert_type(gather({"a": text, "b": numbers}), Node[dict[str, str | list[int]]])  # ok: gather, text and a list
