"""Run a graph on threads of this process. What does it is loaded with the first deployment."""

from __future__ import annotations

from typing import Final

import attrs

from dataflow.errors import OptionTypeError, OptionValueError
from dataflow.loading import load
from dataflow.pipeline import Deployment
from dataflow.plan import Plan

MOST_WORKERS: Final = 4096


def _workers(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    wanted = f"{attribute.name} must be an int from 1 to {MOST_WORKERS}, not {value!r}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise OptionTypeError(wanted)
    if not 1 <= value <= MOST_WORKERS:
        raise OptionValueError(wanted)


@attrs.frozen
class Threads:
    """Runs independent steps at the same time, on threads of this process.

    Args:
        max_workers: the most threads; they are started when there is work for them.

    Raises:
        OptionTypeError, OptionValueError: `max_workers` is not an int from 1 to 4096.

    >>> from dataflow import const, run
    >>> run(const(2).map(abs), executor=Threads(4))
    2
    """

    max_workers: int = attrs.field(default=8, validator=_workers)

    def deploy(self, plan: Plan) -> Deployment:
        """Construct the replicas of each class step; threads start with the first run."""
        deployment: Deployment = load("dataflow.executors.crew").ThreadsDeployment(plan, self.max_workers)
        return deployment
