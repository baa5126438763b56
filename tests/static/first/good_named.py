"""Such lines about nodes by name, and about generic and overloaded steps. Each tagged line is right."""

# ruff: noqa: B018, E712, F841, PLR2004, RET503  # wrong lines are wrong on purpose

from __future__ import annotations

from typing import TypeVar, assert_type, overload

from good import Label, ModelStep, f, img, kw, kwonly, nb, nf, ni, nli, ns, pipe2

from dataflow import Node, step

T = TypeVar("T")


@step
def firstg(xs: list[T], d: int = 0) -> T:
    return xs[0]


@step
def pair(x: T, y: T) -> list[T]:
    return [x, y]


@step
def ident(x: T, k: int = 0) -> T:
    return x


@step
async def afirst(x: list[T]) -> T:
    return x[0]


@overload
def _ov(a: int) -> int: ...
@overload
def _ov(a: str, b: int = ...) -> str: ...
def _ov(a: int | str, b: int = 0) -> int | str:
    return a


ov = step(_ov)
assert_type(f(ni, b=ns), Node[float])  # ok: node-kw
assert_type(f(1, b=ns), Node[float])  # ok: node-kw
assert_type(f(a=ni, b=ns), Node[float])  # ok: node-kw
assert_type(f(1, flag=nb), Node[float])  # ok: node-kw
assert_type(kwonly(p=ni, q=ns), Node[int])  # ok: node-kw
assert_type(kw(ni, z=ns), Node[int])  # ok: node-varkw
assert_type(ModelStep("r")(img, t=nf), Node[Label])  # ok: class-node-kw
assert_type(f.options(retries=1)(ni, b=ns), Node[float])  # ok: options-node-kw
assert_type(firstg(nli), Node[int])  # ok: generic
assert_type(firstg([1], d=ni), Node[int])  # ok: generic
assert_type(pair(ni, 3), Node[list[int]])  # ok: generic-bare
assert_type(afirst(nli), Node[int])  # ok: generic-async
assert_type(ov(ni), Node[int])  # ok: overloaded
assert_type(ov(ns, b=ni), Node[str])  # ok: overloaded
assert_type(pipe2.run(x=1, y="a"), float)  # ok: flow.run-kw
assert_type(ident(ni), Node[int])  # ok: generic-bare
assert_type(ident(3, k=ni), Node[int])  # ok: generic-bare
assert_type(pair(ni, ni), Node[list[int]])  # ok: generic-bare
