"""What `check_types` says about flows: which wires it refuses, with which words, and which it lets through."""

from __future__ import annotations

import dataclasses
import decimal
import enum
import fractions
import functools
import importlib.util
import re
import runpy
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict, TypeVar, overload

import attrs
import pytest

from dataflow import (
    INPUT,
    Flow,
    In,
    Input,
    Node,
    bind,
    check_types,
    cond,
    const,
    deploy,
    expand,
    fan_out,
    flow,
    fold,
    gather,
    iterate,
    match,
    recover,
    step,
    switch,
    unpack,
)
from dataflow.errors import CompositionError, TypeAgreementError
from dataflow.ir.graph import Graph
from dataflow.ops import Call

ROOT = Path(__file__).parent.parent
HERE = "tests/test_agreement.py"
T = TypeVar("T")


def unchecked(fn: Any) -> Any:
    """A step that type checkers do not see: what is wired here, they would refuse."""
    return step(fn)


class Point(NamedTuple):
    """A named tuple."""

    x: int
    name: str


def as_it_is(value: Any) -> Any:
    return value


@attrs.frozen
class Box:
    """An attrs class, of which one field converts its value."""

    content: str
    size: int = attrs.field(default=0, converter=as_it_is)


@unchecked
def half(x: float) -> float:
    return x / 2


@unchecked
def count(text: str) -> int:
    return len(text)


@unchecked
def words(text: str) -> list[str]:
    return text.split()


@unchecked
def maybe(x: int) -> int | None:
    return x or None


@unchecked
def total(prices: Mapping[str, Sequence[float]]) -> float:
    return 0.0


@unchecked
def mixed(*values: int, **named: str) -> str:
    return ""


@unchecked
def numbers_of(x: str) -> tuple[int, ...]:
    return (len(x),)


@unchecked
def alone(x: tuple[str]) -> str:
    return x[0]


@unchecked
def pair(x: int) -> tuple[int, str]:
    return x, str(x)


@unchecked
def point(x: int) -> Point:
    return Point(x, "p")


@unchecked
def first(xs: Sequence[T]) -> T:
    return xs[0]


@unchecked
async def later(x: int) -> str:
    return str(x)


@unchecked
def boxed(box: Box) -> Box:
    return box


@unchecked
def anything(x: Any, y=None):  # type: ignore[no-untyped-def]  # what this is about
    return x


@unchecked
def on_value(error: ValueError) -> int:
    return 0


@unchecked
def mode(text: str) -> Literal["fast", "slow"]:
    return "fast"


class Name(enum.StrEnum):
    """An Enum whose members are strings."""

    ADA = "ada"
    BOB = "bob"


class Speed(enum.StrEnum):
    """Members that equal the literals of `mode`."""

    FAST = "fast"
    SLOW = "slow"


@unchecked
def price(x: int) -> decimal.Decimal:
    return decimal.Decimal(x)


@unchecked
def fraction(x: int) -> fractions.Fraction:
    return fractions.Fraction(x, 2)


@unchecked
def names(text: str) -> Name:
    return Name(text)


@unchecked
def tune(mode: Literal["fast", "slow", "off"]) -> int:
    return 0


class Model:
    """A class to bind."""

    def __init__(self, factor: float = 1) -> None:
        self.factor = factor

    def __call__(self, x: float) -> str:
        return str(x)


