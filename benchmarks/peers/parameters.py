"""Functions with a named parameter for each task that they read: what systems want that wire by names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from benchmarks.tasks import INPUT, Task

START: Final = "start"


def name_of(at: int) -> str:
    """The name of a task's value."""
    return START if at == INPUT else f"n{at}"


def named(at: int, task: Task) -> Callable[..., Any]:
    """The task as a function of that name; its parameters are the names of what it reads.

    >>> named(2, Task(divmod, reads=(0, 1)))(n0=7, n1=2)
    (3, 1)
    """
    parameters = ", ".join(f"{name}: object" for name in dict.fromkeys(map(name_of, task.reads)))
    given = ", ".join(["*literals", *map(name_of, task.reads)])
    space: dict[str, Any] = {"fn": task.fn, "literals": task.literals}
    exec(f"def {name_of(at)}({parameters}) -> object:\n    return fn({given})", space)
    made: Callable[..., Any] = space[name_of(at)]
    return made
