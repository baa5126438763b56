"""Wrong calls of generic and overloaded steps. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, overload

from typing_extensions import TypeVarTuple
from vocabulary import *

from dataflow import In, Node, const, fan_out, flow, gather, step

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


def kept(x: In[T]) -> Node[T]:
    return const(x)


def headed(xs: In[list[T]]) -> Node[T]:
    return const(xs)[0]


@flow
def kept_flow(x: In[T]) -> Node[T]:
    return const(x)


@flow
def paired_flow(x: In[T], y: In[K]) -> Node[tuple[T, K]]:
    return gather(const(x), const(y))


@flow
def headed_flow(xs: In[list[T]]) -> Node[T]:
    return const(xs)[0]


class Default(Generic[T]):
    """A class step with a type variable."""

    def __init__(self, default: T) -> None:
        self.default = default

    def __call__(self, x: T | None) -> T:
        return self.default if x is None else x


class Named:
    """A class step with an overloaded constructor."""

    @overload
    def __init__(self, a: int) -> None: ...
    @overload
    def __init__(self, a: str, b: int) -> None: ...
    def __init__(self, a: object, b: int = 0) -> None:
        self.a, self.b = a, b

    def __call__(self, x: int) -> str:
        return str(x)


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
loud(kept(number))  # err: helper over In
kept(number, 1)  # err: helper over In, an argument too many
headed(number)  # err: helper over In, no list
headed([text, number])  # err: helper over In, list of nodes
loud(kept_flow(number))  # err: flow over In
kept_flow(y=1)  # err: flow over In, name
double(paired_flow(number, "a")[1])  # err: flow over In, two type variables
headed_flow(number)  # err: flow over In, no list
headed_flow([1, number])  # err: flow over In, list of values and nodes
loud(fan_out(kept_flow, [1, number])[0])  # err: flow over In, fanned out
step(Default)(3)(text)  # err: class step of a generic class
step(Default)()  # err: class step of a generic class, an argument missing
step(Named)("a")  # err: class step, overloaded constructor
step(Named)("a", 1)(text)  # err: class step, overloaded constructor
