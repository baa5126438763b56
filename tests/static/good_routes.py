"""Routes that have a case for each value. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import assert_type

from vocabulary import *

from dataflow import In, Node, const, flow, match, run, switch

assert_type(switch(color(), {"red": number, "green": number}), Node[int])  # ok: switch, all literals
assert_type(switch(size(), {Size.SMALL: number, Size.LARGE: number}), Node[int])  # ok: switch, all members
assert_type(switch(flag, {True: number, False: number}), Node[int])  # ok: switch, both truths
assert_type(switch(color_or_none(), {"red": number, None: number}), Node[int])  # ok: switch, literal or None
assert_type(switch(size(), {Size.SMALL: number}, default=text), Node[int | str])  # ok: switch, default
assert_type(switch(text, {"a": number}), Node[int])  # ok: switch, values without end
some: dict[Size, Node[int]] = {Size.SMALL: number}
assert_type(switch(size(), some), Node[int])  # ok: switch, cases that are not written out
assert_type(match(color()).case("red", number).case("green", text).exhaustive(), Node[int | str])  # ok: all literals
assert_type(match(size()).case(Size.SMALL, number).case(Size.LARGE, number).exhaustive(), Node[int])  # ok: all members
assert_type(match(size()).case(Size.SMALL, number).default(text), Node[int | str])  # ok: match, default
assert_type(match(text).case("a", number).exhaustive(), Node[int])  # ok: match, values without end
assert_type(match(flag).case(True, number).case(False, number).exhaustive(), Node[int])  # ok: match, both truths
assert_type(match(text).case("a", ratio).exhaustive(), Node[float])  # ok: match, values without end, another type
assert_type(match(color()).case("red", number).case("green", number).exhaustive(), Node[int])  # ok: one type


@flow
def sized(of: In[Size]) -> Node[str]:
    return match(of).case(Size.SMALL, const("s")).case(Size.LARGE, const("l")).exhaustive()  # ok: match of In


@flow
def sized_too(of: In[Size]) -> Node[str]:
    return switch(of, {Size.SMALL: const("s"), Size.LARGE: const("l")})  # ok: switch of In


assert run(switch(size(), {Size.SMALL: number, Size.LARGE: const(5)})) == 5  # ok: switch, all members
assert sized.run(Size.SMALL) == sized_too.run(Size.SMALL) == "s"  # ok: match of In
assert_type(sized.run(Size.SMALL), str)  # ok: match of In
assert_type(sized(size()), Node[str])  # ok: match of In
assert_type(sized_too(size()), Node[str])  # ok: switch of In
