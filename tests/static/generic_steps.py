"""Generic and overloaded steps, flows and classes that several files are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, overload

from typing_extensions import TypeVarTuple

from dataflow import In, Node, const, flow, gather, step

ItemT = TypeVar("ItemT")
K = TypeVar("K")
R = TypeVar("R")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")


@step
def grouped(xs: Iterable[ItemT], key: Callable[[ItemT], K]) -> dict[K, list[ItemT]]:
    found: dict[K, list[ItemT]] = {}
    for x in xs:
        found.setdefault(key(x), []).append(x)
    return found


@step
def given(x: ItemT, of: Callable[[ItemT], K]) -> K:
    return of(x)


@step
def ordered(xs: Sequence[ItemT], key: Callable[[ItemT], int]) -> list[ItemT]:
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


def kept(x: In[ItemT]) -> Node[ItemT]:
    return const(x)


def headed(xs: In[list[ItemT]]) -> Node[ItemT]:
    return const(xs)[0]


@flow
def kept_flow(x: In[ItemT]) -> Node[ItemT]:
    return const(x)


@flow
def paired_flow(x: In[ItemT], y: In[K]) -> Node[tuple[ItemT, K]]:
    return gather(const(x), const(y))


@flow
def headed_flow(xs: In[list[ItemT]]) -> Node[ItemT]:
    return const(xs)[0]


class Default(Generic[ItemT]):
    """A class step with a type variable."""

    def __init__(self, default: ItemT) -> None:
        self.default = default

    def __call__(self, x: ItemT | None) -> ItemT:
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
