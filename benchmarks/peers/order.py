"""A loop over tasks in an order that some library has found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.tasks import INPUT, Workload


def run_in(order: Iterable[int], workload: Workload) -> Any:
    """The last task's value."""
    tasks = workload.tasks
    values: dict[int, Any] = {INPUT: workload.start}
    for at in order:
        task = tasks[at]
        values[at] = task.fn(*task.literals, *[values[read] for read in task.reads])
    return values[len(tasks) - 1]
