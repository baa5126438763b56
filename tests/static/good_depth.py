"""Containers of nodes at any depth, written out, spread or from anywhere else. Each line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias, assert_type

from generic_steps import ItemT
from vocabulary import *

from dataflow import In, Node, const, fan_out, gather, run, step


class Indexed(Protocol):
    """Something with items, as libraries ask for."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> float: ...


@step
def trace(of: list[list[int]]) -> int:
    return sum(row[at] for at, row in enumerate(of))


@step
def by_name(pairs: Sequence[tuple[str, int]]) -> dict[str, int]:
    return dict(pairs)


@step
def deepest(of: Mapping[str, Mapping[str, int]]) -> int:
    return max(max(inner.values()) for inner in of.values())


@step
def kept(x: ItemT) -> ItemT:
    return x


@step
def flattened(of: list[list[ItemT]]) -> list[ItemT]:
    return [item for row in of for item in row]


@step
def values(of: Mapping[str, ItemT]) -> list[ItemT]:
    return list(of.values())


@step
def leading(of: Sequence[ItemT]) -> ItemT:
    return of[0]


@step
def norm(of: Indexed) -> float:
    return of[0] * len(of)


@step
def moved_by(x: int, of: list[list[int]]) -> int:
    return x + len(of)


@step
def maybe_added(xs: list[int] | None) -> int:
    return sum(xs or ())


Tree: TypeAlias = "str | int | tuple[Tree, ...]"


def taken_out(table: dict[Tree, list[int]], key: Tree) -> list[int]:
    pop = table.pop
    return pop(key)  # ok: a method in a variable that takes a recursive type, and no node


half = const(0.5)
grid = [[double(at) for at in range(2)] for _ in range(2)]
row_of_nodes = [number, number]
named_nodes = [("a", number), ("b", double(2))]
table_of_nodes = {"a": {"b": number}}
either_by_name: dict[str, In[int]] = {"a": 1, "b": number}
chosen = len(grid) > 1

assert_type(trace(grid), Node[int])  # ok: lists of lists of nodes
assert_type(trace([grid[0], *grid[1:]]), Node[int])  # ok: lists of nodes, one spread
assert_type(trace([[number, 2], [3, number]]), Node[int])  # ok: lists written out in one
assert_type(by_name(named_nodes), Node[dict[str, int]])  # ok: pairs with nodes
assert_type(by_name(list(zip(["a", "b"], row_of_nodes, strict=True))), Node[dict[str, int]])  # ok: pairs made by zip
assert_type(deepest(table_of_nodes), Node[int])  # ok: dicts of dicts of nodes
assert_type(merged(either_by_name), Node[int])  # ok: dict of values and nodes
assert_type(merged({"c": 1} | either_by_name), Node[int])  # ok: dict of both from another
assert_type(merged({**either_by_name, "c": number}), Node[int])  # ok: dict of both, spread
assert_type(kept(grid), Node[list[list[int]]])  # ok: generic, lists of lists
assert_type(flattened(grid), Node[list[int]])  # ok: generic items of lists of lists
assert_type(kept({**table_of_nodes}), Node[dict[str, dict[str, int]]])  # ok: generic, dict of dicts, spread
assert_type(values({**either_by_name, "c": number}), Node[list[int]])  # ok: generic, dict of both, spread
assert_type(leading([number, *row_of_nodes, 3]), Node[int])  # ok: generic, list of both, spread
assert_type(leading([*row_of_nodes, 1]), Node[int])  # ok: generic, spread first
assert_type(leading([1, number] if chosen else [number, number]), Node[int])  # ok: generic, one of two lists
assert_type(leading([1, number] if chosen else row_of_nodes), Node[int])  # ok: generic, a list or one from elsewhere
assert_type(flattened([[double(at), at] for at in range(3)]), Node[list[int]])  # ok: generic, lists in a comprehension
assert_type(kept(number if chosen else 1), Node[int])  # ok: generic, a node or a value
assert_type(norm([half, 1.5]), Node[float])  # ok: list of both for a protocol
assert_type(norm([half, half]), Node[float])  # ok: list of nodes for a protocol
assert_type(fan_out(kept, grid), Node[list[list[int]]])  # ok: items that are lists of nodes
assert_type(fan_out(leading, grid), Node[list[int]])  # ok: items that are lists of nodes, generic
assert_type(trace.map([grid, grid]), Node[list[int]])  # ok: items that are lists of lists of nodes
assert_type(fan_out(moved_by, [1, number], grid), Node[list[int]])  # ok: lists of lists that are shared
assert_type(moved_by.map([1, number], of=grid), Node[list[int]])  # ok: lists of lists that are shared by name


def narrowed(maybe: list[Node[int]] | None) -> Node[int]:
    assert_type(leading([1] if maybe is None else maybe), Node[int])  # ok: generic, narrowed by the test
    return trace([[1] if maybe is None else maybe])  # ok: narrowed by the test inside of a list


assert run(narrowed(None)) == run(narrowed([number])) == 1  # ok: narrowed by the test, run
assert_type(added([number, 1] if chosen else []), Node[int])  # ok: a list of both, or none
assert_type(maybe_added([number, 1] if chosen else None), Node[int])  # ok: a list of both, or None
assert_type(merged({"a": number, "b": 1} if chosen else {}), Node[int])  # ok: a dict of both, or none
assert run(trace(grid)) == run(trace(gather([gather(row) for row in grid])))  # ok: lists of lists of nodes, run
assert run(merged(either_by_name)) == run(merged({"a": 1, "b": number}))  # ok: dict of both, run
