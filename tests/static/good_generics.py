"""Generic and overloaded steps, solved for the values of the nodes. Each tagged line must be accepted, with this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import assert_type

from generic_steps import *
from vocabulary import *

from dataflow import Node, fan_out, run, step

nodes = [number, number]
assert_type(grouped([1], lambda x: str(x)), Node[dict[str, list[int]]])  # ok: lambda
assert_type(grouped(numbers, lambda x: str(x)), Node[dict[str, list[int]]])  # ok: lambda, node
assert_type(grouped(nodes, key=lambda x: x > 1), Node[dict[bool, list[int]]])  # ok: lambda, list of nodes
assert_type(grouped(numbers, str), Node[dict[str, list[int]]])  # ok: class as a function
assert_type(given(number, lambda x: x + 1), Node[int])  # ok: lambda, one value
assert_type(given(point(), lambda x: x.name), Node[str])  # ok: lambda, attribute
assert_type(ordered([number, 2], key=lambda x: -x), Node[list[int]])  # ok: lambda, values and nodes
assert_type(packed(number, text), Node[tuple[int, str]])  # ok: TypeVarTuple, nodes
assert_type(packed(number, "a", 2.5), Node[tuple[int, str, float]])  # ok: TypeVarTuple, values and nodes
assert_type(through(together, number, b=text), Node[float])  # ok: ParamSpec, nodes
assert_type(through(together, 1, text), Node[float])  # ok: ParamSpec, values and nodes
assert_type(sizes(nodes), Node[bytes])  # ok: overloaded, list of nodes
assert_type(sizes([number, 1]), Node[bytes])  # ok: overloaded, values and nodes
assert_type(sizes({"a": number, "b": 1}), Node[str])  # ok: overloaded, dict
assert_type(sizes(numbers), Node[bytes])  # ok: overloaded, node
assert_type(sizes(None), Node[float])  # ok: overloaded, value
assert_type(head_of([[number], [1]]), Node[list[int]])  # ok: lists in a list
assert_type(head_of([{"a": number}, {"a": 1}]), Node[dict[str, int]])  # ok: dicts in a list
assert_type(head_of([(number, 1), (2, number)]), Node[tuple[int, int]])  # ok: pairs in a list
assert_type(fan_out(same, [number, number]), Node[list[int]])  # ok: fanned out over nodes
assert_type(fan_out(same, [1, number]), Node[list[int]])  # ok: fanned out over values and nodes
assert_type(same.map([number]), Node[list[int]])  # ok: mapped over nodes
assert_type(fan_out(given, numbers, lambda x: str(x)), Node[list[str]])  # ok: fanned out with a lambda
assert_type(fan_out(sizes, [[number], [1]]), Node[list[bytes]])  # ok: overloaded, fanned out
assert_type(run(head_of([1, number])), int)  # ok: type that is asked for
asked: Node[float] = head_of([1, number])  # ok: type that is asked for

assert_type(kept(number), Node[int])  # ok: helper over In
assert_type(kept(1), Node[int])  # ok: helper over In, value
assert_type(headed([1]), Node[int])  # ok: helper over In, list
assert_type(headed(numbers), Node[int])  # ok: helper over In, node of a list
assert_type(kept_flow(number), Node[int])  # ok: flow over In
assert_type(kept_flow(x=1), Node[int])  # ok: flow over In, value
assert_type(paired_flow(number, "a"), Node[tuple[int, str]])  # ok: flow over In, two type variables
assert_type(headed_flow([1]), Node[int])  # ok: flow over In, list
assert_type(kept_flow.run(1), int)  # ok: flow over In, run
assert_type(kept_flow.run(number), int)  # ok: flow over In, run of a node
assert_type(kept_flow.submit(number).result(), int)  # ok: flow over In, submit of a node
assert_type(paired_flow.run(number, "a"), tuple[int, str])  # ok: flow over In, run, two type variables
assert_type(doubled.run(text), tuple[str, str])  # ok: generic flow, run of a node
assert_type(doubled.run(1), tuple[int, int])  # ok: generic flow, run of a value
assert_type(fan_out(kept_flow, [1, number]), Node[list[int]])  # ok: flow over In, fanned out
assert_type(fan_out(kept, numbers), Node[list[int]])  # ok: helper over In, fanned out
assert_type(step(Default)(3)(number), Node[int])  # ok: class step of a generic class
assert_type(step(Default)("a")(None), Node[str])  # ok: class step of a generic class
assert_type(step(Named)("a", 1)(number), Node[str])  # ok: class step, overloaded constructor
assert_type(step(Named)(1)(number), Node[str])  # ok: class step, overloaded constructor
