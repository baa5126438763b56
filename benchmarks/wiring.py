"""A workload as nodes of dataflow."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from benchmarks.tasks import INPUT, Workload
from dataflow import INPUT as PLACEHOLDER
from dataflow import Inline, Node, run, step
from dataflow.executors.base import Executor
from dataflow.executors.program import OFTEN

as_step = cache(step)


def wired(workload: Workload, start: Any = PLACEHOLDER) -> Node[Any]:
    """The last task as a node, over the given input."""
    nodes: list[Any] = []
    for task in workload.tasks:
        made = as_step(task.fn)
        nodes.append(made(*task.literals, *[start if read == INPUT else nodes[read] for read in task.reads]))
    last: Node[Any] = nodes[-1]
    return last


def run_once(workload: Workload, executor: Executor | None = None) -> Any:
    """Everything, once: compose, lower, plan, run."""
    return run(wired(workload, workload.start), executor=executor or Inline())


def compiled(call: Callable[[], object]) -> Callable[[], object]:
    """The same, called so often that the graph has become a function."""
    for _ in range(OFTEN + 2):
        call()
    return call
