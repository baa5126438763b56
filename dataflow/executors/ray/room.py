"""What steps occupy on Ray, and whether the cluster has room for them: an error that says so, and not a hang."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import ray
from ray._private import state

from dataflow.errors import InfeasibleError
from dataflow.options import Options, Resources

PATIENCE: Final = 4.0
"""Seconds that others get to free what they occupy."""

PAUSE: Final = 0.05

SHOWN: Final = 8
"""Nodes in a message."""

Amounts: TypeAlias = Mapping[str, float]
"""How much of each resource, by Ray's name for it."""

Wanted: TypeAlias = Sequence[tuple[str, Amounts, int]]
"""For each step: its name, what one call or replica occupies, and how many replicas it has: 0 for a task."""


def task_settings(options: Options) -> dict[str, Any]:
    """What one call of a step occupies as a task, for Ray's `options(...)`: one CPU, if the step does not say.

    >>> task_settings(Options())
    {'num_cpus': 1}
    >>> task_settings(Options(resources=Resources(num_cpus=0, custom={"licence": 1})))
    {'num_cpus': 0, 'resources': {'licence': 1}}
    """
    return _settings(options.resources, 1)


def actor_settings(options: Options) -> dict[str, Any]:
    """What one replica of a step occupies, for Ray's `options(...)`: no CPU, if the step does not say.

    So there may be more replicas than CPUs, as with Ray's own actors.

    >>> actor_settings(Options()), actor_settings(Options(resources=Resources(num_cpus=1, num_gpus=1)))
    ({'num_cpus': 0}, {'num_cpus': 1, 'num_gpus': 1})
    """
    return _settings(options.resources, 0)


def _settings(resources: Resources, num_cpus: float) -> dict[str, Any]:
    settings: dict[str, Any] = {"num_cpus": num_cpus if resources.num_cpus is None else resources.num_cpus}
    if resources.num_gpus:
        settings["num_gpus"] = resources.num_gpus
    if resources.memory is not None:
        settings["memory"] = resources.memory
    if resources.custom:
        settings["resources"] = dict(resources.custom)
    return settings


def amounts(settings: Mapping[str, Any]) -> dict[str, float]:
    """Settings of a task or an actor as amounts by Ray's names; what is not needed is left out.

    >>> amounts({"num_cpus": 0, "num_gpus": 1, "resources": {"licence": 2}})
    {'GPU': 1, 'licence': 2}
    """
    named = {
        "CPU": settings["num_cpus"],
        "GPU": settings.get("num_gpus", 0),
        "memory": settings.get("memory", 0),
        **settings.get("resources", {}),
    }
    return {name: amount for name, amount in named.items() if amount}


def check_possible(wanted: Wanted) -> None:
    """Return if the cluster has room where it is idle: for all replicas at the same time, and one call of each task.

    Raises:
        InfeasibleError: it could not; the message has the step, what it needs, and what the nodes have.
    """
    demanding = [step for step in wanted if step[1]]
    if demanding:
        _check_fits(demanding, _total(), "the nodes have")


def check_room(wanted: Wanted) -> None:
    """Return when the cluster has room for all replicas at the same time, and could have for one call of each task.

    What others occupy is waited for, for `PATIENCE` seconds, but not for tasks, which wait themselves. Nodes that an
    autoscaler might add do not count.

    Raises:
        InfeasibleError: there is no room; the message has the step, what it needs, and what the nodes have.
    """
    check_possible(wanted)
    replicas = [step for step in wanted if step[1] and step[2]]
    end = time.monotonic() + PATIENCE
    while replicas and lacking(replicas, _free()) and time.monotonic() < end:
        time.sleep(PAUSE)
    _check_fits(replicas, _free() if replicas else (), "others occupy what there is; now the nodes have")


def lacking(wanted: Wanted, nodes: Sequence[Amounts]) -> tuple[str, Amounts, int] | None:
    """The first step for which there is no room on the nodes, with how much and how often; None if there is for all.

    Replicas are placed one after the other, the largest first, on the first node with room.

    >>> lacking([("model", {"CPU": 2}, 2)], [{"CPU": 3}, {"CPU": 3}])
    >>> lacking([("model", {"CPU": 2}, 3)], [{"CPU": 3}, {"CPU": 3}])
    ('model', {'CPU': 2}, 3)
    >>> lacking([("model", {"CPU": 2}, 1), ("score", {"CPU": 1}, 0)], [{"CPU": 2}])
    ('score', {'CPU': 1}, 0)
    """
    left = [dict(node) for node in nodes]
    for name, needs, count in sorted(wanted, key=_size, reverse=True):
        for _ in range(count):
            if not _placed(needs, left):
                return name, needs, count
    for name, needs, count in wanted:
        if not count and not _placed(needs, [dict(node) for node in left]):
            return name, needs, count
    return None


def _size(step: tuple[str, Amounts, int]) -> float:
    return max(step[1].values(), default=0)


def _placed(needs: Amounts, nodes: Sequence[dict[str, float]]) -> bool:
    """Take what is needed from the first node that has it."""
    for node in nodes:
        if all(node.get(name, 0) >= amount for name, amount in needs.items()):
            for name, amount in needs.items():
                node[name] -= amount
            return True
    return False


def _check_fits(wanted: Wanted, nodes: Sequence[Amounts], have: str) -> None:
    found = lacking(wanted, nodes)
    if found is not None:
        name, needs, _ = found
        message = f"{_request(wanted, *found)}, but {have} {_shown(needs, nodes)}"
        raise InfeasibleError(message, name, dict(needs), tuple(map(dict, nodes)))


def _request(wanted: Wanted, name: str, needs: Amounts, count: int) -> str:
    """Who needs what; others are mentioned where they are in the way."""
    others = ", ".join(repr(other) for other, _, replicas in wanted if replicas and other != name)
    each = f"{count} replicas of step {name!r} need {in_words(needs)} each" if count > 1 else None
    return (each or f"step {name!r} needs {in_words(needs)}") + (f" beside the replicas of {others}" if others else "")


def _shown(needs: Amounts, nodes: Sequence[Amounts]) -> str:
    """What each node has of what is needed, as far as a message should go."""
    texts = [in_words({name: node.get(name, 0) for name in needs}) for node in nodes]
    more = f", and {len(texts) - SHOWN} nodes more" if len(texts) > SHOWN else ""
    return "; ".join(texts[:SHOWN]) + more


def in_words(needs: Amounts) -> str:
    """Amounts for people.

    >>> in_words({"CPU": 2, "licence": 1})
    '2 CPU, 1 licence'
    """
    return ", ".join(f"{amount:g} {name}" for name, amount in needs.items())


def _total() -> list[Amounts]:
    """What each live node has in all."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def _free() -> list[Amounts]:
    """What nobody occupies, node by node."""
    return list(state.available_resources_per_node().values())
