"""Items that are not there, or are of another type. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import Node, Resources, gather

pair[2]  # err: beyond a pair
pair[7]  # err: far beyond a pair
pair[-3]  # err: before a pair
point()[2]  # err: beyond a named tuple
row()["nope"]  # err: typed dict, no such key
table[0]  # err: dict, key of another type
table[number]  # err: dict, node of another type
table[:1]  # err: slice of a dict
numbers["a"]  # err: list, key of another type
numbers[text]  # err: list, node of another type
number[:1]  # err: slice of a number
number[0]  # err: item of a number
several(1)["a"]  # err: tuple, key of another type
pair[text]  # err: tuple, node of another type
text["a"]  # err: str, key of another type
pairs[0]["a"]  # err: item of an item, key of another type
double(pairs[0][1])  # err: item of an item, type
double(gather(number, text)[-1])  # err: last of a gather, type
double(text[:1])  # err: slice of a str, type
score(pair[-1])  # err: last of a pair, type
score(numbers[:1])  # err: slice, type
score(row()["name"])  # err: typed dict, type
first_of: Node[str] = several(2)[0]  # err: tuple of any length, type
sliced: Node[list[str]] = numbers[1:]  # err: slice of a list, type
maybe(several(2)[:1])  # err: slice of a tuple, type
Resources(custom={"slots": "two"})  # err: amount
Resources(custom=3)  # err: no amounts
Resources(custom={1: 1.0})  # err: name of an amount
