"""Remote calls and their answers.

A chain that goes on in another place is sent there before its first part has ended, if nobody waits there: then the
value goes from worker to worker, and only the last answer is looked at. So are other readers of a value, see `early`.
"""

from __future__ import annotations

import functools
import itertools
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any, Final

from dataflow.callee import Callee
from dataflow.errors import ClosedError
from dataflow.events import Observer, StepFailed, StepFinished, StepStarted, tell
from dataflow.executors.envelope import open_error
from dataflow.executors.news import News
from dataflow.executors.ray.early import Early, followers
from dataflow.executors.ray.letters import Letters
from dataflow.executors.ray.losses import actor_of, lost
from dataflow.executors.ray.messages import SECONDS, Job, Outcome, read, received
from dataflow.executors.ray.packed import Packed
from dataflow.executors.ray.queues import Costs, Done, Fleet, Taker, Tasks, Way
from dataflow.executors.ray.recall import Recall
from dataflow.executors.ray.relays import Relay, Sent
from dataflow.executors.ray.session import Session
from dataflow.executors.ray.tables import Builder
from dataflow.executors.ray.units import Host, Settings
from dataflow.executors.ray.values import Answer, Far, References, Small, Stored
from dataflow.executors.ray.work import Flight, Work
from dataflow.options import Resources