def twice(fn: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A decorator that changes what a function takes."""

    @functools.wraps(fn)
    def each(xs: Any) -> Any:
        return [fn(x) for x in xs]

    return each


@unchecked
@twice
def halves(x: float) -> float:
    return x / 2


@unchecked
@functools.cache
def cached(x: int) -> str:
    return str(x)


@overload
def either_way(x: int) -> int: ...
@overload
def either_way(x: str) -> str: ...
def either_way(x: int | str) -> int | str:
    return x


@overload
def some(x: str) -> int: ...
@overload
def some(x: int, y: str | None = ...) -> int: ...
def some(x: Any, y: Any = None) -> int:
    return 0


class Either:
    """A class step with overloads."""

    @overload
    def __call__(self, x: int) -> int: ...
    @overload
    def __call__(self, x: str) -> str: ...
    def __call__(self, x: int | str) -> int | str:
        return x


@attrs.frozen
class Converted:
    """A class step of which one field converts its value."""

    key: int = attrs.field(converter=int)
    size: int = 0

    def __call__(self, x: int) -> int:
        return self.key * x


class Decided:
    """A class that decides itself what it is constructed from."""

    def __new__(cls, *args: Any) -> Decided:  # noqa: PYI034  # no subclass is meant
        return super().__new__(cls)

    def __init__(self, factor: Any = 0) -> None:
        self.factor = factor

    def __call__(self, x: int) -> int:
        return x


@dataclasses.dataclass(slots=True)
class Slotted:
    """A class whose instances have no other attributes."""

    key: int


class Based:
    """A class without items, of which a subclass has some."""

    __slots__ = ()


class Items(Based):
    """Has items."""

    __slots__ = ("key",)

    def __getitem__(self, key: int) -> int:
        return key


class Row(TypedDict):
    """A typed dict."""

    a: int


@unchecked
def based(x: int) -> Based:
    return Items()


@unchecked
def boxes(x: int) -> Model:
    return Model()


@unchecked
def slotted(x: int) -> Slotted:
    return Slotted(x)


@unchecked
def row_of(x: int) -> Row:
    return {"a": x}


@unchecked
def table(x: str) -> dict[str, int]:
    return {x: 1}


@unchecked
def maybe_words(x: int) -> list[str] | None:
    return None


class Plain(NamedTuple):
    """A named tuple of which a subclass has more items."""

    x: int


class Rich(Plain):
    """Has them."""

    def __getitem__(self, key: Any) -> Any:
        return key


@unchecked
def of_rows(x: int) -> tuple[int] | Plain:
    return Rich(1)


def a_of(row: Any) -> Any:
    return cond(row.map(bool), row["a"], 0)


def a_kept(made: Any, x: Any) -> Any:
    return cond(made.map(bool), {"a": made["a"]}, {"a": x})


def last_two(kept: Any, x: Any) -> Any:
    return cond(kept.map(bool), gather(kept[1], *unpack(kept, 2)), gather(x, x))


def named_kept(kept: Any, x: Any) -> Any:
    return cond(kept.map(bool), point(kept.output.x), point(x))


def by_mode(mode: Any) -> Any:
    return switch(mode, {"fast": 1}, default=2)


def second_of(row: Any) -> Any:
    return row[1]


def first_kept(made: Any, x: Any) -> Any:
    return cond(made.map(bool), gather(made[0], x), gather(x, x))


def line(text: str) -> str:
    """A line of the message, without the places."""
    return re.sub(r"; wired at [^;]*$", "", re.sub(rf" \({HERE}:\d+\)", "", text)).replace(HERE, "here")


def refused(node: Any) -> list[str]:
    """The lines about a node or flow that is refused."""
    with pytest.raises(TypeAgreementError) as caught:
        check_types(node)
    return [re.sub(r"here:\d+", "here", line(wire)) for wire in caught.value.wires]


STRING: Node[Any] = words(INPUT)

ACCEPTED: dict[str, Callable[[], Any]] = {
    "promotion": lambda: half(count("a")),
    "no annotation": lambda: half(anything(words("a"))),
    "any": lambda: anything(1, y=words("a")),
    "input without a type": lambda: half(INPUT),
    "input of a type": lambda: half(Input(str, "x")),
    "list of ints for floats": lambda: total({"a": [count("a").output, 1]}),
    "item of a tuple": lambda: half(pair(1).output[0]),
    "item known only at run time": lambda: count(pair(1)[count("a")]),
    "field of a named tuple": lambda: mixed(point(1).output.x, k=point(1).output.name),
    "item of a named tuple": lambda: count(point(1)[1]),
    "unpacked": lambda: count(unpack(pair(1))[1]),
    "unpacked list": lambda: count(unpack(words("a"), 2)[1]),
    "generic": lambda: half(first([1, 2])),
    "generic of a node": lambda: count(first(words("a"))),
    "class step": lambda: count(bind(Model, 2)(3)),
    "coroutine": lambda: count(later(1)),
    "literals": lambda: tune(mode("a")),
    "literal value": lambda: tune("off"),
    "case of literals": lambda: tune(cond(const(True), mode("a"), const("off"))),
    "fan-out": lambda: fan_out(count, words("a")),
    "fan-out of items": lambda: fan_out(half, [1, count("a")]),
    "fan-out over text": lambda: fan_out(count, "abc"),
    "fan-out over the unknown": lambda: fan_out(half, anything(1)),
    "nested fan-out": lambda: fan_out(lambda row: fan_out(count, words(row)), ["a b"]),
    "shared argument": lambda: fan_out(lambda x: mixed(count("a"), k=x), words("a")),
    "switch": lambda: half(switch("a", {"a": count("a"), "b": half(1)})),
    "switch on a subclass": lambda: gather(switch(later(1), {Name.ADA: 1}), switch(names("a"), {"ada": 1})),
    "switch on one of several": lambda: match(cond(const(True), count("a"), later(1))).case("a", const(1)).default(2),
    "switch with a key that cannot be": lambda: switch(later(1), {1: 1, None: 2, "a": 3}),
    "switch of a literal on an equal member": lambda: switch(mode("a"), {Speed.FAST: 1, Speed.SLOW: 2}),
    "switch of a value on an equal member": lambda: switch(const("ada"), {Name.ADA: 1}),
    "switch of a known value on another": lambda: switch(const("fast"), {"slow": 1}, default=2),
    "switch of a number on a number": lambda: gather(
        switch(price(1), {0: 1}, default=2), switch(fraction(1), {0.5: 1}, default=2)
    ),
    "switch of a truth on a number": lambda: switch(cond(const(True), True, const(False)), {0: 1}, default=2),
    "switch of an identity": lambda: switch(boxed(Box("a")), {"a": 1}, default=2),
    "match": lambda: half(match(1).case(1, count("a")).default(2)),
    "recover": lambda: half(recover(count("a"), on_value, on=ValueError)),
    "recover of a subclass": lambda: recover(count("a"), on_value, on=UnicodeError),
    "iterate": lambda: iterate(half, 1, until=lambda x: x < 1, limit=3),
    "iterate once": lambda: iterate(count, "a", limit=1),
    "fold": lambda: fold(lambda a, b: half(a), words("a"), 0),
    "map": lambda: count(INPUT.map(str)),
    "map of anything": lambda: count(words("a").map(lambda found: found[0])),
    "length": lambda: half(words("a").map(len)),
    "expand": lambda: half(expand(count("a"), lambda n: const(n))),
    "chained": lambda: (count >> half)("a"),
    "changed by a decorator": lambda: halves([1, 2]),
    "wrapped by a cache": lambda: count(cached(1)),
    "overloaded": lambda: gather(count(step(either_way)("a")), unchecked(either_way)(cond(const(True), 1, "a"))),
    "overloaded, by the number of arguments": lambda: step(some)(count("a"), later(1)),
    "overloaded method of a class": lambda: bind(Either)(count("a")),
    "built-in": lambda: half(step(len)("abc")),
    "attrs with a converter": lambda: boxed(Box(mode("a").output, later(1).output)),
    "none for what defaults to none": lambda: anything(1, None),
    "items that are there": lambda: gather(
        pair(1)[-2], point(1)[1], words("a")[count("a")], words("a")[True], table("a")["x"], row_of(1)["a"], pair(1)[:9]
    ),
    "an item by a member that is a text": lambda: table("a")[Name.ADA],
    "items of what may be another class": lambda: gather(anything(1)[0], based(1)[0], based(1).output.key),
    "items of tuples of several lengths": lambda: gather(
        fan_out(second_of, [(1,), (1, 2)]), unpack(cond(const(True), (1, 2), (1, 2, 3)), 3)[2]
    ),
    "an item of one of two rows": lambda: gather(of_rows(1)[1], of_rows(1)[2]),
    "items of a long list": lambda: fan_out(second_of, [(1,)] * 20 + [(1, 2)]),
    "a key of a long dict": lambda: const(dict.fromkeys([*range(20), "a"], 1))["a"],
    "an item of nothing yet": lambda: gather(fold(first_kept, [1], ()), fold(a_kept, [1], {}), fan_out(a_of, [{}])),
    "items of None, with which a loop begins": lambda: gather(
        fold(last_two, [1], None), fan_out(a_of, [None, {"a": 1}]), fold(named_kept, [1], None)
    ),
    "a switch on an item of nothing": lambda: gather(fan_out(by_mode, []), iterate(by_mode, None, limit=1)),
    "attributes that are there": lambda: gather(
        point(1).output.count,
        slotted(1).output.key,
        count("a").output.real,
        mode("a").output.upper,
        half(1).output.real,
    ),
    "attributes that a value of another class may have": lambda: gather(
        half(1).output.numerator, boxes(1).output.more, mode("a").output.value, pair(1).output.x
    ),
    "constructor of a class with a converter": lambda: gather(bind(Converted, "3")(1), bind(Model, 1)(2)),
    "constructor that is not known": lambda: bind(Decided, "a")(1),
    "container of nothing": lambda: fan_out(half, []),
}


@pytest.mark.parametrize("make", ACCEPTED.values(), ids=ACCEPTED)
def test_right_wires_agree(make: Callable[[], Any]) -> None:
    node = make()
    assert check_types(node) is node


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "step to step": (
        lambda: half(words("a")),
        "step 'words' gives list[str], but argument 'x' of step 'half' takes float",
    ),
    "by name": (
        lambda: half(x=words("a").output),
        "step 'words' gives list[str], but argument 'x' of step 'half' takes float",
    ),
    "optional": (
        lambda: half(maybe(1)),
        "step 'maybe' gives int | None, but argument 'x' of step 'half' takes float",
    ),
    "value": (
        lambda: half("six"),
        "the value 'six' is given, but argument 'x' of step 'half' takes float",
    ),
    "constant": (
        lambda: half(const([1])),
        "the value [1] is given, but argument 'x' of step 'half' takes float",
    ),
    "variadic": (
        lambda: mixed(1, half(2)),
        "step 'half' gives float, but argument 'values' of step 'mixed' takes int",
    ),
    "variadic by name": (
        lambda: mixed(k=count("a").output),
        "step 'count' gives int, but argument 'named' of step 'mixed' takes str",
    ),
    "part of a container": (
        lambda: total({"a": [1, later(2).output]}),
        "step 'later' gives str, but argument 'prices' of step 'total' takes Mapping[str, Sequence[float]], "
        "and there float",
    ),
    "key of a dict": (
        lambda: total({count("a").output: []}),
        "step 'count' gives int, but argument 'prices' of step 'total' takes Mapping[str, Sequence[float]], "
        "and there str",
    ),
    "field of a record": (
        lambda: boxed(Box(count("a").output)),
        "step 'count' gives int, but field 'content' of 'Box' takes str",
    ),
    "field of a named tuple": (
        lambda: anything(Point(later(1).output, "p")),
        "step 'later' gives str, but field 'x' of 'Point' takes int",
    ),
    "other container": (
        lambda: total(gather(half(1), half(2))),
        "the tuple composed at here gives tuple[float, float], but argument 'prices' of step 'total' takes "
        "Mapping[str, Sequence[float]]",
    ),
    "item": (
        lambda: count(pair(1)[0]),
        "item 0 of step 'pair' gives int, but argument 'text' of step 'count' takes str",
    ),
    "attribute": (
        lambda: count(point(1).output.x),
        "attribute 'x' of step 'point' gives int, but argument 'text' of step 'count' takes str",
    ),
    "generic": (
        lambda: count(first([1, 2])),
        "step 'first' gives Literal[1] | Literal[2], but argument 'text' of step 'count' takes str",
    ),
    "class step": (
        lambda: bind(Model)(later(1)),
        "step 'later' gives str, but argument 'x' of step 'Model' takes float",
    ),
    "coroutine": (
        lambda: half(later(1)),
        "step 'later' gives str, but argument 'x' of step 'half' takes float",
    ),
    "literal": (
        lambda: tune(later(1)),
        "step 'later' gives str, but argument 'mode' of step 'tune' takes "
        "Literal['fast'] | Literal['slow'] | Literal['off']",
    ),
    "item of a fan-out": (
        lambda: fan_out(half, words("a")),
        "an item of step 'words' gives str, but argument 'x' of step 'half' takes float",
    ),
    "source of a fan-out": (
        lambda: fan_out(anything, count("a")),
        "step 'count' gives int, but fan_out takes Iterable",
    ),
    "source of a fold": (
        lambda: fold(anything, count("a"), 0),
        "step 'count' gives int, but fold takes Iterable",
    ),
    "tuple of any length": (
        lambda: alone(numbers_of("a")),
        "step 'numbers_of' gives tuple[int, ...], but argument 'x' of step 'alone' takes tuple[str]",
    ),
    "result of a fan-out": (
        lambda: half(fan_out(count, words("a"))),
        "the fan_out composed at here gives list[int], but argument 'x' of step 'half' takes float",
    ),
    "captured by a body": (
        lambda: captured(later(1)),
        "step 'later' gives str, but argument 'x' of step 'half' takes float",
    ),
    "case of a switch": (
        lambda: half(switch("a", {"a": count("a"), "b": later(1)})),
        "step 'later' gives str, but argument 'x' of step 'half' takes float",
    ),
    "default of a switch": (
        lambda: half(switch("a", {"a": count("a")}, default="none")),
        "the value 'none' is given, but argument 'x' of step 'half' takes float",
    ),
    "keys of a switch": (
        lambda: switch(words("a"), {"a": 1}),
        "step 'words' gives list[str], but the keys of the switch are str",
    ),
    "index of a tuple": (
        lambda: pair(1)[2],
        "step 'pair' gives tuple[int, str], but tuple[int, str] has no item 2",
    ),
    "index of a named tuple": (
        lambda: point(1)[-3],
        "step 'point' gives Point, but Point has no item -3",
    ),
    "key of a tuple": (
        lambda: point(1)["x"],
        "step 'point' gives Point, but Point has no item 'x'",
    ),
    "item of an optional": (
        lambda: maybe_words(1)[0],
        "step 'maybe_words' gives list[str] | None, but None has no items",
    ),
    "item of a number": (
        lambda: count("a")[0],
        "step 'count' gives int, but int has no items",
    ),
    "key of a list": (
        lambda: words("a")["a"],
        "step 'words' gives list[str], but list[str] has no item 'a'",
    ),
    "key of a list that is not known": (
        lambda: words("a")[later(1)],
        "step 'words' gives list[str], but list[str] has no item for a key that is str",
    ),
    "key of a dict of texts": (
        lambda: table("a")[1],
        "step 'table' gives dict[str, int], but dict[str, int] has no item 1",
    ),
    "key of a dict that is not known": (
        lambda: table("a")[maybe(1)],
        "step 'table' gives dict[str, int], but dict[str, int] has no item for a key that is int | None",
    ),
    "key of a typed dict": (
        lambda: row_of(1)["b"],
        "step 'row_of' gives Row, but Row has no item 'b'",
    ),
    "slice": (
        lambda: count(words("a")[:2]),
        "a slice of step 'words' gives list[str], but argument 'text' of step 'count' takes str",
    ),
    "unpack of another number": (
        lambda: gather(*unpack(pair(1), 3)),
        "step 'pair' gives tuple[int, str], but it is unpacked into 3",
    ),
    "unpacked item": (
        lambda: half(unpack(pair(1))[1]),
        "item 1 of step 'pair' gives str, but argument 'x' of step 'half' takes float",
    ),
    "unpack of what is not iterable": (
        lambda: gather(*unpack(count("a"), 2)),
        "step 'count' gives int, but unpack takes Iterable",
    ),
    "attribute of a named tuple": (
        lambda: anything(point(1).output.z),
        "step 'point' gives Point, but Point has no attribute 'z'",
    ),
    "attribute of a class with slots": (
        lambda: anything(slotted(1).output.z),
        "step 'slotted' gives Slotted, but Slotted has no attribute 'z'",
    ),
    "attribute of a built-in class": (
        lambda: anything(maybe(1).output.foo),
        "step 'maybe' gives int | None, but int has no attribute 'foo'",
    ),
    "attribute of a typed dict": (
        lambda: anything(row_of(1).output.a),
        "step 'row_of' gives Row, but Row has no attribute 'a'",
    ),
    "function of another number of arguments": (
        lambda: applied(annotated_alone),
        "the function 'annotated_alone' is given, a Callable[[int], Any], but argument 'fn' of step 'applied' takes "
        "Callable[[int, str], int]",
    ),
    "argument of a constructor": (
        lambda: bind(Model, "a")(1),  # type: ignore[arg-type]  # on purpose
        "the value 'a' is given, but argument 'factor' of the constructor of 'Model' takes float",
    ),
    "argument of a constructor that is generated": (
        lambda: bind(Converted, 1, size="a")(1),  # type: ignore[arg-type]  # on purpose
        "the value 'a' is given, but argument 'size' of the constructor of 'Converted' takes int",
    ),
    "result of a built-in step": (
        lambda: count(unchecked(len)("abc")),
        "step 'len' gives int, but argument 'text' of step 'count' takes str",
    ),
    "keys of several classes": (
        lambda: switch(later(1), {1: 1, None: 2}),
        "step 'later' gives str, but the keys of the switch are int | None",
    ),
    "keys of a literal": (
        lambda: switch(mode("a"), {"off": 1}, default=2),
        "step 'mode' gives Literal['fast'] | Literal['slow'], but the keys of the switch are Literal['off']",
    ),
    "keys of an Enum": (
        lambda: switch(names("a"), {"ADA": 1}),
        "step 'names' gives Name, but the keys of the switch are Literal['ADA']",
    ),
    "keys of a match": (
        lambda: match(cond(const(True), count("a"), None)).case("a", const(1)).default(2),
        "step 'count' gives int, but the keys of the switch are str",
    ),
    "overloaded": (
        lambda: step(either_way)(words("a")),
        "step 'words' gives list[str], but argument 'x' of step 'either_way' takes int | str",
    ),
    "overloaded, some of what is given": (
        lambda: step(either_way)(cond(const(True), 1, words("a"))),
        "step 'words' gives list[str], but argument 'x' of step 'either_way' takes int | str",
    ),
    "overloaded, by the number of arguments": (
        lambda: step(some)(later(1), None),
        "step 'later' gives str, but argument 'x' of step 'some' takes int",
    ),
    "overloaded method of a class": (
        lambda: bind(Either)(words("a")),
        "step 'words' gives list[str], but argument 'x' of step 'Either' takes int | str",
    ),
    "handler of a recover": (
        lambda: recover(count("a"), on_value, on=OSError),
        "the error of the recover composed at here gives OSError, but argument 'error' of step 'on_value' "
        "takes ValueError",
    ),
    "result of a handler": (
        lambda: count(recover(later(1), on_value, on=ValueError)),
        "step 'on_value' gives int, but argument 'text' of step 'count' takes str",
    ),
    "first round": (
        lambda: iterate(half, "a", limit=2),
        "the value 'a' is given, but argument 'x' of step 'half' takes float",
    ),
    "second round": (
        lambda: iterate(count, "a", limit=2),
        "step 'count' gives int, but argument 'text' of step 'count' takes str",
    ),
    "until": (
        lambda: iterate(count, "a", until=on_value, limit=1),
        "the value 'a' is given, but argument 'error' of step 'on_value' takes ValueError\n"
        "step 'count' gives int, but argument 'error' of step 'on_value' takes ValueError",
    ),
    "item of a fold": (
        lambda: fold(lambda a, b: half(b), words("a"), 0.0),
        "an item of step 'words' gives str, but argument 'x' of step 'half' takes float",
    ),
    "map": (
        lambda: count(words("a").map(len)),
        "the length of step 'words' gives int, but argument 'text' of step 'count' takes str",
    ),
    "map of a function": (
        lambda: words("a").map(annotated),
        "step 'words' gives list[str], but argument 'x' of function 'annotated' takes int",
    ),
    "expand": (
        lambda: expand(words("a"), half),
        "step 'words' gives list[str], but argument 'x' of the function 'half' of expand takes float",
    ),
    "result of an expand": (
        lambda: count(expand(words("a"), grown)),
        "the function 'grown' of expand gives float, but argument 'text' of step 'count' takes str",
    ),
    "chain": (
        lambda: (half >> count)(1),
        "step 'half' gives float, but argument 'text' of step 'count' takes str",
    ),
    "cached": (
        lambda: half(cached(1)),
        "step 'cached' gives str, but argument 'x' of step 'half' takes float",
    ),
    "partial": (
        lambda: step(functools.partial(annotated, y=1), name="part")("a"),  # type: ignore[arg-type]  # on purpose
        "the value 'a' is given, but argument 'x' of step 'part' takes int",
    ),
}


def annotated_alone(x: int) -> int:
    return x


@unchecked
def applied(fn: Callable[[int, str], int]) -> int:
    return fn(1, "a")


def captured(outside: Node[Any]) -> Node[Any]:
    return fan_out(lambda x: anything(x, half(outside)), [1])


def annotated(x: int, y: int = 0) -> int:
    return x


def grown(found: list[str]) -> Node[float]:
    node: Node[Any] = half(len(found))
    return node


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_wrong_wires_do_not(make: Callable[[], Any], said: str) -> None:
    assert refused(make()) == said.splitlines()


@flow
def right(text: In[str], parts: In[list[str]], size: int = 3) -> Node[list[float]]:
    return fan_out(half, [count(text) for _ in range(size)])


@flow
def wrong(text: In[str], node: Node[int], setting: int = 0) -> Node[str]:
    made: Node[Any] = mixed(count(half(text)), setting, k=node.output)
    return made


@flow
def wrong_result(text: In[str]) -> Node[str]:
    made: Node[Any] = count(text)
    return made


@flow
def wrong_part(text: In[str]) -> tuple[Node[int], Node[int]]:
    return count(text), words(text)


def test_a_right_flow_is_returned_so_that_it_can_be_a_decorator() -> None:
    assert check_types(right) is right
    checked: Flow[Any] = check_types(flow(lambda x: half(x)))
    assert checked.run(3) == 1.5


def test_inputs_of_a_flow_are_what_they_are_annotated_as() -> None:
    assert refused(wrong) == [
        "input 'text' of flow 'wrong' gives str, but argument 'x' of step 'half' takes float",
        "step 'half' gives float, but argument 'text' of step 'count' takes str",
        "input 'node' of flow 'wrong' gives int, but argument 'named' of step 'mixed' takes str",
    ]


def test_the_result_of_a_flow_is_what_it_is_annotated_as() -> None:
    assert refused(wrong_result) == ["step 'count' gives int, but flow 'wrong_result' returns str"]
    assert refused(wrong_part) == [
        "step 'words' gives list[str], but flow 'wrong_part' returns tuple[int, int], and there int"
    ]


def test_a_flow_whose_result_does_not_fit_names_the_line_that_composed_it() -> None:
    with pytest.raises(TypeAgreementError) as caught:
        check_types(wrong_result)
    at = first_line(wrong_result.function)
    assert caught.value.wires[0].endswith(f"flow 'wrong_result' ({HERE}:{at}) returns str; wired at {HERE}:{at + 2}")


def test_the_message_has_all_wires_with_their_lines_and_the_way_out() -> None:
    node = gather(half(words("a")), half(x="six"), half(words("a")))
    at = f"{HERE}:{first_line(test_the_message_has_all_wires_with_their_lines_and_the_way_out) + 1}"
    with pytest.raises(TypeAgreementError) as caught:
        check_types(node)
    taker = f"argument 'x' of step 'half' ({HERE}:{first_line(half.fn)}) takes float; wired at {at}"
    lines = (
        f"step 'words' ({HERE}:{first_line(words.fn)}) gives list[str], but {taker}",
        f"the value 'six' is given, but {taker}",
    )
    assert caught.value.wires == lines
    assert str(caught.value).splitlines() == [
        "this graph: the ends of 2 wires do not agree",
        *(f"- {each}" for each in lines),
        "convert the value in a step between the two, or correct an annotation; what is annotated Any is not compared",
    ]
    assert isinstance(caught.value, CompositionError)


def first_line(fn: Any) -> int:
    found: int = fn.__code__.co_firstlineno
    return found


def test_classes_of_the_same_name_are_told_apart() -> None:
    class Point:
        """Not the one of the module."""

    @step
    def other() -> Any:
        return Point()

    other.fn.__annotations__["return"] = Point

    @step
    def use(p: Any) -> int:
        return 0

    use.fn.__annotations__["p"] = globals()["Point"]
    (said,) = refused(use(other()))
    assert f"gives {__name__}.test_classes_of_the_same_name_are_told_apart.<locals>.Point, but" in said
    assert said.endswith(f"takes {__name__}.Point")


def test_graphs_are_checked_like_their_nodes() -> None:
    assert check_types(right.graph) == right.graph
    graph = flow(lambda: half(later(1))).graph
    assert refused(graph) == ["step 'later' gives str, but argument 'x' of step 'half' takes float"]
    assert refused(Graph(graph.ops, graph.output)) == refused(graph)


def test_a_call_that_does_not_fit_its_step_is_not_compared() -> None:
    """A graph made by hand was not checked against the signature."""
    callee = half(1)._op.callee
    graph = Graph((Call(callee, ("a", "b")),), 0)
    assert check_types(graph) is graph


@pytest.mark.parametrize(
    "thing", [3, None, half, "flow", lambda: half(1)], ids=["int", "None", "step", "str", "lambda"]
)
def test_anything_else_is_an_error(thing: Any) -> None:
    with pytest.raises(CompositionError, match=r"check_types\(\) takes a flow, a node or a graph, not "):
        check_types(thing)


def test_the_other_order_of_the_decorators_is_told() -> None:
    def wires(x: In[int]) -> Any:
        return half(x)

    loose: Any = wires
    with pytest.raises(CompositionError, match="not the function 'wires'; as a decorator it stands above @flow"):
        flow(check_types(loose))


def test_a_flow_that_cannot_be_wired_says_so() -> None:
    with pytest.raises(CompositionError, match="a pipeline needs a fixed set of inputs"):
        check_types(flow(lambda *xs: gather(*xs)))


def test_nothing_is_checked_unless_it_is_asked_for() -> None:
    with deploy(half(words("a"))):
        pass
    value: Any = wrong_result.run("abc")
    assert value == 3


def test_nothing_runs() -> None:
    ran: list[int] = []
    check_types(const(1).map(ran.append))
    assert ran == []


def test_long_chains_and_deep_types_are_checked_in_bounded_time() -> None:
    """A type is not written out if it is too large: this one would have 2**300 parts."""
    node: Node[Any] = count("a")
    for _ in range(300):
        node = gather(node, node)
    for _ in range(3000):
        node = anything(node)
    check_types(node)
    with pytest.raises(TypeAgreementError):
        check_types(half(gather(gather(node, node), later(1))))


def test_bodies_nest_deep() -> None:
    def nested(depth: int) -> Callable[[Any], Any]:
        return half if depth == 0 else lambda x: iterate(nested(depth - 1), x, limit=3)

    check_types(nested(80)(1))
    assert refused(nested(80)("a")) == ["the value 'a' is given, but argument 'x' of step 'half' takes float"]


def flows_of(path: Path) -> Iterator[Any]:
    for thing in runpy.run_path(str(path)).values():
        if isinstance(thing, Flow | Node):
            yield thing


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_the_examples_agree(path: Path) -> None:
    if path.stem == "digits":
        pytest.importorskip("sklearn")
    if path.stem == "serve_on_ray":
        pytest.importorskip("ray.serve")
    for thing in flows_of(path):
        check_types(thing)


GOOD = sorted((ROOT / "tests" / "static").glob("good_*.py"))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_type_checkers_accept_agrees(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each node of these files is there because every type checker must accept it."""
    checked: list[Any] = []

    def assert_type(value: Any, _: Any) -> Any:
        if isinstance(value, Node | Flow) and sys._getframe(1).f_code.co_name == "<module>":
            checked.append(check_types(value))
        return value

    monkeypatch.setattr(typing, "assert_type", assert_type)
    monkeypatch.syspath_prepend(str(path.parent))
    for thing in flows_of(path):
        check_types(thing)
    assert checked


@pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="needs numpy")
def test_arrays_are_compared_by_what_they_hold() -> None:
    numpy: Any = importlib.import_module("numpy")
    typed = importlib.import_module("numpy.typing")

    def takes(annotation: Any) -> Any:
        def taker(x: Any) -> Any:
            return x

        taker.__annotations__ = {"x": annotation, "return": annotation}
        return step(taker)

    wide, narrow = takes(typed.NDArray[numpy.float64]), takes(typed.NDArray[numpy.float32])
    check_types(takes(numpy.ndarray)(wide(INPUT)))
    check_types(wide(takes(numpy.ndarray)(INPUT)))
    check_types(takes(typed.ArrayLike)(wide(INPUT)))
    check_types(takes(typed.ArrayLike)([[1, 2], [3, 4]]))
    check_types(takes(typed.NDArray[numpy.floating[Any]])(wide(INPUT)))
    check_types(half(takes(numpy.float32)(INPUT)))
    (said,) = refused(wide(narrow(INPUT)))
    assert "float32" in said
    assert "float64" in said
    assert len(refused(words(wide(INPUT)))) == 1
