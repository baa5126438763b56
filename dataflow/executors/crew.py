"""The workers of `Threads`, and the runs that they work on.

Each worker takes the newest ready op, runs it, and goes on with one that this made ready; others that became ready
go on a stack for all workers. A worker is woken only if there is work that nobody is on the way to take.
"""

from __future__ import annotations

import concurrent.futures
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any, Final

from dataflow.collection import uncollected
from dataflow.executors.base import checked
from dataflow.executors.entries import enter
from dataflow.executors.frames import Frame
from dataflow.executors.in_flight import InFlight, begun
from dataflow.executors.layout import MANY, ONE, TWO
from dataflow.executors.network import HANDED, Job, Network
from dataflow.executors.news import News, Run, Task
from dataflow.executors.replicas import Replica
from dataflow.executors.servers import Call, Servers
from dataflow.future import Future, at_work
from dataflow.ir.graph import kind_of
from dataflow.plan import Plan
from dataflow.stats import Stats

NONE: Final = -1


class ThreadsDeployment:
    """A plan, its replicas and its workers."""

    def __init__(self, plan: Plan, workers: int) -> None:
        self._servers = Servers(plan)
        with uncollected:
            self._network = Network(plan, self._servers.of)
        self._names = tuple(given.name for given in plan.graph.inputs)
        self._crew = Crew(workers, self._servers)
        self._finalize = weakref.finalize(self, self._crew.dismiss)

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Start a run.

        Raises:
            ClosedError: the deployment is closed.
        """
        run = Run(Future())
        return begun(Frame(self._network, run, run, None), self._names, inputs, self._crew.begin, self)

    def scale(self, step: str, count: int) -> None:
        """Have so many live copies of a class step."""
        for replicas in self._servers.replicas(step):
            replicas.resize(count)
            for _ in range(count):  # as many as may have become free
                kept = replicas.kept()
                self._crew.put([] if kept is None else [kept])

    def stats(self) -> Stats:
        """The runs in flight, and the calls that each copy has taken."""
        counts = {name: self._servers.replicas(name) for name in self._servers.names()}
        return Stats(
            len(self._crew.runs),
            {name: tuple([calls for each in all_ for calls in each.counts()]) for name, all_ in counts.items()},
        )

    def close(self) -> None:
        """Let the runs in flight end, then the threads; called on one of these threads, without waiting for it."""
        self._crew.runs.closing = True
        if at_work.workers == id(self._crew):
            if not self._crew.runs:
                self._finalize()
            return
        self._crew.runs.wait()
        if self._finalize.detach():
            self._crew.dismiss(wait=True)


class Crew:
    """Workers, and the stack of ready ops that they share."""

    def __init__(self, size: int, servers: Servers) -> None:
        self.size, self.servers = size, servers
        self.stack: deque[Task] = deque()
        self.wake: SimpleQueue[bool] = SimpleQueue()
        self.lock = threading.Lock()
        self.idle = 0
        self.room, self.dismissed = True, False
        self.threads: list[threading.Thread] = []
        self.runs = InFlight(id(self))

    def begin(self, frame: Frame, keep: object) -> None:
        """Start a run: its first ops are ready. What is to be kept lives at least as long as the run."""
        self.runs.take(frame.run.future, keep, self._forget)
        news = News()
        frame.start(news)
        self.put(news.spread())

    def put(self, tasks: list[Task]) -> None:
        """Make tasks ready for any worker, and see to it that one is awake."""
        if tasks:
            self.stack.extend(tasks)
            self.call_one()

    def call_one(self) -> None:
        """Wake an idle worker, or start one if there may be more."""
        if not self.idle and not self.room:
            return
        with self.lock:
            if self.idle:
                self.idle -= 1
                self.wake.put(True)
            elif self.room:
                thread = threading.Thread(target=self._work, name=f"dataflow-{len(self.threads)}", daemon=True)
                self.threads.append(thread)
                self.room = len(self.threads) < self.size
                thread.start()

    def _work(self) -> None:
        stack = self.stack
        at_work.workers = id(self)
        while True:
            while stack:
                self._follow()
            with self.lock:
                self.idle += 1  # first, then look: whoever adds to the stack looks here afterwards
                if stack:
                    self.idle -= 1
                    continue
            if not self.wake.get():
                return

    def _follow(self) -> None:
        """Run the newest ready op, then one of those that it made ready, and so on; the others are for all."""
        try:
            task: Task | None = self.stack.pop()
        except IndexError:  # another worker was faster
            return
        if self.stack:
            self.call_one()
        news = News()
        ready = news.ready
        while task is not None:
            frame, at = task
            try:
                job = frame.network.jobs[at]
                if frame.run.trouble and not frame.may_start(at):
                    self._pass_on(job.target, news)
                elif job.kind < HANDED:
                    self._along(frame, at, news)
                else:
                    self._perform(frame, at, job, news)
                if news.settled or news.over:
                    news.settle()
            except BaseException as error:  # an error of ours must end the run, not this worker
                frame.run.end(False, error)
                ready.clear()
            del frame  # errors reach this call by its callees, and must not keep the values
            task = ready.pop() if ready else None
            if ready:
                self.put(ready)
                ready.clear()

    def _along(self, frame: Frame, at: int, news: News) -> None:
        """Make a call, then one that this made ready, and so on, as long as they are calls of one frame.

        What `Frame.deliver` does is done here: calls of our own for each of theirs were a third of what an op costs.
        """
        run, network, values, ready = frame.run, frame.network, frame.values, news.ready
        jobs, plain, starts, drops = network.jobs, network.plain, frame.starts, frame.drops
        target, kind, a, b, _, named, take, reads, readers, answers = jobs[at]
        try:
            while True:
                if kind == ONE:
                    value = target(values[a])
                elif kind == TWO:
                    value = target(values[a], values[b])
                elif kind == MANY:
                    value = target(*take(values))
                else:
                    value = target(*take(values), **{name: values[place] for name, place in named})
                if value.__class__ not in plain:
                    checked(value, plain, kind_of(network.graph.ops[at]))
                values[at] = value
                for read in reads:
                    if not next(drops[read]):
                        values[read] = None
                following = NONE
                for reader in readers:
                    if not next(starts[reader]):
                        if following != NONE:
                            ready.append((frame, following))
                        following = reader
                if answers or frame.demand is not None:
                    frame.answer(at, value, news)
                    break
                if following == NONE or run.trouble or jobs[following].kind >= HANDED:
                    break
                if ready:
                    self.put(ready)
                    ready.clear()
                at = following
                target, kind, a, b, _, named, take, reads, readers, answers = jobs[at]
            if following != NONE:
                ready.append((frame, following))
        except BaseException as error:  # whatever the step raised is the op's outcome
            frame.fail(at, error, news)

    def _perform(self, frame: Frame, at: int, job: Job, news: News) -> None:
        """Begin what is no plain call."""
        try:
            if job.kind == HANDED:
                self._serve(job, frame, at, news)
            else:
                enter(frame, at, news, self.size, self.servers.grown)
        except BaseException as error:  # whatever was raised is the op's outcome
            frame.fail(at, error, news)

    def _serve(self, job: Job, frame: Frame, at: int, news: News) -> None:
        """Call a replica or an async step; a call that finds no free replica is taken up when there is one."""
        call: Call = job.target
        copy = None if call.replicas is None else call.replicas.take((frame, at))
        if copy is None and call.replicas is not None:
            return
        fn = call.fn if copy is None else copy.fn
        assert fn is not None
        values = frame.values
        try:
            value = fn(*[values[place] for place in job.places], **{name: values[place] for name, place in job.named})
        except BaseException as error:  # whatever the step raised is the op's outcome
            self._ended(call, copy, frame, at, (False, error), news)
            return
        if call.loop is None:
            self._ended(call, copy, frame, at, (True, value), news)
        else:
            call.loop.start(value, lambda outcome: self._returned(call, copy, frame, at, outcome))

    def _returned(self, call: Call, copy: Replica | None, frame: Frame, at: int, outcome: tuple[bool, Any]) -> None:
        """An async step has ended; this is its loop's thread."""
        at_work.workers = id(self)  # for callbacks of futures; not for the steps that go on on this thread
        try:
            news = News()
            self._ended(call, copy, frame, at, outcome, news)
            self.put(news.spread())
        finally:
            at_work.workers = None

    def _ended(
        self, call: Call, copy: Replica | None, frame: Frame, at: int, outcome: tuple[bool, Any], news: News
    ) -> None:
        if call.replicas is not None and copy is not None:
            call.replicas.give_back(copy)
            self._pass_on(call, news)
        ended, value = outcome
        if ended:
            try:
                checked(value, frame.network.plain, call.name)
            except BaseException as error:  # the result cannot be a value: that is the op's outcome
                ended, value = False, error
        if ended:
            frame.deliver(at, value, news)
        else:
            frame.fail(at, value, news)

    @staticmethod
    def _pass_on(call: Any, news: News) -> None:
        """Let a call have the replica that this one has left, or would have taken."""
        if type(call) is Call and call.replicas is not None:
            kept = call.replicas.kept()
            if kept is not None:
                news.ready.append(kept)

    def _forget(self, future: concurrent.futures.Future[Any]) -> None:
        self.runs.drop(future)
        if self.runs.closing and not self.runs:
            self.dismiss()

    def dismiss(self, *, wait: bool = False) -> None:
        """End the threads as soon as they are idle, and free the replicas.

        A finalizer must not wait: it runs wherever the garbage collector does, under whatever locks.
        """
        with self.lock:
            if self.dismissed:
                return
            self.dismissed, self.room = True, False
            threads, waiting = list(self.threads), self.idle == len(self.threads)
            for _ in threads:
                self.wake.put(False)
        self.servers.close(wait=wait)
        for thread in threads:
            if wait and waiting and thread is not threading.current_thread():
                thread.join()