Advance = Callable[[News], None]
ANY: Final[Settings] = (Resources(), 3)
"""Where indexing and the like run that nobody else is next to."""
FARTHEST: Final = 128
"""So many parts of a chain are sent at most before the first has ended: 0.1 s of hops, if it fails."""
NEWEST: Final = 0.3
"""How much the newest measurement of a cost counts."""
MOST_EARLY: Final = 32
"""So many calls are sent at once: what a run has sent when it fails is not called back."""
LOOKED_AT: Final = 16
"""Of so many calls with early ones after them one is looked at, although it need not be: so its cost stays known."""


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
        self._due: dict[Tasks | Fleet, float] = {}
        self.sent: dict[Any, Relay] = {}
        self._turns = itertools.count()
        self._recall = Recall(build.process, build.deployment)
        self._letters = Letters(self.costs, self._recall, bool(observers))

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
        self.wake(queue)

    def wake(self, queue: Tasks | Fleet) -> None:
        """There may be room now for what waits there."""
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
            due = queue.flush()
            if due is None:
                self._due.pop(queue, None)
            else:
                self._due[queue] = due

    def pause(self) -> float | None:
        """After how many seconds calls will have waited long enough for others; None if none of them does."""
        return max(0.0, min(self._due.values()) - time.monotonic()) if self._due else None

    def ripen(self, news: News) -> None:
        """Send what has waited long enough for others."""
        now = time.monotonic()
        self._waiting.update(dict.fromkeys([queue for queue, due in self._due.items() if due <= now]))

    def send(self, works: list[Work], way: Way, done: Done) -> bool:
        """Make one remote call for all of them; `done` is called when it has ended. Whether it was made.

        The further parts of a chain are sent, too, if they can be at once; and what reads its value.
        """
        sent: list[Relay] = []
        made = self._send(works, (way, done), sent)
        for relay in sent:
            if not relay.covered() or not next(self._turns) % LOOKED_AT:
                self._watch(relay)
        return made is not None

    def _send(self, works: list[Work], taker: Taker, sent: list[Relay]) -> Relay | None:
        message = self._message(works)
        if message is None:
            return None
        onward = self._onward(works, taker[0])
        following = next(onward, None)
        try:
            first = self._made(works, *message, taker, following is not None)
        except BaseException as error:  # Ray is shut down, or cannot take it: that is their outcome
            _unused(following)
            self._refuse(works, error)
            return None
        relay = Relay(self._relayed(first, following, onward))
        self.sent[relay.ref] = relay
        sent.append(relay)
        self._send_early(relay, sent)
        return relay

    def _message(self, works: list[Work]) -> tuple[bytes, list[Any]] | None:
        """What a call says that does all of these, and its references. What cannot be sent is taken out of them."""
        refs = References()
        jobs: list[Job] = []
        try:
            if len(works) == 1 and isinstance(works[0], Early) and works[0].alike:
                return self._letters.reading(works[0], works[0].answers)
            for work in list(works):
                try:
                    jobs.append(work.job(refs))
                except BaseException as error:  # it cannot be sent: that is its outcome
                    works.remove(work)
                    self._refuse([work], error)
            return (self._letters.written(works, jobs, refs), refs.found) if jobs else None
        except BaseException as error:  # the same of all of them
            self._refuse(works, error)
            return None

    def _refuse(self, works: list[Work], error: BaseException) -> None:
        for work in works:
            self.later(functools.partial(work.fail, error))

    def _made(self, works: list[Work], data: bytes, found: list[Any], taker: Taker, passing: bool) -> Sent:
        way, done = taker
        self._session.check()
        if passing:
            return Sent(works, way.passing(data, *found), None, way, done)
        return Sent(works, *way.answer(data, *found), way, done)

    def _onward(self, works: list[Work], way: Way) -> Iterator[Taker]:
        """Who takes the further parts of a chain at once."""
        flight, held = works[0], {way}
        if self._observers or len(works) > 1 or not isinstance(flight, Flight):
            return
        for segment in flight.further[: FARTHEST - 1]:
            waits = segment.batch is not None and segment.batch.wait
            taker = None if waits else self._queue(segment.host).taker(held)
            if taker is None:
                return
            yield taker

    def _relayed(self, first: Sent, taker: Taker | None, onward: Iterator[Taker]) -> list[Sent]:
        """A chain that was sent, and its further parts."""
        stages = [first]
        while taker is not None:
            last, following = stages[-1], next(onward, None)
            flight: Any = last.works[0]
            answer = Answer(last.ref)
            after = flight.onward(answer)
            try:
                sent = self._made([after], *self._letters.reading(after, [answer]), taker, following is not None)
            except BaseException:  # it cannot be sent; that is said when it is tried again, by itself
                _unused(taker)
                _unused(following)
                break
            after.last = None
            if len(flight.segment.members) == 1:  # it cannot stop halfway: nobody but the next part needs its value
                last.ref = None
            stages.append(sent)
            taker = following
        return stages

    def _send_early(self, relay: Relay, sent: list[Relay]) -> None:
        """Send what reads the value of a chain, if it can be at once."""
        flight = relay.whole()
        if flight is None or self._observers:
            return
        for early in followers(self, flight, relay.answer, self.costs):
            taker = self._queue(early.host).early() if len(sent) < MOST_EARLY else None
            if taker is None:
                continue
            early.run.early[early.frame, early.head] = early
            made = self._send([early], taker, sent)
            if made is None:
                _unused(taker)
            else:
                made.sources = [self.sent[answer.ref] for answer in early.answers if answer.ref in self.sent]
                for source in made.sources:
                    source.readers.add(early.head)

    def _watch(self, relay: Relay) -> None:
        """Look at the last answer of a chain: if a part before it was not done, it says so."""
        relay.watched = True
        relay.ref.future().add_done_callback(
            lambda future: self.later(functools.partial(self._answered, relay, future))
        )

    def _answered(self, relay: Relay, future: Any, news: News) -> None:
        stages = relay.stages
        self.sent.pop(relay.ref, None)
        error = future.exception()
        if error is not None:
            self._look_behind(relay)
            at = _lost_at(stages, error)
            self._pass(stages, at, False, news)
            self._lost(stages[at], error, news)
        else:
            report, _ = received(future.result())
            outcomes = read(report)
            at = len(stages) - 1 - outcomes[0].behind
            if at == 0 and outcomes[0].skipped:
                self._look_behind(relay)
            for source in relay.unwatched():  # it has read what they gave
                self.sent.pop(source.ref, None)
                source.passed(news)
            for sent, (seconds,) in zip(stages, SECONDS.iter_unpack(outcomes[0].passed), strict=False):
                self._note(sent.works[0], seconds)
            self._pass(stages, at, True, news)
            self._settle(stages[at], outcomes, news)
        self._wake()

    def _look_behind(self, relay: Relay) -> None:
        """Look at the answers that a chain has read: it does not say what became of them."""
        for source in relay.unwatched():
            self._watch(source)

    def _pass(self, stages: list[Sent], at: int, answered: bool, news: News) -> None:
        """The parts of a chain before one have been done, and those after it have not."""
        for sent in stages[:at]:
            sent.done(True)
            flight: Any = sent.works[0]
            flight.pass_on(news)
        for sent in stages[at:]:
            sent.done(answered)

    def _wake(self) -> None:
        """There may be room now for what waits."""
        self._recall.keep(work.run.number for work in self._under_way())
        self._waiting.update(dict.fromkeys([*self._tasks.values(), *self.fleets.values(), *self._grown.values()]))

    def _settle(self, sent: Sent, outcomes: Sequence[Outcome], news: News) -> None:
        for work, outcome in zip(sent.works, outcomes, strict=True):
            self._measure(work, outcome)
            if outcome.hung:
                self._queue(work.host).restart(sent.way, outcome.hung)
            if not work.run.stopped:
                try:
                    self._tell(outcome)
                except BaseException as error:  # an observer's error is the outcome, as on other executors
                    work.fail(error, news)
                else:
                    work.settle(outcome, _far(outcome, sent), news)

    def _measure(self, work: Work, outcome: Outcome) -> None:
        if outcome.done and not outcome.paused:
            self._note(work, outcome.seconds / (1 if isinstance(work, Flight) else outcome.done))

    def _note(self, work: Work, seconds: float) -> None:
        """What a call or an element has cost."""
        before = self.costs.get(work.steps, seconds)
        self.costs[work.steps] = before + NEWEST * (seconds - before)

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
        return (work for relay in self.sent.values() for sent in relay.stages for work in sent.works)

    def close(self) -> None:
        """End all replicas, if Ray is still there."""
        fleets, self.fleets = [*self.fleets.values(), *self._grown.values()], {}
        try:
            self._session.check()
        except ClosedError:
            return
        for fleet in fleets:
            fleet.close()


def _unused(taker: Taker | None) -> None:
    """Who was to take a call does not get it."""
    if taker is not None:
        taker[1](True)


def _lost_at(stages: list[Sent], error: BaseException) -> int:
    """Which part of a chain was lost, as far as the error tells: the first one of that replica, or the first task."""
    actor = actor_of(error)
    return next((at for at, sent in enumerate(stages) if sent.way.actor == actor), len(stages) - 1)


def _far(outcome: Outcome, sent: Sent) -> Far | None:
    """Where the value of an outcome is."""
    if isinstance(outcome.value, int):
        passed = sent.large is None
        ref, at = (sent.ref, 1 + outcome.value) if passed else (sent.large, outcome.value)
        return Stored(ref, at, outcome.length)
    if isinstance(outcome.value, bytes):
        return Small(Packed(outcome.value, (), outcome.length))
    return None if outcome.value is None else Small(outcome.value)
