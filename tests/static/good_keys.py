"""Keys of routes: some members of a union, with a default for the others. Each tagged line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import enum
from typing import Literal, NewType, assert_type

from vocabulary import *

from dataflow import In, Node, const, flow, gather, run, step, switch


class Mode(enum.StrEnum):
    """Members that equal a str."""

    FAST = "fast"


UserId = NewType("UserId", int)


@step
def mode() -> Mode:
    return Mode.FAST


@step
def user() -> UserId:
    return UserId(1)


@step
def name(at: int) -> str | None:
    return "a" if at else None


@step
def size_or_none(at: int) -> Size | None:
    return Size.SMALL if at else None


@step
def mixed(at: int) -> int | str:
    return at or "a"


@step
def letter(at: int) -> Literal["a", "b"]:
    return "a" if at else "b"


one_node, zero_node, two_node = const(1), const(0), const(2)

assert_type(switch(name(1), {None: zero_node}, default=one_node), Node[int])  # ok: None of an optional
assert_type(switch(name(1), {"a": zero_node}, default=one_node), Node[int])  # ok: value of an optional
assert_type(switch(name(1), {"a": zero_node, None: one_node}, default=two_node), Node[int])  # ok: both
assert_type(switch(name(1), {"a": zero_node, "b": one_node}, default=text), Node[int | str])  # ok: default of a type
assert_type(switch(name(1), {None: zero_node}, default=1), Node[int])  # ok: default that is a value
assert_type(switch(size_or_none(1), {Size.SMALL: zero_node}, default=one_node), Node[int])  # ok: Enum or None
assert_type(switch(size_or_none(1), {None: zero_node}, default=one_node), Node[int])  # ok: None of an Enum or None
assert_type(switch(color_or_none(), {"red": zero_node}, default=one_node), Node[int])  # ok: Literal or None
assert_type(switch(color_or_none(), {None: zero_node}, default=one_node), Node[int])  # ok: None of a Literal or None
assert_type(switch(mixed(1), {1: zero_node}, default=one_node), Node[int])  # ok: int of an int or str
assert_type(switch(mixed(1), {"a": zero_node}, default=one_node), Node[int])  # ok: str of an int or str
assert_type(switch(mixed(1), {"a": zero_node, 1: one_node}, default=two_node), Node[int])  # ok: int and str
assert_type(switch(letter(1), {"a": zero_node}, default=one_node), Node[int])  # ok: one literal
assert_type(switch(letter(1), {"a": zero_node, "b": two_node}, default=one_node), Node[int])  # ok: all literals
assert_type(switch(ratio, {1: zero_node, 1.5: two_node}, default=one_node), Node[int])  # ok: int for a float
assert_type(switch(flag, {True: zero_node}, default=one_node), Node[int])  # ok: one truth
assert_type(switch(size(), {Size.SMALL: zero_node}, default=one_node), Node[int])  # ok: one member
assert_type(switch(flag, {1: zero_node}, default=one_node), Node[int])  # ok: a number that equals a truth
assert_type(switch(flag, {1: zero_node, 0: one_node}), Node[int])  # ok: numbers that equal both truths
assert_type(switch(number, {2.0: zero_node, True: one_node}, default=one_node), Node[int])  # ok: numbers of all kinds
assert_type(switch(mode(), {"fast": zero_node}, default=one_node), Node[int])  # ok: a str that equals a member
assert_type(switch(text, {Mode.FAST: zero_node}, default=one_node), Node[int])  # ok: a member that equals a str
assert_type(switch(user(), {UserId(1): zero_node}, default=one_node), Node[int])  # ok: a new type
assert_type(switch(pair, {(1, "a"): zero_node}, default=one_node), Node[int])  # ok: a pair
assert_type(switch(gather(ratio, text), {(1, "a"): zero_node}, default=one_node), Node[int])  # ok: a pair of numbers
assert_type(switch(several(2), {(): zero_node, (1, 2): one_node}, default=one_node), Node[int])  # ok: tuples
assert run(switch(flag, {1: zero_node}, default=one_node)) == 0  # ok: a number that equals a truth
assert run(switch(name(1), {None: zero_node}, default=one_node)) == 1  # ok: None of an optional
assert run(switch(mixed(1), {1: zero_node}, default=one_node)) == 0  # ok: int of an int or str


@flow
def chosen(of: In[str | None]) -> Node[int]:
    return switch(of, {None: zero_node}, default=one_node)  # ok: In of an optional


@flow
def chosen_too(of: In[int | str]) -> Node[int]:
    return switch(of, {"a": zero_node}, default=one_node)  # ok: In of a union


@flow
def nested(of: In[str | None], to: In[float]) -> Node[int]:
    return switch(const(of), {None: switch(to, {1: zero_node}, default=one_node)}, default=one_node)  # ok: in a case
