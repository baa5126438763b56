"""Combinators over steps, flows and functions. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import assert_type

from vocabulary import *

from dataflow import In, Node, cond, const, expand, fan_out, flow, fold, gather, iterate, match, recover, run, switch

assert_type(fan_out(show, const([1.0])), Node[list[str]])  # ok: fan_out of a step
assert_type(fan_out(score, numbers), Node[list[float]])  # ok: fan_out of a step
assert_type(fan_out(score, [1, 2]), Node[list[float]])  # ok: fan_out of a step
assert_type(fan_out(score, [number, flag]), Node[list[float]])  # ok: fan_out of a step
assert_type(fan_out(score, [1, number]), Node[list[float]])  # ok: fan_out of mixed items
assert_type(fan_out(three, numbers, text, 1.5), Node[list[int]])  # ok: fan_out, shared
assert_type(fan_out(three, numbers, "s", ratio), Node[list[int]])  # ok: fan_out, shared
assert_type(fan_out(wired_with, numbers, text, k=1), Node[list[float]])  # ok: fan_out of a function, shared
assert_type(fan_out(wired_any, numbers, text), Node[list[int]])  # ok: fan_out of a generic function, shared
assert_type(fan_out(wired_once, numbers, text), Node[list[float]])  # ok: fan_out of a partial, shared
assert_type(fan_out(Wiring(), numbers, text), Node[list[float]])  # ok: fan_out of a callable, shared
assert_type(fan_out(Wiring(), numbers, text, z=1), Node[list[float]])  # ok: fan_out of a callable, shared
assert_type(score.map(numbers, text, flag=True), Node[list[float]])  # ok: Step.map, shared
assert_type(three.map([1, 2], text, ratio), Node[list[int]])  # ok: Step.map, shared
assert_type(fan_out(score, numbers, b="s", flag=flag.output), Node[list[float]])  # ok: fan_out, shared
assert_type(fan_out(ModelStep("w"), [image]), Node[list[Label]])  # ok: fan_out of a class step
assert_type(fan_out(ensemble, numbers), Node[list[float]])  # ok: fan_out of a flow
assert_type(fan_out(ensemble, numbers, y=text), Node[list[float]])  # ok: fan_out of a flow, shared
assert_type(fan_out(by_node, numbers, text), Node[list[float]])  # ok: fan_out of a flow, shared
assert_type(fan_out(both, numbers), Node[list[tuple[int, float]]])  # ok: fan_out of a flow
assert_type(fan_out(wired, numbers), Node[list[float]])  # ok: fan_out of a function
assert_type(fan_out(lambda x: score(x), numbers), Node[list[float]])  # ok: fan_out of a lambda
assert_type(fan_out(lambda xs: fan_out(score, xs), gather([numbers])), Node[list[list[float]]])  # ok: nested

assert_type(fold(add, numbers, 0.5), Node[float])  # ok: fold of a step
assert_type(fold(add, numbers, ratio), Node[float])  # ok: fold of a step
assert_type(fold(add, [1, 2], 0.5), Node[float])  # ok: fold of a step
assert_type(fold(wider, numbers, 0.5), Node[float])  # ok: fold of a flow
assert_type(fold(lambda a, b: add(a, b), numbers, 0.5), Node[float])  # ok: fold of a lambda

assert_type(iterate(double, 1, limit=3), Node[int])  # ok: iterate a step
assert_type(iterate(double, number, until=lambda x: x > 3, limit=3), Node[int])  # ok: iterate until
assert_type(iterate(double, number, until=small, limit=3), Node[int])  # ok: iterate until
assert_type(iterate(twice, number, limit=3), Node[int])  # ok: iterate a flow
assert_type(iterate(lambda x: double(x), 1, until=small, limit=3), Node[int])  # ok: iterate a lambda
assert_type(iterate(lambda x: double(x), number, limit=3), Node[int])  # ok: iterate a lambda

assert_type(expand(number, lambda n: gather([double(i) for i in range(n)])), Node[list[int]])  # ok: expand
assert_type(expand(number, double), Node[int])  # ok: expand by a step
assert_type(expand(number, ensemble), Node[float])  # ok: expand by a flow

assert_type(cond(flag, number, text), Node[int | str])  # ok: cond
assert_type(cond(flag, number, number), Node[int])  # ok: cond
assert_type(cond(flag, number, const(0)), Node[int])  # ok: cond
assert_type(cond(flag, number, 0), Node[int])  # ok: cond with a value
assert_type(switch(text, {"a": number, "b": number}), Node[int])  # ok: switch
assert_type(switch(text, {"a": number, "b": number}, default=ratio), Node[int | float])  # ok: switch, default
assert_type(switch(text, {"a": number}, default=0), Node[int])  # ok: switch, default
assert_type(switch(text, {"a": number, "b": text}), Node[int | str])  # ok: switch, cases of several types
assert_type(switch(text, {"a": number, "b": text}, default=numbers), Node[int | str | list[int]])  # ok: switch, several
assert_type(switch(text, {"a": number, "b": 0}), Node[int])  # ok: switch, a node and a value
assert_type(gather([number, text]), Node[list[int | str]])  # ok: gather a list of several types
assert_type(gather({"a": number, "b": text}), Node[dict[str, int | str]])  # ok: gather a dict of several types
assert_type(match(text).case("a", number).default(flag.map(str)), Node[int | str])  # ok: match
assert_type(match(text).case("a", number).case("b", text).default(numbers), Node[int | str | list[int]])  # ok: match
assert_type(match(color()).case("red", number).case("green", text).default(text), Node[int | str])  # ok: match literals
assert_type(match(text).case("a", number).default(0), Node[int])  # ok: match with a value

assert_type(recover(number, on_any), Node[int | str])  # ok: recover
assert_type(recover(number, on_value, on=ValueError), Node[int | str])  # ok: recover one
assert_type(recover(number, on_value, on=UnicodeError), Node[int | str])  # ok: recover a subclass
assert_type(recover(number, on_any, on=(ValueError, KeyError)), Node[int | str])  # ok: recover several
assert_type(recover(number, on_two, on=(ValueError, KeyError)), Node[int | str])  # ok: recover several
assert_type(recover(number, on_any, on=(ValueError, KeyError, OSError)), Node[int | str])  # ok: recover several
assert_type(recover(number, explained), Node[int | str])  # ok: recover by a flow
assert_type(recover(number, explained, on=ValueError), Node[int | str])  # ok: recover by a flow
assert_type(recover(number, lambda error: text, on=ValueError), Node[int | str])  # ok: recover by a lambda
assert_type(recover(number, lambda error: on_any(error)), Node[int | str])  # ok: recover by a lambda
assert_type(recover(number, lambda e: on_any(e), on=(ValueError, KeyError)), Node[int | str])  # ok: recover by a lambda


@flow
def routed(x: In[int], fast: In[bool], kind: In[str]) -> Node[int]:
    assert_type(cond(fast, x, double(x)), Node[int])  # ok: In as a branch
    assert_type(cond(fast, x, x), Node[int])  # ok: In as a branch
    assert_type(cond(const(fast), x, double(x)), Node[int])  # ok: const of In as a test
    assert_type(switch(kind, {"a": double(x), "b": x}), Node[int])  # ok: In as a case
    assert_type(switch(kind, {"a": double(x)}, default=x), Node[int])  # ok: In as a default
    assert_type(match(x).case(1, kind).default(kind), Node[str])  # ok: In to match
    return match(kind).case("a", x).default(double(x))  # ok: In as a case


assert run(fan_out(ensemble, numbers, y=text)) == [1, 2]
assert run(fan_out(wired_any, numbers, text)) == [0, 1]  # ok: fan_out of a generic function, shared
assert run(fan_out(wired_once, numbers, text)) == [1, 2]
assert run(fan_out(Wiring(), numbers, text, z=1)) == [1, 2]
assert run(fold(add, numbers, 0.5)) == 1.5
assert run(iterate(double, 1, until=lambda x: x > 3, limit=3)) == 4
assert run(expand(number, ensemble)) == 2
assert run(match(color()).case("red", number).default(text)) == 1
assert routed.run(5, True, "b") == 10
