"""Fault plans: the n-th call of a step fails, is late, hangs, or takes its process with it.

Calls are counted in a file, so a plan means the same wherever the steps run: in threads, or in other processes.
"""

from __future__ import annotations

import asyncio
import difflib
import os
import signal
import tempfile
import time
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias

import attrs

from dataflow.errors import DeployError, OptionTypeError, OptionValueError
from dataflow.executors.base import Executor
from dataflow.flow import Flow
from dataflow.ir.graph import Graph, bodies
from dataflow.ops import Expand
from dataflow.pipeline import Deployment
from dataflow.plan import Plan
from dataflow.testing.layers import layered, replanned
from dataflow.testing.witness import append, discard
from dataflow.variables import FunctionT

LOOK: Final = 0.005
"""Seconds between two looks at whether what hangs may go on."""


def _nth(_: object, __: attrs.Attribute[Any], value: object) -> None:
    wanted = f"nth must be an int of at least 1, or None for every call, not {value!r}"
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise OptionTypeError(wanted)
    if isinstance(value, int) and value < 1:
        raise OptionValueError(wanted)


@attrs.frozen
class Fail:
    """A call raises instead of being made."""

    step: str
    error: BaseException = attrs.field(eq=False)
    nth: int | None = attrs.field(default=1, validator=_nth)


@attrs.frozen
class Delay:
    """A call is made some seconds late."""

    step: str
    seconds: float
    nth: int | None = attrs.field(default=1, validator=_nth)


@attrs.frozen
class Hang:
    """A call is made when the plan is released, and not before."""

    step: str
    nth: int | None = attrs.field(default=1, validator=_nth)


@attrs.frozen
class Kill:
    """A call kills the process that it is made in, unless that is the one where the plan was made."""

    step: str
    nth: int | None = attrs.field(default=1, validator=_nth)


Fault: TypeAlias = Fail | Delay | Hang | Kill


def fail(step: str, error: BaseException, nth: int | None = 1) -> Fault:
    """The n-th call of a step raises, instead of being made; None is every call.

    >>> fail("score", ValueError("no"), nth=2)
    Fail(step='score', error=ValueError('no'), nth=2)
    """
    return Fail(step, error, nth)


def delay(step: str, seconds: float, nth: int | None = 1) -> Fault:
    """The n-th call of a step is made some seconds late; None is every call.

    >>> delay("score", 0.5)
    Delay(step='score', seconds=0.5, nth=1)
    """
    return Delay(step, seconds, nth)


def hang(step: str, nth: int | None = 1) -> Fault:
    """The n-th call of a step waits until the plan is released, or closed; None is every call.

    >>> hang("score", nth=None)
    Hang(step='score', nth=None)
    """
    return Hang(step, nth)


def kill(step: str, nth: int | None = 1) -> Fault:
    """The n-th call of a step kills its process, as the system does when memory runs out.

    >>> kill("score", nth=3)
    Kill(step='score', nth=3)
    """
    return Kill(step, nth)


class FaultPlan:
    """What is to go wrong, by the name of the step and the number of the call.

    Each attempt of a step with `retries` is a call. Where calls overlap, which of them is the n-th is open; it is
    exactly one. Use the plan as a context manager, or close it: what hangs goes on then.

    Args:
        faults: made by `fail`, `delay`, `hang` and `kill`.

    >>> from dataflow import In, Node, Threads, flow, step
    >>> @step(retries=1)
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> @flow
    ... def quadruple(x: In[int]) -> Node[int]:
    ...     return double(double(x))
    >>> with FaultPlan(fail("double", OSError("disk"), nth=2)) as plan:
    ...     quadruple.on(plan.around(Threads(2))).run(1), plan.calls("double")
    (4, 3)
    >>> with FaultPlan(fail("double", OSError("disk"), nth=None)) as plan:
    ...     plan.flow(quadruple).run(1)
    Traceback (most recent call last):
        ...
    OSError: disk
    """

    def __init__(self, *faults: Fault) -> None:
        for fault in faults:
            if not isinstance(fault, Fault):
                raise OptionTypeError(f"FaultPlan() takes what fail(), delay(), hang() and kill() make, not {fault!r}")
        self.faults = faults
        self._folder = tempfile.mkdtemp(prefix="dataflow-faults-")
        self._finalize = weakref.finalize(self, discard, self._folder)

    def __repr__(self) -> str:
        return f"FaultPlan({', '.join(map(repr, self.faults))})"

    def around(self, executor: Executor) -> Executor:
        """The executor, on which steps meet their faults.

        Raises (at deploy):
            DeployError: a fault is for a step that the flow does not have.
        """
        return FaultyExecutor(executor, self.faults, self._layer())

    def flow(self, flow: Flow[FunctionT], executor: Executor | None = None) -> Flow[FunctionT]:
        """The flow on an executor, by default its own, on which its steps meet their faults."""
        return flow.on(self.around(flow.executor if executor is None else executor), flow.observe)

    def calls(self, step: str) -> int:
        """How many calls of a step have begun; only steps with a fault are counted."""
        return self._layer().count(step)

    def release(self) -> None:
        """Let go on what hangs, now and from now on."""
        self._layer().release()

    def close(self) -> None:
        """Let go on what hangs, and forget the counts. Later calls meet no faults."""
        self.release()
        self._finalize()

    def _layer(self) -> Faults:
        return Faults(self.faults, self._folder, os.getpid())

    def __enter__(self) -> FaultPlan:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


