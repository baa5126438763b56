"""Wrong calls of generic and overloaded steps. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, overload

from typing_extensions import TypeVarTuple
from vocabulary import *

from dataflow import Node, fan_out, step

K = TypeVar("K")
R = TypeVar("R")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")


@step
def grouped(xs: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = {}
    for x in xs:
        found.setdefault(key(x), []).append(x)
    return found


@step
def given(x: T, of: Callable[[T], K]) -> K:
    return of(x)


@step
def ordered(xs: Sequence[T], key: Callable[[T], int]) -> list[T]:
    return sorted(xs, key=key)


@step
def packed(*args: *Ts) -> tuple[*Ts]:
    return args


@step
def through(of: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return of(*args, **kwargs)


def together(a: int, b: str) -> float:
    return a + len(b)


@overload
def sized(x: Mapping[str, int]) -> str: ...
@overload
def sized(x: list[int]) -> bytes: ...
@overload
def sized(x: None) -> float: ...
def sized(x: object) -> Any:
    return b""


sizes = step(sized)

grouped([1], lambda x: x.nope)  # err: lambda
grouped(numbers, lambda x: x.nope)  # err: lambda, node
grouped([number, 2], key=lambda x: x.nope)  # err: lambda, values and nodes
grouped(number, str)  # err: no iterable
given(1, lambda x: x.nope)  # err: lambda, one value
given(point(), lambda x: x.nope)  # err: lambda, attribute
double(given(point(), lambda x: x.name))  # err: lambda, result
ordered(numbers, lambda x: "a")  # err: lambda, what it gives
ordered([2, 1], key=lambda x: x.nope)  # err: lambda, values
loud(packed(number, text))  # err: TypeVarTuple, result
through(together, text, b=text)  # err: ParamSpec, argument
through(together, number)  # err: ParamSpec, an argument missing
through(together, number, c=text)  # err: ParamSpec, name
loud(through(together, number, text))  # err: ParamSpec, result
sizes([text])  # err: overloaded, list of nodes
sizes({"a": text})  # err: overloaded, dict
sizes(number)  # err: overloaded, node
sizes([number], 1)  # err: overloaded, an argument too many
loud(sizes([number]))  # err: overloaded, result
head_of(number)  # err: no sequence
loud(head_of([[number], [1]]))  # err: lists in a list, result
fan_out(given, numbers, lambda x: x.nope)  # err: fanned out with a lambda
fan_out(sizes, [[text], ["a"]])  # err: overloaded, fanned out
loud(fan_out(same, [number, number])[0])  # err: fanned out over nodes, result
of_text: Node[str] = head_of([1, number])  # err: type that is asked for
