"""Steps as methods, over types that are part of themselves, with defaults. Each tagged line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, assert_type

import attrs
from step_methods import *
from vocabulary import *

from dataflow import Node, Step, fan_out, step

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


class Kept:
    """An instance that holds a step."""

    work: Step[Callable[[object], str]]

    def __init__(self, work: Step[Callable[[object], str]]) -> None:
        self.work = work  # ok: a step of the instance, declared

    @property
    def own(self) -> Step[Callable[[object], str]]:
        return self.work  # ok: a step of the instance


@dataclass
class Field:
    """Data with steps."""

    work: Step[Callable[[object], str]]
    other: Step[Callable[[int], int]] = double


@attrs.frozen
class Works(Generic[T]):
    """A generic one."""

    work: Step[Callable[[T], T]]

    def go(self, x: Node[T]) -> Node[T]:
        return self.work(x)  # ok: a step of the instance, generic


class Fixed:
    """A static step with a type variable."""

    @step
    @staticmethod
    def listed(x: T) -> list[T]:
        return [x]


class Shade(enum.Enum):
    """Members that have a step."""

    DARK = 1

    @step
    def label(self, x: int) -> str:
        return f"{self.name}{x}"


class Shares:
    """A class that has steps."""

    fixed = staticmethod(double)  # ok: a step of the class, static
    root = step(math.sqrt)


assert_type(Kept(step(repr)).work(number), Node[str])  # ok: a step of the instance, declared
assert_type(Kept(step(repr)).own(number), Node[str])  # ok: a property that is a step
assert_type(Field(step(repr)).work(number), Node[str])  # ok: a field that is a step
assert_type(Field(step(repr)).other(number), Node[int])  # ok: a field that is a step, with a default
assert_type(Works(double).go(number), Node[int])  # ok: a field that is a step, generic
assert_type(Shares().fixed(number), Node[int])  # ok: a step of the class, static
assert_type(Shares.fixed(number), Node[int])  # ok: a step of the class, static
assert_type(Shares().root(2.0), Node[float])  # ok: a step of the class, of a function of C
assert_type(Fixed().listed(number), Node[list[int]])  # ok: a static step, generic
assert_type(Shade.DARK.label(number), Node[str])  # ok: method of an Enum
