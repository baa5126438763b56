"""Nodes: taken apart, put together, indexed, run. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import Any, assert_type

from vocabulary import *

from dataflow import INPUT, Future, In, Inline, Input, Node, const, gather, run, submit, unpack

assert_type(const(3), Node[int])  # ok: const
assert_type(INPUT, Node[Any])  # ok: INPUT
assert_type(Input(int, "x"), Node[int])  # ok: Input
assert_type(Input(list[int], "xs"), Node[list[int]])  # ok: Input
assert_type(score(INPUT, INPUT), Node[float])  # ok: INPUT into a step
assert_type(score(Input(int, "x")), Node[float])  # ok: Input into a step
assert_type(number.output, int)  # ok: output
assert_type(point().output.name, str)  # ok: attribute of output
assert_type(point().map(lambda p: p.name), Node[str])  # ok: Node.map
assert_type(numbers.map(len), Node[int])  # ok: Node.map
assert_type(numbers.map(sorted), Node[list[int]])  # ok: Node.map
assert_type(number.map(double), Node[int])  # ok: Node.map of a step
assert_type(number.map(later), Node[str])  # ok: Node.map, async

number_too, text_too = unpack(pair)  # ok: unpack
assert_type(number_too, Node[int])  # ok: unpack
assert_type(text_too, Node[str])  # ok: unpack
assert_type(score(*unpack(pair)), Node[float])  # ok: unpack into a call
assert_type(unpack(several(3), 3), tuple[Node[int], ...])  # ok: unpack, counted
assert_type(unpack(numbers, 2), tuple[Node[int], ...])  # ok: unpack, counted
assert_type(unpack(pair, 2), tuple[Node[int], Node[str]])  # ok: unpack, counted
assert_type(unpack(point()), tuple[Node[int], Node[str]])  # ok: unpack a named tuple

assert_type(pair[0], Node[int])  # ok: item of a tuple
assert_type(pair[1], Node[str])  # ok: item of a tuple
assert_type(table["a"], Node[int])  # ok: item of a dict
assert_type(table[text], Node[int])  # ok: item by a node
assert_type(numbers[0], Node[int])  # ok: item of a list
assert_type(numbers[number], Node[int])  # ok: item by a node

assert_type(gather(number), Node[tuple[int]])  # ok: gather
assert_type(gather(number, text), Node[tuple[int, str]])  # ok: gather
assert_type(gather(number, text, flag), Node[tuple[int, str, bool]])  # ok: gather
assert_type(gather([number, number]), Node[list[int]])  # ok: gather a list
assert_type(gather([score(i) for i in range(3)]), Node[list[float]])  # ok: gather a list
assert_type(gather({"a": number, "b": number}), Node[dict[str, int]])  # ok: gather a dict
assert_type(gather(*[number, number]), Node[tuple[int, ...]])  # ok: gather many
assert_type(joined(gather(number, text)), Node[bool])  # ok: gather into a step

assert_type(run(number), int)  # ok: run
assert_type(run(number, text), tuple[int, str])  # ok: run several
assert_type(run(number, text, ratio, executor=Inline()), tuple[int, str, float])  # ok: run several
assert_type(run(*[number, number]), tuple[int, ...])  # ok: run many
assert_type(submit(number), Future[int])  # ok: submit
assert_type(submit(ratio, executor=Inline()).result(timeout=1), float)  # ok: result


async def waits() -> None:
    assert_type(await submit(text), str)  # ok: await


def parameter(x: In[int]) -> Node[float]:
    return score(x)  # ok: In into a step


parameter(1)  # ok: In
parameter(number)  # ok: In

assert run(gather(number_too, text_too)) == (1, "1")
assert run(gather({"a": numbers[number], "b": table["a"]})) == {"a": 1, "b": 1}
assert run(*unpack(point())) == (1, "p")
assert run(number.map(later)) == "1"
assert run(number.map(double)) == 2
assert submit(number.map(str)).result() == "1"
