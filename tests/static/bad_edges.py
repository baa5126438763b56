"""Wrong lines that few write, or that some checker does not see. Each tagged line must be refused."""

# ruff: noqa: B018, F403, F405, PT018, PLR1714, PLW0120, SIM222, SIM223  # all names of the vocabulary are meant; wrong on purpose

from __future__ import annotations

from vocabulary import *

from dataflow import Node, cond, const, expand, fan_out, gather, iterate, match, recover, switch, unpack

while number:  # err: truth of a node, while
    break
assert number  # err: truth of a node, assert
not number  # err: truth of a node, not
double(number and number)  # err: truth of a node, and
double(number or number)  # err: truth of a node, or
1 if number else 2  # err: truth of a node, conditional
unpack(split(1), 3)  # err: unpack, number of items
unpack(split(1), 1)  # err: unpack, number of items
twice(number, z=number)  # err: unknown keyword of a flow
fan_out(double, numbers, z=1)  # err: unknown keyword of a step
fan_out(score, numbers, c=3)  # err: unknown keyword of a step
fan_out(add, numbers, c=3)  # err: unknown keyword of a step
expand(number, lambda k: k)  # err: expand, lambda returns no node
expand(number, lambda k: k + 1)  # err: expand, lambda returns no node
iterate(lambda x: show(x), 0, limit=2)  # err: iterate changes the type
twice.deploy().call(number)  # err: a node to a pipeline
recover(number, lambda error: double(error))  # err: recover by a lambda
recover(number, lambda error: double(error), on=ValueError)  # err: recover by a lambda
double(numbers.map(sorted))  # err: a generic function in map
cond(flag, double, number)  # err: a step that is not called
switch(text, {"a": double})  # err: a step that is not called
match(text).case("a", double)  # err: a step that is not called
recover(number, on_any, on=ValueError | KeyError)  # err: recover, on
double(gather(number, number))  # err: a pair for an int
const()  # err: const of nothing
const_text: Node[str] = const(1)  # err: const, type
const_node: Node[str] = const(number)  # err: const of a node, type
switch(color(), {"red": number, "blue": number}, default=number)  # err: switch, a key beside right ones
switch(text, {"a": number, None: number}, default=number)  # err: switch, a key beside right ones
switch(size(), {Size.SMALL: number, "LARGE": number}, default=number)  # err: switch, a key beside right ones
switch(text, {"a": number, 1: number})  # err: switch, a key beside right ones
