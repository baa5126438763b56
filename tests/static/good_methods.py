"""Steps as methods, over types that are part of themselves, with defaults. Each tagged line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import assert_type

from step_methods import *
from vocabulary import *

from dataflow import Node, fan_out

assert_type(shape.itself(number), Node[int])  # ok: method, type variable
assert_type(shape.itself(1), Node[int])  # ok: method, type variable, value
assert_type(Shape.itself(shape, number), Node[int])  # ok: method by its class
assert_type(shape.copied(number), Node[Shape])  # ok: method, Self
assert_type(square.copied(1), Node[Square])  # ok: method, Self, of a class below
assert_type(square.several(number), Node[list[Square]])  # ok: method, list of Self
assert_type(square.later(times=number), Node[Square])  # ok: method, Self, async
assert_type(square.beside(square.copied(1)), Node[int])  # ok: method, Self as a parameter
assert_type(square.own(number), Node[Square])  # ok: method, self with a type variable
assert_type(shape.paired(number, b=text), Node[tuple[int, str]])  # ok: method, two type variables
assert_type(fan_out(square.copied, [number, 1]), Node[list[Square]])  # ok: method, fanned out
assert_type(box.get(number), Node[str])  # ok: method of a generic class
assert_type(box.both(number), Node[tuple[str, int]])  # ok: method of a generic class, type variable
assert_type(box.turned(len), Node[int])  # ok: method of a generic class, function
saved({"a": 1})  # ok: recursive type, value
saved({"a": [number, {"b": number}], "c": [1, "d"]})  # ok: recursive type, nodes
saved([])  # ok: recursive type, empty
lines([1, number, [number], saved(1)])  # ok: recursive type, list
same({"a": saved(1)})  # ok: recursive type, generic
planted([Tree(1, []), seed()])  # ok: recursive named tuple
planted(())  # ok: recursive named tuple, empty
assert_type(same(seed()), Node[Tree])  # ok: recursive named tuple, generic
assert_type(repeated(1), Node[float])  # ok: a default before *args
assert_type(repeated(number, number, text, "a"), Node[float])  # ok: a default before *args, all
assert_type(repeated(number, times=number), Node[float])  # ok: a default before *args, by name
