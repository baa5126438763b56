"""Items and slices of nodes. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from typing import assert_type

from vocabulary import *

from dataflow import Node, const

assert_type(numbers[0], Node[int])  # ok: item of a list
assert_type(numbers[number], Node[int])  # ok: item of a list, by a node
assert_type(numbers[-1], Node[int])  # ok: item of a list, from the end
assert_type(numbers[3], Node[int])  # ok: item of a list
assert_type(numbers[:2], Node[list[int]])  # ok: slice of a list
assert_type(numbers[1:], Node[list[int]])  # ok: slice of a list
assert_type(shown(numbers[::2]), Node[list[str]])  # ok: slice of a list
assert_type(text[:2], Node[str])  # ok: slice of a str
assert_type(text[-1], Node[str])  # ok: item of a str
assert_type(sources()[0], Node[int])  # ok: item of a tuple
assert_type(sources()[1], Node[str])  # ok: item of a tuple
assert_type(sources()[2], Node[bool])  # ok: item of a tuple
assert_type(sources()[3], Node[float])  # ok: item of a tuple
assert_type(sources()[-1], Node[float])  # ok: item of a tuple, from the end
assert_type(split(1)[-1], Node[str])  # ok: item of a tuple, from the end
assert_type(point()[1], Node[str])  # ok: item of a named tuple
assert_type(point()[-1], Node[str])  # ok: item of a named tuple, from the end
assert_type(table_of()["a"], Node[int])  # ok: item of a dict
assert_type(table_of()[text], Node[int])  # ok: item of a dict, by a node
assert_type(several(3)[0], Node[int])  # ok: item of a tuple of any length
assert_type(several(3)[number], Node[int])  # ok: item of a tuple of any length, by a node
assert_type(several(3)[:2], Node[tuple[int, ...]])  # ok: slice of a tuple of any length
assert_type(row()["x"], Node[int])  # ok: item of a typed dict
assert_type(row()["name"], Node[str])  # ok: item of a typed dict
assert_type(double(row().output["x"]), Node[int])  # ok: item of an output
assert_type(const([1, 2])[:1], Node[list[int]])  # ok: slice of a constant
