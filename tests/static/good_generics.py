"""Generic and overloaded steps, solved for the values of the nodes. Each tagged line must be accepted, with this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, assert_type, overload

from typing_extensions import TypeVarTuple
from vocabulary import *

from dataflow import In, Node, const, fan_out, flow, gather, run, step

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


nodes = [number, number]
assert_type(grouped([1], lambda x: str(x)), Node[dict[str, list[int]]])  # ok: lambda
assert_type(grouped(numbers, lambda x: str(x)), Node[dict[str, list[int]]])  # ok: lambda, node
assert_type(grouped(nodes, key=lambda x: x > 1), Node[dict[bool, list[int]]])  # ok: lambda, list of nodes
assert_type(grouped(numbers, str), Node[dict[str, list[int]]])  # ok: class as a function
assert_type(given(number, lambda x: x + 1), Node[int])  # ok: lambda, one value
assert_type(given(point(), lambda x: x.name), Node[str])  # ok: lambda, attribute
assert_type(ordered([number, 2], key=lambda x: -x), Node[list[int]])  # ok: lambda, values and nodes
assert_type(packed(number, text), Node[tuple[int, str]])  # ok: TypeVarTuple, nodes
assert_type(packed(number, "a", 2.5), Node[tuple[int, str, float]])  # ok: TypeVarTuple, values and nodes
assert_type(through(together, number, b=text), Node[float])  # ok: ParamSpec, nodes
assert_type(through(together, 1, text), Node[float])  # ok: ParamSpec, values and nodes
assert_type(sizes(nodes), Node[bytes])  # ok: overloaded, list of nodes
assert_type(sizes([number, 1]), Node[bytes])  # ok: overloaded, values and nodes
assert_type(sizes({"a": number, "b": 1}), Node[str])  # ok: overloaded, dict
assert_type(sizes(numbers), Node[bytes])  # ok: overloaded, node
assert_type(sizes(None), Node[float])  # ok: overloaded, value
assert_type(head_of([[number], [1]]), Node[list[int]])  # ok: lists in a list
assert_type(head_of([{"a": number}, {"a": 1}]), Node[dict[str, int]])  # ok: dicts in a list
assert_type(head_of([(number, 1), (2, number)]), Node[tuple[int, int]])  # ok: pairs in a list
assert_type(fan_out(same, [number, number]), Node[list[int]])  # ok: fanned out over nodes
assert_type(fan_out(same, [1, number]), Node[list[int]])  # ok: fanned out over values and nodes
assert_type(same.map([number]), Node[list[int]])  # ok: mapped over nodes
assert_type(fan_out(given, numbers, lambda x: str(x)), Node[list[str]])  # ok: fanned out with a lambda
assert_type(fan_out(sizes, [[number], [1]]), Node[list[bytes]])  # ok: overloaded, fanned out
assert_type(run(head_of([1, number])), int)  # ok: type that is asked for
asked: Node[float] = head_of([1, number])  # ok: type that is asked for

assert_type(kept(number), Node[int])  # ok: helper over In
assert_type(kept(1), Node[int])  # ok: helper over In, value
assert_type(headed([1]), Node[int])  # ok: helper over In, list
assert_type(headed(numbers), Node[int])  # ok: helper over In, node of a list
assert_type(kept_flow(number), Node[int])  # ok: flow over In
assert_type(kept_flow(x=1), Node[int])  # ok: flow over In, value
assert_type(paired_flow(number, "a"), Node[tuple[int, str]])  # ok: flow over In, two type variables
assert_type(headed_flow([1]), Node[int])  # ok: flow over In, list
assert_type(kept_flow.run(1), int)  # ok: flow over In, run
assert_type(fan_out(kept_flow, [1, number]), Node[list[int]])  # ok: flow over In, fanned out
assert_type(fan_out(kept, numbers), Node[list[int]])  # ok: helper over In, fanned out
assert_type(step(Default)(3)(number), Node[int])  # ok: class step of a generic class
assert_type(step(Default)("a")(None), Node[str])  # ok: class step of a generic class
assert_type(step(Named)("a", 1)(number), Node[str])  # ok: class step, overloaded constructor
assert_type(step(Named)(1)(number), Node[str])  # ok: class step, overloaded constructor
