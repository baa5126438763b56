"""Wrong containers of nodes, generic calls, and outputs that are computed with. Each tagged line must be refused."""

# ruff: noqa: F403, F405, RUF015  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vocabulary import *

from dataflow import In, Node, Step, const, fan_out, gather

R = TypeVar("R")


def texts(n: int) -> list[Node[str]]:
    return [show(i) for i in range(n)]


plain_texts = {"a": "b"}
names = texts(2)

merged({**plain_texts, "b": 3})  # err: dict with another spread
merged({"b": text})  # err: dict of nodes
added(texts(3))  # err: list that a function gives
added(names[:2])  # err: list that is sliced
added(names + texts(1))  # err: lists that are joined
added(list(names))  # err: list that is copied
added(names if len(names) > 1 else texts(1))  # err: one list or another
loud(head_of([double(1)]))  # err: generic, a list of nodes
loud(head_of([number]))  # err: generic, a list of nodes
loud(alike(number, number))  # err: generic


def once_wrong(of: Step[Callable[[T], R]], x: In[R]) -> Node[R]:
    return of(x)  # err: helper, In


double(number.output + 1)  # err: computed with
added([number.output + 1])  # err: computed with, in a list
double(len(text.output))  # err: computed with, builtin
loud(str(number.output))  # err: computed with, text
loud(f"{number.output}")  # err: computed with, text
loud(text.output.upper())  # err: computed with, method
double(1 if flag.output else 2)  # err: computed with, truth
added([x + 1 for x in numbers.output])  # err: computed with, iterated
added([*numbers.output])  # err: computed with, spread
added(sorted(numbers.output))  # err: computed with, sorted
double(const(number.output + 1))  # err: computed with, in const
fan_out(double, [number.output + 1])  # err: computed with, in fan_out
gather(number.output + 1, text)  # err: computed with, in gather
