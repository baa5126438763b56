"""Flows and pipelines. Each tagged line must be accepted, with just this type."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_type

from vocabulary import *

from dataflow import INPUT, Future, Graph, In, Inline, Input, Node, Pipeline, deploy, explain, flow, gather, run

assert_type(ensemble.run(x=1, y="a"), float)  # ok: run, by name
assert_type(ensemble.run(1), float)  # ok: run
assert_type(ensemble.run(number), float)  # ok: run on a node
assert_type(by_node.run(1, "a"), float)  # ok: run where nodes are declared
assert_type(by_node.run(number, "a"), float)  # ok: run where nodes are declared
assert_type(ensemble(number), Node[float])  # ok: call
assert_type(ensemble(1, y=text), Node[float])  # ok: call
assert_type(by_node(x=number, y=text), Node[float])  # ok: call
assert_type(both(1), Node[tuple[int, float]])  # ok: returns a tuple
assert_type(many(x=number), Node[list[int]])  # ok: returns a list
assert_type(keyed.run(1), dict[str, int])  # ok: returns a dict
assert_type(ensemble.on(Inline()).run(x=1), float)  # ok: on an executor
assert_type(ensemble.submit(1, y="a"), Future[float])  # ok: submit
assert_type(by_node.submit(1, "a").result(), float)  # ok: submit
assert_type(ensemble.stream([1, 2]), Iterator[float])  # ok: stream
assert_type(ensemble.stream([1, 2], y="a"), Iterator[float])  # ok: stream, shared
assert_type(twice.stream(range(3)), Iterator[int])  # ok: stream
assert_type(ensemble.graph, Graph)  # ok: graph

with ensemble.deploy(Inline(), replicas={}, options={"score": {"retries": 2}}) as pipeline:
    assert_type(pipeline.call(1), float)  # ok: Pipeline.call
    assert_type(pipeline.call(x=1, y="a"), float)  # ok: Pipeline.call, by name
    assert_type(pipeline.submit(1), Future[float])  # ok: Pipeline.submit
    assert_type(pipeline.stream([1, 2]), Iterator[float])  # ok: Pipeline.stream
    assert_type(pipeline.stream([1, 2], y="a"), Iterator[float])  # ok: Pipeline.stream, shared
    assert list(pipeline.stream([1, 2], y="a")) == [2, 3]

with ensemble.deploy(passes=()) as scaled:
    scaled.scale({})  # ok: Pipeline.scale
    assert_type(scaled.stats().in_flight, int)  # ok: Pipeline.stats
    assert_type(scaled.stats().replicas, Mapping[str, tuple[int, ...]])  # ok: Pipeline.stats

with both.deploy(max_in_flight=2) as of_tuple:
    assert_type(of_tuple.call(1), tuple[int, float])  # ok: Pipeline of a tuple
    assert of_tuple.call(1) == (2, 2)

with score(INPUT).deploy() as untyped:
    assert_type(untyped, Pipeline[..., float])  # ok: Node.deploy
    assert_type(untyped.call(1), float)  # ok: Node.deploy
    assert_type(untyped.stream([1, 2]), Iterator[float])  # ok: Node.deploy

with deploy(score(Input(int, "x")), Inline(), max_in_flight=4) as by_name:
    assert_type(by_name.call(x=1), float)  # ok: deploy
    assert by_name.call(x=1) == 2


async def waits() -> None:
    assert_type(await ensemble.submit(1), float)  # ok: await
    assert_type(await by_name.submit(x=1), float)  # ok: await


def told(event: Any) -> None:
    """An observer."""


assert_type(ensemble.on(Inline(), [told]).run(1), float)  # ok: observe
assert_type(run(ensemble(1), observe=[told]), float)  # ok: observe

assert ensemble.run(1, y="ab") == 3
assert by_node.run(1, "a") == 2
assert keyed.run(4) == {"double": 8}
assert list(twice.stream(range(3))) == [0, 4, 8]
assert "score" in explain(ensemble)


@flow
def chosen_of(first: In[int], xs: Node[list[T]]) -> Node[T]:
    return xs[first]


assert_type(doubled(number), Node[tuple[int, int]])  # ok: generic flow
assert_type(newest_of(gather([text])), Node[str])  # ok: generic flow
assert_type(double(newest_of(numbers)), Node[int])  # ok: generic flow
assert_type(chosen_of(0, numbers), Node[int])  # ok: generic flow
assert_type(newest_of(xs=numbers), Node[int])  # ok: generic flow by name
assert_type(newest_of.run([1]), int)  # ok: generic flow that is run
assert_type(run(doubled(text)), tuple[str, str])  # ok: generic flow
