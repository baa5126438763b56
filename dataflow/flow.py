"""`@flow`: a function from nodes to a node, as something to run, stream and deploy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import attrs

from dataflow.callee import label_of
from dataflow.errors import CompositionError
from dataflow.events import Observer
from dataflow.executors.base import Executor
from dataflow.future import Future
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.names import find, name_of
from dataflow.node import Node
from dataflow.ops import ABSENT
from dataflow.pipeline import IN_FLIGHT, Pipeline
from dataflow.place import here
from dataflow.run import INLINE, deployed, run, submit
from dataflow.scan import nodes_in, uncalled
from dataflow.step import look_like
from dataflow.trace import as_node, parameter

A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])
F_co = TypeVar("F_co", bound=Callable[..., Any], covariant=True)

DEEPEST = 100
_calling: ContextVar[tuple[str, ...]] = ContextVar("dataflow_calling", default=())


@attrs.frozen(eq=False, repr=False, slots=False)
class Flow(Generic[F_co]):
    """A function from nodes to a node. Calling it wires, on nodes or on values; `run` computes.

    >>> from dataflow import In, Node, step
    >>> @step
    ... def add(a: int, b: int) -> int:
    ...     return a + b
    >>> @flow
    ... def total(a: In[int], b: In[int] = 10) -> Node[int]:
    ...     return add(a, b)
    >>> total.run(1), total.run(1, b=2), list(total.stream([1, 2]))
    (11, 3, [11, 12])
    """

    function: Callable[..., Any]
    executor: Executor = INLINE
    observe: tuple[Observer, ...] = ()

    def __attrs_post_init__(self) -> None:
        look_like(self, self.function, label_of(self.function))

    @property
    def name(self) -> str:
        """The name of the function."""
        return label_of(self.function)

    # overloads: Flow.__call__

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        chain = _calling.get()
        if len(chain) >= DEEPEST:
            cycle = " -> ".join([*chain[-3:], self.name])
            raise CompositionError(f"flow {self.name!r} is wired {DEEPEST} deep: ... -> {cycle}; does it call itself?")
        token = _calling.set((*chain, self.name))
        try:
            return as_node(self.function(*args, **kwargs), f"flow {self.name!r}", here())
        finally:
            _calling.reset(token)

    # overloads: Flow.run

    def run(self, /, *args: Any, **kwargs: Any) -> Any:
        """The flow's value for these arguments: `flow.run(x) == run(flow(x))`, on the flow's executor.

        Raises:
            TypeError: the arguments do not fit the flow's parameters.
            CompositionError: the flow wires something wrong.
            Exception: what a step raised, as itself.
        """
        return run(self._wired(args, kwargs), executor=self.executor, observe=self.observe)

    # overloads: Flow.submit

    def submit(self, /, *args: Any, **kwargs: Any) -> Any:
        """Start a run, and return the future of its value."""
        return submit(self._wired(args, kwargs), executor=self.executor, observe=self.observe)

    # overloads: Flow.stream

    def stream(self, xs: Any, /, **shared: Any) -> Any:
        """The flow's value for each item of `xs`, in order; see `Pipeline.stream`."""
        return self._stream(xs, shared)

    def _stream(self, xs: Iterable[Any], shared: Mapping[str, Any]) -> Iterator[Any]:
        with self.deploy() as pipeline:
            yield from pipeline.stream(xs, **shared)

    def on(self, executor: Executor, observe: Sequence[Observer] = ()) -> Flow[F_co]:
        """The same flow on another executor, and with observers.

        >>> from dataflow import Threads, const
        >>> flow(lambda: const(1)).on(Threads(2)).run()
        1
        """
        return attrs.evolve(self, executor=executor, observe=tuple(observe))

    def deploy(
        self: Flow[Callable[P, Node[R]]],
        executor: Executor | None = None,
        /,
        *,
        replicas: Mapping[str, int] | None = None,
        options: Mapping[str, Mapping[str, object]] | None = None,
        max_in_flight: int = IN_FLIGHT,
        observe: Sequence[Observer] = (),
    ) -> Pipeline[P, R]:
        """The flow as a pipeline: instances constructed, ready for calls with the flow's parameters.

        Args and errors are those of `dataflow.deploy`; the executor is the flow's own by default.
        """
        where = self.executor if executor is None else executor
        who = f"flow {self.name!r}"
        return deployed(self.graph, who, where, replicas, options, max_in_flight, (*self.observe, *observe))

    @property
    def graph(self) -> Graph:
        """The graph of the flow, with an input for each parameter.

        Raises:
            CompositionError: the flow wires something wrong, or has `*args` or `**kwargs`.
        """
        place, owner = here(), f"flow {self.name!r}"
        params: dict[str, Node[Any]] = {}
        by_position = []
        for name, param in inspect.signature(self.function).parameters.items():
            if param.kind in (param.VAR_POSITIONAL, param.VAR_KEYWORD):
                raise CompositionError(f"{owner} has {param}; a pipeline needs a fixed set of inputs, each with a name")
            default = ABSENT if param.default is param.empty or isinstance(param.default, Node) else param.default
            params[name] = parameter(name, owner, place, default)
            by_position += [name] if param.kind is param.POSITIONAL_ONLY else []
        named = {name: node for name, node in params.items() if name not in by_position}
        return lower(self(*(params[name] for name in by_position), **named), tuple(params.values()), owner)

    def _wired(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Node[Any]:
        try:
            inspect.signature(self.function).bind(*args, **kwargs)
        except TypeError as error:
            signature = inspect.signature(self.function)
            raise CompositionError(f"flow {self.name!r}: {error}; its signature is {signature}") from None
        wired: Node[Any] = self(*args, **kwargs)
        return wired

    def __repr__(self) -> str:
        return f"flow {self.name!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        return (Flow, (self.function, self.executor, self.observe)) if name is None else (find, (name,))


def flow(fn: F, /) -> Flow[F]:
    """Make a flow of a function that takes nodes, or values, and returns a node.

    It may also return a tuple, list or dict of nodes, for a node of that container.

    Raises:
        CompositionError: `fn` cannot be called, or is a step or flow already.

    >>> @flow
    ... def nothing():
    ...     return 3
    >>> nothing.run()
    Traceback (most recent call last):
        ...
    dataflow.errors.CompositionError: flow 'nothing' returned 3, which is not a node; call steps in it, or const(value) for a value that is known
    """
    if isinstance(fn, tuple(uncalled)):
        raise CompositionError(f"{fn!r} is not a plain function; flow() takes a function that wires nodes")
    if not callable(fn) or inspect.iscoroutinefunction(fn) or inspect.isgeneratorfunction(fn):
        raise CompositionError(f"flow() takes a plain function that wires nodes, not {fn!r}")
    return Flow(fn)


uncalled.append(Flow)
