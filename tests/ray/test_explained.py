"""What `explain` says of a flow on Ray."""

from __future__ import annotations

from typing import Any

from dataflow import INPUT, Inline, Ray, bind, explain, fan_out, flow, gather, iterate, run
from tests.ray import steps


def said(thing: Any, executor: Any = None) -> list[str]:
    """The lines that are about Ray."""
    return [line for line in explain(thing, executor).splitlines() if line.startswith("on Ray")]


def test_a_chain_is_one_task_and_branches_are_not() -> None:
    left = steps.double(steps.one(INPUT))
    assert said(steps.add(left, steps.one(steps.one(INPUT))), Ray()) == [
        "on Ray, one task: %1 one, %2 double",
        "on Ray, one task: %3 one#2, %4 one#3",
        "on Ray, one task: %5 add",
    ]


def test_fuse_false_sends_each_by_itself() -> None:
    assert said(steps.double(steps.one(INPUT)), Ray(fuse=False)) == [
        "on Ray, one task: %1 one",
        "on Ray, one task: %2 double",
    ]


def test_replicas_and_resources_part_a_chain() -> None:
    model = bind(steps.Adder, 1)
    assert said(steps.double(model(steps.licensed(steps.one(INPUT)))), Ray()) == [
        "on Ray, one task: %1 one",
        "on Ray, one task, which occupies 1 CPU, 1 licence: %2 licensed",
        "on Ray, one call of a replica of Adder: %3 Adder",
        "on Ray, one task: %4 double",
    ]


def test_bodies_and_what_the_driver_does() -> None:
    body = flow(lambda x: steps.double(steps.one(x)))
    looped: Any = iterate(steps.same, INPUT, limit=3)
    here = steps.same.options(placement="driver")
    assert said(here(gather(fan_out(body, INPUT), fan_out(bind(steps.Adder, 1), INPUT))), Ray())[:4] == [
        "on Ray, where its arguments are: %3 tuple",
        "on Ray, elements in ranges, each a task: %1 fan_out",
        "on Ray, in %2 fan_out#2, one call of a replica of Adder: %1 Adder",
        "on Ray, by the driver: %2 fan_out#2, %4 same",
    ]
    lines = said(looped, Ray())
    assert lines[1] == "on Ray, in %2 iterate, one task: %1 same"
    assert lines[-1] == "on Ray, by the driver: %2 iterate"


def test_a_flow_is_explained_on_its_own_executor() -> None:
    plain = flow(lambda x: steps.one(x))
    assert said(plain) == said(plain, Inline()) == []
    assert said(plain.on(Ray())) == ["on Ray, one task: %1 one"]


def test_it_is_what_is_done() -> None:
    """To explain a flow changes nothing in how it runs."""
    node = steps.double(steps.one(1))
    assert said(node, Ray())
    assert run(node, executor=Ray()) == 4
