"""The thread that advances the runs of a deployment on Ray.

It alone touches their frames. What a graph asks for is sent as tasks and to replicas, by reference; only what decides
the way comes here: keys of switches, lengths of fan-outs, ends of loops, and the flow's value.
"""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

from dataflow.executors.base import checked, items_of
from dataflow.executors.census import register
from dataflow.executors.entries import Elements, enter
from dataflow.executors.frames import Frame
from dataflow.executors.in_flight import InFlight
from dataflow.executors.network import ENTER
from dataflow.executors.news import News
from dataflow.executors.ray.chunks import Chunks
from dataflow.executors.ray.losses import lost
from dataflow.executors.ray.post import Advance, Post
from dataflow.executors.ray.room import check_possible
from dataflow.executors.ray.session import Session
from dataflow.executors.ray.tables import Builder, Tables, members, tables
from dataflow.executors.ray.units import Unit, placed, wanted
from dataflow.executors.ray.values import Built, Far, count_of, items_far, near, references
from dataflow.executors.ray.work import Flight, NumberedRun, run_of
from dataflow.executors.ray.worker import RAY
from dataflow.future import at_work
from dataflow.ir.graph import kind_of
from dataflow.ops import Build, Loop, Map
from dataflow.plan import Plan, captured
from dataflow.report import blame
from dataflow.shapes import LIST, Collection, Named

Brought = Callable[[dict[Any, Any], BaseException | None, News], None]


