"""Items and slices of nodes. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

from vocabulary import *

from dataflow import Node, Resources, gather, run, step


@step
def quad() -> tuple[int, str, bool, float]:
    return 1, "s", True, 1.5


@step
def six_items() -> tuple[int, str, bool, float, bytes, list[int]]:
    return 1, "s", True, 1.5, b"", []


@step
def opened() -> bytes:
    return b"ab"


@step
def sized(xs: list[str]) -> int:
    return len(xs)


assert_type(numbers[:1], Node[list[int]])  # ok: slice of a list
assert_type(text[:2], Node[str])  # ok: slice of a str
assert_type(several(2)[:1], Node[tuple[int, ...]])  # ok: slice of a tuple of any length
assert_type(quad()[:2], Node[tuple[int, str]])  # ok: slice of a tuple
assert_type(quad()[0], Node[int])  # ok: item of four
assert_type(quad()[2], Node[bool])  # ok: item of four
assert_type(quad()[3], Node[float])  # ok: item of four
assert_type(quad()[-1], Node[float])  # ok: last of four
assert_type(quad()[-2], Node[bool])  # ok: last but one of four
assert_type(pair[-1], Node[str])  # ok: last of a pair
assert_type(pair[-2], Node[int])  # ok: last but one of a pair
assert_type(six_items()[4], Node[bytes])  # ok: item of six
assert_type(six_items()[5], Node[list[int]])  # ok: item of six
assert_type(six_items()[-2], Node[bytes])  # ok: last but one of six
assert_type(several(2)[0], Node[int])  # ok: item of a tuple of any length
assert_type(several(2)[-1], Node[int])  # ok: last of a tuple of any length
assert_type(several(2)[number], Node[int])  # ok: item of a tuple by a node
assert_type(several(9)[7], Node[int])  # ok: far item of a tuple of any length
assert_type(numbers[-1], Node[int])  # ok: last of a list
assert_type(numbers[number], Node[int])  # ok: item of a list by a node
assert_type(text[-1], Node[str])  # ok: last of a str
assert_type(text[number], Node[str])  # ok: item of a str by a node
assert_type(table[text], Node[int])  # ok: item of a dict by a node
assert_type(point()[1], Node[str])  # ok: item of a named tuple
assert_type(point()[-1], Node[str])  # ok: last of a named tuple
assert_type(row()["x"], Node[int])  # ok: item of a typed dict
assert_type(row()["name"], Node[str])  # ok: item of a typed dict
assert run(gather([numbers[:1], numbers[-1:]])) == [[0], [1]]  # ok: slices
assert run(gather(quad()[3], pair[-1])) == (1.5, "1")  # ok: items
assert Resources(custom={"slots": 2}).custom == (("slots", 2),)  # ok: amounts
assert Resources(custom=[("slots", 2.5)]).custom == (("slots", 2.5),)  # ok: pairs


assert_type(opened()[0], Node[int])  # ok: item of bytes
assert_type(opened()[1:], Node[bytes])  # ok: slice of bytes
assert_type(gather([number, number])[1], Node[int])  # ok: item of a gather
assert_type(gather({"a": number})["a"], Node[int])  # ok: item of a gather
assert_type(gather(number, text)[-1], Node[str])  # ok: last of a gather
assert_type(pairs[0][1], Node[str])  # ok: item of an item
assert_type(sized(shown(numbers)[:1]), Node[int])  # ok: slice into a step
assert run(gather(six_items()[5], opened()[1:], pairs[1][0])) == ([], b"b", 2)  # ok: items


def at(k: int, xs: Node[Sequence[str]], loose: Node[Any]) -> None:
    """Keys that are not written out."""
    assert_type(xs[k], Node[str])  # ok: item of a sequence
    assert_type(xs[0], Node[str])  # ok: first of a sequence
    assert_type(xs[-1], Node[str])  # ok: last of a sequence
    assert_type(xs[number], Node[str])  # ok: item of a sequence by a node
    assert_type(xs[1:], Node[Sequence[str]])  # ok: slice of a sequence
    assert_type(several(2)[k], Node[int])  # ok: item of a tuple by a number
    assert_type(pair[k], Node[int | str])  # ok: item of a pair by a number
    assert_type(pair[number], Node[int | str])  # ok: item of a pair by a node
    assert_type(numbers[k], Node[int])  # ok: item of a list by a number
    assert_type(loose[k], Node[Any])  # ok: item of anything
    assert_type(loose["a"][1:][-1], Node[Any])  # ok: items of anything


def last(xs: Node[list[T]]) -> Node[T]:
    return xs[-1]  # ok: item of a list of a type variable
