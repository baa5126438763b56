"""Routes that lack a case, or have one of another type. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import In, Node, const, flow, match, switch

switch(color(), {"red": number})  # err: switch lacks a literal
switch(size(), {Size.SMALL: number})  # err: switch lacks a member
switch(flag, {True: number})  # err: switch lacks a truth
switch(color_or_none(), {"red": number})  # err: switch lacks None
match(color()).case("red", number).exhaustive()  # err: match lacks a literal
match(size()).case(Size.LARGE, number).exhaustive()  # err: match lacks a member
match(flag).case(False, number).exhaustive()  # err: match lacks a truth
match(size()).case("SMALL", number)  # err: match, key of another type
match(size()).case(Size.SMALL, number).case(2, number)  # err: match, key of another type
match(color()).case("red", number).case("blue", number)  # err: match, no such literal
match(size()).exhaustive()  # err: match without a case
match(size()).case(Size.SMALL, number).exhaustive(text)  # err: exhaustive, argument
exhausted: Node[int] = match(color()).case("red", number).case("green", text).exhaustive()  # err: match, type
by_size: Node[str] = match(size()).case(Size.SMALL, number).default(number)  # err: match, type
switch(size())  # err: switch without cases
match()  # err: match without a selector
match(size()).default(number, number)  # err: match, arguments
match(size()).case(number)  # err: match, case without a key
switched: Node[str] = switch(size(), {Size.SMALL: number}, default=number)  # err: switch, type


@flow
def sized(of: In[Size]) -> Node[str]:
    return match(of).case(Size.SMALL, const("s")).exhaustive()  # err: match of In lacks a member


@flow
def sized_too(of: In[Size]) -> Node[str]:
    return switch(of, {Size.SMALL: const("s")})  # err: switch of In lacks a member