class Driver:
    """The thread that advances runs.

    Args:
        session: the Ray that they are on.
        build: makes the tables of plans.
    """

    def __init__(self, session: Session, build: Builder) -> None:
        self.build, self.runs, self.numbers = build, InFlight(RAY), itertools.count()
        self.inbox: SimpleQueue[Advance | None] = SimpleQueue()
        self.post = Post(session, build, build.observers, self.inbox)
        self.width = 8 + 8 * self.post.cpus
        self._aside: ThreadPoolExecutor | None = None
        self._thread = threading.Thread(target=self._work, name="dataflow-ray-driver", daemon=True)
        self._thread.start()

    def begin(self, frame: Frame, keep: object) -> None:
        """Start a run. What is to be kept lives at least as long as the run."""
        self.runs.take(frame.run.future, keep, functools.partial(self._forget, run_of(frame)))
        self.inbox.put(frame.start)

    def _forget(self, run: NumberedRun, future: Any) -> None:
        self.runs.drop(future)
        self.inbox.put(lambda news: self._over(run))

    def _over(self, run: NumberedRun) -> None:
        run.answers.clear()
        run.early.clear()
        self.post.call_back()

    def _work(self) -> None:
        at_work.workers = RAY
        while self._follow(self._next()):
            pass

    def _next(self) -> Advance | None:
        try:
            return self.inbox.get(timeout=self.post.pause())
        except Empty:
            return self.post.ripen

    def _follow(self, advance: Advance | None) -> bool:
        """Take up all that has ended, and send what follows; whether to go on. Nothing of it is held afterwards."""
        news = News()
        while True:
            if advance is None:
                self.runs.closing = True
            else:
                advance(news)
            self._spread(news)
            try:
                advance = self.inbox.get_nowait()
            except Empty:
                break
        del advance
        self.post.flush()
        if self.runs.closing and not self.runs and not self.post.sent:
            self._end()
            return False
        return True

    def _end(self) -> None:
        register.leave(self.build.deployment)
        self.post.close()
        if self._aside is not None:
            self._aside.shutdown(wait=False)

    def _spread(self, news: News) -> None:
        while news.ready or news.settled or news.over:
            for frame, at in reversed(news.spread()):
                self._start(frame, at, news)

    def _start(self, frame: Any, at: int, news: News) -> None:
        if not isinstance(frame, Frame):  # work that was held
            frame.resume()
            return
        try:
            if at not in tables(frame).inside and (not frame.run.trouble or frame.may_start(at)):
                self._perform(frame, at, news)
        except BaseException as error:  # an error of ours must end the run, not this thread
            frame.run.end(False, error)

    def _perform(self, frame: Frame, at: int, news: News) -> None:
        try:
            unit = tables(frame).units.get(at)
            if unit is not None:
                self._unit(frame, unit, news)
            elif frame.network.jobs[at].kind == ENTER:
                self._enter(frame, at, news)
            elif isinstance(frame.network.graph.ops[at], Build):
                self._build(frame, at, news)
            else:
                self._call(frame, at, news)
        except BaseException as error:  # whatever was raised is the op's outcome
            frame.fail(at, error, news)

    def _unit(self, frame: Frame, unit: Unit, news: News) -> None:
        """Send a unit; one that is only indexing and the like is done here, if what it reads is here."""
        if unit[0].host is None:
            if len(members(unit)) == 1 and isinstance(frame.network.graph.ops[members(unit)[0]], Build):
                self._build(frame, members(unit)[0], news)
                return
            if not any(references(frame.values[place]) for place in unit[0].places):
                self._do(frame, members(unit), news)
                return
        early = run_of(frame).early.pop((frame, members(unit)[0]), None)
        if early is not None:
            early.ask(news)
        else:
            self.post.dispatch(Flight(self.post, frame, unit))

    def _do(self, frame: Frame, ops: Iterable[int], news: News) -> None:
        """Make calls here, of what is no step."""
        for at in ops:
            network = frame.network
            try:
                args, kwargs = arguments(frame, at)
                value = checked(network.jobs[at].target(*args, **kwargs), network.plain, kind_of(network.graph.ops[at]))
            except BaseException as error:  # the op's outcome
                frame.fail(at, error, news)
                return
            frame.deliver(at, value, news)

    def _build(self, frame: Frame, at: int, news: News) -> None:
        """A container: of what is far it is only said how to build it."""
        op: Any = frame.network.graph.ops[at]
        parts = [frame.values[place] for place in frame.network.jobs[at].places]
        far = any(isinstance(part, Far) for part in parts)
        if tables(frame).pair and at == frame.network.output:
            if not self._brought(frame, at, [frame.network.jobs[at].places[1]]):
                frame.deliver(at, (parts[0], near(frame.values[frame.network.jobs[at].places[1]], {})), news)
        elif not far:
            self._do(frame, [at], news)
        elif isinstance(op.shape, Named) or (isinstance(op.shape, Collection) and op.shape.kind in (list, tuple)):
            frame.deliver(at, Built(op.shape, parts), news)
        elif not self._brought(frame, at, frame.network.jobs[at].places):
            self._do(frame, [at], news)

    def _call(self, frame: Frame, at: int, news: News) -> None:
        """A step that is to run here, beside this thread."""
        placed_here = frame.network.jobs[at]
        if self._brought(frame, at, [*placed_here.places, *(place for _, place in placed_here.named)]):
            return
        op: Any = frame.network.graph.ops[at]
        if placed(op.callee) == "local":
            self._do(frame, [at], news)
            return
        if self._aside is None:
            self._aside = ThreadPoolExecutor(thread_name_prefix="dataflow-ray-step")
        args, kwargs = arguments(frame, at)
        self._aside.submit(self._step, frame, at, args, kwargs)

    def _step(self, frame: Frame, at: int, args: list[Any], kwargs: dict[str, Any]) -> None:
        at_work.workers = RAY
        network = frame.network
        try:
            value = checked(network.jobs[at].target(*args, **kwargs), set(), kind_of(network.graph.ops[at]))
        except BaseException as error:  # the step's outcome
            self.inbox.put(functools.partial(frame.fail, at, error))
        else:
            self.inbox.put(functools.partial(frame.deliver, at, value))

    def _enter(self, frame: Frame, at: int, news: News) -> None:
        """Begin an op that decides the way: what it decides by is brought here."""
        op: Any = frame.network.graph.ops[at]
        place = frame.network.jobs[at].a
        value = frame.values[place]
        if isinstance(op, Map) and self._fanned(frame, at, value, news):
            return
        if isinstance(op, Loop) and isinstance(value, Built):
            state, finished = value.parts
            if references(finished):
                self.bring([finished], functools.partial(self._again, frame, at, {}))
                return
            frame.values[place] = (state, near(finished, {}))
        elif self._brought(frame, at, [place]):
            return
        if isinstance(op, Map):
            FarElements(frame, at, items_of(frame.values[place]), captured(op), self.width).begin(news)
            return
        enter(frame, at, news, self.width, self._grown)

    def _fanned(self, frame: Frame, at: int, value: Any, news: News) -> bool:
        """Fan out, on workers if they can do it, over elements that stay where they are; else say no."""
        count = len(value) if isinstance(value, list | tuple) else count_of(value)
        if count is None:
            return False
        op: Any = frame.network.graph.ops[at]
        targets, fan = captured(op), tables(frame).fans.get(at)
        known = [frame.values[target] is not frame.network.template[target] for target in targets]
        if fan is not None and all(here or needed for here, needed in zip(known, fan.needed, strict=True)):
            Chunks(self.post, frame, at, fan, value, count, targets).begin(news)
        elif isinstance(value, Far):
            FarElements(frame, at, items_far(value, count), targets, self.width).begin(news)
        else:
            return False
        return True

    def _grown(self, plan: Plan) -> Tables:
        check_possible(wanted(plan.graph.callees()))
        made = Tables(plan, self.build)
        made.prepare(self.build)
        return made

    def _brought(self, frame: Frame, at: int, places: Iterable[int]) -> bool:
        """Have values here, for an op that is begun again when they are; whether they must be waited for."""
        far = {place: frame.values[place] for place in places if isinstance(frame.values[place], Far)}
        missing = {place: value for place, value in far.items() if references(value)}
        if missing:
            self.bring(list(missing.values()), functools.partial(self._again, frame, at, missing))
            return True
        for place, value in far.items():
            frame.values[place] = near(value, {})
        return False

    def _again(
        self,
        frame: Frame,
        at: int,
        missing: dict[int, Any],
        objects: dict[Any, Any],
        error: BaseException | None,
        news: News,
    ) -> None:
        """Begin an op again with values that have been brought."""
        try:
            if error is not None:
                raise lost(error, kind_of(frame.network.graph.ops[at]))
            for place, value in missing.items():
                frame.values[place] = near(value, objects)
        except BaseException as failure:  # it is lost, or cannot be read here
            frame.fail(at, failure, news)
        else:
            news.ready.append((frame, at))

    def bring(self, values: list[Any], then: Brought) -> None:
        """Fetch what values stand for; then go on, with an error if some of it is lost."""
        refs = list(dict.fromkeys(ref for value in values for ref in references(value)))
        objects: dict[Any, Any] = {}
        errors: list[BaseException] = []

        def arrived(ref: Any, future: Any, news: News) -> None:
            error = future.exception()
            if error is not None:
                errors.append(error)
            objects[ref] = None if error is not None else future.result()
            if len(objects) == len(refs):
                then(objects, errors[0] if errors else None, news)

        if not refs:
            self.inbox.put(functools.partial(then, objects, None))
        for ref in refs:
            ref.future().add_done_callback(
                lambda future, ref=ref: self.inbox.put(functools.partial(arrived, ref, future))
            )

    def dismiss(self) -> None:
        """End the thread, which ends the replicas. Waits for nothing."""
        self.inbox.put(None)

    def join(self) -> None:
        """Wait for the thread to end."""
        self._thread.join()


