"""Work that waits for its worker: tasks for any, calls of a step for one of its replicas.

What waits together is sent together, as far as it is cheap: one call on the wire carries many of a step, if all of
them take less time than it costs to send one. Nothing waits for more to come, unless its `Batch` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import ray

from dataflow.callee import Callee, is_async
from dataflow.errors import DeployError
from dataflow.executors.envelope import Sealed, open_error
from dataflow.executors.ray.line import Line
from dataflow.executors.ray.packed import pack
from dataflow.executors.ray.room import actor_settings, amounts, check_room, task_settings
from dataflow.executors.ray.units import Settings
from dataflow.executors.ray.values import in_pieces
from dataflow.executors.ray.work import Work
from dataflow.executors.ray.worker import Replica, pass_on, perform, version_of
from dataflow.options import Options

TASKS_PER_CPU: Final = 8
"""So many tasks are given to Ray for each CPU at most, so that no worker waits for its next one."""
STORE: Final = 0.1
"""Seconds for which the tasks may last that are given to Ray: when a run fails they are begun nevertheless."""
PROBES: Final = 2

Done = Callable[[bool], None]
"""Told when a remote call has ended: whether it was answered, or its worker was lost."""
Costs = dict[tuple[int, ...], float]


class Way(NamedTuple):
    """How remote calls are made of one kind.

    Attributes:
        answer: gives two references: of the report, and of what is too large for it.
        passing: gives one, of both, for the next part of a chain.
        actor: the name of the replica that takes them; nothing for tasks.
    """

    answer: Callable[..., tuple[Any, Any]]
    passing: Callable[..., Any]
    actor: str = ""


Taker: TypeAlias = tuple[Way, Done]


class Sender(Protocol):
    """Who makes remote calls.

    Attributes:
        costs: seconds of one call, by what it calls.
        cpus: of the cluster.
        fuse: whether calls may travel together.
    """

    costs: Costs
    cpus: int
    fuse: bool

    def send(self, works: list[Work], way: Way, done: Done) -> bool:
        """Make one remote call for all of them; `done` is called when it is answered. Whether it was made."""
        ...

    def later(self, advance: Callable[[Any], None]) -> None:
        """Have something done by the thread that advances runs."""
        ...

    def wake(self, queue: Tasks | Fleet) -> None:
        """There may be room now for what waits there."""
        ...


def in_store(cost: float | None) -> int:
    """How many tasks Ray is given for each CPU: of those that take long, one that runs and one that waits.

    >>> in_store(None), in_store(0.001), in_store(0.02), in_store(10)
    (8, 8, 5, 2)
    """
    return TASKS_PER_CPU if cost is None else max(2, min(TASKS_PER_CPU, int(STORE / max(cost, 1e-9))))


class Tasks:
    """Tasks that occupy the same, and that are sent again as often."""

    def __init__(self, post: Sender, settings: Settings) -> None:
        resources, self._lost = settings
        self._post = post
        options = task_settings(Options(resources=resources))
        options["max_retries"] = self._lost
        passing: Any = ray.remote(num_returns=1, **options)(pass_on)
        self.way = Way(ray.remote(num_returns=2, **options)(perform).remote, passing.remote)
        self._lines: dict[tuple[int, ...], Line] = {}
        self._out = 0
        self._probing: Counter[tuple[int, ...]] = Counter()

    def add(self, work: Work) -> None:
        """Have work wait."""
        if work.steps not in self._lines:
            self._lines[work.steps] = Line(work.batch)
        self._lines[work.steps].add(work)

    def flush(self) -> float | None:
        """Send what there is room for. When to do so again, if some of it waits for others."""
        dues: list[float] = []
        for steps, line in list(self._lines.items()):
            room = self._post.cpus * in_store(self._post.costs.get(steps))
            while line and self._out < room and self._may_probe(steps):
                size = self._size(steps, line)
                if not size:
                    dues.append(line.due)
                    break
                self._send(steps, line.taken(size))
            if not line:
                del self._lines[steps]
        return min(dues, default=None)

    def _size(self, steps: tuple[int, ...], line: Line) -> int:
        """How many of those that wait travel together; 0 if they wait for others."""
        alone = self._lost == 0 or not self._post.fuse
        return 1 if alone else line.group(self._post.costs.get(steps), 2 * self._post.cpus)

    def _may_probe(self, steps: tuple[int, ...]) -> bool:
        """Whether more may be sent of what nobody knows the cost of."""
        return steps in self._post.costs or self._probing[steps] < PROBES * self._post.cpus

    def _send(self, steps: tuple[int, ...], works: list[Work]) -> None:
        if not works:
            return
        self._out += 1
        self._probing[steps] += 1

        def done(_: bool) -> None:
            self._out -= 1
            self._probing[steps] -= 1

        if not self._post.send(works, self.way, done):
            done(True)

    def restart(self, way: Way, process: int) -> None:
        """A task hangs: its thread is left alone, and its worker goes on."""

    def taker(self, held: set[Way]) -> Taker | None:
        """How to make one call at once, and what to tell when it is answered; None if others wait."""
        alone = self._lost == 0  # what must not be repeated does not wait where it could be lost
        return None if any(self._lines.values()) or alone else (self.way, lambda answered: None)

    def early(self) -> Taker | None:
        """As `taker`, for a call that others of its run may be under way beside."""
        taker = self.taker(set()) if self._out < self._post.cpus * TASKS_PER_CPU else None
        if taker is not None:
            self._out += 1
        return None if taker is None else (self.way, self._ended)

    def _ended(self, answered: bool) -> None:
        self._out -= 1


class Copy:
    """A replica, as the driver sees it: how many remote calls it has, and how many calls of the step it has taken."""

    def __init__(self, actor: Any) -> None:
        self.actor, self.out, self.calls, self.up = actor, 0, 0, True
        self.way = Way(actor.perform.options(num_returns=2).remote, actor.pass_on.remote, actor._actor_id.hex())


class Fleet:
    """The replicas of a step, and what waits for them."""

    def __init__(self, post: Sender, callee: Callee) -> None:
        options = callee.options
        self._post, self._name, self._waits = post, callee.name, is_async(callee)
        self._settings = actor_settings(options)
        self._lost, self._limit = options.retries.lost, options.max_concurrency
        self._callee = in_pieces(pack(callee, f"step {callee.name!r}"))
        again = {"max_restarts": -1, "max_task_retries": self._lost, "max_concurrency": self._limit}
        again["allow_out_of_order_execution"] = True  # a call whose arguments are there waits for none that has none
        self._made = ray.remote(Replica).options(**again, **self._settings)
        self._line = Line(options.batch)
        self.copies = self.made(options.replicas)

    def made(self, count: int) -> list[Copy]:
        """New replicas; nobody waits for them here."""
        return [Copy(self._made.remote(version_of(), *self._callee)) for _ in range(count)]

    def check(self, copies: list[Copy]) -> None:
        """Wait until replicas are constructed.

        Raises:
            Exception: what a constructor raised.
            DeployError: a constructor has ended its process.
        """
        asked = [copy.actor.ready.remote() for copy in copies]
        for ready in asked:
            try:
                error: Sealed | None
                error, _ = ray.get(ready)
            except ray.exceptions.RayActorError as died:
                raise DeployError(f"a replica of {self._name!r} died in its constructor: {died}") from died
            if error is not None:
                raise open_error(error)

    def add(self, work: Work) -> None:
        """Have work wait."""
        self._line.add(work)

    def taker(self, held: set[Way]) -> Taker | None:
        """How to make one call at once, and what to tell when it is answered; None if none would be taken at once.

        Args:
            held: the replicas that have a call of the same chain: one of these will do, if it has no other. It then
                stands for all of that chain, since only one of them can be under way.
        """
        if self._line or self._lost == 0:  # as for tasks
            return None
        for copy in self.copies:
            if copy.way in held and copy.up and copy.out == 1:
                copy.calls += 1
                return copy.way, lambda answered: None
        free = self._least_loaded()
        if free is None or free.out:
            return None
        held.add(free.way)
        return free.way, self._taken(free, 1)

    def early(self) -> Taker | None:
        """As `taker`, for a call that others of its run may be under way beside."""
        return self.taker(set())

    def flush(self) -> float | None:
        """Send what there is room for, to the least loaded replicas. When to do so again, if some waits for others."""
        while self._line:
            copy = self._least_loaded()
            if copy is None:
                break
            size = self._size()
            if not size:
                return self._line.due
            works = self._line.taken(size)
            if works:
                done = self._taken(copy, len(works))
                if not self._post.send(works, copy.way, done):
                    done(True)
        return None

    def _size(self) -> int:
        """How many of those that wait travel together; none that must not be sent again, which others could kill.

        0 if they wait for others.
        """
        if self._lost == 0 or not self._post.fuse:
            return 1
        free = sum(max(0, self._room() - each.out) for each in self.copies if each.up)
        return self._line.group(self._post.costs.get(self._line.steps), max(1, free))

    def _room(self) -> int:
        """The remote calls that a replica may have: one more than it works on, if that may be sent again."""
        return self._limit if self._lost == 0 else self._limit + 1

    def _least_loaded(self) -> Copy | None:
        free = [copy for copy in self.copies if copy.up and copy.out < self._room()]
        return min(free, key=lambda copy: (copy.out, copy.calls), default=None)

    def _taken(self, copy: Copy, count: int) -> Done:
        """Note that a replica has so many calls; what is returned notes that it has answered them."""
        copy.out += 1
        copy.calls += count

        def done(answered: bool) -> None:
            copy.out -= 1
            if not answered and self._lost == 0:
                self._wait_for(copy)

        return done

    def _wait_for(self, copy: Copy, gone: int = 0) -> None:
        """Give a replica that was lost no calls before it is there again: they would be refused, and not sent again.

        Args:
            copy: the replica.
            gone: the process that was killed; it may still answer.
        """
        copy.up = False

        def back(asked: Any) -> None:
            if asked.exception() is None and asked.result()[1] == gone:
                self._wait_for(copy, gone)
            else:
                copy.up = True
                self._post.wake(self)

        ready = copy.actor.ready.options(max_task_retries=-1).remote()
        ready.future().add_done_callback(lambda asked: self._post.later(lambda _: back(asked)))

    def counts(self) -> tuple[int, ...]:
        """The calls that each replica has taken."""
        return tuple([copy.calls for copy in self.copies])

    def restart(self, way: Way, process: int) -> None:
        """Give up the process of a replica that hangs, and have a new one; what waits there is sent again."""
        for copy in self.copies:
            if copy.way is way and not self._waits:
                ray.kill(copy.actor, no_restart=False)
                self._wait_for(copy, process)

    def resize(self, count: int) -> None:
        """Have so many replicas; those that go end the calls that they have.

        Raises:
            InfeasibleError: there is no room for more.
        """
        missing = count - len(self.copies)
        if missing > 0:
            check_room([(self._name, amounts(self._settings), missing)])
        more = self.made(missing)
        self.check(more)
        self.copies = [*self.copies, *more][:count]

    def close(self) -> None:
        """End all replicas."""
        copies, self.copies = self.copies, []
        for copy in copies:
            ray.kill(copy.actor)
