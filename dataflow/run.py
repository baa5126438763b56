"""`run`, `submit`, `deploy`: join a node and an executor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, overload

from dataflow.combinators.gather import gather
from dataflow.errors import CompositionError, DeployError, InputError
from dataflow.events import Observer
from dataflow.executors.base import Executor
from dataflow.executors.inline import Inline
from dataflow.future import Future
from dataflow.ir.graph import Graph
from dataflow.lower import lower
from dataflow.names import is_wrapper
from dataflow.node import Lens, Node, above, focus
from dataflow.options import OptionChanges, Options
from dataflow.override import overridden
from dataflow.passes import PASSES, Pass, optimized
from dataflow.pipeline import IN_FLIGHT, Deployment, Direct, Pipeline
from dataflow.plan import plan
from dataflow.signature import Inputs
from dataflow.variables import (
    EighthT,
    FifthT,
    FirstT,
    FourthT,
    ItemT,
    SecondT,
    SeventhT,
    SixthT,
    ThirdT,
    ValueT,
)
from dataflow.weight import check_literals

INLINE: Final = Inline()


# overloads: run
@overload
def run(node: Node[ValueT], /, *, executor: Executor = INLINE, observe: Sequence[Observer] = ()) -> ValueT: ...
@overload
def run(
    first: Node[FirstT], second: Node[SecondT], /, *, executor: Executor = INLINE, observe: Sequence[Observer] = ()
) -> tuple[FirstT, SecondT]: ...
@overload
def run(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    /,
    *,
    executor: Executor = INLINE,
    observe: Sequence[Observer] = (),
) -> tuple[FirstT, SecondT, ThirdT]: ...
@overload
def run(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    /,
    *,
    executor: Executor = INLINE,
    observe: Sequence[Observer] = (),
) -> tuple[FirstT, SecondT, ThirdT, FourthT]: ...
@overload
def run(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    /,
    *,
    executor: Executor = INLINE,
    observe: Sequence[Observer] = (),
) -> tuple[FirstT, SecondT, ThirdT, FourthT, FifthT]: ...
@overload
def run(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    sixth: Node[SixthT],
    /,
    *,
    executor: Executor = INLINE,
    observe: Sequence[Observer] = (),
) -> tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT]: ...
@overload
def run(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    sixth: Node[SixthT],
    seventh: Node[SeventhT],
    /,
    *,
    executor: Executor = INLINE,
    observe: Sequence[Observer] = (),
) -> tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT]: ...
@overload
def run(
    first: Node[FirstT],
    second: Node[SecondT],
    third: Node[ThirdT],
    fourth: Node[FourthT],
    fifth: Node[FifthT],
    sixth: Node[SixthT],
    seventh: Node[SeventhT],
    eighth: Node[EighthT],
    /,
    *,
    executor: Executor = INLINE,
    observe: Sequence[Observer] = (),
) -> tuple[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, SeventhT, EighthT]: ...
@overload
def run(*nodes: Node[ItemT], executor: Executor = INLINE, observe: Sequence[Observer] = ()) -> tuple[ItemT, ...]: ...
# end of overloads
def run(*nodes: Any, executor: Executor = INLINE, observe: Sequence[Observer] = ()) -> Any:
    """The value of a node; of several nodes, the tuple of their values. What they share runs once.

    Args:
        nodes: what to compute.
        executor: where.
        observe: called with each event; see `dataflow.events`.

    Returns:
        The value.

    Raises:
        CompositionError: an argument is not a node.
        InputError: a node needs an `Input`; use `deploy` and `call`.
        Exception: what a step raised, as itself.

    >>> from dataflow import const
    >>> run(const(1), const("b"))
    (1, 'b')
    """
    graph = lower(_one(nodes, "run()"))
    check_literals(graph)
    return computed(graph, executor, observe)


def submit(node: Node[ValueT], /, *, executor: Executor = INLINE, observe: Sequence[Observer] = ()) -> Future[ValueT]:
    """Start computing a node, and return the future of its value. Raises as `run` does, but for errors of steps.

    >>> from dataflow import Threads, const
    >>> submit(const(1), executor=Threads(2)).result()
    1
    """
    graph = lower(_one((node,), "submit()"))
    check_literals(graph)
    return submitted(graph, executor, observe)


def deploy(
    node: Node[ValueT],
    /,
    executor: Executor | None = None,
    *,
    replicas: Mapping[str, int] | None = None,
    options: Mapping[str, OptionChanges] | None = None,
    max_in_flight: int = IN_FLIGHT,
    observe: Sequence[Observer] = (),
    passes: Sequence[Pass] = PASSES,
) -> Pipeline[..., ValueT]:
    """A node as a pipeline: instances constructed, ready for calls. Its inputs are the node's placeholders.

    Args:
        node: what to compute for each call.
        executor: where; `Inline()` by default.
        replicas: live copies by class step's name.
        options: changed options by step's name; see `Options`.
        max_in_flight: the most runs that a stream has under way.
        observe: called with each event; see `dataflow.events`.
        passes: what is done to the graph first; `()` switches all of `dataflow.passes` off.

    Raises:
        CompositionError: `node` is not a node.
        DeployError: there is no step of a name, or a setting is no mapping from names.
        OptionTypeError, OptionValueError: an option is wrong.

    >>> from dataflow import INPUT, step
    >>> @step
    ... def echo(x: object) -> object:
    ...     return x
    >>> with deploy(echo(INPUT)) as pipeline:
    ...     pipeline.call(42)
    42
    """
    graph = lower(_one((node,), "deploy()"))
    check_literals(graph)
    return deployed(graph, "this pipeline", executor, replicas, options, max_in_flight, observe, passes)


def deployed(
    graph: Graph,
    name: str,
    executor: Executor | None,
    replicas: Mapping[str, int] | None,
    options: Mapping[str, OptionChanges] | None,
    max_in_flight: int,
    observe: Sequence[Observer],
    passes: Sequence[Pass],
) -> Pipeline[..., Any]:
    """A graph as a pipeline; see `deploy`."""
    if isinstance(max_in_flight, bool) or not isinstance(max_in_flight, int) or max_in_flight < 1:  # type: ignore[redundant-expr]  # not every caller has a type checker
        raise DeployError(f"max_in_flight must be an int of at least 1, not {max_in_flight!r}")
    graph = optimized(overridden(graph, _replicas(replicas), _changes(options)), tuple(passes))
    deployment = _checked(executor).deploy(plan(graph, observers=tuple(observe)))
    inputs = Inputs.of(name, graph.inputs, (Node, Lens))
    return Pipeline(inputs, deployment, max_in_flight, lambda counts: overridden(graph, _replicas(counts), {}))


def _replicas(counts: Mapping[str, int] | None) -> Mapping[str, int]:
    return _by_name(counts, "replicas", "{'Model': 2}")


def _changes(options: Mapping[str, OptionChanges] | None) -> Mapping[str, OptionChanges]:
    found = _by_name(options, "options", "{'load': {'retries': 2}}")
    for name, changed in found.items():
        _by_name(changed, f"options[{name!r}]", "{'retries': 2}")
    return found


def _by_name(setting: object, what: str, such_as: str) -> Mapping[str, Any]:
    """A setting that is a mapping; not every caller has a type checker."""
    if setting is None:
        return {}
    if not isinstance(setting, Mapping):
        given = "an Options" if isinstance(setting, Options) else repr(setting)
        raise DeployError(f"{what} must be a mapping such as {such_as}, not {given}")
    return setting


def computed(graph: Graph, executor: Executor, observe: Sequence[Observer]) -> Any:
    """The value of a graph without inputs: deployed, run once, closed."""
    deployment = _ready(graph, executor, observe)
    future = None
    try:
        if isinstance(deployment, Direct):
            return deployment.compute(())
        future = deployment.submit({})
        return future.result()
    finally:
        if future is not None:
            future.cancel()  # where waiting was interrupted, by Ctrl-C: begin nothing more
        deployment.close()


def submitted(graph: Graph, executor: Executor, observe: Sequence[Observer]) -> Future[Any]:
    """The future of a graph without inputs; its deployment is closed when it is done."""
    deployment = _ready(graph, executor, observe)
    try:
        future = deployment.submit({})
    except BaseException:
        deployment.close()
        raise
    future.add_done_callback(lambda _: deployment.close())
    return future


def _ready(graph: Graph, executor: Executor, observe: Sequence[Observer]) -> Deployment:
    if graph.inputs:
        names = ", ".join(given.name for given in graph.inputs)
        raise InputError(f"this graph is missing its inputs ({names}); deploy it, and call the pipeline with them")
    return _checked(executor).deploy(plan(optimized(graph), observers=tuple(observe)))


def _checked(executor: Executor | None) -> Executor:
    if executor is None:
        return INLINE
    if isinstance(executor, type) or not callable(getattr(executor, "deploy", None)):
        wanted = "executor must be an executor such as Inline() or Threads(8)"
        raise CompositionError(f"{wanted}, not {executor!r}{_way(executor)}")
    return executor


def _way(thing: object) -> str:
    """How to make an executor of what is none."""
    if isinstance(thing, type):
        return f"; call it: {thing.__name__}(...)" if hasattr(thing, "deploy") else ""
    return "; of a pool it is made by Futures(pool)" if hasattr(thing, "submit") else ""


def _one(nodes: Sequence[Any], who: str) -> Node[Any]:
    found = [focus(node) if isinstance(node, Lens) else node for node in nodes]
    for node in found:
        if isinstance(node, Node):
            continue
        if callable(getattr(node, "deploy", None)) and not is_wrapper(node):
            raise CompositionError(f"{who} takes the executor by its name: executor=..., not {node!r} as a node")
        way = getattr(type(node), "way_for_dataflow", "call the step or flow to get one")
        raise CompositionError(f"{who} takes nodes, not {node!r}; {way[0].lower()}{way[1:]}")
    return found[0] if len(found) == 1 else gather(*found)


above.deploy = deploy