class FarElements(Elements):
    """Elements of a fan-out whose values stay where they are."""

    __slots__ = ()

    def succeeded(self, frame: Any, value: Any, news: News) -> None:
        """An element has a value; the list of them is built where it is read."""
        before = len(news.settled)
        super().succeeded(frame, value, news)
        if len(news.settled) > before and news.settled[-1][3] is self.results:
            far = any(isinstance(result, Far) for result in self.results)
            news.settled[-1] = (self.frame, self.at, True, Built(LIST, self.results) if far else self.results)


class RayRun(NumberedRun):
    """A run whose value may be far away."""

    def __init__(self, future: Any, driver: Driver) -> None:
        super().__init__(future)
        self._driver, self.number = driver, next(driver.numbers)
        self.answers, self.early = {}, {}

    def succeeded(self, frame: Any, value: Any, news: News) -> None:
        """The flow's value: fetched, if it is not here."""
        if not isinstance(value, Far):
            news.over.append((self, True, value))
        elif references(value):
            self._driver.bring([value], functools.partial(self._arrived, frame, value))
        else:
            self._arrived(frame, value, {}, None, news)

    def _arrived(
        self, frame: Frame, value: Far, objects: dict[Any, Any], error: BaseException | None, news: News
    ) -> None:
        try:
            if error is not None:
                raise lost(error, "the flow's value")
            here = near(value, objects)
        except BaseException as failure:  # it is lost, or cannot be read here
            blame(failure, frame.network.graph, frame.network.output, frame.link)
            news.over.append((self, False, failure))
        else:
            news.over.append((self, True, here))


def arguments(frame: Frame, at: int) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call that is made here: all of them are here, or were sent along."""
    read = frame.network.jobs[at]
    values = frame.values
    return (
        [near(values[place], {}) for place in read.places],
        {name: near(values[place], {}) for name, place in read.named},
    )
