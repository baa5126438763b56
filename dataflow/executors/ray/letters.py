"""What remote calls say: their jobs, and what a worker needs for these that it may not have.

A call that reads nothing but answers of others, as a further part of a chain does, says the same in each run. That is
written once; and read once by a worker, see `messages.heard`.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

from dataflow.executors.census import Census, register
from dataflow.executors.ray.messages import Call, Job, said
from dataflow.executors.ray.queues import Costs
from dataflow.executors.ray.recall import LONG, Recall
from dataflow.executors.ray.values import Answer, References, Small, Stored, wired
from dataflow.executors.ray.work import Flight, Work


class Letter(NamedTuple):
    """What a call says that reads nothing but answers, as long as the same deployments are open.

    Attributes:
        census: these deployments.
        data: what is said.
        refs: what it refers to beside the answers.
    """

    census: Census
    data: bytes
    refs: list[Any]


class Letters:
    """Writes what the calls of a deployment say.

    Args:
        costs: seconds of one call, by what it calls.
        recall: marks the runs that are over.
        watched: whether the driver has observers.
    """

    def __init__(self, costs: Costs, recall: Recall, watched: bool) -> None:
        self._costs, self._recall, self._watched = costs, recall, watched
        self._known: weakref.WeakKeyDictionary[Small | Stored, Letter] = weakref.WeakKeyDictionary()  # by code

    def written(self, works: Sequence[Work], jobs: Sequence[Job], refs: References) -> bytes:
        """What a call says that does all of these."""
        codes: dict[Any, Any] = {work.code.key: wired(work.code.packed, refs) for work in works}
        budget = min(work.budget for work in works)
        runs = tuple([self._recall.key(work.run.number) for work in works]) if self._long(works) else ()
        return said(Call(codes, tuple(jobs), register.census(), budget, self._watched, runs))

    def reading(self, flight: Flight, answers: Sequence[Answer]) -> tuple[bytes, list[Any]]:
        """What a call says that reads answers, and its references: these, and others.

        Raises:
            NotSerializableError: an operand cannot be sent.
        """
        segment, code, census = flight.segment, flight.code.packed, register.census()
        known = self._known.get(code) if flight.alike else None
        given = [ref for answer in answers for ref in answer.refs]
        if known is not None and known.census is census and self._costs.get(segment.steps, LONG) < LONG:
            return known.data, [*given, *known.refs]
        refs = References()
        data = self.written([flight], [flight.job(refs)], refs)
        if flight.alike and not self._long([flight]):
            self._known[code] = Letter(census, data, refs.found[len(given) :])
        return data, refs.found

    def _long(self, works: Sequence[Work]) -> bool:
        """Whether calls may take long, and so others that wait behind them."""
        return any(self._costs.get(work.steps, LONG) >= LONG for work in works)
