"""Attributes that people look for where they are not."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import In, Node, flow, step
from dataflow.lookups import ON_FLOWS, ON_PIPELINES, ON_STEPS


@step
def half(x: float) -> float:
    return x / 2


@flow
def halved(x: In[float]) -> Node[float]:
    return half(x)


@pytest.mark.parametrize(
    ("thing", "name", "way"),
    [
        (half, "run", "run(half(...))"),
        (half, "deploy", "deploy(half(...))"),
        (half, "on", "run(half(...), executor=...)"),
        (halved, "call", "halved.run(...)"),
        (halved, "options", "halved.deploy(options={'step': {...}})"),
        (halved, "map", "fan_out(halved, items)"),
    ],
)
def test_what_to_write_instead_is_told(thing: Any, name: str, way: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(thing, name)
    assert f"object has no attribute {name!r}; " in str(caught.value)
    assert way in str(caught.value)
    assert (caught.value.name, caught.value.obj) == (name, thing)


def test_it_is_told_of_pipelines_too() -> None:
    with halved.deploy() as pipeline:
        loose: Any = pipeline
        with pytest.raises(AttributeError, match=r"'Pipeline' object .* 'run'; to compute it write pipeline\.call\("):
            loose.run(1)


def test_any_other_attribute_is_simply_missing() -> None:
    with halved.deploy() as pipeline:
        for thing in (half, halved, pipeline):
            with pytest.raises(AttributeError, match="object has no attribute 'typo'$"):
                getattr(thing, "typo")  # noqa: B009  # for a type checker it is an error, as it should be


@pytest.mark.parametrize(("thing", "ways"), [(half, ON_STEPS), (halved, ON_FLOWS), (halved.deploy(), ON_PIPELINES)])
def test_what_is_there_is_not_looked_for(thing: Any, ways: dict[str, str]) -> None:
    assert [name for name in ways if hasattr(thing, name)] == []
