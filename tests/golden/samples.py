"""Steps that can be imported by name, graphs with every kind of op, and the files that their forms are kept in.

DATAFLOW_WRITE_GOLDEN=1 writes the files instead of reading them; look at the difference before you keep it.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import os
import pathlib
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import attrs

from dataflow import (
    Batch,
    Resources,
    Retry,
    bind,
    cond,
    const,
    expand,
    fan_out,
    flow,
    fold,
    gather,
    iterate,
    recover,
    step,
    switch,
)
from dataflow.callee import Function
from dataflow.ir.graph import Graph, GraphOp
from dataflow.ops import Call, Const, Input, Map, Ref

ABS = Function(abs)
FOLDER = pathlib.Path(__file__).parent


def golden(name: str, text: str) -> str:
    """The text that a form is known to have."""
    if os.environ.get("DATAFLOW_WRITE_GOLDEN"):
        (FOLDER / name).write_text(text, encoding="utf-8")
    return (FOLDER / name).read_text(encoding="utf-8")


class Color(enum.Enum):
    RED = 1
    GREEN = "g"


class Level(enum.IntFlag):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: Any
    y: Any = 0


@dataclasses.dataclass(frozen=True)
class Query:
    text: Any
    limit: Any = 10


@attrs.frozen
class Box:
    _inside: Any
    size: Any = attrs.field(default=1)


@dataclasses.dataclass(eq=False)
class Handle:
    name: str


@dataclasses.dataclass
class Failure(Exception):
    """A record that is more than its fields: an exception has arguments and a traceback."""

    reason: str


@dataclasses.dataclass
class Closing:
    """A record that does something when it ends."""

    closed: ClassVar[list[str]] = []
    name: str

    def __del__(self) -> None:
        Closing.closed.append(self.name)


@dataclasses.dataclass
class Extended:
    """A record with more than its fields."""

    name: str

    def __post_init__(self) -> None:
        self.loud = self.name.upper()


class Parse(NamedTuple):
    """A callable that is a value."""

    base: int

    def __call__(self, text: str) -> int:
        return int(text, self.base)


@step
def parse(text: Any, base: int = 10) -> Any:
    return int(text, base)


@step
def add(a: Any, b: Any = 1) -> Any:
    return a + b


@step(name="score it", retries=Retry(times=2, on=(ValueError, KeyError)), timeout=2.5, pure=True)
def score(x: Any) -> Any:
    return x


def plain(x: Any) -> Any:
    return x


def traced(fn: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fn)
    def wrapper(*args: Any) -> Any:
        return ("traced", fn(*args))

    return wrapper


@traced
def decorated(x: Any) -> Any:
    return x


@step
class Model:
    def __init__(self, name: str, layers: Any = ()) -> None:
        self.name, self.layers = name, layers

    def __call__(self, x: Any) -> Any:
        return (self.name, x)


class Outer:
    class Inner:
        def __init__(self, k: int = 0) -> None:
            self.k = k

        def __call__(self, x: Any) -> Any:
            return x * self.k


def reached(value: Any) -> bool:
    return bool(value > 3)


def more(value: Any) -> Any:
    return add(value)


@flow
def every_op(image: Any, size: Any = 224) -> Any:
    """A graph with every kind of op, and every shape."""
    model = Model("small", layers=[64, 32])
    tensor = parse(image, base=size)
    first = model(tensor)
    again = model(first)
    other = Model("small", layers=[64, 32])(const({"mean": 0.5}))
    boxes = [Point(first, 1), Query(again, limit={"n": other}), Box(first), {first}, frozenset({other}), (again,)]
    each = fan_out(lambda item: add(fan_out(add, [item, first]), b=tensor), boxes)
    safe = recover(score(each), lambda error: add(error, tensor), on=(ValueError, KeyError))
    chosen = switch(safe, {"a": tensor, ("b", 2): each, Color.RED: add(each)}, default=cond(safe, first, const(None)))
    rounds = iterate(lambda state: add(state, chosen), 1, limit=5)
    until = iterate(add, rounds, until=reached, limit=7)
    total = fold(add, [until, 2], 0)
    tuned = bind(Outer.Inner, k=3).options(
        placement="actor", replicas=2, resources=Resources(num_gpus=0.5, custom={"tpu": 1}), batch=Batch(size=8)
    )
    return gather(total, expand(tuned(total), more), step(decorated)(step(plain)(None)))


def graph() -> Graph:
    return every_op.graph


def chain(length: int) -> Graph:
    """The graph abs(abs(...abs(-1)...))."""
    ops: list[GraphOp] = [Const(-1), *(Call(ABS, (Ref(at),)) for at in range(length))]
    return Graph(tuple(ops), length)


def nested(levels: int) -> Graph:
    """A graph in a graph in a graph..."""
    graph = Graph((Input("item"),), 0)
    for _ in range(levels):
        graph = Graph((Input("item"), Map(graph, Ref(0))), 1)
    return graph


def counted(calls: list[Any]) -> Any:
    """A step that gives what it is given, and notes it."""

    def note(x: Any) -> Any:
        calls.append(x)
        return x

    return step(note)
