"""Calls of steps. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_type

from vocabulary import *

from dataflow import Node, Step, bind, fan_out, run, step

assert_type(score(1), Node[float])  # ok: literal
assert_type(score(1, "s"), Node[float])  # ok: literal
assert_type(score(1, b="s"), Node[float])  # ok: literal by name
assert_type(score(a=1, b="s", flag=True), Node[float])  # ok: literal by name
assert_type(named(p=1), Node[int])  # ok: literal by name
assert_type(score(number), Node[float])  # ok: node
assert_type(score(number, text), Node[float])  # ok: node
assert_type(score(1, text), Node[float])  # ok: node
assert_type(three(number, "s", ratio), Node[int])  # ok: node and literal
assert_type(six(number, 1, number, number, 5, number), Node[int])  # ok: node and literal
assert_type(score(flag), Node[float])  # ok: node of a subtype
assert_type(three(flag, text, number), Node[int])  # ok: node of a promoted type
assert_type(score(number, text, flag=True), Node[float])  # ok: node and literal by name
assert_type(score(number, b="s"), Node[float])  # ok: node and literal by name
assert_type(score(number, b=text.output), Node[float])  # ok: output by name
assert_type(score(a=number.output, b=text.output, flag=flag.output), Node[float])  # ok: output by name
assert_type(named(p=number.output, q=text.output), Node[int])  # ok: output by name
assert_type(tagged(number, z=text.output), Node[int])  # ok: output by name
assert_type(shown([number.output, 2, number.output]), Node[list[str]])  # ok: output in a list
assert_type(score(point().output.x, b=point().output.name), Node[float])  # ok: attribute of output
assert_type(score(row().output["x"], b=row().output["name"]), Node[float])  # ok: item of output
assert_type(score(a=number), Node[float])  # ok: node by name
assert_type(score(number, b=text), Node[float])  # ok: node by name
assert_type(named(p=number), Node[int])  # ok: node by name
assert_type(total(number, number, 3, number), Node[int])  # ok: variadic
assert_type(total(1, 2, 3), Node[int])  # ok: variadic
assert_type(tagged(number, z="s"), Node[int])  # ok: variadic by name
assert_type(maybe(number), Node[int])  # ok: optional
assert_type(maybe(None), Node[int])  # ok: optional
assert_type(one(), Node[int])  # ok: no arguments
assert_type(shown(numbers), Node[list[str]])  # ok: node of a list
assert_type(show(score(number)), Node[str])  # ok: chain
assert_type(tail(text), Node[float])  # ok: a partial
assert_type(tail("s"), Node[float])  # ok: a partial
assert_type(tail(), Node[float])  # ok: a partial, defaults
assert_type(tail(b="s", flag=False), Node[float])  # ok: a partial, by name
assert_type(fan_out(tail, ["s", text]), Node[list[float]])  # ok: a partial, fanned out
assert_type(loose(number), Node[Any])  # ok: a parameter that takes anything
assert_type(score(loose(1)), Node[float])  # ok: a node of anything
assert_type([*map(double, [number, number])], list[Node[int]])  # ok: passed as a function of a node
assert_type([*map(score, [number, number])], list[Node[float]])  # ok: passed as a function of a node
assert_type([*map(score, [1, 2])], list[Node[float]])  # ok: passed as a function of a value
assert_type([*map(score, [number], [text])], list[Node[float]])  # ok: passed as a function of two nodes
assert_type([*map(fetch, [number])], list[Node[float]])  # ok: passed as a function of a node, async
assert_type([*map(ModelStep("w"), [image])], list[Node[Label]])  # ok: passed as a function of a node, class step
assert_type([*map(ensemble, [number])], list[Node[float]])  # ok: a flow passed as a function
assert_type(applied(show, ratio), Node[str])  # ok: passed as a function of a node
assert_type(applied_to_two(score), Node[float])  # ok: passed as a function of two nodes
assert_type(strung(number, sep=";"), Node[str])  # ok: variadic and a keyword
assert_type(strung(number, number), Node[str])  # ok: variadic
assert_type(strung(*[number, number]), Node[str])  # ok: variadic, spread
assert_type(strung(number, number, sep=";"), Node[str])  # ok: variadic, several nodes and a keyword
assert_type(strung(*[number, number], sep=";"), Node[str])  # ok: variadic, spread, and a keyword
assert_type(strung(number.output, number.output, sep=";"), Node[str])  # ok: variadic and a keyword
assert_type(fetch(number), Node[float])  # ok: async
assert_type(fetch(1, b="s"), Node[float])  # ok: async
assert_type(tuned_fetch(number), Node[float])  # ok: async with options
assert_type(forget(number), Node[None])  # ok: returns None
assert_type(train(number), Node[Model])  # ok: returns a callable
assert_type(tuned(number, text), Node[float])  # ok: options
assert_type(tuned(number, b="s"), Node[float])  # ok: options
assert_type(score.options(retries=2)(number, text), Node[float])  # ok: Step.options
assert_type(score.options(batch=None, replicas=2, name="s")(1), Node[float])  # ok: Step.options
assert_type(step(plain, name="p")(number), Node[int])  # ok: step of a function
assert_type(step(len)("abc"), Node[int])  # ok: step of a built-in
assert_type(step(Model("w"))(image), Node[Label])  # ok: step of an object
assert_type(score.fn(1, b="s"), float)  # ok: Step.fn
assert_type(first([1]), Node[int])  # ok: generic
assert_type(first(numbers.output, default=number.output), Node[int])  # ok: generic

assert_type(ModelStep("w", k=2)(image), Node[Label])  # ok: step of a class
assert_type(ModelStep("w")(image, t=0.1), Node[Label])  # ok: step of a class
assert_type(ModelStep("w")(Image(), ratio), Node[Label])  # ok: step of a class
assert_type(ModelStep.options(replicas=2)("w")(image), Node[Label])  # ok: step of a class
assert_type(step(AsyncModel)("w")(image, t=0.1), Node[Label])  # ok: step of a class, async
assert_type(bind(Model, "w", k=1)(image), Node[Label])  # ok: bind
assert_type(bind(ModelStep, "w", k=1)(image), Node[Label])  # ok: bind of a step
assert_type(bind(AsyncModel, "w")(image), Node[Label])  # ok: bind, async
assert_type(bind(Model, "w").map([image]), Node[list[Label]])  # ok: bind and map
as_step: Step[Callable[[Image], Label]] = ModelStep("w")  # ok: a class step is a step

assert_type(host.times(number), Node[float])  # ok: method
assert_type(host.times(2), Node[float])  # ok: method
assert_type(Host.times(host, number), Node[float])  # ok: method of the class

assert_type(score.map(upto(number), b="s"), Node[list[float]])  # ok: Step.map
assert_type(score.map([1, number, flag]), Node[list[float]])  # ok: Step.map
upto_shown = upto >> shown  # ok: compose
assert_type(upto_shown(number), Node[list[str]])  # ok: compose
assert_type((double >> double >> show)(3), Node[str])  # ok: compose
assert_type((plus >> show)(number, 3), Node[str])  # ok: compose, two parameters
assert_type((score >> show)(number, "a"), Node[str])  # ok: compose, a default
assert_type((one >> show)(), Node[str])  # ok: compose, no parameters
assert_type(fan_out(plus >> show, numbers, 2), Node[list[str]])  # ok: compose, fanned out
assert_type((show >> same)(1.5), Node[str])  # ok: compose, generic

assert_type(host.scorer(number), Node[float])  # ok: attribute


def apply(to: Step[Callable[[int], float]], node: Node[int]) -> Node[float]:
    return to(node)  # ok: step as an argument


apply(score, number)  # ok: step as an argument
apply(double, number)  # ok: step as an argument

assert run(score(number, b=text.output, flag=True)) == 3
assert run(upto_shown(3)) == ["0", "1", "2"]
assert run(host.times(number)) == 3
assert isinstance(run(bind(AsyncModel, "w")(image)), Label)
