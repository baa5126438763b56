"""Calls that are sent before what they read is there: a lone run then waits for no answer on the way.

The first caller of a pipeline that is idle would otherwise wait for the driver between any two steps. So the readers of
a call that is under way are sent after it, if their replicas have nothing to do and the steps are known to be brief;
workers get the answers from one another. The driver looks at the last of them (see `relays`), and an early call counts
when the run asks for it: not before what it reads has counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias

from dataflow.executors.base import PENDING
from dataflow.executors.frames import Frame
from dataflow.executors.news import News
from dataflow.executors.ray.messages import Outcome
from dataflow.executors.ray.queues import Costs
from dataflow.executors.ray.tables import tables
from dataflow.executors.ray.units import Unit
from dataflow.executors.ray.values import Answer, Far
from dataflow.executors.ray.work import GONE, Dispatch, Flight, run_of

Advance: TypeAlias = Callable[[News], None]
BRIEF: Final = 0.01
"""Seconds: where a step takes longer, waiting for the driver is nothing beside it, and a replica that has been given
its next call early would be missed by others."""


class Early(Flight):
    """The first part of a unit, sent while what it reads was under way.

    Attributes:
        head: its first op.

    Args:
        answers: what is under way, by place.
    """

    def __init__(self, sender: Dispatch, frame: Frame, unit: Unit, answers: dict[int, Answer]) -> None:
        super().__init__(sender, frame, unit)
        self.head = unit[0].members[0]
        self._answers = answers
        self._asked = False
        self._end: Advance | None = None

    @property
    def answers(self) -> list[Answer]:
        """What it reads that is under way."""
        return list(dict.fromkeys(self._answers.values()))

    @property
    def alike(self) -> bool:
        """Whether its call says the same in each run: it reads nothing but answers."""
        return self.first == 0 and len(self._answers) == len(self.segment.places)

    @property
    def further(self) -> Unit:
        """The parts after it are sent when it counts."""
        return ()

    def _operand(self, k: int, place: int) -> Far:
        return self._answers.get(place) or super()._operand(k, place)

    def ask(self, news: News) -> None:
        """The run has come to it: what it reads is there."""
        self._asked = True
        if self._end is not None:
            self._end(news)

    def settle(self, outcome: Outcome, value: Far | None, news: News) -> None:
        """It has been done, which counts when it is asked for."""
        self._ended(partial(self._settle, outcome, value), news)

    def fail(self, error: BaseException, news: News) -> None:
        """What became of it is not known. If what it reads was lost, it will never be asked for."""
        self._ended(partial(super().fail, error), news)

    def pass_on(self, news: News) -> None:
        """It has been done, and its value has been read by others that were sent early."""
        self._ended(super().pass_on, news)

    def _ended(self, end: Advance, news: News) -> None:
        self._end = end
        if self._asked:
            end(news)

    def _settle(self, outcome: Outcome, value: Far | None, news: News) -> None:
        if outcome.skipped:  # what it reads came later after all: it was given back, and sent again
            self._sender.dispatch(self._again())
        else:
            super().settle(outcome, value, news)

    def _again(self) -> Flight:
        """The same call, now that all is there. Of a value that came to other readers alone, the answer is."""
        known = {place: answer for place, answer in self._answers.items() if self.frame.values[place] is GONE}
        if not known:
            return Flight(self._sender, self.frame, self.unit)
        again = Early(self._sender, self.frame, self.unit, known)
        again._asked = True
        return again


def followers(sender: Dispatch, flight: Flight, answer: Answer, costs: Costs) -> Iterator[Early]:
    """The readers of a unit that may be sent now, since all that they read is here or under way.

    Args:
        sender: who sends them.
        flight: what is under way.
        answer: where its value will be.
        costs: seconds of one call, by what it calls.
    """
    frame, run = flight.frame, run_of(flight.frame)
    after = tables(frame).followers.get(flight.end, ())
    if not after or run.trouble or not all(costs.get(each.steps, 1.0) < BRIEF for each in flight.unit):
        return
    run.answers[frame, flight.end] = answer
    for head in after:
        unit = tables(frame).units[head]
        missing = [place for place in unit[0].places if frame.values[place] is PENDING]
        found = {place: run.answers.get((frame, place)) for place in missing}
        known = {place: each for place, each in found.items() if each is not None}
        if (frame, head) not in run.early and len(known) == len(missing):
            yield Early(sender, frame, unit, known)
