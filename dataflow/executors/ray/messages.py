"""What the driver sends to a worker, and what comes back: both as bytes of plain pickle.

Ray would use its own pickler, which is in Python, for anything but bytes; here all classes can be imported.
"""

from __future__ import annotations

import functools
import pickle
import struct
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from dataflow.executors.census import Census
from dataflow.executors.envelope import Sealed
from dataflow.executors.ray.packed import Packed, Reported
from dataflow.executors.remote import Key

SHORT: Final = 1024
SECONDS: Final = struct.Struct("d")
Relayed: TypeAlias = bytes | list[Any]
"""What a part of a chain gives to the next: its report, or a list of that and of what is too large for it."""


class Job(NamedTuple):
    """Calls to be made, one after the other: the members of a chain, or a body for each of some elements.

    Attributes:
        key: of the code.
        name: what to call it in errors.
        operands: on the wire; of a body, the list of elements and then what the body captures.
        first: the member or element to begin with.
        last: of a chain, the value before it, on the wire; None if there is none.
        upto: of a body, the element to end before.
        base: of a body, which element the list begins with.
        above: of a body, the path of the fan-out, for errors.
    """

    key: Key
    name: str
    operands: tuple[Any, ...]
    first: int = 0
    last: Any = None
    upto: int = 0
    base: int = 0
    above: str = ""


class Call(NamedTuple):
    """A remote call: jobs that wait together travel together, and each is answered on its own.

    Attributes:
        codes: the code of each key, packed.
        jobs: in order.
        census: which deployments of the driver are open.
        budget: seconds after which a job is given back between two calls of steps.
        watched: whether the driver has observers.
        runs: what the run of each job is marked under when it is over; none if that need not be asked.
    """

    codes: dict[Key, Packed]
    jobs: tuple[Job, ...]
    census: Census
    budget: float
    watched: bool
    runs: tuple[bytes, ...] = ()


class Told(NamedTuple):
    """A step that was called, for observers in the driver."""

    step: str
    seconds: float
    error: Sealed | None


class Outcome(NamedTuple):
    """How a job ended: all done, or stopped before the end, perhaps by an error.

    Attributes:
        done: how many members, or elements, have a value.
        value: of the last of them, or the list of the elements' values: packed, or which of the large values it is.
        error: of the one after them.
        skipped: whether nothing was called, since the call before has given no value, or the run is over.
        paused: whether it stopped because its time was over.
        hung: the process in which a call was given up that is still running; 0 if there is none.
        seconds: of all calls.
        length: of a value that is a list or tuple, its items.
        told: what observers are to be told.
        passed: of a part of a chain that was sent on, the seconds of each part before it, as doubles.
        behind: how many parts have come after the one that this is the outcome of, and were skipped.
    """

    done: int
    value: Reported | None = None
    error: Sealed | None = None
    skipped: bool = False
    paused: bool = False
    hung: int = 0
    seconds: float = 0.0
    length: int | None = None
    told: tuple[Told, ...] = ()
    passed: bytes = b""
    behind: int = 0


def complete(outcome: Outcome) -> bool:
    """Whether all of a job has been done."""
    return outcome.error is None and not outcome.skipped and not outcome.paused


def said(call: Call) -> bytes:
    """A call as it is sent."""
    return pickle.dumps(call, protocol=5)


def heard(data: bytes) -> Call:
    """The call that was sent."""
    return _known(data) if len(data) < SHORT else _heard(data)


def _heard(data: bytes) -> Call:
    call: Call = pickle.loads(data)
    return call


_known = functools.lru_cache(64)(_heard)
"""For parts of chains, which are mostly said again as they were."""


def reported(outcomes: Sequence[Outcome]) -> bytes:
    """Outcomes as they are sent back."""
    return pickle.dumps([tuple(outcome) for outcome in outcomes], protocol=5)  # tuples: names of classes take time


def read(report: bytes) -> tuple[Outcome, ...]:
    """The outcomes of a report."""
    return tuple([Outcome(*fields) for fields in pickle.loads(report)])


def relayed(report: bytes, large: Sequence[Packed] | bytes) -> Relayed:
    """A report and what is too large for it, as one object; bytes alone if it can be, which Ray sends at least cost."""
    return [report, *large] if large else report


def received(sent: Relayed) -> tuple[bytes, Sequence[Packed]]:
    """The report that was relayed, and what was too large for it."""
    return (sent, ()) if isinstance(sent, bytes) else (sent[0], sent[1:])


SKIPPED = Outcome(0, skipped=True)
