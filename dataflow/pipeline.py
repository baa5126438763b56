"""`Pipeline`: a deployed flow, loaded and ready for calls."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypedDict, TypeVar, overload, runtime_checkable

from dataflow.errors import ClosedError, DeployError, InputError
from dataflow.events import Observer
from dataflow.future import Future
from dataflow.lookups import ON_PIPELINES, missing
from dataflow.options import OptionChanges
from dataflow.signature import Inputs
from dataflow.stats import Stats
from dataflow.variables import ItemT, ParamsP, RestP, ResultT, ResultT_co

FirstT_contra = TypeVar("FirstT_contra", contravariant=True)

IN_FLIGHT = 16

_forks: list[None] = []
"""Counts how often this process is the child of a fork: to ask the system for the process costs more than a step."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _forks.append(None))


class Deployment(Protocol):
    """A plan that an executor has made ready: instances constructed, workers at hand."""

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        """Start a run."""
        ...

    def close(self) -> None:
        """Free what was made ready. Called once or more; runs in flight end first."""
        ...


@runtime_checkable
class Direct(Protocol):
    """A deployment that computes in the caller's thread offers this too, and saves the future."""

    def compute(self, values: Sequence[object], /) -> Any:
        """Run on these values of the inputs, in their order, and return the value."""
        ...


@runtime_checkable
class Scalable(Protocol):
    """A deployment whose class steps may have any number of live copies offers this too."""

    def scale(self, step: str, count: int) -> None:
        """Have so many live copies of the class steps of a name."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A deployment that tells what it is doing offers this too."""

    def stats(self) -> Stats:
        """What it is doing."""
        ...


class Deployer(Protocol):
    """An executor, as it is seen from below: it makes deployments of plans."""

    def deploy(self, plan: Any, /) -> Deployment:
        """Make a plan ready for runs."""
        ...


class DeploySettings(TypedDict, total=False):
    """The keywords of `dataflow.deploy`."""

    replicas: Mapping[str, int] | None
    options: Mapping[str, OptionChanges] | None
    max_in_flight: int
    observe: Sequence[Observer]
    passes: Sequence[Callable[[Any], Any]]


def items_of(xs: Iterable[ItemT], who: str) -> Iterator[ItemT]:
    """What a stream reads, one after the other.

    >>> items_of(3, "flow 'f'")
    Traceback (most recent call last):
    dataflow.errors.InputError: flow 'f' streams over an iterable of values, not 3
    """
    try:
        return iter(xs)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is not None:  # raised by its own __iter__
            raise
        raise InputError(f"{who} streams over an iterable of values, not {xs!r}") from None


class CalledOn(Protocol[FirstT_contra, RestP, ResultT_co]):
    """A pipeline whose first parameter takes an A, and which has further ones."""

    def call(self, first: FirstT_contra, /, *args: RestP.args, **kwargs: RestP.kwargs) -> ResultT_co: ...


class CalledOnOne(Protocol[FirstT_contra, ResultT_co]):
    """A pipeline that may be called with an A alone."""

    def call(self, first: FirstT_contra, /) -> ResultT_co: ...


