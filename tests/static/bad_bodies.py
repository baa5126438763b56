"""Wrong bodies of fan-outs and loops. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import math

from vocabulary import *

from dataflow import In, Node, const, expand, fan_out, flow, fold, gather, iterate, recover

fan_out(lambda x: loud(x), numbers)  # err: lambda, items
fan_out(lambda x: loud(x), [1, 2])  # err: lambda, items
fan_out(lambda x: loud(x), [number])  # err: lambda, nodes
fan_out(lambda x: x + 1, numbers)  # err: lambda computes
fan_out(lambda x: 3, numbers)  # err: lambda returns no node
fan_out(lambda: double(3), numbers)  # err: lambda, number of nodes
fan_out(lambda x, y: plus(x, y), numbers)  # err: lambda, number of nodes
fan_out(lambda x: double(x), numbers, number)  # err: lambda, number of nodes
fan_out(lambda x, y: loud(x), numbers, number)  # err: lambda, shared
fan_out(lambda x, y: plus(x, y), numbers, "x")  # err: lambda, shared
fan_out(lambda x, k="a": plus(x, k), numbers)  # err: lambda with a default
fan_out(lambda x, y=2: plus(x, y), numbers, text)  # err: lambda with a default
fan_out(lambda x, y: plus(x, y), numbers, *[text])  # err: lambda, spread nodes
fan_out(lambda x, y, z: plus(x, y), numbers, *(text, number))  # err: lambda, spread tuple
fan_out(lambda x, y: plus(x, y), numbers, **{"y": text})  # noqa: PIE804  # err: lambda, spread dict
fan_out(lambda x: double(x), 3)  # err: lambda over no iterable
fan_out(lambda x: double(x), number)  # err: lambda over no iterable
loud(fan_out(lambda x: x.map(str), numbers))  # err: lambda, result
fan_out(wired_both, numbers)  # err: function, shared
fan_out(wired_both, numbers, text)  # err: function, shared
fan_out(wired_both, numbers, number, "3")  # err: function, shared
fan_out(wired_both, numbers, number, z="3")  # err: function, shared
fan_out(wired_both, numbers, y=text)  # err: function, shared
fan_out(wired_both, numbers, w=number)  # err: function, shared

fold(larger, numbers, "a")  # err: fold, state
fold(put, const([1.5]), ["a"])  # err: fold, state
iterate(third, "a", limit=3)  # err: iterate, state
fold(lambda a, x: loud(x), numbers, 0)  # err: fold by a lambda, item
fold(lambda a, x: loud(x), numbers, "a")  # err: fold by a lambda, item
iterate(lambda x: loud(x), 1, limit=2)  # err: iterate by a lambda
iterate(lambda x: loud(x), number, limit=2)  # err: iterate by a lambda, from a node
iterate(lambda x: double(x), number, until=lambda v: v.nope, limit=3)  # err: iterate, until


@flow
def wired_in(xs: In[list[str]], first: In[int]) -> Node[list[int]]:
    fold(lambda a, x: plus(a, x), xs, first)  # err: fold by a lambda, In
    return fan_out(lambda x: double(x), xs)  # err: lambda, In


@flow
def wired_state(first: In[str]) -> Node[int]:
    return iterate(lambda x: double(x), first, limit=3)  # err: iterate by a lambda, In


third.map(same(const(["a"])))  # err: items of a generic call
plus(1, iterate(lambda q: gather(q[1], q[0]), (1, "a"), limit=1)[0])  # err: iterate, what grows
loud(number.map(twice))  # err: a flow in map
text.map(twice)  # err: a flow in map
number.map(lambda x: double(x))  # err: a node in map

fan_out(lambda p: added(p), [[text], [text]])  # err: lambda, containers of nodes
fan_out(lambda p: loud(p[0]), [(number, "a")])  # err: lambda, pairs of nodes
fan_out(joined, zip([text, text], "ab"))  # err: step, zip of nodes
fold(lambda a, p: plus(a, p[0]), zip([text], [text]), 0)  # err: fold, zip of nodes
number.map(lambda v, k="a": v + k)  # err: map, lambda with a default
loud(expand(number, lambda v, k=2: plus(v, k)))  # err: expand, lambda with a default
fan_out(lambda x, y: added(y), numbers, [text, 1])  # err: lambda, shared nodes and values
fan_out(len, ["a"])  # err: a plain function as a body
fan_out(str, numbers)  # err: a class as a body
fold(math.hypot, const([1.0]), 0.0)  # err: a plain function as a body
iterate(abs, 1, limit=2)  # err: a plain function as a body
expand(number, math.sqrt)  # err: a plain function as a body
recover(number, repr)  # err: a plain function as a handler
