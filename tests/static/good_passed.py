"""Steps that are passed on as functions of nodes, chains, and arguments that are spread. Each line must be accepted."""

# ruff: noqa: F403, F405, PIE804  # all names of the vocabulary are meant; and dicts that are spread

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar, assert_type

from generic_steps import ItemT, P, R
from vocabulary import *

from dataflow import In, Node, cond, const, flow, gather, match, run, step

A = TypeVar("A")
B = TypeVar("B")


def handed(f: Callable[[Node[A]], Node[B]], x: Node[A]) -> Node[B]:
    return f(x)


def noted(x: In[A] | None = None) -> Node[str]:
    return objects(x)


def doubly(f: Callable[[A], A], x: A) -> A:
    return f(f(x))


def called(f: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return f(*args, **kwargs)


def every_one(*fs: Callable[[Node[int]], Node[int]], **named: Callable[[Node[int]], Node[int]]) -> int:
    return len(fs) + len(named)


@step
def objects(x: object) -> str:
    return str(x)


class Applier:
    """A method and a static method that take functions of nodes."""

    def apply(self, f: Callable[[Node[A]], Node[B]], x: Node[A]) -> Node[B]:
        return f(x)

    @staticmethod
    def apply_to_one(f: Callable[[Node[int]], Node[B]]) -> Node[B]:
        return f(number)


@step
def top(xs: list[ItemT]) -> ItemT:
    return xs[0]


@step
def alone(x: ItemT) -> list[ItemT]:
    return [x]


@step
def ident(x: ItemT) -> ItemT:
    return x


@step
def averaged(xs: list[float], by: float = 1) -> float:
    return sum(xs) / by


@flow
def scored(a: In[int], b: In[str]) -> Node[float]:
    return score(a, b)


tenth = const(1.5)
ones = const([1, 2])
texts = const(["a"])

assert_type(score(*[number, text]), Node[float])  # ok: spread list of nodes
assert_type(score(*[number, "x"]), Node[float])  # ok: spread list of both
assert_type(score(*(1, text)), Node[float])  # ok: spread tuple of both
assert_type(score(*[number], *["x"]), Node[float])  # ok: two spread lists
assert_type(score(*[number, *["x"]]), Node[float])  # ok: spread inside a spread list
assert_type(score(**{"a": number, "b": "x"}), Node[float])  # ok: spread dict of both
assert_type(score(1, **{"b": text, "flag": True}), Node[float])  # ok: spread dict behind a value
assert_type(score(**{"a": 1, "b": text}), Node[float])  # ok: spread inside a spread dict
assert_type(ident(*[number]), Node[int])  # ok: spread list, generic
assert_type(scored(*[number, "x"]), Node[float])  # ok: spread list for a flow
assert_type(scored(**{"a": 1, "b": text}), Node[float])  # ok: spread dict for a flow
assert run(score(*[number, "x"])) == run(score(number, "x"))  # ok: spread list, run

assert_type(list(map(top, [ones, ones])), list[Node[int]])  # ok: generic step for map
assert_type(list(map(ident, [number, number])), list[Node[int]])  # ok: bare generic step for map
assert_type(doubly(ident, number), Node[int])  # ok: generic step for a generic function
assert_type(handed(top, ones), Node[int])  # ok: generic step as a function of nodes
assert_type(handed(ident, text), Node[str])  # ok: bare generic step as a function of nodes
assert_type(handed(show, tenth), Node[str])  # ok: step as a function of nodes
assert_type(called(ident, number), Node[int])  # ok: generic step for a ParamSpec
assert_type(every_one(ident, double, a=ident), int)  # ok: generic steps for *args and **kwargs
assert_type(Applier().apply(top, ones), Node[int])  # ok: generic step for a method
assert_type(Applier.apply_to_one(ident), Node[int])  # ok: generic step for a static method
assert run(Applier().apply(top, ones)) == 1  # ok: generic step for a method, run
assert run(handed(top, ones)) == 1  # ok: generic step as a function of nodes, run

halved = functools.partial(score, b=text)  # ok: partial of a step, made
assert_type(halved(number), Node[float])  # ok: partial of a step
assert_type(halved(1), Node[float])  # ok: partial of a step, value
assert_type(halved(number, flag=flag), Node[float])  # ok: partial of a step, node by name
assert_type(functools.partial(score, number)(), Node[float])  # ok: partial of a step, node by place
assert_type(functools.partial(averaged, [tenth, 2.0])(by=number), Node[float])  # ok: partial of a step, list of both
assert run(halved(number)) == run(score(number, text))  # ok: partial of a step, run

assert_type((top >> show)(ones), Node[str])  # ok: generic step first
assert_type((top >> show)([number, 1]), Node[str])  # ok: generic step first, list of both
assert_type((ident >> show)(number), Node[str])  # ok: bare generic step first
assert_type((alone >> averaged)(1.5), Node[float])  # ok: generic step that makes a list first
assert_type((alone >> averaged)(tenth), Node[float])  # ok: generic step that makes a list first, node
assert_type((top >> show >> ident)(ones), Node[str])  # ok: generic steps at both ends
assert_type((top >> show).map([ones, ones]), Node[list[str]])  # ok: generic step first, mapped
assert run((top >> show)(ones)) == "1"  # ok: generic step first, run

assert_type(gather(*[number, text]), Node[tuple[int | str, ...]])  # ok: spread list, gathered
assert_type(gather(*[number, number]), Node[tuple[int, ...]])  # ok: spread list, gathered
assert_type(const(*[number]), Node[int])  # ok: spread list for const
double(cond(flag, *[number, number]))  # ok: spread branches
double(match(text).case("a", number).default(*[number]))  # ok: spread default
assert_type(noted(), Node[str])  # ok: In of a union, none given
assert_type(noted(number), Node[str])  # ok: In of a union
assert_type(noted(None), Node[str])  # ok: In of a union, none
assert_type(noted(1), Node[str])  # ok: In of a union, value
