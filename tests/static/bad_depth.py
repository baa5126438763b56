"""Containers of nodes at any depth, written out, spread or from anywhere else. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from good_depth import (
    by_name,
    chosen,
    deepest,
    either_by_name,
    flattened,
    grid,
    half,
    leading,
    maybe_added,
    moved_by,
    norm,
    row_of_nodes,
    trace,
    values,
)
from vocabulary import *

from dataflow import In, Node, fan_out

texts_of_nodes = [[text]]
named_texts = [("a", text)]
numbered = [(1, number)]
table_of_texts = {"a": {"b": text}}
texts_by_name: dict[str, In[str]] = {"a": text}

trace(texts_of_nodes)  # err: lists of lists of another type
trace([texts_of_nodes[0], *grid])  # err: list of another type, one spread
trace([[number, text]])  # err: list of another type written out in one
trace(row_of_nodes)  # err: list of nodes for one of lists
trace([grid])  # err: one list too many
by_name(named_texts)  # err: pairs with nodes of another type
by_name(numbered)  # err: pairs with another key
by_name([("a", number, 1)])  # err: triples
by_name([("a", text)])  # err: pair written out with another type
deepest(table_of_texts)  # err: dicts of dicts of another type
deepest({"a": named_texts})  # err: dict of lists
merged(texts_by_name)  # err: dict of another type
merged({**texts_by_name, "c": number})  # err: dict of another type, spread
flattened(row_of_nodes)  # err: generic, list of nodes for one of lists
leading(number)  # err: generic, a node of something else
first_text: Node[str] = leading([*row_of_nodes, 1])  # err: generic, another result
first_of_one: Node[str] = leading([1, number] if chosen else row_of_nodes)  # err: generic, another result of one
texts_in: Node[list[str]] = values({**either_by_name, "c": number})  # err: generic, another result of a dict
flat_texts: Node[list[str]] = flattened([[double(at), at] for at in range(3)])  # err: generic, another result of lists
norm([text])  # err: list of another type for a protocol
norm({half})  # err: set for a protocol
fan_out(trace, [texts_of_nodes])  # err: items that are lists of another type
fan_out(moved_by, [1, number], texts_of_nodes)  # err: lists of another type that are shared
moved_by.map([1, number], of=row_of_nodes)  # err: list that is shared for one of lists
added([number, text] if chosen else [])  # err: a list of another type, or none
added([number, 1] if chosen else None)  # err: a list, or None for one
maybe_added([number, 1] if chosen else {})  # err: a list, or another container
merged({"a": text} if chosen else {})  # err: a dict of another type, or none
