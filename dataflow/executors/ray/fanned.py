"""The body of a fan-out for some of its elements, as a worker runs it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from dataflow.errors import NotSerializableError
from dataflow.events import Event, StepFailed, StepStarted
from dataflow.executors.calls import Calls
from dataflow.executors.envelope import seal_error
from dataflow.executors.machine import execute
from dataflow.executors.program import DEEPEST, MAIN, Program
from dataflow.executors.ray.codes import Body
from dataflow.executors.ray.messages import Call, Job, Outcome, Told
from dataflow.executors.ray.packed import Packed, dumps, pack, sent
from dataflow.executors.ray.values import opened
from dataflow.ir.graph import Graph, kind_of
from dataflow.plan import plan
from dataflow.report import Link, Outside, blame

AT_ONCE: Final = 64
QUICK: Final = 1e-3
"""Elements that take less than so many seconds together are run at once without a look at the clock."""


class Above:
    """Stands for the graph around a body, which is not here: of it the path is known."""

    def __init__(self, path: str) -> None:
        self._path = path

    def labels(self) -> tuple[str, ...]:
        """What to call its one op."""
        return (self._path,)


class BodyRunner:
    """Runs a body for one element after the other.

    Args:
        body: what to run.
        watched: whether steps that it calls are told of.
    """

    def __init__(self, body: Body, watched: bool) -> None:
        self._told: list[Told] = []
        planned = plan(body.graph, given=1, observers=(self._tell,) if watched else ())
        self._program = Program(planned, Calls(planned))
        self._graph = body.graph

    def _tell(self, event: Event) -> None:
        if not isinstance(event, StepStarted):
            error = seal_error(event.error, dumps) if isinstance(event, StepFailed) else None
            self._told.append(Told(event.step, event.seconds, error))

    def run(
        self, job: Job, objects: Sequence[Any], call: Call, hosted: Callable[..., Any] | None, large: list[Packed]
    ) -> Outcome:
        """The elements from one on, until the last, an error, or the end of the time; at least one."""
        begun = time.perf_counter()
        self._told = []
        xs, *captured = [opened(wire, objects) for wire in job.operands]
        items = list(xs[job.first - job.base : job.upto - job.base])  # it may be a tuple
        del xs
        items.reverse()
        results: list[Any] = [None] * job.first  # so that the next element's number is their count
        outside = Outside(None, Above(job.above), 0)  # type: ignore[arg-type]  # has what a path needs
        failure, size, now = None, 1, begun
        while items and failure is None and now <= begun + call.budget:
            before = now
            failure = self._elements([items.pop() for _ in range(min(len(items), size))], captured, results, outside)
            now = time.perf_counter()
            size = min(2 * size, AT_ONCE) if now - before < QUICK else 1
        del results[: job.first]
        return self._outcome(results, failure, outside, time.perf_counter() - begun, large)

    def _elements(
        self, items: list[Any], captured: list[Any], results: list[Any], outside: Outside
    ) -> BaseException | None:
        """Move items through the body to the results. The error, if there was one."""
        program = self._program
        function = None if program.grows or program.height > DEEPEST else program.straight()
        if function is not None:
            items.reverse()
            error: BaseException | None = function.body(captured).each(items, results, outside)
            return error
        try:
            for item in items:
                results.append(_element(program, item, captured, Link(*outside, len(results))))
        except BaseException as raised:  # the element's outcome, and never the end of the worker
            return raised
        return None

    def _outcome(
        self, results: list[Any], failure: BaseException | None, outside: Outside, seconds: float, large: list[Packed]
    ) -> Outcome:
        while True:
            try:
                value, count = sent(results, "", large)
                break
            except NotSerializableError:  # of which element?
                k, failure = _first_unsendable(results, self._graph)
                blame(failure, self._graph, self._graph.output, Link(*outside, k))
                del results[k:]
        sealed = None if failure is None else seal_error(failure, dumps)
        return Outcome(len(results), value, sealed, seconds=seconds, length=count, told=tuple(self._told))


def _element(program: Program, item: Any, captured: list[Any], link: Link) -> Any:
    frame = program.template.copy()
    frame[0] = item
    frame[1 : 1 + len(captured)] = captured
    frame[-1] = link
    execute(program.code[MAIN], frame)
    return frame[program.output]


def _first_unsendable(results: list[Any], graph: Graph) -> tuple[int, BaseException]:
    for k, result in enumerate(results):
        try:
            pack(result, f"the result of step {kind_of(graph.ops[graph.output])!r}")
        except NotSerializableError as error:
            return k, error
    raise AssertionError("a list of what can be sent can be sent")
