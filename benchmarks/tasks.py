"""A graph as data, which any system can be given: tasks in topological order, each reading earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

INPUT: Final = -1
"""Read as if it were a task: the workload's input."""


@attrs.frozen
class Task:
    """One call: `fn(*literals, *values of what it reads)`.

    >>> Task(divmod, reads=(INPUT,), literals=(17,)).call(5)
    (3, 2)
    """

    fn: Callable[..., Any]
    reads: tuple[int, ...] = (INPUT,)
    literals: tuple[Any, ...] = ()

    def call(self, *read: Any) -> Any:
        """The task's value, from those of what it reads."""
        return self.fn(*self.literals, *read)


@attrs.frozen(eq=False)
class Workload:
    """A graph of tasks; its value is the last task's.

    Args:
        name: as it is called in tables.
        tasks: in topological order.
        check: raises an AssertionError if its argument is not the value; computed in another way than by these tasks.
        start: the input.
    """

    name: str
    tasks: tuple[Task, ...]
    check: Callable[[Any], None]
    start: Any = 1

    @property
    def size(self) -> int:
        """The number of tasks."""
        return len(self.tasks)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The input, if any task reads it."""
        return (self.start,) if any(INPUT in task.reads for task in self.tasks) else ()


def readers(workload: Workload) -> list[list[int]]:
    """For each task those that read it, each of them once."""
    found: list[list[int]] = [[] for _ in workload.tasks]
    for at, task in enumerate(workload.tasks):
        for read in set(task.reads) - {INPUT}:
            found[read].append(at)
    return found


def equals(expected: Any) -> Callable[[Any], None]:
    """A check: the value is this one."""

    def check(value: Any) -> None:
        if value != expected:
            raise AssertionError(f"{value!r} is not {expected!r}")

    return check
