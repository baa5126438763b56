"""Where things run, methods that wire, and what `bind` and `cond` take. Each tagged line must be accepted."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import assert_type

from vocabulary import *

from dataflow import (
    INPUT,
    Flow,
    Future,
    Futures,
    In,
    Inline,
    Input,
    Node,
    Pipeline,
    Threads,
    bind,
    cond,
    const,
    deploy,
    flow,
    run,
    submit,
)


@flow
def times(x: In[int], n: int = 2, *, y: In[str] = "a") -> Node[float]:
    for _ in range(n):
        x = double(x)
    return score(x, y)


with deploy(score(Input(int, "x")), executor=Inline()) as by_its_name:
    assert_type(by_its_name, Pipeline[..., float])  # ok: deploy, executor by name
    assert_type(by_its_name.call(x=1), float)  # ok: deploy, executor by name, call
with deploy(double(INPUT), executor=None, max_in_flight=2) as by_default:
    assert_type(by_default.call(1), int)  # ok: deploy, no executor by name
with ensemble.deploy(executor=Threads(2)) as of_flow:
    assert_type(of_flow.call(1), float)  # ok: Flow.deploy, executor by name
    assert_type(of_flow.call(1, y="b"), float)  # ok: Flow.deploy, executor by name, second
    assert_type(of_flow.submit(1), Future[float])  # ok: Flow.deploy, executor by name, submit
with ensemble.deploy(executor=Inline(), options={"score": {"retries": 2}}, max_in_flight=3) as with_options:
    assert_type(with_options.call(x=1), float)  # ok: Flow.deploy, executor and options
with score(INPUT).deploy(executor=Inline()) as of_node:
    assert_type(of_node.call(1), float)  # ok: Node.deploy, executor by name

with ThreadPoolExecutor(1) as pool:
    assert_type(run(number, executor=Futures(pool)), int)  # ok: run on a pool
    assert_type(submit(text, executor=Futures(pool)).result(), str)  # ok: submit on a pool
    assert_type(ensemble.on(Futures(pool)).run(1), float)  # ok: flow on a pool
    assert_type(ensemble.on(executor=Futures(pool)).run(1, "b"), float)  # ok: flow on a pool, by name


class Wires:
    """Methods that wire nodes, and a flow that is an attribute."""

    held = ensemble

    def __init__(self, by: int) -> None:
        self.by = by

    def plain(self, x: In[int]) -> Node[int]:
        return plus(x, self.by)

    def made(self) -> Flow[Callable[[In[int]], Node[int]]]:
        return flow(self.plain)


wires = Wires(2)
assert_type(wires.plain(number), Node[int])  # ok: method that wires, on a node
assert_type(wires.plain(1), Node[int])  # ok: method that wires, on a value
assert_type(flow(wires.plain).run(1), int)  # ok: flow of a method
assert_type(flow(wires.plain)(number), Node[int])  # ok: flow of a method, called
assert_type(wires.made().run(1), int)  # ok: flow that a method makes
assert_type(wires.held.run(1), float)  # ok: flow as an attribute of a class
assert_type(Wires.held(number), Node[float])  # ok: flow as an attribute, through the class
assert flow(wires.plain).run(3) == wires.made().run(3) == 5

assert_type(cond(number.map(bool), number, text), Node[int | str])  # ok: cond on what map gives
assert_type(cond(small(number), number, text), Node[int | str])  # ok: cond on a step's node
assert_type(cond(const(number.map(bool)), number, 3), Node[int])  # ok: cond on const of a node
assert run(cond(number.map(bool), const("yes"), const("no"))) == "yes"


def loaded(weights: str) -> Model:
    return Model(weights)


assert_type(bind(loaded, "w")(make_image()), Node[Label])  # ok: bind of a function
assert_type(bind(loaded, weights="w")(make_image(), 0.1), Node[Label])  # ok: bind of a function, by name
assert_type(bind(lambda: Model("w"))(make_image()), Node[Label])  # ok: bind of a lambda

with times.deploy() as of_inputs:
    assert_type(of_inputs.call(1), float)  # ok: a pipeline without the flow's settings
    assert_type(of_inputs.call(1, y="bc"), float)  # ok: a pipeline without the flow's settings, input by name
assert_type(times.run(1, 3), float)  # ok: a setting of a run
assert_type(times(number, n=3, y=text), Node[float])  # ok: a setting of a call
assert_type(list(times.stream([1], y="bc")), list[float])  # ok: a stream without the flow's settings
