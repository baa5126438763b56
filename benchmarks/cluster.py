"""A local Ray of two CPUs, and what a person would write for it by hand."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import ray

import dataflow
from benchmarks.machine import ONE_THREAD, ROOT
from benchmarks.tasks import INPUT, Workload

CPUS: Final = 2


@contextmanager
def local_ray() -> Iterator[None]:
    """Started here, and ended here."""
    variables = {"PYTHONPATH": str(ROOT), **dict.fromkeys(ONE_THREAD, "1")}
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray.init(
        address="local",
        num_cpus=CPUS,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        runtime_env={"env_vars": variables},
    )
    try:
        yield
    finally:
        ray.shutdown()


def executor() -> Any:
    """dataflow's executor on Ray; None in a version that has none."""
    made: Any = getattr(dataflow, "Ray", None)
    return made() if made is not None else None


def by_reference(workload: Workload) -> Callable[[], Any]:
    """One remote task for each task; references are passed on, and the last one is fetched."""
    remotes = {fn: ray.remote(fn) for fn in {task.fn for task in workload.tasks}}

    def run() -> Any:
        made: list[Any] = []
        for task in workload.tasks:
            read = [workload.start if each == INPUT else made[each] for each in task.reads]
            made.append(remotes[task.fn].remote(*task.literals, *read))
        return ray.get(made[-1])

    return run


def each_by_itself(fn: Callable[[Any], Any], xs: list[Any]) -> Callable[[], list[Any]]:
    """One remote task for each element."""
    remote = ray.remote(fn)

    def run() -> list[Any]:
        found: list[Any] = ray.get([remote.remote(x) for x in xs])
        return found

    return run


class Stage:
    """A step with a state, as an actor by hand or a class step: adds what it was made with."""

    def __init__(self, by: int) -> None:
        self.by = by

    def __call__(self, *xs: int) -> int:
        """The sum of its arguments, and its own."""
        return sum(xs) + self.by


def actor(by: int) -> Any:
    """A stage as an actor that takes no CPU for itself, so that as many fit as are wanted."""
    return ray.remote(num_cpus=0)(Stage).remote(by)
