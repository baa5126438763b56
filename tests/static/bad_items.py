"""Items that values do not have. Each tagged line must be refused."""

# ruff: noqa: B018, F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

split(1)[2]  # err: item of a tuple, out of range
split(1)[-3]  # err: item of a tuple, out of range
sources()[4]  # err: item of a tuple, out of range
split(1)["a"]  # err: item of a tuple, key
table_of()[1]  # err: item of a dict, key
numbers["a"]  # err: item of a list, key
numbers[text]  # err: item of a list, key that is a node
number[0]  # err: item of an int
number[:1]  # err: slice of an int
flag["a"]  # err: item of a bool
row()["nope"]  # err: item of a typed dict, key
double(numbers[:2])  # err: slice for an item
shown(numbers[0])  # err: item for a list
double(text[0])  # err: item of a str
double(sources()[1])  # err: item of a tuple, type
double(sources()[-1])  # err: item of a tuple, type
double(split(1)[1])  # err: item of a tuple, type
double(point()[1])  # err: item of a named tuple, type
double(row()["name"])  # err: item of a typed dict, type
double(several(3))  # err: a tuple for an int
double(several(3)[:2])  # err: slice for an item
