"""Steps as methods, and over types that are part of themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Self, TypeAlias, TypeVar

from dataflow import step

ItemT = TypeVar("ItemT")
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
    def itself(self, x: ItemT) -> ItemT:
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
    def own(self: ItemT, times: int) -> ItemT:
        return self

    @step
    def paired(self, a: ItemT, *, b: K) -> tuple[ItemT, K]:
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
