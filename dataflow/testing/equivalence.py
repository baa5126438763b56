"""Hold executors to the meaning of one flow: the user's own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TypeAlias

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from dataflow.executors.base import Executor
from dataflow.executors.inline import Inline
from dataflow.executors.threads import Threads
from dataflow.flow import Flow
from dataflow.pipeline import Pipeline
from dataflow.testing.interleaved import Interleaved
from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.reference import reference

Same: TypeAlias = Callable[[Any, Any], object]
"""Whether two values are the same."""

EXECUTORS: tuple[Executor, ...] = (Inline(), *[Interleaved(seed) for seed in range(8)], Threads(4))


def equal(one: Any, other: Any) -> bool:
    """Whether two values are of one type, and equal by `==` or as pickled: arrays and NaN are, if they are the same.

    >>> equal([1], [1]), equal(1, True), equal(float("nan"), float("nan"))
    (True, False, True)
    """
    try:
        if one == other:
            return type(one) is type(other)
    except Exception:  # an array has no truth
        pass
    try:
        return pickle.dumps(one) == pickle.dumps(other)
    except Exception:  # whatever a class does when it is pickled
        return False


def assert_equivalent(
    flow: Flow[Any],
    executors: Sequence[Executor] = EXECUTORS,
    inputs: st.SearchStrategy[Any] | None = None,
    *,
    same: Same = equal,
    examples: int = 100,
) -> None:
    """Check that a flow means the same on each executor as by the definition: the same value, or the same error.

    The flow is deployed once on each executor; each example is a call of each pipeline.

    Args:
        flow: what to check.
        executors: where; by default inline, in eight interleavings, and on threads.
        inputs: a hypothesis strategy of the flow's arguments: a tuple of them, a dict of them by name, or, for
            anything else, the only argument. A flow without inputs needs none.
        same: whether two values are the same; see `equal`.
        examples: how many arguments are tried.

    Raises:
        AssertionError: an executor disagrees; hypothesis adds the smallest arguments that it found, if it disagrees
            with them each time.

    >>> from dataflow import In, Node, fan_out, flow, step
    >>> @step
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> @flow
    ... def doubled(xs: In[list[int]]) -> Node[list[int]]:
    ...     return fan_out(double, xs)
    >>> assert_equivalent(doubled, inputs=st.lists(st.integers(), max_size=5), examples=10)
    """
    graph, seen = flow.graph, list[str]()
    names = [given.name for given in graph.inputs]
    with ExitStack() as stack:
        pipelines = [stack.enter_context(flow.deploy(executor)) for executor in executors]

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.just(()) if inputs is None else inputs)
        def agrees(arguments: Any) -> None:
            args, kwargs = _arguments(arguments)
            wanted = _ended(lambda: reference(graph, {**dict(zip(names, args, strict=False)), **kwargs}))
            for executor, pipeline in zip(executors, pipelines, strict=True):
                found = _called(pipeline, args, kwargs)
                if not _agree(wanted, found, same):
                    seen.append(f"{executor!r} gives {found}; by the definition it is {wanted}")
                    raise AssertionError(seen[-1])

        try:
            agrees()
        except Flaky as found:
            raise AssertionError(f"not each time, but once {seen[-1]}") from found


@attrs.frozen
class _Ended:
    """How a run ended: its value, or the error as data."""

    value: Any
    error: Outcome | None

    def __str__(self) -> str:
        return f"the value {self.value!r}" if self.error is None else f"the error {self.error.error}"


def _ended(work: Callable[[], Any]) -> _Ended:
    values: list[Any] = []
    ended = outcome(lambda: values.append(work()))
    return _Ended(values[0], None) if values else _Ended(None, ended)


def _called(pipeline: Pipeline[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Ended:
    return _ended(lambda: pipeline.call(*args, **kwargs))


def _arguments(drawn: Any) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    match drawn:
        case tuple():
            return drawn, {}
        case dict():
            return (), drawn
        case _:
            return (drawn,), {}


def _agree(wanted: _Ended, found: _Ended, same: Same) -> bool:
    return found.error == wanted.error and (wanted.error is not None or bool(same(wanted.value, found.value)))
