"""Calls that feed one another, as a worker makes them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from dataflow.errors import NotSerializableError, StepTimeoutError
from dataflow.executors.base import PLAIN_TYPES, checked
from dataflow.executors.envelope import Sealed, seal_error
from dataflow.executors.ray.codes import LAST, Calls, Member
from dataflow.executors.ray.messages import SECONDS, SKIPPED, Call, Job, Outcome, Told, complete, read, received
from dataflow.executors.ray.packed import Packed, Reported, dumps, sent, unpack, unpickled
from dataflow.executors.ray.values import Reply, opened
from dataflow.executors.remote import callable_of

PLAIN: set[type] = set(PLAIN_TYPES)


class ChainRunner:
    """Makes the calls of a chain."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._members = [(member, _target(member)) for member in calls.members]

    def run(
        self, job: Job, objects: Sequence[Any], call: Call, hosted: Callable[..., Any] | None, large: list[Packed]
    ) -> Outcome:
        """The chain from a member on, until its end, an error, or the end of its time."""
        passed = b""
        if isinstance(job.last, Reply):
            before, made = replied(job.last, objects)
            if not complete(before):
                return before._replace(skipped=True, behind=before.behind + 1)
            last, passed = answered(before, made), before.passed + SECONDS.pack(before.seconds)
        else:
            last = None if job.last is None else opened(job.last, objects)
        operands: list[Any] = []
        for wire in job.operands:
            if isinstance(wire, Reply):
                before, made = replied(wire, objects)
                if not complete(before):
                    return SKIPPED
                operands.append(answered(before, made))
            else:
                operands.append(opened(wire, objects))
        registers = [*operands, *self._calls.literals, last]
        progress = Progress(job.first, call.watched)
        until = progress.begun + call.budget
        for member, target in self._members[job.first :]:
            if progress.done > job.first and time.perf_counter() > until and progress.pause(registers[LAST], large):
                break
            fn: Any = hosted if target is None else target
            if not progress.made(member, fn, registers):
                break
        else:
            progress.end(registers[LAST], large)
        return progress.outcome(passed)


def replied(wire: Reply, objects: Sequence[Any]) -> tuple[Outcome, Sequence[Any]]:
    """The outcome of a call that did one job, and what was too large for its report."""
    report, made = received(objects[wire.at])
    (outcome,) = read(report)
    return outcome, made if wire.large is None else objects[wire.large]


def answered(before: Outcome, large: Sequence[Packed]) -> Any:
    """The value that another call has given."""
    value = before.value
    if isinstance(value, bytes):
        return unpickled(value, (), "a value")
    packed = large[value] if isinstance(value, int) else value
    assert packed is not None
    return unpack(packed, "a value")


def _target(member: Member) -> Callable[..., Any] | None:
    """What a member calls; None is what the replica holds."""
    if member.shape is not None:
        return member.shape.build
    return None if member.callee is None or member.key is None else callable_of(member.key, member.callee)


class Progress:
    """How far a chain has come."""

    def __init__(self, first: int, watched: bool) -> None:
        self.first = self.done = first
        self.begun = time.perf_counter()
        self._watched, self._told = watched, list[Told]()
        self._error: Sealed | None = None
        self._sent: tuple[Reported | None, int | None] = None, None
        self._name, self._hung, self._paused = "", 0, False

    def made(self, member: Member, fn: Callable[..., Any], registers: list[Any]) -> bool:
        """Make one call, and put its value in the last register; whether it gave one."""
        begun, self._name = time.perf_counter() if self._watched else 0.0, member.name
        try:
            args = [registers[at] for at in member.args]
            value = fn(*args, **{name: registers[at] for name, at in member.kwargs})
            registers[LAST] = value if type(value) in PLAIN else checked(value, PLAIN, member.name)
        except BaseException as error:  # the step's outcome, and never the end of the worker
            self._fail(error)
        else:
            self.done += 1
        if self._watched and not member.local:
            self._told.append(Told(member.name, time.perf_counter() - begun, self._error))
        return self._error is None

    def pause(self, last: Any, large: list[Packed]) -> bool:
        """Give the chain back here, if the value so far can be sent."""
        try:
            self._sent = sent(last, "", large)
        except NotSerializableError:
            return False
        self._paused = True
        return True

    def end(self, last: Any, large: list[Packed]) -> None:
        """Send the chain's value; a value that cannot be sent is an error of its step."""
        try:
            self._sent = sent(last, f"the result of step {self._name!r}", large)
        except NotSerializableError as error:
            self.done -= 1
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._error = seal_error(error, dumps)
        self._hung = os.getpid() if isinstance(error, StepTimeoutError) else 0

    def outcome(self, passed: bytes) -> Outcome:
        """What is reported."""
        value, count = self._sent
        seconds = time.perf_counter() - self.begun
        done, told = self.done - self.first, tuple(self._told)
        return Outcome(done, value, self._error, False, self._paused, self._hung, seconds, count, told, passed)
