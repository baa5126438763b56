"""What runs in a worker of a Ray cluster: a task, or a replica of a step.

Both take a `Call` and the objects that its references stood for, and give two things: an outcome for each job, and
the values that are too large to travel with these.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib import metadata
from itertools import zip_longest
from typing import Any, Final, Protocol, TypeAlias

from dataflow.callee import Instance
from dataflow.errors import DeployError
from dataflow.executors.bound import bound, constructed
from dataflow.executors.census import Census
from dataflow.executors.envelope import Sealed, seal_error
from dataflow.executors.ray.chains import ChainRunner
from dataflow.executors.ray.codes import Body
from dataflow.executors.ray.fanned import BodyRunner
from dataflow.executors.ray.messages import SKIPPED, Call, Job, Outcome, Relayed, heard, relayed, reported
from dataflow.executors.ray.packed import Packed, dumps, unpack
from dataflow.executors.ray.recall import is_over
from dataflow.executors.ray.values import from_pieces, opened
from dataflow.executors.remote import Key, awaited, sweep
from dataflow.future import at_work

RAY: Final = "ray"
"""On which workers a step works that runs on Ray: a run on Ray that it waits for might never find a free one."""
MOST_CODES: Final = 256
Large: TypeAlias = list[Packed] | bytes
"""What is too large for a report, or `NOTHING`: Ray sends bytes at least cost."""
NOTHING: Final = b""


class Runner(Protocol):
    """Code that is ready to run."""

    def run(
        self, job: Job, objects: Sequence[Any], call: Call, hosted: Callable[..., Any] | None, large: list[Packed]
    ) -> Outcome:
        """Do a job, or as much of it as there is time for."""
        ...


_runners: OrderedDict[Key, Runner] = OrderedDict()
_known: dict[str, Census] = {}
"""What each driver has said last of its deployments."""
_lock = threading.RLock()


def perform(call: bytes, *objects: Any) -> tuple[bytes, Large]:
    """The jobs of a call, as a task."""
    return _performed(call, objects, None)


def pass_on(call: bytes, *objects: Any) -> Relayed:
    """The job of a call whose value is for the next part of its chain."""
    return relayed(*perform(call, *objects))


class Replica:
    """A live copy of a step, as an actor.

    Args:
        version: of the driver.
        callee: the step.
    """

    def __init__(self, version: str, *callee: Any) -> None:
        self._error: Sealed | None = None
        self._fn: Callable[..., Any] | None = None
        try:
            check_version(version)
            self._fn = _hosted(from_pieces(callee))
        except BaseException as error:  # the constructor's outcome, told when it is asked for
            self._error = seal_error(error, dumps)

    def ready(self) -> tuple[Sealed | None, int]:
        """The error of the constructor, if there was one, and the process."""
        return self._error, os.getpid()

    def perform(self, call: bytes, *objects: Any) -> tuple[bytes, Large]:
        """The jobs of a call."""
        if self._fn is None:
            return reported([Outcome(0, error=self._error)] * len(heard(call).jobs)), NOTHING
        return _performed(call, objects, self._fn)

    def pass_on(self, call: bytes, *objects: Any) -> Relayed:
        """The job of a call whose value is for the next part of its chain."""
        return relayed(*self.perform(call, *objects))


def version_of() -> str:
    """The dataflow and the Python of this process."""
    python = ".".join(map(str, sys.version_info[:2]))
    try:
        return f"{metadata.version('typed-dataflow')} on Python {python}"
    except metadata.PackageNotFoundError:  # it is on the path without being installed
        return f"of a folder on Python {python}"


def _hosted(packed: Packed) -> Callable[..., Any]:
    callee = unpack(packed, "a step")
    fn = constructed(callee) if isinstance(callee, Instance) else callee.fn
    return awaited(bound(fn, callee, ()), callee)


def check_version(version: str) -> None:
    """Refuse to work for a driver with another dataflow.

    Raises:
        DeployError: the versions differ.
    """
    here = version_of()
    if version != here:
        raise DeployError(f"the worker has dataflow {here}, the driver {version}; install the same on both")


def _performed(data: bytes, objects: Sequence[Any], hosted: Callable[..., Any] | None) -> tuple[bytes, Large]:
    outer, at_work.workers = at_work.workers, RAY
    large: list[Packed] = []
    try:
        call = heard(data)
        _forget(call.census)
        jobs = zip_longest(call.jobs, call.runs)
        report = reported([_outcome(call, job, run, objects, hosted, large) for job, run in jobs])
        return report, large or NOTHING
    finally:
        at_work.workers = outer


def _outcome(
    call: Call,
    job: Job,
    run: bytes | None,
    objects: Sequence[Any],
    hosted: Callable[..., Any] | None,
    large: list[Packed],
) -> Outcome:
    try:
        if run is not None and is_over(run):
            return SKIPPED
        return _runner(call, job, objects).run(job, objects, call, hosted, large)
    except BaseException as error:  # code or a value that cannot be read here
        return Outcome(0, error=seal_error(error, dumps))


def _runner(call: Call, job: Job, objects: Sequence[Any]) -> Runner:
    """The code of a job; what was sent before is kept."""
    with _lock:
        runner = _runners.get(job.key)
        if runner is None:
            code = opened(call.codes[job.key], objects)
            runner = BodyRunner(code, call.watched) if isinstance(code, Body) else ChainRunner(code)
            _runners[job.key] = runner
            if len(_runners) > MOST_CODES:
                _runners.popitem(last=False)
        else:
            _runners.move_to_end(job.key)
        return runner


def _forget(known: Census) -> None:
    """Drop what belongs to deployments that are closed."""
    if _known.get(known.process) == known:
        return
    sweep(known)
    with _lock:
        _known[known.process] = known
        for key in [key for key in _runners if known.closed(key.process, key.deployment)]:
            del _runners[key]
