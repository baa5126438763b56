"""Keys of routes that can never be. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import enum
from typing import Literal

from vocabulary import *

from dataflow import In, Node, const, flow, step, switch


class Mode(enum.Enum):
    """Another Enum."""

    FAST = 1


@step
def letter(at: int) -> Literal["a", "b"]:
    return "a" if at else "b"


@step
def name(at: int) -> str | None:
    return "a" if at else None


zero_node, one_node = const(0), const(1)

switch(letter(1), {"a": number, "c": number}, default=number)  # err: no such literal, default
switch(letter(1), {"c": number}, default=number)  # err: no such literal alone
switch(letter(1), {"a": number, "b": number, "c": number})  # err: no such literal, no default
switch(text, {"a": number, None: number})  # err: None for a str
switch(text, {"a": number, None: number}, default=number)  # err: None for a str, default
switch(text, {"a": number, 1: number}, default=number)  # err: int beside str
switch(text, {1: number}, default=number)  # err: int for a str
switch(size(), {Size.SMALL: number, "LARGE": number}, default=number)  # err: name of a member
switch(size(), {Size.SMALL: number, Size.LARGE: number, "LARGE": number})  # err: name of a member, no default
switch(size(), {1: number}, default=number)  # err: value of a member
switch(number, {1: number, "1": number}, default=number)  # err: str beside int
switch(number, {"1": number}, default=number)  # err: str for an int
switch(flag, {"yes": number}, default=number)  # err: str for a truth
switch(flag, {True: number, "no": number}, default=number)  # err: str beside a truth
switch(color_or_none(), {"green": number, None: number}, default=number)  # err: no such literal beside None
switch(color(), {"red": number, "blue": number}, default=text)  # err: no such literal, types
switch(name(1), {1: number}, default=number)  # err: int for an optional
switch(name(1), {"a": number, 1: number}, default=number)  # err: int for an optional, beside one
switch(name(1), {None: number, b"a": number}, default=number)  # err: bytes for an optional
switch(pair, {(1, "a"): number, (1, 2): number}, default=number)  # err: another pair beside a right one
switch(pair, {1: number, (1, "a"): number}, default=number)  # err: an int beside a pair
switch(flag, {True: number, 2: number}, default=number)  # err: a number that is no truth
switch(text, {"a": number, b"a": number}, default=number)  # err: bytes beside a str
switch(size(), {Size.SMALL: number, Mode.FAST: number}, default=number)  # err: member of another Enum
switch(pair, {(1, 2): number}, default=number)  # err: another pair
chosen_text: Node[str] = switch(name(1), {None: number}, default=number)  # err: type


@flow
def chosen(of: In[Size]) -> Node[int]:
    return switch(of, {Size.SMALL: zero_node, "LARGE": zero_node}, default=one_node)  # err: In of an Enum


@flow
def lettered(of: In[Literal["a", "b"]]) -> Node[int]:
    return switch(of, {"a": zero_node, "q": zero_node}, default=one_node)  # err: In of a Literal
