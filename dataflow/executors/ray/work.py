"""What waits to be sent to a worker: a unit of a graph, on its way through its segments."""

from __future__ import annotations

from typing import Any, Final, Protocol

from dataflow.callee import parameter_at
from dataflow.errors import NotSerializableError
from dataflow.executors.envelope import open_error
from dataflow.executors.frames import Frame, wanted
from dataflow.executors.news import News, Run
from dataflow.executors.ray.messages import Job, Outcome
from dataflow.executors.ray.packed import pack
from dataflow.executors.ray.tables import Coded, tables
from dataflow.executors.ray.units import Host, Segment, Unit
from dataflow.executors.ray.values import Answer, Far, Kept, References, Stored, stored, wired
from dataflow.options import Batch

GONE: Final = object()
"""In the place of a value that has been read where it was sent, and that the driver has not looked at."""
BUDGET: Final = 0.1
"""Seconds after which a worker gives back what it has not begun: so a run that has failed or was cancelled ends soon,
and what it costs to send the rest again is small beside it."""


class Asked(Protocol):
    """A call that was sent early."""

    def ask(self, news: News) -> None:
        """The run has come to it."""
        ...


class NumberedRun(Run):
    """A run that can be named to other processes.

    Attributes:
        answers: where the values of ops will be that are under way, for those that are sent early.
        early: the calls that were sent early and that the run has not come to, by frame and first op.
    """

    number: int
    answers: dict[tuple[Frame, int], Answer]
    early: dict[tuple[Frame, int], Asked]


def run_of(frame: Frame) -> NumberedRun:
    """The run of a frame."""
    run = frame.run
    assert isinstance(run, NumberedRun)
    return run


class Dispatch(Protocol):
    """Who sends work."""

    def dispatch(self, work: Work) -> None:
        """Send work when there is room for it."""
        ...


class Work(Protocol):
    """What waits to be sent.

    Attributes:
        run: what it is for.
        alone: whether it must not travel with others.
        budget: seconds after which it is to be given back.
        code: what is sent.
        steps: what it calls, for what is known of its cost.
        name: what to call it in errors.
        host: where it is to run; None is any worker.
        batch: how it may be grouped with others, if a step says so.
    """

    run: NumberedRun
    alone: bool
    budget: float

    @property
    def code(self) -> Coded: ...
    @property
    def steps(self) -> tuple[int, ...]: ...
    @property
    def name(self) -> str: ...
    @property
    def host(self) -> Host | None: ...
    @property
    def batch(self) -> Batch | None: ...

    def wanted(self) -> bool:
        """Whether it may be begun. If not, it is kept by its run for the case that it is wanted again."""
        ...

    def resume(self) -> None:
        """It was not wanted, and is wanted again."""
        ...

    def job(self, refs: References) -> Job:
        """What to send."""
        ...

    def settle(self, outcome: Outcome, value: Far | None, news: News) -> None:
        """It has been done, or some of it."""
        ...

    def fail(self, error: BaseException, news: News) -> None:
        """It could not be sent, or what became of it is not known."""
        ...


def startable(work: Any, frame: Frame, at: int) -> bool:
    """Whether work for an op may be begun: in a run with trouble, if it comes before the failure. Else it is held."""
    run = work.run
    if not run.trouble:
        return True
    with run.lock:
        if run.stopped:
            return False
        if wanted(frame, at):
            return True
        run.held.append((work, at))
        return False