class Pipeline(Generic[ParamsP, ResultT_co]):
    """A deployed flow. Its parameters are the flow's own; values go in and come out.

    Close it, or use it as a context manager; dropping the last reference frees it too.

    >>> from dataflow import In, Node, flow, step
    >>> @step
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> @flow
    ... def twice(x: In[int]) -> Node[int]:
    ...     return double(x)
    >>> with twice.deploy() as pipeline:
    ...     pipeline.call(4), list(pipeline.stream([1, 2, 3]))
    (8, [2, 4, 6])
    """

    def __init__(
        self,
        inputs: Inputs,
        deployment: Deployment,
        max_in_flight: int = IN_FLIGHT,
        check: Callable[[Mapping[str, int]], object] = dict,
    ) -> None:
        self._inputs, self._deployment, self._max_in_flight = inputs, deployment, max_in_flight
        self._check_replicas = check
        self._direct = deployment.compute if isinstance(deployment, Direct) else None
        self._process, self._forks, self._closed = os.getpid(), len(_forks), False

    def call(self, /, *args: ParamsP.args, **kwargs: ParamsP.kwargs) -> ResultT_co:
        """One run: the flow's value for these arguments.

        Raises:
            InputError: an argument is missing, unknown or given twice.
            ClosedError: the pipeline is closed.
        """
        if self._direct is None:
            return self._waited_for(self._inputs.bind(args, kwargs))
        values = self._inputs.ordered(args, kwargs)
        if self._closed or self._forks != len(_forks):
            self._check_open()
        value: ResultT_co = self._direct(values)
        return value

    def _waited_for(self, inputs: Mapping[str, object]) -> ResultT_co:
        self._check_open()
        future: Future[ResultT_co] = self._deployment.submit(inputs)
        try:
            return future.result()
        finally:
            future.cancel()  # where waiting was interrupted, by Ctrl-C: begin nothing more

    def submit(self, /, *args: ParamsP.args, **kwargs: ParamsP.kwargs) -> Future[ResultT_co]:
        """Start a run, and return its future. Raises as `call` does, but for errors of steps, which the future has."""
        inputs = self._inputs.bind(args, kwargs)
        self._check_open()
        return self._deployment.submit(inputs)

    @overload
    def stream(self: CalledOnOne[ItemT, ResultT], xs: Iterable[ItemT], /) -> Iterator[ResultT]: ...
    @overload
    def stream(
        self: CalledOn[ItemT, RestP, ResultT], xs: Iterable[ItemT], /, *shared: RestP.args, **named: RestP.kwargs
    ) -> Iterator[ResultT]: ...
    def stream(self, xs: Iterable[Any], /, *shared: Any, **named: Any) -> Iterator[Any]:
        """The flow's value for each item of `xs`, in order.

        At most `max_in_flight` items are pulled from `xs` before their results are taken. Where a run fails its
        error is raised in its turn, and the stream ends. Closing the iterator early cancels what is in flight.

        Args:
            xs: values of the flow's first parameter.
            shared: values of its other parameters, the same for each item.
            named: the same by name.

        Raises:
            InputError: `xs` cannot be iterated over.
            ClosedError: the pipeline is closed.
        """
        self._check_open()
        return self._streamed(items_of(xs, self._inputs.flow), lambda x: self._inputs.bind((x, *shared), named))

    def _streamed(self, xs: Iterator[Any], bind: Callable[[Any], Mapping[str, object]]) -> Iterator[ResultT_co]:
        window: deque[Future[ResultT_co]] = deque()
        try:
            while True:
                self._fill(window, xs, bind)
                if not window:
                    return
                window[0].result()  # not taken out before: where the wait is interrupted, it is cancelled like the rest
                yield window.popleft().result()
        finally:
            for future in window:
                future.cancel()

    def _fill(
        self, window: deque[Future[ResultT_co]], xs: Iterator[Any], bind: Callable[[Any], Mapping[str, object]]
    ) -> None:
        """Start at least one more run if there is room, and further ones while the oldest is not done."""
        started = False
        while len(window) < self._max_in_flight and not (started and window[0].done()):
            try:
                x = next(xs)
            except StopIteration:
                return
            self._check_open()
            window.append(self._deployment.submit(bind(x)))
            started = True

    def scale(self, replicas: Mapping[str, int], /) -> None:
        """Have so many live copies of some class steps from now on; calls that are under way are ended.

        An executor that has one copy in each process (`Inline`, `Futures`) keeps it, as with `replicas` at deploy.

        Args:
            replicas: live copies by class step's name.

        Raises:
            DeployError: there is no class step of a name.
            OptionTypeError, OptionValueError: a number is not an int of at least 1.
            ClosedError: the pipeline is closed.
            Exception: what a constructor raised; then the copies are those that there were.

        >>> from dataflow import INPUT, Threads, bind
        >>> class Scale:
        ...     def __call__(self, x: int) -> int:
        ...         return 10 * x
        >>> with bind(Scale)(INPUT).deploy(Threads(4)) as pipeline:
        ...     pipeline.scale({"Scale": 3})
        ...     pipeline.stats()
        Stats(in_flight=0, replicas={'Scale': (0, 0, 0)})
        """
        self._check_open()
        self._check_replicas(replicas)
        if isinstance(self._deployment, Scalable):
            for step, count in replicas.items():
                self._deployment.scale(step, count)

    def stats(self) -> Stats:
        """The runs in flight, and the calls that each live copy of each class step has taken.

        Raises:
            ClosedError: the pipeline is closed.
            DeployError: the executor is one that does not tell.
        """
        self._check_open()
        if not isinstance(self._deployment, Watched):
            raise DeployError(f"{type(self._deployment).__name__} does not tell its stats: it has no method `stats`")
        return self._deployment.stats()

    def close(self) -> None:
        """End the pipeline: what is in flight is finished, then every replica is freed. A second call does nothing."""
        if not self._closed:
            self._closed = True
            if self._process == os.getpid():
                self._deployment.close()

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("this pipeline is closed; deploy the flow again")
        if self._process != os.getpid():
            raise ClosedError(f"this pipeline lives in process {self._process}; deploy the flow again in this one")

    if not TYPE_CHECKING:  # to checkers an attribute that is not there is an error without it

        def __getattr__(self, name: str) -> NoReturn:
            raise missing(self, name, "pipeline", ON_PIPELINES)

    def __enter__(self) -> Pipeline[ParamsP, ResultT_co]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Pipeline({', '.join(self._inputs.names)}){' closed' if self._closed else ''}>"
