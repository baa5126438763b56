"""Bodies of fan-outs and loops that are lambdas, and states. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from functools import partial
from typing import assert_type

from vocabulary import *

from dataflow import In, Node, cond, const, expand, fan_out, flow, fold, gather, iterate, run, step


@step
def midway(a: float, b: float) -> float:
    return (a + b) / 2


@step
def positive(x: int) -> bool:
    return x > 0


@flow
def meant(a: In[float], b: In[float]) -> Node[float]:
    return midway(a, b)


def means(a: Node[float], b: Node[float]) -> Node[float]:
    return midway(a, b)


class Joining:
    """A function that is no function."""

    def __call__(self, x: Node[int], y: Node[int]) -> Node[int]:
        return plus(x, y)

    def by(self, x: Node[int], y: Node[int]) -> Node[int]:
        return plus(x, y)


nodes_here = [number, number]
by_name = {"y": number}

assert_type(fan_out(lambda x: double(x), numbers), Node[list[int]])  # ok: lambda, items
assert_type(fan_out(lambda x: double(x), [1, 2]), Node[list[int]])  # ok: lambda, items
assert_type(fan_out(lambda x: double(x), nodes_here), Node[list[int]])  # ok: lambda, nodes
assert_type(fan_out(lambda x: double(x), [double(1)]), Node[list[int]])  # ok: lambda, nodes
assert_type(fan_out(lambda x: double(x), [double(i) for i in range(3)]), Node[list[int]])  # ok: lambda, nodes
assert_type(fan_out(lambda x: double(x), (double(i) for i in range(3))), Node[list[int]])  # ok: lambda, nodes
assert_type(fan_out(lambda x: double(x), [1, number]), Node[list[int]])  # ok: lambda, mixed items
assert_type(fan_out(lambda x: double(x), (1, 2)), Node[list[int]])  # ok: lambda, tuple
assert_type(fan_out(lambda x: double(x), range(3)), Node[list[int]])  # ok: lambda, range
assert_type(fan_out(lambda x: loud(x), "abc"), Node[list[str]])  # ok: lambda, str
assert_type(fan_out(lambda x: loud(x), {"a": 1}), Node[list[str]])  # ok: lambda, dict
assert_type(fan_out(lambda x: gather(x, number), numbers), Node[list[tuple[int, int]]])  # ok: lambda, gather
assert_type(fan_out(lambda x: cond(positive(x), x, number), numbers), Node[list[int]])  # ok: lambda, cond
assert_type(fan_out(lambda x, y: plus(x, y), numbers, number), Node[list[int]])  # ok: lambda, shared
assert_type(fan_out(lambda x, y: plus(x, y), [1, number], number), Node[list[int]])  # ok: lambda, shared, mixed items
assert_type(fan_out(lambda x, k=2: plus(x, k), numbers), Node[list[int]])  # ok: lambda with a default
assert_type(fan_out(lambda x, y, k=2: plus(x, y), numbers, number), Node[list[int]])  # ok: lambda with a default
assert_type(fan_out(lambda x, y=2: plus(x, y), numbers, number), Node[list[int]])  # ok: lambda with a default
assert_type(fan_out(lambda x, y=2: plus(x, y), numbers, y=number), Node[list[int]])  # ok: lambda with a default
assert_type(fan_out(lambda x, y=2: plus(x, y), numbers, *nodes_here[1:]), Node[list[int]])  # ok: lambda, spread nodes
assert_type(fan_out(lambda x, y: plus(x, y), numbers, *nodes_here[1:]), Node[list[int]])  # ok: lambda, spread nodes
assert_type(fan_out(lambda x, y: plus(x, y), numbers, *(number,)), Node[list[int]])  # ok: lambda, spread tuple
assert_type(fan_out(lambda x, y, z: plus(x, z), numbers, *(text, number)), Node[list[int]])  # ok: lambda, spread tuple
assert_type(fan_out(lambda x, y: plus(x, y), numbers, **by_name), Node[list[int]])  # ok: lambda, spread dict
assert_type(fan_out(wired_both, numbers, number), Node[list[str]])  # ok: function, shared
assert_type(fan_out(wired_both, numbers, number, 3), Node[list[str]])  # ok: function, shared
assert_type(fan_out(wired_both, numbers, number, z=3), Node[list[str]])  # ok: function, shared
assert_type(fan_out(wired_both, numbers, y=number, z=3), Node[list[str]])  # ok: function, shared
assert_type(fan_out(partial(wired_both, z=3), numbers, number), Node[list[str]])  # ok: partial, shared
assert_type(fan_out(Joining(), numbers, number), Node[list[int]])  # ok: callable, shared
assert_type(fan_out(Joining().by, numbers, number), Node[list[int]])  # ok: method, shared
assert_type(fan_out(Joining().by, numbers, y=number), Node[list[int]])  # ok: method, shared

assert_type(fold(midway, [1.5], 0), Node[float])  # ok: state narrower at first
assert_type(fold(midway, const([1.5]), number), Node[float])  # ok: state narrower at first
assert_type(fold(meant, [1.5], 0), Node[float])  # ok: state narrower at first, flow
assert_type(fold(means, [1.5], 0), Node[float])  # ok: state narrower at first, function
assert_type(fold(larger, numbers, 0), Node[int | None])  # ok: state narrower at first
assert_type(fold(larger, numbers, None), Node[int | None])  # ok: state narrower at first
assert_type(fold(put, const([1.5]), []), Node[list[float]])  # ok: state empty at first
assert_type(iterate(third, 8, limit=3), Node[float])  # ok: state narrower at first
assert_type(fold(plus, [1, double(2)], 0), Node[int])  # ok: fold, mixed items
assert_type(fold(lambda a, x: plus(a, x), numbers, 0), Node[int])  # ok: fold by a lambda
assert_type(fold(lambda a, x: plus(a, x), numbers, number), Node[int])  # ok: fold by a lambda, from a node
assert_type(fold(lambda a, x: plus(a, x), nodes_here, 0), Node[int])  # ok: fold by a lambda, nodes
assert_type(fold(lambda a, x, k=2: plus(a, x), numbers, 0), Node[int])  # ok: fold by a lambda with a default
assert_type(iterate(lambda x: double(x), 1, limit=3), Node[int])  # ok: iterate by a lambda
assert_type(iterate(lambda x: double(x), number, limit=3), Node[int])  # ok: iterate by a lambda, from a node
assert_type(iterate(lambda x: double(x), 1, until=lambda v: v > 3, limit=3), Node[int])  # ok: iterate by a lambda


@flow
def wired_in(xs: In[list[int]], first: In[int]) -> Node[list[int]]:
    total = fold(lambda a, x: plus(a, x), xs, first)  # ok: fold by a lambda, In
    grown = iterate(lambda x: double(x), first, limit=3)  # ok: iterate by a lambda, In
    return fan_out(lambda x: plus(plus(total, grown), x), xs)  # ok: lambda, In


assert_type(run(fan_out(wired_both, [1, 2], const(3))), list[str])  # ok: function, shared

assert_type(fan_out(third, same(numbers)), Node[list[float]])  # ok: items of a generic call, for more
assert_type(third.map(same(numbers)), Node[list[float]])  # ok: items of a generic call, for more
assert_type(fold(put, same(numbers), [0.5]), Node[list[float]])  # ok: items of a generic call, for more
assert_type(fan_out(third, newest_of(const([[1]]))), Node[list[float]])  # ok: items of a generic flow, for more
assert_type(iterate(lambda q: gather(q[1], q[0]), (1, "a"), limit=1)[0], Node[str | int])  # ok: iterate, what grows
assert_type(number.map(twice), Node[int])  # ok: a flow in map
assert_type(number.map(double), Node[int])  # ok: a step in map

rows_here = [nodes_here, [number]]
assert_type(fan_out(lambda p: added(p), rows_here), Node[list[int]])  # ok: lambda, containers of nodes
assert_type(fan_out(lambda p: added(p), [[number, 1], [2]]), Node[list[int]])  # ok: lambda, containers of nodes
assert_type(fan_out(lambda p: same(p), [{"a": number}]), Node[list[dict[str, int]]])  # ok: lambda, dicts of nodes
assert_type(fan_out(lambda p: double(p[0]), [(number, "a")]), Node[list[int]])  # ok: lambda, pairs of nodes
assert_type(fan_out(lambda p: joined(p), zip(nodes_here, "ab")), Node[list[bool]])  # ok: lambda, zip of nodes
assert_type(fan_out(lambda p: fan_out(double, p), rows_here), Node[list[list[int]]])  # ok: lambdas, containers of nodes
assert_type(fold(lambda a, p: plus(a, p[0]), zip(nodes_here, nodes_here), 0), Node[int])  # ok: fold, zip of nodes
assert_type(fan_out(joined, zip(nodes_here, "ab")), Node[list[bool]])  # ok: step, zip of nodes
assert_type(same.map(enumerate(nodes_here)), Node[list[tuple[int, int]]])  # ok: step, enumerate of nodes
assert_type(fan_out(same, {"a": number}.items()), Node[list[tuple[str, int]]])  # ok: step, items of nodes
assert_type(number.map(lambda v, k=2: v + k), Node[int])  # ok: map, lambda with a default
assert_type(expand(number, lambda v, k=2: plus(v, k)), Node[int])  # ok: expand, lambda with a default
assert_type(iterate(double, 1, until=lambda v, m=3: v > m, limit=3), Node[int])  # ok: until, lambda with a default
assert_type(fan_out(lambda x, y: added(y), numbers, [number, 1]), Node[list[int]])  # ok: lambda, shared, mixed
assert_type(fan_out(lambda x: gather([x, text]), numbers), Node[list[list[int | str]]])  # ok: lambda, gather of several