class Flight:
    """A unit in a frame, at one of its segments.

    Attributes:
        frame: whose values it reads and gives.
        unit: which one.
        at: which segment.
        first: the member of it to begin with.
        last: the value before that member.
    """

    def __init__(self, sender: Dispatch, frame: Frame, unit: Unit) -> None:
        self._sender, self.frame, self.unit = sender, frame, unit
        self.run = run_of(frame)
        self.at, self.first = 0, 0
        self.last: Far | None = None
        self.alone, self.budget = False, BUDGET

    @property
    def segment(self) -> Segment:
        """The segment that is to be sent."""
        return self.unit[self.at]

    @property
    def code(self) -> Coded:
        return tables(self.frame).codes[self.segment]

    @property
    def steps(self) -> tuple[int, ...]:
        return self.segment.steps

    @property
    def name(self) -> str:
        return self.segment.name

    @property
    def host(self) -> Host | None:
        return self.segment.host

    @property
    def batch(self) -> Batch | None:
        return self.segment.batch

    @property
    def end(self) -> int:
        """The op whose value is the unit's."""
        return self.unit[-1].members[-1]

    @property
    def alike(self) -> bool:
        """Whether its call says the same in each run, if it is a further part of a chain."""
        return not self.segment.places

    @property
    def further(self) -> Unit:
        """The segments after this one."""
        return self.unit[self.at + 1 :]

    def onward(self, last: Far) -> Flight | None:
        """The same unit at its next segment, if there is one."""
        if self.at + 1 == len(self.unit):
            return None
        after = Flight(self._sender, self.frame, self.unit)
        after.at, after.last = self.at + 1, last
        return after

    def wanted(self) -> bool:
        """Whether it may be begun."""
        return startable(self, self.frame, self.segment.members[self.first])

    def resume(self) -> None:
        """Send it after all."""
        self._sender.dispatch(self)

    def job(self, refs: References) -> Job:
        """What to send.

        Raises:
            NotSerializableError: an operand cannot be sent; the message says which.
        """
        operands = tuple([wired(self._operand(k, place), refs) for k, place in enumerate(self.segment.places)])
        last = None if self.last is None else wired(self.last, refs)
        return Job(self.code.key, self.name, operands, self.first, last)

    def _operand(self, k: int, place: int) -> Far:
        value = self.frame.values[place]
        if isinstance(value, Far):
            return value
        try:
            far = stored(pack(value, ""))
        except NotSerializableError:  # asked again only to name the argument: looking at signatures takes time
            far = stored(pack(value, self._argument(k)))
        if isinstance(far, Stored):
            self.frame.values[place] = Kept(value, far)  # so that it is sent once
        return far

    def _argument(self, k: int) -> str:
        for member in self.segment.code.members:
            registers: list[tuple[int | str, int]] = [*enumerate(member.args), *member.kwargs]
            for name, register in registers:
                if register == k:
                    host = self.segment.host
                    callee = host if member.callee is None and not isinstance(host, tuple) else member.callee
                    where = str(name) if callee is None else parameter_at(callee, name)
                    return f"argument {where!r} of step {member.name!r}"
        return f"an argument of step {self.name!r}"

    def settle(self, outcome: Outcome, value: Far | None, news: News) -> None:
        """Members have values, or one has failed; go on with those that are left."""
        self.settle_here(outcome, value, news)
        if outcome.error is None:
            assert value is not None
            if outcome.paused:
                self.first, self.last = self.first + outcome.done, value
                self._sender.dispatch(self)
            else:
                after = self.onward(value)
                if after is not None:
                    self._sender.dispatch(after)

    def pass_on(self, news: News) -> None:
        """The members have values, which have been read where they were sent."""
        self.run.answers.pop((self.frame, self.end), None)
        for at in self.segment.members[self.first :]:
            self.frame.deliver(at, GONE, news)

    def settle_here(self, outcome: Outcome, value: Far | None, news: News) -> None:
        """The outcome of the members of this segment."""
        members = self.segment.members
        end = self.first + outcome.done
        for at in members[self.first : end]:
            final = at == members[-1] and self.at + 1 == len(self.unit)
            if final:
                self.run.answers.pop((self.frame, at), None)
            self.frame.deliver(at, value if final else GONE, news)
        if outcome.error is not None:
            self.frame.fail(members[end], open_error(outcome.error), news)

    def fail(self, error: BaseException, news: News) -> None:
        """The next member has failed."""
        self.frame.fail(self.segment.members[self.first], error, news)
