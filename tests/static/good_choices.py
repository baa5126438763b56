"""Choices: branches that are None or containers of nodes, keys that equal members. Each line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import enum
import json
import math
import operator
from typing import Literal, assert_type

from vocabulary import *

from dataflow import In, Node, cond, const, flow, gather, match, recover, run, step, switch, unpack


class Mode(str, enum.Enum):  # noqa: UP042  # as they are written before Python 3.11
    """Members that equal a str."""

    FAST = "fast"
    SLOW = "slow"


class Level(enum.IntEnum):
    """Members that equal an int."""

    LOW = 1
    HIGH = 2


class Access(enum.IntFlag):
    """Members that are combined."""

    READ = 1
    WRITE = 2


class Tone(enum.StrEnum):
    """Members that equal their names."""

    DARK = enum.auto()
    LIGHT = enum.auto()


class Rank(enum.IntEnum):
    """Members of which types do not say what they equal."""

    FIRST = enum.auto()
    LAST = enum.auto()


@step
def mode() -> Mode:
    return Mode.FAST


@step
def level() -> Level:
    return Level.HIGH


@step
def access() -> Access:
    return Access.READ | Access.WRITE


@step
def tone() -> Tone:
    return Tone.DARK


@step
def rank() -> Rank:
    return Rank.FIRST


@step
def place() -> tuple[Literal["a", "b"], Literal[0, 1]]:
    return "b", 1


def handled(error: Node[Exception]) -> Node[str]:
    return on_any(error)


@step
def checked(a: int) -> tuple[Literal["good"], int] | tuple[Literal["bad"], str]:
    return "good", a


fast, high, dark, leading, at_place = mode(), level(), tone(), rank(), place()
three_node, listed_node = double(number), gather([number, number])

assert_type(switch(size(), {Size.SMALL: None, Size.LARGE: number}), Node[int | None])  # ok: None first
assert_type(switch(size(), {Size.SMALL: number, Size.LARGE: None}), Node[int | None])  # ok: None last
assert_type(switch(flag, {True: None, False: number}), Node[int | None])  # ok: None of a truth
assert_type(switch(size(), {Size.SMALL: None, Size.LARGE: number}, default=text), Node[int | str | None])  # ok: None
optional: Node[int | None] = switch(size(), {Size.SMALL: None, Size.LARGE: number})  # ok: None where it is asked for
maybe(switch(size(), {Size.SMALL: None, Size.LARGE: number}))  # ok: None where a step takes it
nodes_or_none: dict[str, Node[int] | None] = {"s": number, "t": None}
assert_type(switch(text, nodes_or_none), Node[int | None])  # ok: None in cases that stand in a variable
assert run(switch(text, nodes_or_none, default=number)) == 1  # ok: None in cases of a variable, run
assert run(switch(size(), {Size.SMALL: number, Size.LARGE: None})) is None  # ok: None, run

assert_type(cond(flag, [number, number], [number]), Node[list[int]])  # ok: lists of nodes
assert_type(cond(flag, (number, text), (three_node, text)), Node[tuple[int, str]])  # ok: pairs of nodes
assert_type(cond(flag, {"a": number}, {"b": three_node}), Node[dict[str, int]])  # ok: dicts of nodes
assert_type(cond(flag, numbers, [number, 1]), Node[list[int]])  # ok: a list of a node and a value
assert_type(cond(flag, [number], numbers), Node[list[int]])  # ok: a list of nodes, or a node of a list
assert_type(match(size()).case(Size.SMALL, [number]).default(numbers), Node[list[int]])  # ok: list of nodes in a match
assert_type(match(size()).case(Size.SMALL, numbers).default([number]), Node[list[int]])  # ok: list as the default
assert_type(match(flag).case(True, [number]).case(False, [text]).exhaustive(), Node[list[int] | list[str]])  # ok: lists
assert_type(switch(flag, {True: [number], False: numbers}), Node[list[int]])  # ok: list of nodes in a switch
assert_type(switch(text, {"a": (number, text)}, default=pair), Node[tuple[int, str]])  # ok: pair of nodes in a switch
added(cond(flag, [number, number], [number]))  # ok: lists of nodes for a step
added(match(size()).case(Size.SMALL, [number]).default([1]))  # ok: match of lists for a step
merged(switch(size(), {Size.SMALL: {"a": number}, Size.LARGE: table}))  # ok: dicts of nodes for a step
fractions: Node[list[float]] = cond(flag, [number, number], [1.5])  # ok: lists where a wider one is asked for
fractions_too: Node[list[float]] = switch(flag, {True: [number], False: [1.5]})  # ok: cases, a wider one is asked for
nothing_yet: Node[list[int]] = match(flag).case(True, [number]).default([])  # ok: an empty list
assert run(cond(flag, [number, number], [number])) == [1, 1]  # ok: lists of nodes, run
assert run(match(size()).case(Size.LARGE, [number]).default(numbers)) == [1]  # ok: match of lists, run

assert_type(switch(fast, {"fast": number, "slow": text}), Node[int | str])  # ok: values of all members
assert_type(switch(fast, {Mode.FAST: number, "slow": text}), Node[int | str])  # ok: a member and a value
assert_type(switch(fast, {"fast": number}, default=text), Node[int | str])  # ok: value of a member
assert_type(match(fast).case("fast", number).case("slow", text).exhaustive(), Node[int | str])  # ok: values in a match
assert_type(match(fast).case("fast", number).default(text), Node[int | str])  # ok: value of a member in a match
assert_type(switch(high, {1: number, 2: text}), Node[int | str])  # ok: numbers of all members
assert_type(match(high).case(1, number).case(Level.HIGH, text).exhaustive(), Node[int | str])  # ok: number in a match
assert_type(switch(dark, {"dark": number, "light": text}), Node[int | str])  # ok: names of all members
assert_type(switch(leading, {1: number, 2: text}), Node[int | str])  # ok: members that may equal anything
assert_type(switch(fast, {Mode.FAST: number, Mode.SLOW: number}), Node[int])  # ok: all members
assert_type(switch(access(), {3: number}, default=text), Node[int | str])  # ok: number of a combination
assert run(switch(access(), {3: number}, default=text)) == 1  # ok: number of a combination, run
assert run(switch(fast, {"fast": number, "slow": text})) == 1  # ok: values of all members, run
assert run(match(high).case(1, number).case(2, text).exhaustive()) == "s"  # ok: numbers in a match, run
assert run(switch(dark, {"dark": number, "light": text})) == 1  # ok: names of all members, run

assert_type(switch(at_place, {("a", 0): number, ("b", 1): text}, default=text), Node[int | str])  # ok: pairs
assert_type(switch(gather(size(), number), {(Size.SMALL, 3): number}, default=text), Node[int | str])  # ok: pair
assert_type(switch(gather(fast, flag), {("fast", 1): number}, default=text), Node[int | str])  # ok: pair of values
assert run(switch(at_place, {("b", 1): number}, default=text)) == 1  # ok: pair of literals, run

assert_type(const(None), Node[None])  # ok: const of a value
assert_type(const([1, 2]), Node[list[int]])  # ok: const of a list of values

left, right = unpack(cond(flag, pair, gather(text, number)))
assert_type(left, Node[int | str])  # ok: first item of either pair
assert_type(right, Node[str | int])  # ok: second item of either pair
assert_type(unpack(checked(1))[0], Node[Literal["good", "bad"]])  # ok: unpack of one of two tuples, literals
assert_type(unpack(checked(1))[1], Node[int | str])  # ok: unpack of one of two tuples, others
assert_type(unpack(checked(1), 2), tuple[Node[Literal["good", "bad"]], Node[int | str]])  # ok: unpack, number
assert_type(unpack(cond(flag, point(), pair)), tuple[Node[int], Node[str]])  # ok: unpack of a named tuple or a pair
assert_type(unpack(numbers, 3), tuple[Node[int], ...])  # ok: unpack of a list
assert run(gather(left, right)) == (1, "1")  # ok: items of either pair, run

assert_type(merged({text.output: 1}), Node[int])  # ok: output as a key
assert_type(merged({key.output: 1 for key in [text]}), Node[int])  # ok: outputs as keys of a comprehension
assert_type(added([each.output for each in [number]]), Node[int])  # ok: outputs of a comprehension
assert_type(added([1 + len([number.output])]), Node[int])  # ok: how many outputs there are
assert_type(double(operator.getitem(numbers.output, 0)), Node[int])  # ok: an item of an output
assert_type(show(math.floor(2.5)), Node[str])  # ok: what the standard library makes of a value
assert_type(loud(json.dumps([1, 2])), Node[str])  # ok: text of values
assert_type(score(plain(number.output)), Node[float])  # ok: a function of one's own, which may give the output back
assert run(merged({text.output: 1})) == 1  # ok: output as a key, run

assert_type(recover(text, lambda error: on_any(error)), Node[str])  # ok: lambda as a handler
assert_type(recover(number, handled), Node[int | str])  # ok: function as a handler
assert run(recover(number, on_any)) == 1  # ok: handler, run


@flow
def chosen_level(of: In[Level]) -> Node[int]:
    return switch(of, {1: number, 2: three_node})  # ok: numbers of all members of In


@flow
def chosen_list(x: In[int], on: In[bool]) -> Node[list[int]]:
    return cond(on, [x, number], [x])  # ok: lists of In


@flow
def chosen_none(x: In[int], on: In[bool]) -> Node[int | None]:
    return switch(on, {True: x, False: None})  # ok: None beside In