@attrs.frozen
class FaultyExecutor:
    """An executor on which steps meet their faults."""

    executor: Executor
    faults: tuple[Fault, ...]
    layer: Faults

    def deploy(self, plan: Plan) -> Deployment:
        """Deploy the plan, its steps in the layer of faults.

        Raises:
            DeployError: a fault is for a step that there is not.
        """
        known = {callee.name for callee in plan.graph.callees()}
        for fault in self.faults if not _grows(plan.graph) else ():
            if fault.step not in known:
                near = difflib.get_close_matches(fault.step, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"its steps are {', '.join(sorted(known))}"
                raise DeployError(f"this flow has no step {fault.step!r} to {type(fault).__name__.lower()}; {hint}")
        return self.executor.deploy(replanned(plan, layered(plan.graph, self.layer)))


def _grows(graph: Graph) -> bool:
    """Whether further steps may come while the graph runs."""
    return any(isinstance(op, Expand) or any(map(_grows, bodies(op))) for op in graph.ops)


@attrs.frozen
class Faults:
    """The layer: counts the calls of steps that have faults, and lets them meet them."""

    faults: tuple[Fault, ...]
    folder: str
    home: int

    def around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make a call, or what has been planned instead."""
        for fault in self._due(name):
            late = self._meet(fault)
            while late():
                time.sleep(LOOK)
        return call(*args, **kwargs)

    async def around_async(
        self, name: str, call: Callable[..., Awaitable[Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """The same for a coroutine function; others go on while it is late."""
        for fault in self._due(name):
            late = self._meet(fault)
            while late():
                await asyncio.sleep(LOOK)
        return await call(*args, **kwargs)

    def _due(self, name: str) -> list[Fault]:
        """The faults of this call."""
        planned = [fault for fault in self.faults if fault.step == name]
        if not planned:
            return []
        try:
            number = append(self._file(name), b".")
        except FileNotFoundError:  # the plan is closed
            return []
        return [fault for fault in planned if fault.nth in (None, number)]

    def _meet(self, fault: Fault) -> Callable[[], bool]:
        """Do what a fault says; returns whether the call is still to wait."""
        match fault:
            case Fail(error=error):
                raise error
            case Kill(step=step):
                if os.getpid() == self.home:
                    raise DeployError(f"step {step!r} was to kill its process, but that is the one of the test itself")
                os.kill(os.getpid(), signal.SIGKILL)
                return lambda: True
            case Delay(seconds=seconds):
                end = time.monotonic() + seconds
                return lambda: time.monotonic() < end
            case Hang():
                return lambda: os.path.isdir(self.folder) and not self._released().exists()

    def count(self, name: str) -> int:
        """How many calls of a step have begun."""
        try:
            return os.stat(self._file(name)).st_size
        except FileNotFoundError:
            return 0

    def release(self) -> None:
        """Let go on what hangs."""
        with suppress(FileNotFoundError):  # the plan is closed, which lets go too
            self._released().touch()

    def _released(self) -> Path:
        return Path(self.folder, "released")

    def _file(self, name: str) -> str:
        return os.path.join(self.folder, f"calls-{name.encode().hex()}")
