"""What a person would write by hand for the same graph: the references."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.tasks import INPUT, Workload, readers


def straight(workload: Workload) -> Callable[[Any], Any]:
    """The calls written out as straight-line code, one local variable each."""
    names: dict[Any, str] = {}
    space: dict[str, Any] = {}
    lines = ["def run(x):"]
    for at, task in enumerate(workload.tasks):
        function = names.setdefault(task.fn, f"f{len(names)}")
        space[function] = task.fn
        literals = [f"c{at}_{k}" for k in range(len(task.literals))]
        space.update(zip(literals, task.literals, strict=True))
        read = ["x" if each == INPUT else f"v{each}" for each in task.reads]
        lines.append(f"    v{at} = {function}({', '.join(literals + read)})")
    lines.append(f"    return v{workload.size - 1}")
    exec("\n".join(lines), space)
    made: Callable[[Any], Any] = space["run"]
    return made


def looped(workload: Workload) -> Callable[[Any], Any]:
    """A loop over the tasks, and a list of values: what one writes where the graph is data."""
    tasks = workload.tasks

    def run(x: Any) -> Any:
        values: list[Any] = [None] * len(tasks)
        for at, task in enumerate(tasks):
            values[at] = task.fn(*task.literals, *[x if read == INPUT else values[read] for read in task.reads])
        return values[-1]

    return run


def pooled(workload: Workload, pool: ThreadPoolExecutor) -> Callable[[Any], Any]:
    """Counters of what is missing, and one `submit` for each task whose inputs are there."""
    tasks, read_by = workload.tasks, readers(workload)
    missing = [len(set(task.reads) - {INPUT}) for task in tasks]

    def run(x: Any) -> Any:
        values: list[Any] = [None] * len(tasks)
        left, lock, done = list(missing), threading.Lock(), threading.Event()

        def work(at: int) -> None:
            task = tasks[at]
            values[at] = task.fn(*task.literals, *[x if read == INPUT else values[read] for read in task.reads])
            ready = []
            with lock:
                for reader in read_by[at]:
                    left[reader] -= 1
                    if not left[reader]:
                        ready.append(reader)
            for reader in ready:
                pool.submit(work, reader)
            if at == len(tasks) - 1:
                done.set()

        for at, count in enumerate(missing):
            if not count:
                pool.submit(work, at)
        done.wait()
        return values[-1]

    return run


def unscheduled(workload: Workload, workers: int) -> Callable[[], None]:
    """The bodies alone on bare threads, dealt out beforehand, no one waiting for another: the bound for any scheduler.

    Bodies get no inputs, so that this is for bodies that can do without.
    """
    hands = [workload.tasks[at::workers] for at in range(workers)]

    def work(tasks: Any) -> None:
        for task in tasks:
            task.fn(*task.literals)

    def run() -> None:
        threads = [threading.Thread(target=work, args=(hand,)) for hand in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run
