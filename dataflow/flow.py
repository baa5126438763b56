"""`@flow`: a function from nodes to a node, as something to run, stream and deploy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, NoReturn, TypeVar, overload

import attrs

from dataflow.binding import wired
from dataflow.callee import label_of
from dataflow.errors import CompositionError
from dataflow.events import Observer
from dataflow.executors.base import Executor
from dataflow.future import Future
from dataflow.ir.graph import Graph
from dataflow.lookups import ON_FLOWS, missing
from dataflow.lower import lower
from dataflow.names import find, name_of, unwrapped
from dataflow.node import In, Node
from dataflow.ops import ABSENT
from dataflow.options import OptionChanges
from dataflow.parameters import as_nodes, inputs_of
from dataflow.passes import PASSES, Pass
from dataflow.pipeline import IN_FLIGHT, Pipeline, items_of
from dataflow.place import here
from dataflow.run import INLINE, computed, deployed, submitted
from dataflow.scan import operand, uncalled
from dataflow.step_type import look_like
from dataflow.trace import as_node, parameter
from dataflow.tuples import items_in
from dataflow.variables import (
    EighthT,
    FifthT,
    FirstT,
    FourthT,
    FunctionT_co,
    ItemT,
    KeyT,
    ParamsP,
    RestP,
    ResultT,
    SecondT,
    SeventhT,
    SixthT,
    ThirdT,
)
from dataflow.weight import check_literals

WiringT = TypeVar("WiringT", bound=Callable[..., Node[Any]])

DEEPEST = 100
SETTINGS = frozenset({"executor", "observe"})
_calling: ContextVar[tuple[str, ...]] = ContextVar("dataflow_calling", default=())


@attrs.frozen(eq=False, repr=False, slots=False)
class Flow(Generic[FunctionT_co]):
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

    wraps_for_dataflow: ClassVar[bool] = True

    _function: FunctionT_co
    executor: Executor = INLINE
    observe: tuple[Observer, ...] = ()

    def __attrs_post_init__(self) -> None:
        look_like(self, self.function, label_of(self.function))

    @property
    def function(self) -> FunctionT_co:
        """The wiring function."""
        return self._function

    @property
    def name(self) -> str:
        """The name of the function."""
        return label_of(self.function)

    def __call__(
        self: Flow[Callable[ParamsP, Node[ResultT]]], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs
    ) -> Node[ResultT]:
        chain = _calling.get()
        if len(chain) >= DEEPEST:
            cycle = " -> ".join([*chain[-3:], self.name])
            raise CompositionError(f"flow {self.name!r} is wired {DEEPEST} deep: ... -> {cycle}; does it call itself?")
        who = f"flow {self.name!r}"
        token = _calling.set((*chain, self.name))
        try:
            nodes, named = as_nodes(self._function, who, args, kwargs)
            return as_node(wired(self._function, who, nodes, named), who, here())
        finally:
            _calling.reset(token)

    # overloads: Flow.run
    @overload
    def run(
        self: Flow[Callable[Concatenate[Node[FirstT], RestP], Node[ResultT]]],
        first: In[FirstT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[[Node[FirstT], Node[SecondT]], Node[ResultT]]], first: In[FirstT], second: In[SecondT], /
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[Concatenate[Node[FirstT], Node[SecondT], RestP], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[[Node[FirstT], Node[SecondT], Node[ThirdT]], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[Concatenate[Node[FirstT], Node[SecondT], Node[ThirdT], RestP], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT]], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        /,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[
            Callable[Concatenate[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], RestP], Node[ResultT]]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT]], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        /,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[
            Callable[
                Concatenate[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], RestP],
                Node[ResultT],
            ]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[
            Callable[
                [Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT]], Node[ResultT]
            ]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        sixth: In[SixthT],
        /,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[
            Callable[
                Concatenate[
                    Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT], RestP
                ],
                Node[ResultT],
            ]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        sixth: In[SixthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> ResultT: ...
    @overload
    def run(
        self: Flow[Callable[ParamsP, Node[ResultT]]], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs
    ) -> ResultT: ...
    # end of overloads
    def run(self, /, *args: Any, **kwargs: Any) -> Any:
        """The flow's value for these arguments: `flow.run(x) == run(flow(x))`, on the flow's executor.

        Arguments for parameters annotated `In` or `Node`, or not annotated, are nodes in the flow's body.

        Raises:
            CompositionError: the arguments do not fit the flow's parameters, or the flow wires something wrong.
            Exception: what a step raised, as itself.
        """
        return computed(lower(self._wired(args, kwargs)), self.executor, self.observe)

    # overloads: Flow.submit
    @overload
    def submit(
        self: Flow[Callable[Concatenate[Node[FirstT], RestP], Node[ResultT]]],
        first: In[FirstT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[[Node[FirstT], Node[SecondT]], Node[ResultT]]], first: In[FirstT], second: In[SecondT], /
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[Concatenate[Node[FirstT], Node[SecondT], RestP], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[[Node[FirstT], Node[SecondT], Node[ThirdT]], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[Concatenate[Node[FirstT], Node[SecondT], Node[ThirdT], RestP], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT]], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        /,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[
            Callable[Concatenate[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], RestP], Node[ResultT]]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT]], Node[ResultT]]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        /,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[
            Callable[
                Concatenate[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], RestP],
                Node[ResultT],
            ]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[
            Callable[
                [Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT]], Node[ResultT]
            ]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        sixth: In[SixthT],
        /,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[
            Callable[
                Concatenate[
                    Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT], RestP
                ],
                Node[ResultT],
            ]
        ],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        sixth: In[SixthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Future[ResultT]: ...
    @overload
    def submit(
        self: Flow[Callable[ParamsP, Node[ResultT]]], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs
    ) -> Future[ResultT]: ...
    # end of overloads
    def submit(self, /, *args: Any, **kwargs: Any) -> Any:
        """Start a run, and return the future of its value."""
        return submitted(lower(self._wired(args, kwargs)), self.executor, self.observe)

    # overloads: Flow.stream
    @overload
    def stream(
        self: Flow[Callable[Concatenate[Node[ItemT], RestP], Node[ResultT]]],
        xs: Iterable[ItemT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Iterator[ResultT]: ...
    @overload
    def stream(
        self: Flow[Callable[Concatenate[ItemT, RestP], Node[ResultT]]],
        xs: Iterable[ItemT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Iterator[ResultT]: ...
    # end of overloads
    def stream(self, xs: Any, /, *shared: Any, **named: Any) -> Any:
        """The flow's value for each item of `xs`, in order; see `Pipeline.stream`.

        The flow is deployed when the first value is asked for.

        Raises:
            InputError: `xs` cannot be iterated over.
        """
        self._check_settings(named)
        return self._stream(items_of(xs, f"flow {self.name!r}"), shared, named)

    def _stream(self, xs: Iterator[Any], shared: tuple[Any, ...], named: Mapping[str, Any]) -> Iterator[Any]:
        with self.deploy() as pipeline:
            yield from pipeline.stream(xs, *shared, **named)

    def on(self, executor: Executor, observe: Sequence[Observer] = ()) -> Flow[FunctionT_co]:
        """The same flow on another executor, and with observers.

        >>> from dataflow import Threads, const
        >>> flow(lambda: const(1)).on(Threads(2)).run()
        1
        """
        return attrs.evolve(self, executor=executor, observe=tuple(observe))

    def deploy(
        self: Flow[Callable[ParamsP, Node[ResultT]]],
        /,
        executor: Executor | None = None,
        *,
        replicas: Mapping[str, int] | None = None,
        options: Mapping[str, OptionChanges] | None = None,
        max_in_flight: int = IN_FLIGHT,
        observe: Sequence[Observer] = (),
        passes: Sequence[Pass] = PASSES,
    ) -> Pipeline[ParamsP, ResultT]:
        """The flow as a pipeline: instances constructed, ready for calls with the flow's parameters.

        Args and errors are those of `dataflow.deploy`; the executor is the flow's own by default.
        """
        where = self.executor if executor is None else executor
        who = f"flow {self.name!r}"
        graph = self.graph
        check_literals(graph)
        return deployed(graph, who, where, replicas, options, max_in_flight, (*self.observe, *observe), passes)  # type: ignore[return-value]  # its inputs are the parameters P

    @property
    def graph(self) -> Graph:
        """The graph of the flow, with an input for each parameter.

        Raises:
            CompositionError: the flow wires something wrong, or has `*args` or `**kwargs`.
        """
        place, owner = here(), f"flow {self.name!r}"
        params = inputs_of(self.function, owner)
        nodes = {
            param.name: parameter(param.name, owner, place, _default(param), items=items_in(param.annotation))
            for param in params
        }
        by_position = [nodes[param.name] for param in params if param.kind is param.POSITIONAL_ONLY]
        by_name = {param.name: nodes[param.name] for param in params if param.kind is not param.POSITIONAL_ONLY}
        wire: Callable[..., Node[Any]] = self
        return lower(wire(*by_position, **by_name), tuple(nodes.values()), owner)

    def _wired(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Node[Any]:
        """The flow wired on the arguments of a run."""
        self._check_settings(kwargs)
        wire: Callable[..., Node[Any]] = self
        return wire(*args, **kwargs)

    def _check_settings(self, named: Mapping[str, object]) -> None:
        """Refuse what `run` of a node takes by name, and a flow takes from `on`."""
        for name in SETTINGS.intersection(named):
            params = inspect.signature(self.function).parameters
            if name not in params and not any(param.kind is param.VAR_KEYWORD for param in params.values()):
                given = "executor" if name == "executor" else f"executor, {name}=..."
                raise CompositionError(
                    f"{self!r} has no parameter {name!r}; where a flow runs is said by {self.name}.on({given})"
                )

    if not TYPE_CHECKING:  # to checkers what is not there is an error without them

        def __getattr__(self, name: str) -> NoReturn:
            raise missing(self, name, self.name if name in ON_FLOWS else "", ON_FLOWS)

        def __rshift__(self, _: object) -> NoReturn:
            raise CompositionError(f"{self!r} is no step, and `>>` joins steps; write a flow that calls both")

        __rrshift__ = __rshift__

        def __get__(self, instance: object, _: object = None) -> Flow[FunctionT_co]:
            if instance is None or not _takes_self(self.function):
                return self
            raise CompositionError(
                f"{self!r} is no method: flows have no instance. Leave @flow out, and the method wires nodes when it "
                f"is called; flow(instance.{self.name}) is a flow of it"
            )

    def __repr__(self) -> str:
        return f"flow {self.name!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        if name is not None:
            return (find, (name,))
        inner = name_of(self.function)
        rest = (self.executor, self.observe)
        return (Flow, (self.function, *rest)) if inner is None else (_flow, (inner, *rest))


def _takes_self(function: Any) -> bool:
    """Whether a function is written as a method, and is not bound to an instance yet."""
    return inspect.isfunction(function) and list(inspect.signature(function).parameters)[:1] == ["self"]


def _default(param: inspect.Parameter) -> object:
    if param.default is param.empty or isinstance(
        operand(param.default, None, lambda: f"the default of {param.name!r}"), Node
    ):
        return ABSENT
    return param.default


def _flow(name: str, executor: Executor, observe: tuple[Observer, ...]) -> Flow[Any]:
    function: Any = unwrapped(find(name))
    return Flow(function, executor, observe)


# overloads: flow
@overload
def flow(fn: WiringT, /) -> Flow[WiringT]: ...
@overload
def flow(fn: Callable[ParamsP, list[Node[ItemT]]], /) -> Flow[Callable[ParamsP, Node[list[ItemT]]]]: ...
@overload
def flow(fn: Callable[ParamsP, dict[KeyT, Node[ItemT]]], /) -> Flow[Callable[ParamsP, Node[dict[KeyT, ItemT]]]]: ...
@overload
def flow(fn: Callable[ParamsP, tuple[Node[FirstT]]], /) -> Flow[Callable[ParamsP, Node[tuple[FirstT]]]]: ...
@overload
def flow(
    fn: Callable[ParamsP, tuple[Node[FirstT], Node[SecondT]]], /
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT]]]]: ...
@overload
def flow(
    fn: Callable[ParamsP, tuple[Node[FirstT], Node[SecondT], Node[ThirdT]]], /
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT, ThirdT]]]]: ...
@overload
def flow(
    fn: Callable[ParamsP, tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT]]], /
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT, ThirdT, FourthT]]]]: ...
@overload
def flow(
    fn: Callable[ParamsP, tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT]]], /
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT]]]]: ...
@overload
def flow(
    fn: Callable[ParamsP, tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT]]],
    /,
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT]]]]: ...
@overload
def flow(
    fn: Callable[
        ParamsP,
        tuple[Node[FirstT], Node[SecondT], Node[ThirdT], Node[FourthT], Node[FifthT], Node[SixthT], Node[SeventhT]],
    ],
    /,
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT]]]]: ...
@overload
def flow(
    fn: Callable[
        ParamsP,
        tuple[
            Node[FirstT],
            Node[SecondT],
            Node[ThirdT],
            Node[FourthT],
            Node[FifthT],
            Node[SixthT],
            Node[SeventhT],
            Node[EighthT],
        ],
    ],
    /,
) -> Flow[Callable[ParamsP, Node[tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT, EighthT]]]]: ...
@overload
def flow(fn: Callable[ParamsP, tuple[Node[ItemT], ...]], /) -> Flow[Callable[ParamsP, Node[tuple[ItemT, ...]]]]: ...
# end of overloads
def flow(fn: Any, /) -> Any:
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
    dataflow.errors.CompositionError: flow 'nothing' returned 3, which is not a node; ...
    """
    if isinstance(fn, Flow):
        raise CompositionError(f"{fn!r} is a flow already; for another executor write {fn.name}.on(...)")
    if isinstance(fn, tuple(uncalled)):
        raise CompositionError(
            f"{fn!r} is no function that wires nodes; a flow calls steps: write @step alone, or flow(lambda x: "
            f"{getattr(fn, '__name__', 'f')}(x))"
        )
    if not callable(fn) or inspect.iscoroutinefunction(fn) or inspect.isgeneratorfunction(fn):
        raise CompositionError(f"flow() takes a plain function that wires nodes, not {fn!r}")
    return Flow(fn)


uncalled.append(Flow)
