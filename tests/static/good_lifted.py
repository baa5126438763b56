"""Every parameter of a step takes a value or a node, by its own name. Each line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import assert_type

from vocabulary import *

from dataflow import Node, bind, cond, fan_out, run, step

assert_type(score(a=number, b=text, flag=flag), Node[float])  # ok: nodes by name
assert_type(score(1, flag=flag), Node[float])  # ok: nodes by name
assert_type(tail(b=text, flag=flag), Node[float])  # ok: nodes by name, a partial
assert_type(fetch(a=number, b=text), Node[float])  # ok: nodes by name, async
assert_type(tagged(number, z=text), Node[int])  # ok: nodes by name, variadic
assert_type(drawn(number, width=number, label=text), Node[str])  # ok: nodes by name, typed dict
assert_type(drawn(number, width=3), Node[str])  # ok: values by name, typed dict
assert_type(by_place(number, text, z=ratio), Node[int])  # ok: positional only, then by name
assert_type(by_place(number, text), Node[int])  # ok: positional only
assert_type(host.times(x=number), Node[float])  # ok: method, by name
assert_type(bind(Model, "w")(x=image, t=ratio), Node[Label])  # ok: class step, by name
assert_type(ModelStep("w")(image, t=ratio), Node[Label])  # ok: class step, by name
assert_type(score.map(numbers, b=text), Node[list[float]])  # ok: map, shared node
assert_type(fan_out(score, numbers, b=text, flag=flag), Node[list[float]])  # ok: fan_out, shared nodes
assert_type(fan_out(score, numbers, text), Node[list[float]])  # ok: fan_out, shared node by position
assert_type(score.options(retries=2)(a=number), Node[float])  # ok: options, by name

assert_type(same(number), Node[int])  # ok: generic
assert_type(same("s"), Node[str])  # ok: generic, value
assert_type(same(same(numbers)), Node[list[int]])  # ok: generic, nested
assert_type(either(number, 1), Node[int])  # ok: generic, both
assert_type(either(number, number), Node[int])  # ok: generic, nodes
assert_type(either(None, text), Node[str])  # ok: generic, optional
assert_type(pairup(number, y=1), Node[tuple[int, int]])  # ok: generic, keyword-only
assert_type(pairup(number, y=number), Node[tuple[int, int]])  # ok: generic, keyword-only node
assert_type(every(number, number), Node[list[int]])  # ok: generic, variadic
assert_type(every(1, number), Node[list[int]])  # ok: generic, variadic, mixed
assert_type(later_same(number), Node[int])  # ok: generic, async
assert_type(newest(numbers), Node[int])  # ok: generic, of a list
assert_type(newest([number, number]), Node[int])  # ok: generic, of a list of nodes
assert_type(newest([1, number]), Node[int])  # ok: generic, of a mixed list
assert_type(first(numbers), Node[int])  # ok: generic, with a default

assert_type(twins(number), Node[int])  # ok: overloaded
assert_type(twins(text), Node[str])  # ok: overloaded
assert_type(twins(text, times=number), Node[str])  # ok: overloaded, by name
assert_type(twins("a"), Node[str])  # ok: overloaded, value

assert_type(shown([number, 2]), Node[list[str]])  # ok: nodes in a list
assert_type(shown([number, number]), Node[list[str]])  # ok: nodes in a list
assert_type(shown([*[1, 2], number]), Node[list[str]])  # ok: nodes in a list
assert_type(shown([double(at) for at in range(3)]), Node[list[str]])  # ok: nodes in a comprehension
assert_type(cond(flag.output, number, text), Node[int | str])  # ok: output as a test
several_nodes = [double(at) for at in range(3)]
assert_type(shown(several_nodes), Node[list[str]])  # ok: list of nodes in a variable
some_nodes: list[int | Node[int]] = [1, number]
assert_type(shown(some_nodes), Node[list[str]])  # ok: list of nodes and values in a variable
assert_type(mean([ratio, 1.5]), Node[float])  # ok: node in a list for a sequence
assert_type(mean([number, ratio]), Node[float])  # ok: nodes of two types in a list
assert_type(mean((ratio, ratio), 2.0), Node[float])  # ok: node in a tuple for a sequence
assert_type(mean(several_nodes, weight=2.0), Node[float])  # ok: list of nodes of a subtype in a variable
assert_type(mean([number, 1], ratio), Node[float])  # ok: node in a list, and a node
assert_type(picked(1, [number, number]), Node[int])  # ok: node in a list, second
assert_type(picked(number, [1, number]), Node[int])  # ok: node in a list, second
assert_type(picked(number, several_nodes), Node[int])  # ok: list of nodes in a variable, second
assert_type(priced({"a": ratio, "b": 1.0}, tax=0.5), Node[float])  # ok: node in a dict
prices = {"a": ratio, "b": ratio}
assert_type(priced(prices), Node[float])  # ok: dict of nodes in a variable
two_nodes = (number, text)
assert_type(joined(two_nodes), Node[bool])  # ok: tuple of nodes in a variable
assert_type(joined((number, text)), Node[bool])  # ok: nodes in a tuple
assert_type(joined((1, text)), Node[bool])  # ok: nodes in a tuple
assert_type(longest({"a": [ratio, 1.0], "b": numbers}), Node[int])  # ok: nodes in a dict of lists
assert_type(longest({"a": numbers}), Node[int])  # ok: nodes in a dict
assert_type(distinct({1, number}), Node[int])  # ok: nodes in a set

assert_type(Ranker("w")(number), Node[str])  # ok: decorated class
assert_type(Ranker("w")(x=number, top=ratio), Node[str])  # ok: decorated class, by name
assert_type(Ranker("w", k=2)(1), Node[str])  # ok: decorated class, value
assert_type(Ranker.options(replicas=2)("w")(number), Node[str])  # ok: decorated class, options
assert_type(AsyncRanker("w")(x=number), Node[str])  # ok: decorated class, async
assert_type(bind(Ranker, "w")(number), Node[str])  # ok: decorated class, bind
assert_type(fan_out(Ranker("w"), numbers, top=ratio), Node[list[str]])  # ok: decorated class, fan_out
assert_type(step(len)(numbers), Node[int])  # ok: built-in

assert_type(by_node.run(x=1, y="a"), float)  # ok: run by name where nodes are declared
assert_type(by_node.run(x=number, y="a"), float)  # ok: run by name where nodes are declared
assert_type(by_node.submit(x=1, y="s").result(), float)  # ok: submit by name where nodes are declared
assert_type(list(by_node.stream([1, 2], y="s")), list[float])  # ok: stream where nodes are declared
with by_node.deploy() as pipeline:
    assert_type(pipeline.call(1, "s"), float)  # ok: call where nodes are declared
    assert_type(pipeline.call(x=1, y="s"), float)  # ok: call by name where nodes are declared
    assert_type(list(pipeline.stream([1], y="s")), list[float])  # ok: pipeline's stream where nodes are declared
    assert pipeline.call(x=1, y="s") == 2  # ok: call by name where nodes are declared

assert run(newest([1, number])) == 1  # ok: generic, of a mixed list
assert run(longest({"a": [ratio, 1.0], "b": numbers})) == 2  # ok: nodes in a dict of lists
assert run(Ranker.options(replicas=2)("w")(number)) == "10.5"  # ok: decorated class, options
assert run(twins(text, times=number)) == "ss"  # ok: overloaded, by name
assert run(every(1, number)) == [1, 1]  # ok: generic, variadic, mixed
assert run(fan_out(Ranker("w"), numbers, top=ratio)) == ["01.5", "11.5"]  # ok: decorated class, fan_out
