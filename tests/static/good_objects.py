"""Callable objects, classes with type variables, Self, and methods that wire. Each line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, Unpack, assert_type, overload

from generic_steps import ItemT, K, P, R
from vocabulary import *

from dataflow import In, Node, bind, const, gather, run, step


class Pick:
    """Callable, with a type variable."""

    def __call__(self, xs: Sequence[ItemT]) -> ItemT:
        return xs[0]


class Either:
    """Callable in two ways."""

    @overload
    def __call__(self, x: int) -> float: ...
    @overload
    def __call__(self, x: str) -> str: ...
    def __call__(self, x: Any) -> Any:
        return x


class Later:
    """Callable, with a coroutine of a type variable."""

    async def __call__(self, x: ItemT, times: int = 1) -> ItemT:
        return x


class Box(Generic[ItemT]):
    """Made of something, callable with the same."""

    def __init__(self, x: ItemT, *, times: int = 1) -> None:
        self.x, self.times = x, times

    def __call__(self, y: ItemT) -> list[ItemT]:
        return [self.x, y] * self.times


@step
class Cache(Generic[ItemT]):
    """The same, decorated."""

    def __init__(self, x: ItemT) -> None:
        self.x = x

    def __call__(self, y: ItemT) -> ItemT:
        return y


class Trainer(Generic[ItemT]):
    """A class with a type variable whose methods are steps."""

    def __init__(self, best: ItemT) -> None:
        self.best = best

    @step
    def again(self, times: int) -> Self:
        return self

    @step
    def fit(self, xs: list[ItemT]) -> ItemT:
        return xs[0] if xs else self.best

    @step
    def with_(self, other: K) -> tuple[ItemT, K]:
        return self.best, other


class TextTrainer(Trainer[str]):
    """One of text."""


class Query:
    """Steps that give what they are methods of."""

    @step
    def where(self, text: str) -> Self:
        return self

    @step
    def count(self, at: int = 0) -> int:
        return at


class Narrow(Query):
    """A query of another kind."""


class Wirer:
    """Methods that wire."""

    def kept(self, x: In[ItemT]) -> Node[ItemT]:
        return const(x)

    @staticmethod
    def pair(x: In[ItemT], y: In[K]) -> Node[tuple[ItemT, K]]:
        return gather(const(x), const(y))

    @classmethod
    def one(cls, x: In[ItemT]) -> Node[ItemT]:
        return const(x)


class Pipe(Generic[ItemT]):
    """Made of a value or a node."""

    def __init__(self, first: In[ItemT]) -> None:
        self.first = const(first)

    def with_(self, x: In[K]) -> Node[tuple[ItemT, K]]:
        return gather(self.first, const(x))

    @classmethod
    def make(cls, first: In[ItemT]) -> Pipe[ItemT]:
        return cls(first)


def first_of(xs: Sequence[In[ItemT]]) -> Node[ItemT]:
    return const(xs[0])


def through(x: In[ItemT], of: Callable[[Node[ItemT]], Node[K]]) -> Node[K]:
    return of(const(x))


def beside(of: Callable[P, Node[R]], x: In[ItemT], *args: P.args, **kwargs: P.kwargs) -> Node[tuple[ItemT, R]]:
    return gather(const(x), of(*args, **kwargs))


def named_like(of: In[ItemT], /, **row: Unpack[Row]) -> Node[ItemT]:
    return const(of)


def wired_here(x: Node[int], y: int) -> Node[str]:
    return show(double(x))


async def afterwards(x: int, y: str) -> float:
    return x + len(y)


tenth = const(0.1)
ones = const([1])
trainer = Trainer(0.5)
query = Query()
soon = step(functools.partial(afterwards, y="a"))

assert_type(step(Pick())(ones), Node[int])  # ok: generic object
assert_type(step(Pick())([number, 2]), Node[int])  # ok: generic object, list of both
assert_type(bind(Pick)(ones), Node[int])  # ok: bind of a generic call
assert_type(step(Pick)()(ones), Node[int])  # ok: class step of a generic call
assert_type(step(Either())(text), Node[str])  # ok: overloaded object
assert_type(bind(Either)(text), Node[str])  # ok: bind of an overloaded call
assert_type(step(Either)()(number), Node[float])  # ok: class step of an overloaded call
assert_type(bind(Later)(number, times=number), Node[int])  # ok: bind of a generic coroutine
assert_type(step(Later())(number), Node[int])  # ok: generic object with a coroutine
assert_type(step(Later)()(text), Node[str])  # ok: class step of a generic coroutine
assert_type(soon(number), Node[float])  # ok: partial of a coroutine function
assert_type(bind(Box, 1)(number), Node[list[int]])  # ok: bind of a generic class
assert_type(bind(Box, x="a", times=2)(text), Node[list[str]])  # ok: bind of a generic class, by name
assert_type(bind(Box[int], 1)(number), Node[list[int]])  # ok: bind of a generic class of int
assert_type(bind(step(Box), 1)(number), Node[list[int]])  # ok: bind of a class step
assert_type(Cache(1)(number), Node[int])  # ok: decorated generic class
assert_type(Cache.options(replicas=2)(1)(number), Node[int])  # ok: decorated generic class with options

assert_type(trainer.again(number), Node[Trainer[float]])  # ok: Self in a generic class
assert_type(trainer.fit([tenth, 1.5]), Node[float])  # ok: type variable of the class
assert_type(trainer.with_(number), Node[tuple[float, int]])  # ok: type variables of class and method
assert_type(TextTrainer("a").again(number), Node[TextTrainer])  # ok: Self in a subclass
assert_type(TextTrainer("a").fit([text]), Node[str])  # ok: type variable that a subclass sets
assert_type(Trainer.fit(trainer.again(number), [tenth]), Node[float])  # ok: through the generic class
assert_type(Trainer.with_(trainer, text), Node[tuple[float, str]])  # ok: through the generic class, two variables
assert_type(Trainer.again(trainer.again(1), 3), Node[Trainer[float]])  # ok: Self through the generic class
assert_type(query.where(text), Node[Query])  # ok: Self
assert_type(Query.where(query.where(text), "b"), Node[Query])  # ok: Self through the class
assert_type(Query.count(query.where(text), number), Node[int])  # ok: method through the class
assert_type(Narrow.where(Narrow().where(text), "b"), Node[Narrow])  # ok: Self through a subclass
assert_type(Query.where(Narrow().where(text), "b"), Node[Narrow])  # ok: Self of a subclass through the class

assert_type(Wirer().kept(number), Node[int])  # ok: method over In
assert_type(Wirer.pair(number, "a"), Node[tuple[int, str]])  # ok: static method over In
assert_type(Wirer.one(number), Node[int])  # ok: class method over In
assert_type(Pipe(number), Pipe[int])  # ok: constructor over In
assert_type(Pipe(number).with_("a"), Node[tuple[int, str]])  # ok: method of what is made of In
assert_type(first_of([number, 1]), Node[int])  # ok: list of In
assert_type(first_of([number, number]), Node[int])  # ok: list of In, of nodes
assert_type(through(number, lambda x: double(x)), Node[int])  # ok: lambda for a helper
assert_type(through(number, double), Node[int])  # ok: step for a helper
assert_type(Pipe.make(number), Pipe[int])  # ok: class method of a generic class over In
assert_type(beside(wired_here, "a", number, y=1), Node[tuple[str, str]])  # ok: In beside a ParamSpec
assert_type(named_like(number, x=1, name="a"), Node[int])  # ok: In beside a typed dict
floats: Node[list[float]] = Wirer().kept([1])  # ok: method over In, wider type asked for


def inside() -> None:
    def kept(x: In[ItemT]) -> Node[ItemT]:
        return const(x)

    assert_type(kept(number), Node[int])  # ok: inner function over In
    assert_type(kept(2), Node[int])  # ok: inner function over In, value


inside()
assert run(Query.count(query.where(text), 3)) == 3  # ok: method through the class, run
assert run(bind(Box, 1)(number)) == [1, 1]  # ok: bind of a generic class, run
