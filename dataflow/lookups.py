"""Attributes that people look for where they are not, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ON_NODES: Final = {
    "run": "run(node)",
    "result": "run(node)",
    "submit": "submit(node)",
    "call": "node.deploy().call(...)",
    "stream": "node.deploy().stream(...)",
    "on": "run(node, executor=...)",
}
"""What is looked for on nodes by those who want their values, and what gives them."""
ON_STEPS: Final = {
    "run": "call it to get a node: run({name}(...))",
    "result": "call it to get a node: run({name}(...))",
    "submit": "call it to get a node: submit({name}(...))",
    "deploy": "call it to get a node: deploy({name}(...))",
    "call": "call it to get a node, and deploy that: deploy({name}(INPUT)).call(...)",
    "stream": "call it to get a node, and deploy that: deploy({name}(INPUT)).stream(...)",
    "on": "where it runs is said of a run: run({name}(...), executor=...)",
}
ON_FLOWS: Final = {
    "call": "to compute it once write {name}.run(...), again and again {name}.deploy().call(...)",
    "result": "to compute it write {name}.run(...)",
    "options": "options are those of its steps: step.options(...), or {name}.deploy(options={{'step': {{...}}}})",
    "fn": "its function is {name}.function",
    "map": "to call it on each item write fan_out({name}, items)",
}
ON_PIPELINES: Final = {
    "run": "to compute it write {name}.call(...)",
    "result": "to compute it write {name}.call(...)",
    "map": "to compute it for each of some values write {name}.stream(values)",
    "on": "where it runs is said when it is deployed: flow.deploy(executor)",
    "deploy": "it is deployed already: {name}.call(...)",
}


def missing(owner: object, name: str, shown: str, ways: Mapping[str, str]) -> AttributeError:
    """The error of an attribute that is not there.

    Args:
        owner: what does not have it.
        name: the attribute.
        shown: what to call the owner in code that is proposed.
        ways: what to write instead, by attribute.

    >>> print(missing(len, "run", "size", ON_STEPS))
    'builtin_function_or_method' object has no attribute 'run'; call it to get a node: run(size(...))
    """
    way = ways.get(name)
    hint = "" if way is None else f"; {way.format(name=shown)}"
    return AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}{hint}", name=name, obj=owner)
