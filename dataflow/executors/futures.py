"""Run a graph on any `concurrent.futures.Executor`: a process pool, or one of Dask, MPI, a batch system.

One thread of this process coordinates: it takes what has ended, and submits what may start. Calls of steps go to
the pool; containers, indexing, `map` functions and predicates are worked out where the coordinator is.
"""

from __future__ import annotations

import concurrent.futures
from typing import Any, Final

import attrs

from dataflow.errors import OptionTypeError, OptionValueError
from dataflow.loading import load
from dataflow.pipeline import Deployment
from dataflow.plan import Plan

WIDTH: Final = 32


def _pool(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, type) or not callable(getattr(value, "submit", None)):
        raise OptionTypeError(f"Futures() takes a concurrent.futures.Executor, not {value!r}")


def _width(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise OptionTypeError(f"width must be an int of at least 1, or None, not {value!r}")
    if value < 1:
        raise OptionValueError(f"width must be an int of at least 1, or None, not {value!r}")


@attrs.frozen(eq=False)
class Futures:
    """Runs steps on a `concurrent.futures.Executor`, which stays the caller's to shut down.

    A ThreadPoolExecutor is called with the values themselves; every other pool is taken to be in other processes,
    so steps, arguments and results must be picklable. Each worker process keeps one instance of each class step.

    Args:
        pool: the executor.
        width: how many calls are in the pool at a time, and how many elements of a fan-out are under way; by default
            twice the pool's workers, or 32 for a pool that does not tell.

    Raises:
        OptionTypeError, OptionValueError: `pool` is no executor, or `width` no int of at least 1.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from dataflow import run, step
    >>> with ThreadPoolExecutor(2) as pool:
    ...     run(step(abs)(-2), executor=Futures(pool))
    2
    """

    pool: concurrent.futures.Executor = attrs.field(validator=_pool)
    width: int | None = attrs.field(default=None, validator=_width)

    def deploy(self, plan: Plan) -> Deployment:
        """Construct an instance of each class step in the pool, and start the coordinator."""
        workers = getattr(self.pool, "_max_workers", None)
        width = self.width or (2 * workers if isinstance(workers, int) else WIDTH)
        deployment: Deployment = load("dataflow.executors.pooled").FuturesDeployment(plan, self.pool, width)
        return deployment
