"""What is under way: chains of remote calls, and which of them are read by calls that were sent early.

The answer of a call that all readers of a value have been sent for need not be looked at: if these could be made, it
was. So of a diamond that was sent at once, one answer comes to the driver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from dataflow.executors.news import News
from dataflow.executors.ray.queues import Done, Way
from dataflow.executors.ray.tables import tables
from dataflow.executors.ray.values import Answer
from dataflow.executors.ray.work import Flight, Work


@attrs.define(eq=False)
class Sent:
    """A remote call that is under way.

    Attributes:
        works: what it does.
        ref: of its report; of one whose value is passed on, of both, or nothing if only the next part needs it.
        large: of what is too large for the report.
        way: how it was made.
        done: is told of its end.
    """

    works: list[Work]
    ref: Any
    large: Any
    way: Way
    done: Done


@attrs.define(eq=False)
class Relay:
    """A chain that was sent: its parts, of which the last answers for all.

    Attributes:
        stages: the parts.
        sources: what it reads that was under way when it was sent, and is not watched.
        readers: the first ops of those that were sent early after it.
        watched: whether the driver looks at its answer.
    """

    stages: list[Sent]
    sources: list[Relay] = attrs.field(factory=list)
    readers: set[int] = attrs.field(factory=set)
    watched: bool = False

    @property
    def ref(self) -> Any:
        """Of the last answer."""
        return self.stages[-1].ref

    @property
    def answer(self) -> Answer:
        """The value that it will have given."""
        return Answer(self.ref, self.stages[-1].large)

    def whole(self) -> Flight | None:
        """The flight of which everything was sent, by itself; None for anything else."""
        first = self.stages[0]
        flight = first.works[0]
        if len(first.works) > 1 or not isinstance(flight, Flight):
            return None
        return flight if flight.at + len(self.stages) == len(flight.unit) else None

    def covered(self) -> bool:
        """Whether all that will read the value has been sent."""
        flight = self.whole()
        if not self.readers or flight is None:
            return False
        network = tables(flight.frame)
        readers = network.readers[flight.end]
        return network.uses[flight.end] == len(readers) and self.readers >= {*readers}

    def unwatched(self) -> Iterator[Relay]:
        """The sources of which nothing is known but by this one, in order: each after its own."""
        for source in self.sources:
            if not source.watched:
                source.watched = True
                yield from source.unwatched()
                yield source

    def passed(self, news: News) -> None:
        """It has been done, and its value has been read."""
        for sent in self.stages:
            sent.done(True)
            flight: Any = sent.works[0]
            flight.pass_on(news)
