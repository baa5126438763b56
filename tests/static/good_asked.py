"""Fan-outs, loops and choices where something wider is asked for; handlers. Each line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, assert_type

from vocabulary import *

from dataflow import In, Node, cond, const, fan_out, flow, fold, gather, match, recover, run, step, switch


class Base:
    """Something that others are."""


class Sub(Base):
    """One of them."""


@step
def length(of: str) -> int:
    return len(of)


@step
def averaged(xs: list[float]) -> float:
    return sum(xs) / max(len(xs), 1)


@step
def base() -> type[Base]:
    return Base


@step
def small_or_large(of: Literal["small", "large"]) -> int:
    return len(of)


words = const(["a", "bc"])
known: dict[str, int] = {"z": 26}
fallbacks: list[Callable[[Node[int]], Node[str]]] = [show, loose]  # ok: steps as functions of nodes

wider_list: Node[list[float]] = fan_out(length, words)  # ok: list of something wider
assert_type(averaged(fan_out(length, words)), Node[float])  # ok: list of something wider for a step
assert_type(averaged(length.map(words)), Node[float])  # ok: list of something wider of map
ran: list[float] = run(fan_out(length, words))  # ok: list of something wider, run
assert_type(fan_out(length, words), Node[list[int]])  # ok: list that nothing is asked of
assert_type(averaged(fold(lambda xs, w: gather([length(w)]), words, [])), Node[float])  # ok: loop of something wider


@flow
def lengths(of: In[list[str]]) -> Node[list[float]]:
    return fan_out(length, of)  # ok: list of something wider returned


shown_at_last = show(number)
for fallback in fallbacks:
    shown_at_last = recover(shown_at_last, lambda e, fallback=fallback: fallback(number))  # ok: default of a handler
assert_type(recover(show(number), lambda e, k=3: double(k)), Node[str | int])  # ok: default of a handler, other type


def sized(v: Node[Size]) -> Node[Literal["small", "large"]]:
    return match(v).case(Size.SMALL, "small").case(Size.LARGE, "large").exhaustive()  # ok: literals of all cases


def sized_or(v: Node[Size]) -> Node[Literal["small", "large"]]:
    return match(v).case(Size.SMALL, "small").default("large")  # ok: literals of a case and the default


small_or_large(match(flag).case(True, "small").default("large"))  # ok: literals for a step
a_row: Node[Row] = match(flag).case(True, row()).default({"x": 1, "name": "n"})  # ok: typed dict as the default
classes: Node[list[type[Base]]] = cond(flag, [base()], [Sub])  # ok: classes
functions: Node[list[Callable[[int], int]]] = cond(flag, [const(plain)], [abs])  # ok: functions
assert_type(cond(flag, {"a": number, "b": number}, {"c": 1}), Node[dict[str, int]])  # ok: dict of nodes, spread
merged(match(flag).case(True, {**known, "b": number}).default({}))  # ok: dict of both, spread, for a step
added(match(flag).case(True, [*[1], number]).default([1]))  # ok: list of both, spread, for a step
assert_type(gather([*[number], text]), Node[list[int | str]])  # ok: gather, one spread
assert_type(match(flag).case(True, 1).default("a"), Node[int | str])  # ok: nothing asked of a match
assert_type(match(flag).case(True, 1).case(False, "a").exhaustive(), Node[int | str])  # ok: nothing asked of all cases
chosen_literal: Node[Literal["small", "large"]] = cond(flag, "small", "large")  # ok: literals of a cond
by_size: Node[Literal["small", "large"]] = switch(size(), {Size.SMALL: "small", Size.LARGE: "large"})  # ok: of a switch
recovered: Node[Literal["red", "green"]] = recover(color(), lambda e: const("red"))  # ok: a literal of a handler
row_of_two: Node[Row] = cond(flag, {"x": 1, "name": "n"}, row())  # ok: typed dict as a branch
const_row: Node[Row] = const({"x": 1, "name": "n"})  # ok: typed dict as a constant
assert_type(switch(color_or_none(), {"red": number, None: None}, default=text), Node[int | str | None])  # ok: None, too
assert_type(switch(flag, {True: text, False: number}, default=None), Node[str | int | None])  # ok: None as the default
all_pairs = fan_out(lambda d: fan_out(lambda s: gather(s, d), words), [number])
assert_type(all_pairs, Node[list[list[tuple[str, int]]]])  # ok: all pairs of two lists

assert run(sized(const(Size.LARGE))) == "large"  # ok: literals of all cases, run
assert run(shown_at_last) == "1"  # ok: default of a handler, run
assert lengths.run(["a", "bc"]) == [1, 2]  # ok: list of something wider, run
