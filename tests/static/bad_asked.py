"""Fan-outs, loops and choices where something else is asked for; handlers. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from good_asked import Base, averaged, known, length, small_or_large, words
from vocabulary import *

from dataflow import In, Node, cond, const, fan_out, flow, fold, gather, iterate, match, recover, run

names: Node[list[str]] = fan_out(length, words)  # err: list of something else
averaged(fan_out(show, [number]))  # err: list of something else for a step
averaged(show.map([number]))  # err: list of something else of map
ran: list[str] = run(fan_out(length, words))  # err: list of something else, run
averaged(fold(lambda xs, w: gather([show(length(w))]), words, []))  # err: loop of something else
averaged(fan_out(length, [number]))  # err: items
wider_items: Node[list[float]] = fan_out(length, [number])  # err: items, something wider asked for


@flow
def lengths(of: In[list[str]]) -> Node[list[bytes]]:
    return fan_out(length, of)  # err: list of something else returned


recover(show(number), lambda e, k="a": double(k))  # err: default of a handler
recover(show(number), lambda e, k: double(number))  # err: one parameter of a handler too many
recovered: Node[bytes] = recover(show(number), lambda e, k=3: double(k))  # err: default of a handler, result


def sized(v: Node[Size]) -> Node[Literal["small", "large"]]:
    return match(v).case(Size.SMALL, "smal").case(Size.LARGE, "large").exhaustive()  # err: another literal of a case


def sized_or(v: Node[Size]) -> Node[Literal["small", "large"]]:
    return match(v).case(Size.SMALL, "small").default("other")  # err: another literal of the default


def sized_as(v: Node[Size]) -> Node[Literal["small", "large"]]:
    return match(v).case(Size.SMALL, "huge").default("large")  # err: another literal of the first case


small_or_large(match(flag).case(True, "small").default("c"))  # err: another literal for a step
a_row: Node[Row] = match(flag).case(True, row()).default({"x": 1, "nam": "n"})  # err: another key of a typed dict
other_row: Node[Row] = match(flag).case(True, {"x": "a", "name": "n"}).default(row())  # err: typed dict, other value
classes: Node[list[type[Base]]] = cond(flag, [const(Base)], [Image])  # err: another class
functions: Node[list[Callable[[int], int]]] = cond(flag, [const(plain)], [len])  # err: another function
merged(match(flag).case(True, {**known, "b": text}).default({}))  # err: dict of another type, spread
added(match(flag).case(True, [*["a"], number]).default([1]))  # err: list of another type, spread
gathered: Node[list[int]] = gather([*[number], text])  # err: gather, one spread
iterate(lambda v: show(v), 1, limit=3)  # err: state that a lambda changes to another type
fold(lambda a, v: plus(length(a), v), [number], "")  # err: state of a fold that changes to another type
fold(lambda a, v: gather(plus(a[0], v), show(a[1])), [number], (0, ""))  # err: item of a state of another type
chosen_literal: Node[Literal["small", "large"]] = cond(flag, "small", "other")  # err: another literal of a cond
row_of_two: Node[Row] = cond(flag, {"x": 1, "nam": "n"}, row())  # err: typed dict as a branch, another key
