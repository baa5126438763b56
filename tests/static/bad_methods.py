"""Wrong calls of steps as methods, over types that are part of themselves. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Self, TypeAlias, TypeVar

from vocabulary import *

from dataflow import fan_out, step

K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R")
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | None"


class Tree(NamedTuple):
    """A tree."""

    value: int
    kids: list[Tree]


class Shape:
    """Steps as methods, with type variables of their own."""

    @step
    def itself(self, x: T) -> T:
        return x

    @step
    def copied(self, times: int) -> Self:
        return self

    @step
    def several(self, times: int) -> list[Self]:
        return [self] * times

    @step
    async def later(self, times: int) -> Self:
        return self

    @step
    def beside(self, other: Self) -> int:
        return 2

    @step
    def own(self: T, times: int) -> T:
        return self

    @step
    def paired(self, a: T, *, b: K) -> tuple[T, K]:
        return a, b


class Square(Shape):
    """A shape of its own."""


class Box(Generic[V]):
    """A class with a type variable."""

    def __init__(self, held: V) -> None:
        self.held = held

    @step
    def get(self, times: int) -> V:
        return self.held

    @step
    def turned(self, of: Callable[[V], R]) -> R:
        return of(self.held)

    @step
    def both(self, other: K) -> tuple[V, K]:
        return self.held, other


@step
def saved(x: Json) -> Json:
    return x


@step
def lines(xs: list[Json]) -> int:
    return len(xs)


@step
def planted(trees: Sequence[Tree]) -> int:
    return len(trees)


@step
def seed() -> Tree:
    return Tree(1, [])


@step
def repeated(first: int, times: int = 2, *more: str) -> float:
    return first * times


shape, square, box = Shape(), Square(), Box("a")

loud(shape.itself(number))  # err: method, type variable
shape.itself(number, 1)  # err: method, an argument too many
shape.copied(text)  # err: method, Self
shape.copied()  # err: method, Self, an argument missing
loud(square.copied(1))  # err: method, Self, result
square.beside(number)  # err: method, Self as a parameter
square.beside(shape)  # err: method, Self, of a class above
square.own(text)  # err: method, self with a type variable
shape.paired(number, c=text)  # err: method, name
loud(shape.paired(number, b=text))  # err: method, result
fan_out(square.copied, [text])  # err: method, fanned out
box.get(text)  # err: method of a generic class
double(box.get(1))  # err: method of a generic class, result
box.turned(lambda x: x.nope)  # err: method of a generic class, lambda
saved({"a": image})  # err: recursive type
saved({"a": [number, {"b": image}]})  # err: recursive type, deeper
saved({"a": [number, {"b": b"c"}]})  # err: recursive type, value
lines([1, image])  # err: recursive type, list
lines(text)  # err: recursive type, no list
planted([number])  # err: recursive named tuple
loud(same(seed()))  # err: recursive named tuple, generic
repeated(1, text)  # err: a default before *args
repeated(1, 2, number)  # err: *args after a default
repeated()  # err: an argument missing
