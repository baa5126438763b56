"""Remote calls and their answers.

A chain that goes on in another place is sent there before its first part has ended, if nobody waits there: then the
value goes from worker to worker, and only the last answer is looked at.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any, Final, NamedTuple

from dataflow.callee import Callee
from dataflow.errors import ClosedError
from dataflow.events import Observer, StepFailed, StepFinished, StepStarted, tell
from dataflow.executors.census import register
from dataflow.executors.envelope import open_error
from dataflow.executors.news import News
from dataflow.executors.ray.losses import lost
from dataflow.executors.ray.messages import Call, Job, Outcome, complete, read, said
from dataflow.executors.ray.queues import Costs, Done, Fleet, Invoke, Tasks
from dataflow.executors.ray.recall import LONG, Recall
from dataflow.executors.ray.session import Session
from dataflow.executors.ray.tables import Builder
from dataflow.executors.ray.units import Host, Settings
from dataflow.executors.ray.values import Answer, Far, References, Small, Stored, wired
from dataflow.executors.ray.work import Flight, Work
from dataflow.options import Resources

Advance = Callable[[News], None]
ANY: Final[Settings] = (Resources(), 3)
"""Where indexing and the like run that nobody else is next to."""
FARTHEST: Final = 64
"""So many parts of a chain are sent at most before the first has ended."""
NEWEST: Final = 0.3
"""How much the newest measurement of a cost counts."""


class Sent(NamedTuple):
    """A remote call that is under way: what it does, its two answers, how it was made, and who is told of its end."""

    works: list[Work]
    report: Any
    large: Any
    invoke: Invoke
    done: Done


class Post:
    """Makes the remote calls of a deployment.

    Args:
        session: the Ray that they are made on.
        build: has the codes.
        observers: who is told of steps.
        inbox: of the thread that advances runs.
    """

    def __init__(
        self,
        session: Session,
        build: Builder,
        observers: tuple[Observer, ...],
        inbox: SimpleQueue[Advance | None],
    ) -> None:
        self._session, self._build, self._observers, self._inbox = session, build, observers, inbox
        self.costs: Costs = {}
        self.fuse = build.fuse
        self.cpus = max(1, int(session.cpus))
        self.fleets: dict[Callee, Fleet] = {}
        self._grown: weakref.WeakKeyDictionary[Callee, Fleet] = weakref.WeakKeyDictionary()
        self._tasks: dict[Settings, Tasks] = {}
        self._waiting: dict[Tasks | Fleet, None] = {}
        self.sent: dict[Any, list[Sent]] = {}
        self._recall = Recall(build.process, build.deployment)

    def later(self, advance: Advance) -> None:
        """Have something done by the thread that advances runs."""
        self._inbox.put(advance)

    def have(self, callee: Callee) -> Fleet:
        """The replicas of a step, for as long as there are calls; nobody waits for them to be up."""
        fleet = self.fleets[callee] = Fleet(self, callee)
        return fleet

    def dispatch(self, work: Work) -> None:
        """Have work wait for its worker."""
        queue = self._queue(work.host)
        queue.add(work)
        self._waiting[queue] = None

    def _queue(self, host: Host | None) -> Tasks | Fleet:
        if host is not None and not isinstance(host, tuple):
            return self.fleets.get(host) or self._of_grown(host)
        wanted = ANY if host is None else host
        if wanted not in self._tasks:
            self._tasks[wanted] = Tasks(self, wanted)
        return self._tasks[wanted]

    def _of_grown(self, callee: Callee) -> Fleet:
        """The replicas of a step that came with a graph that grew; they end with it."""
        fleet = self._grown.get(callee)
        if fleet is None:
            fleet = self._grown[callee] = Fleet(self, callee)
        return fleet

    def flush(self) -> None:
        """Send what waits, as far as there is room for it."""
        waiting, self._waiting = self._waiting, {}
        for queue in waiting:
            queue.flush()

    def send(self, works: list[Work], invoke: Invoke, done: Done) -> bool:
        """Make one remote call for all of them; `done` is called when it has ended. Whether it was made."""
        refs = References()
        jobs: list[Job] = []
        for work in list(works):
            try:
                jobs.append(work.job(refs))
            except BaseException as error:  # it cannot be sent: that is its outcome
                works.remove(work)
                self.later(functools.partial(work.fail, error))
        sent = self._made(works, jobs, refs, invoke, done) if jobs else None
        if sent is not None:
            self._watch(self._relayed(sent))
        return sent is not None

    def _made(self, works: list[Work], jobs: list[Job], refs: References, invoke: Invoke, done: Done) -> Sent | None:
        codes: dict[Any, Any] = {work.code.key: wired(work.code.packed, refs) for work in works}
        budget = min(work.budget for work in works)
        runs = tuple([self._recall.key(work.run.number) for work in works]) if self._long(works) else ()
        call = Call(codes, tuple(jobs), register.census(), budget, bool(self._observers), runs)
        try:
            self._session.check()
            report, large = invoke(said(call), *refs.found)
        except BaseException as error:  # Ray is shut down, or cannot take it: that is their outcome
            for work in works:
                self.later(functools.partial(work.fail, error))
            return None
        return Sent(works, report, large, invoke, done)

    def _long(self, works: list[Work]) -> bool:
        """Whether calls may take long, and so others that wait behind them."""
        return any(self.costs.get(work.steps, LONG) >= LONG for work in works)

    def _relayed(self, first: Sent) -> list[Sent]:
        """A chain that was sent, and its further parts, if they can be sent at once."""
        stages = [first]
        if self._observers or len(first.works) > 1 or not isinstance(first.works[0], Flight):
            return stages
        held = {first.invoke}
        while len(stages) < FARTHEST:
            last = stages[-1]
            flight = last.works[0]
            assert isinstance(flight, Flight)
            after = flight.onward(Answer(last.report, last.large))
            taker = None if after is None else self._queue(after.host).taker(held)
            if after is None or taker is None:
                break
            refs = References()
            sent = self._made([after], [after.job(refs)], refs, *taker)
            if sent is None:
                taker[1](True)
                break
            if len(flight.segment.members) == 1:  # it cannot stop halfway: nobody but the next part needs its value
                stages[-1] = last._replace(large=None)
            after.last = None
            stages.append(sent)
        return stages

    def _watch(self, stages: list[Sent]) -> None:
        """Look at the last answer: if it is good, all were."""
        last = stages[-1]
        self.sent[last.report] = stages
        last.report.future().add_done_callback(
            lambda future: self.later(functools.partial(self._answered, stages, future))
        )

    def _answered(self, stages: list[Sent], future: Any, news: News) -> None:
        last = stages[-1]
        self.sent.pop(last.report, None)
        error = future.exception()
        if len(stages) > 1 and (error is not None or read(future.result())[0].skipped):
            self._look_back(stages, 0, error, news)
            return
        for sent in stages[:-1]:
            self._passed(sent, news)
        last.done(error is None)
        if error is not None:
            self._lost(last, error, news)
        else:
            self._settle(last, read(future.result()), news)
        self._wake()

    def _wake(self) -> None:
        """There may be room now for what waits."""
        self._recall.keep(work.run.number for work in self._under_way())
        self._waiting.update(dict.fromkeys([*self._tasks.values(), *self.fleets.values(), *self._grown.values()]))

    def _passed(self, sent: Sent, news: News) -> None:
        sent.done(True)
        flight: Any = sent.works[0]
        flight.pass_on(news)

    def _look_back(self, stages: list[Sent], at: int, error: BaseException | None, news: News) -> None:
        """The last part of a chain was not done, or was lost: see how far the parts before it have come."""
        if at == len(stages) - 1:
            stages[at].done(False)
            self._lost(stages[at], error or RuntimeError("a part of a chain was skipped, but none has failed"), news)
            self._wake()
            return
        report = stages[at].report
        report.future().add_done_callback(
            lambda future: self.later(functools.partial(self._looked, stages, at, error, future))
        )

    def _looked(self, stages: list[Sent], at: int, error: BaseException | None, future: Any, news: News) -> None:
        failed = future.exception()
        outcomes = read(future.result()) if failed is None else ()
        if outcomes and complete(outcomes[0]):
            self._passed(stages[at], news)
            self._look_back(stages, at + 1, error, news)
            return
        for sent in stages[at:]:
            sent.done(failed is None)
        if failed is not None:
            self._lost(stages[at], failed, news)
        else:
            self._settle(stages[at], outcomes, news)
        self._wake()

    def _settle(self, sent: Sent, outcomes: Sequence[Outcome], news: News) -> None:
        for work, outcome in zip(sent.works, outcomes, strict=True):
            self._measure(work, outcome)
            if outcome.hung:
                self._queue(work.host).restart(sent.invoke, outcome.hung)
            if not work.run.stopped:
                try:
                    self._tell(outcome)
                except BaseException as error:  # an observer's error is the outcome, as on other executors
                    work.fail(error, news)
                else:
                    work.settle(outcome, _far(outcome, sent.large), news)

    def _measure(self, work: Work, outcome: Outcome) -> None:
        if outcome.done and not outcome.paused:
            each = outcome.seconds / (1 if isinstance(work, Flight) else outcome.done)
            before = self.costs.get(work.steps, each)
            self.costs[work.steps] = before + NEWEST * (each - before)

    def _tell(self, outcome: Outcome) -> None:
        for told in outcome.told:
            tell(self._observers, StepStarted(told.step))
            if told.error is None:
                tell(self._observers, StepFinished(told.step, told.seconds))
            else:
                tell(self._observers, StepFailed(told.step, told.seconds, open_error(told.error)))

    def _lost(self, sent: Sent, error: BaseException, news: News) -> None:
        """Nobody knows what became of a call. Those that travelled together are tried once more, each alone."""
        for work in sent.works:
            if work.run.stopped:
                continue
            if len(sent.works) > 1:
                work.alone = True
                self.dispatch(work)
            else:
                work.fail(lost(error, work.name), news)

    def call_back(self) -> None:
        """Have what was sent for runs that are over not be begun, where it waits."""
        self._recall.mark(work.run.number for work in self._under_way() if work.run.stopped)

    def _under_way(self) -> Iterator[Work]:
        return (work for stages in self.sent.values() for sent in stages for work in sent.works)

    def close(self) -> None:
        """End all replicas, if Ray is still there."""
        fleets, self.fleets = [*self.fleets.values(), *self._grown.values()], {}
        try:
            self._session.check()
        except ClosedError:
            return
        for fleet in fleets:
            fleet.close()


def _far(outcome: Outcome, large: Any) -> Far | None:
    """Where the value of an outcome is."""
    if isinstance(outcome.value, int):
        return Stored(large, outcome.value, outcome.length)
    return None if outcome.value is None else Small(outcome.value)
