"""Executors that break one law each, as a careless author might."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from threading import Lock
from typing import Any

import attrs

from dataflow import Futures, Inline, Threads
from dataflow.callee import Callee, Function, Instance
from dataflow.errors import ClosedError, DataflowError
from dataflow.executors.base import Executor
from dataflow.future import Future
from dataflow.ir.graph import Graph, GraphOp
from dataflow.node import LOCAL
from dataflow.ops import Build, Call, Const, Input, Map, Ref, Switch, rewired
from dataflow.options import Options
from dataflow.override import with_callees
from dataflow.passes.merge import merge
from dataflow.passes.rebuild import with_bodies
from dataflow.pipeline import Deployment
from dataflow.plan import Plan
from dataflow.shapes import TUPLE
from dataflow.testing.interleaved import Interleaved
from dataflow.testing.layers import Layered, replanned

BROKEN: dict[str, Callable[[], Executor]] = {}
"""For each law, an executor that breaks it and no other."""


def breaks(law: str) -> Callable[[Callable[[], Executor]], Callable[[], Executor]]:
    """Enter an executor as one that breaks a law."""

    def entered(made: Callable[[], Executor]) -> Callable[[], Executor]:
        BROKEN[law] = made
        return made

    return entered


@attrs.frozen
class Rewriting:
    """An executor that changes the graph first."""

    executor: Executor
    change: Callable[[Graph], Graph]

    def deploy(self, plan: Plan) -> Deployment:
        return self.executor.deploy(replanned(plan, self.change(plan.graph)))


class Around:
    """A deployment around another one."""

    def __init__(self, inner: Deployment, plan: Plan) -> None:
        self.inner, self.plan = inner, plan

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        return self.inner.submit(inputs)

    def close(self) -> None:
        self.inner.close()


@attrs.frozen
class Deploying:
    """An executor with something around its deployments."""

    executor: Executor
    around: Callable[[Deployment, Plan], Deployment]

    def deploy(self, plan: Plan) -> Deployment:
        return self.around(self.executor.deploy(plan), plan)


@attrs.frozen
class Calling:
    """A layer in which a function makes the calls."""

    made: Callable[..., Any]

    def around(self, name: str, call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.made(name, call, args, kwargs)

    async def around_async(self, name: str, call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await call(*args, **kwargs)


class Writer:
    """A graph being written anew: each op may become several."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.ops: list[GraphOp] = []
        self.places: list[Any] = []
        self.place: Any = None
        self.index: dict[int, Ref] = {}

    def at(self, operand: object) -> object:
        return self.index[operand.index] if isinstance(operand, Ref) else operand

    def add(self, op: GraphOp) -> Ref:
        self.ops.append(op)
        self.places.append(self.place)
        return Ref(len(self.ops) - 1)

    def written(self, each: Callable[[Writer, int, GraphOp], Ref]) -> Graph:
        for at, op in enumerate(self.graph.ops):
            self.place = self.graph.place(at)
            self.index[at] = each(self, at, rewired(op, self.at, lambda body: body))
        return Graph(tuple(self.ops), self.index[self.graph.output].index, tuple(self.places))


def rewritten(each: Callable[[Writer, int, GraphOp], Ref]) -> Callable[[Graph], Graph]:
    """A change of each op of a graph and of its bodies."""
    return lambda graph: Writer(with_bodies(graph, rewritten(each))).written(each)


def local(fn: Callable[..., Any], *args: object) -> Call:
    """A call of a plain function."""
    return Call(Function(fn, Options(placement="driver")), args)


def with_options(only: str = "", **changes: Any) -> Callable[[Graph], Graph]:
    """A graph with options of all steps changed, or of those of a name."""

    def change(graph: Graph) -> Graph:
        made = {
            callee: attrs.evolve(callee, options=callee.options.but(changes))
            for callee in graph.callees()
            if callee.options is not LOCAL and only in ("", callee.name)
        }
        return with_callees(graph, lambda callee: made.get(callee, callee))

    return change


# values


@breaks("values_are_those_of_the_reference")
def sorting() -> Executor:
    """Several results that are numbers come in the order of their size."""

    class Sorting(Around):
        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            future = self.inner.submit(inputs)
            if future.exception() is not None or type(future.result()) is not tuple:
                return future
            made: Future[Any] = Future()
            value = future.result()
            made.set_result(tuple(sorted(value)) if all(type(part) is int for part in value) else value)
            return made

    return Deploying(Inline(), Sorting)


@breaks("elements_keep_their_order")
def as_completed() -> Executor:
    """Elements of long fan-outs come in the order in which they were done."""

    def shuffled(xs: Any) -> Any:
        return [*xs[1:], xs[0]] if len(xs) > 50 and all(isinstance(x, int) for x in xs) and len(set(xs)) > 1 else xs

    def each(writer: Writer, at: int, op: GraphOp) -> Ref:
        made = writer.add(op)
        return writer.add(local(shuffled, made)) if isinstance(op, Map) else made

    return Rewriting(Inline(), rewritten(each))


@breaks("falsy_values_are_values")
def missing() -> Executor:
    """A value that is an empty tuple counts as missing where a step passes it on."""

    def call(name: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value = fn(*args, **kwargs)
        return None if name == "same" and value == () else value

    return Layered(Inline(), Calling(call))


# order


@breaks("a_selector_comes_before_its_case")
def hoisting() -> Executor:
    """What all cases of a switch are is evaluated before the selector, for it is needed in any case."""

    def noted(writer: Writer, switch: Switch) -> bool:
        case = switch.cases[0][1]
        op = writer.ops[case.index] if isinstance(case, Ref) else None
        return isinstance(op, Call) and op.callee.name == "note"

    def each(writer: Writer, at: int, op: GraphOp) -> Ref:
        if isinstance(op, Switch) and all(case == op.cases[0][1] for _, case in op.cases) and noted(writer, op):
            both = writer.add(Build(TUPLE, (op.cases[0][1], op.selector)))
            op = attrs.evolve(op, selector=writer.add(local(operator.itemgetter(1), both)))
        return writer.add(op)

    return Rewriting(Inline(), rewritten(each))


@breaks("what_is_read_comes_first")
def unread() -> Executor:
    """A step is not made to wait for arguments that it does nothing with."""

    def each(writer: Writer, at: int, op: GraphOp) -> Ref:
        if isinstance(op, Call) and op.callee.name == "note" and len(op.args) > 3:
            op = Call(op.callee, op.args[:2])
        return writer.add(op)

    return Rewriting(Interleaved(3), rewritten(each))


# once


@breaks("a_shared_node_runs_once")
def by_need() -> Executor:
    """A step that several read is called for each of them."""

    def each(writer: Writer, at: int, op: GraphOp) -> Ref:
        if isinstance(op, Call) and op.callee.name == "together":
            op = rewired(op, lambda operand: again(writer, operand), lambda body: body)
        return writer.add(op)

    def again(writer: Writer, operand: object) -> object:
        op = writer.ops[operand.index] if isinstance(operand, Ref) else None
        return writer.add(op) if isinstance(op, Call) and op.callee.name == "note" and len(op.args) == 2 else operand

    return Rewriting(Inline(), rewritten(each))


@breaks("two_calls_are_two_nodes")
def merging() -> Executor:
    """Equal calls of a step that is not pure run once."""
    return Rewriting(Inline(), lambda graph: merge(with_options("note", pure=True)(graph)))


@breaks("each_run_runs_anew")
def caching() -> Executor:
    """A run with arguments that were there before has the value that it had then."""

    class Caching(Around):
        known: dict[str, Future[Any]] = {}
        closed = False

        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            key = f"{id(self)} {inputs!r}"
            if key not in self.known or self.closed:
                future = self.inner.submit(inputs)
                if future.exception() is None:
                    self.known[key] = future
                return future
            return self.known[key]

        def close(self) -> None:
            self.closed = True
            super().close()

    return Deploying(Inline(), Caching)


# demand


@breaks("only_what_is_needed_runs")
def speculating() -> Executor:
    """Cases of a switch that cannot fail are evaluated before it is known whether they are chosen."""

    def harmless(writer: Writer, operand: object) -> bool:
        op = writer.ops[operand.index] if isinstance(operand, Ref) else None
        if isinstance(op, Call):
            known = op.callee.name in {"mix", "two", "parity", "items", "later", "weigh"}
            return known and not op.kwargs and all(harmless(writer, arg) for arg in op.args)
        return op is None or isinstance(op, Input | Const)

    def each(writer: Writer, at: int, op: GraphOp) -> Ref:
        if isinstance(op, Switch):
            early = [case for _, case in op.cases if isinstance(case, Ref) and harmless(writer, case)]
            op = attrs.evolve(op, selector=writer.add(local(_first, op.selector, *early)))
        return writer.add(op)

    return Rewriting(Inline(), rewritten(each))


def _first(value: Any, *others: object) -> Any:
    return value


# errors


class Mapped(Around):
    """Changes the errors of runs."""

    def changed(self, error: BaseException) -> BaseException:
        raise NotImplementedError

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        made: Future[Any] = Future()
        future = self.inner.submit(inputs)
        error = future.exception()
        if error is None:
            made.set_result(future.result())
        else:
            made.set_exception(self.changed(error))
        return made


@breaks("errors_are_those_of_the_reference")
def flattening() -> Executor:
    """Errors that carry more than a text arrive as their text."""

    class Flattening(Mapped):
        def changed(self, error: BaseException) -> BaseException:
            library = isinstance(error, DataflowError)
            return error if library or not vars(error).keys() - {"__notes__"} else RuntimeError(str(error))

    return Deploying(Inline(), Flattening)


@breaks("the_earliest_error_is_raised")
def backwards() -> Executor:
    """Long fan-outs are worked on from the end."""

    def turned(xs: Any) -> Any:
        xs = list(xs)
        return xs[::-1] if len(xs) > 8 else xs

    def each(writer: Writer, at: int, op: GraphOp) -> Ref:
        if isinstance(op, Map) and isinstance(op.source, tuple | list | range):
            op = attrs.evolve(op, source=writer.add(local(turned, op.source)))
            return writer.add(local(turned, writer.add(op)))
        return writer.add(op)

    return Rewriting(Inline(), rewritten(each))


@breaks("an_error_says_where")
def noteless() -> Executor:
    """Errors lose their notes."""

    class Noteless(Mapped):
        def changed(self, error: BaseException) -> BaseException:
            error.__notes__ = []
            return error

    return Deploying(Inline(), Noteless)


@breaks("nothing_starts_after_an_error")
def thorough() -> Executor:
    """If one of several results fails, the others are computed all the same."""

    class Thorough(Around):
        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            future = self.inner.submit(inputs)
            graph = self.plan.graph
            output = graph.ops[graph.output]
            if isinstance(output, Build) and future.exception() is not None:
                for part in output.parts:
                    if isinstance(part, Ref):
                        other = replanned(self.plan, Graph(graph.ops, part.index, graph.places))
                        Inline().deploy(other).submit(inputs)
            return future

    return Deploying(Inline(), Thorough)


@breaks("a_pipeline_survives_errors")
def sulking() -> Executor:
    """After an error there is nothing but that error."""

    class Sulking(Around):
        failed: Future[Any] | None = None

        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            if self.failed is not None:
                return self.failed
            future = self.inner.submit(inputs)
            self.failed = future if future.exception() is not None else None
            return future

    return Deploying(Inline(), Sulking)


# attempts


@breaks("retries_are_as_said")
def once_only() -> Executor:
    """Nothing is tried again."""
    return Rewriting(Inline(), with_options("flaky", retries=0))


@breaks("timeouts_are_as_said")
def patient() -> Executor:
    """Attempts may take as long as they like."""
    return Rewriting(Inline(), with_options(timeout=None))


# cancellation


@breaks("a_cancelled_run_starts_nothing_more")
def deaf() -> Executor:
    """A future that is cancelled leaves its run alone."""

    class Deaf(Around):
        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            made: Future[Any] = Future()
            self.inner.submit(inputs).add_done_callback(lambda future: _copy(future, made))
            return made

    return Deploying(Threads(2), Deaf)


def _copy(future: Any, made: Future[Any]) -> None:
    if not made.set_running_or_notify_cancel():
        return
    if future.exception() is None:
        made.set_result(future.result())
    else:
        made.set_exception(future.exception())


# release


def _keeping(keep: Callable[[list[Any], Any], None], clear: bool) -> Executor:
    kept: list[Any] = []

    def call(name: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value = fn(*args, **kwargs)
        keep(kept, value)
        return value

    class Keeping(Around):
        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            try:
                return self.inner.submit(inputs)
            finally:
                if clear:
                    kept.clear()

        def close(self) -> None:
            kept.clear()
            super().close()

    return Deploying(Layered(Inline(), Calling(call)), Keeping)


@breaks("values_are_dropped_after_their_last_reader")
def hoarding() -> Executor:
    """All values live until the run is over."""
    return _keeping(lambda kept, value: kept.append(value), clear=True)


@breaks("a_run_that_is_over_holds_nothing")
def remembering() -> Executor:
    """The last value of a class of the user's is kept."""

    def keep(kept: list[Any], value: Any) -> None:
        if type(value).__name__ == "Held":
            kept[:] = [value]

    return _keeping(keep, clear=False)


# concurrency


@breaks("calls_in_flight_do_not_see_each_other")
def crossing() -> Executor:
    """Of many calls, some get the arguments of others."""

    class Crossing(Around):
        submitted = 0
        first: Mapping[str, object] = {}

        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            self.submitted += 1
            self.first = self.first or inputs
            return self.inner.submit(self.first if self.submitted > 30 else inputs)

    return Deploying(Inline(), Crossing)


@breaks("an_instance_works_on_one_call_at_a_time")
def crowding() -> Executor:
    """An instance is called by whoever is there."""
    return Rewriting(Threads(4), with_options(max_concurrency=50))


@breaks("elements_are_worked_on_depth_first")
def breadth_first() -> Executor:
    """All elements are begun before one is ended."""
    return Futures(ThreadPoolExecutor(1), width=10_000)


@breaks("steps_overlap")
def one_of_a_kind() -> Executor:
    """Of each step one call is made at a time."""
    locks: dict[str, Lock] = {}

    def call(name: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with locks.setdefault(name, Lock()) if name == "meet" else nullcontext():
            return fn(*args, **kwargs)

    return Layered(Threads(4), Calling(call))


@breaks("calls_overlap")
def queueing() -> Executor:
    """One run after the other."""

    class Queueing(Around):
        last: Future[Any] | None = None

        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            if self.last is not None and not self.last.cancelled():
                self.last.exception()
            self.last = self.inner.submit(inputs)
            return self.last

        def close(self) -> None:
            super().close()
            self.last = None

    return Deploying(Threads(4), Queueing)


@breaks("no_step_waits_for_a_level")
def in_levels() -> Executor:
    """Steps that stand equally deep in the graph are run together, and all end before the next ones start."""

    def levelled(graph: Graph) -> Graph:
        if not any(isinstance(op, Call) and op.callee.name == "wait_for" for op in graph.ops):
            return graph
        level: list[int] = []
        for op in graph.ops:
            reads = [arg.index for arg in getattr(op, "args", getattr(op, "parts", ())) if isinstance(arg, Ref)]
            level.append(1 + max((level[read] for read in reads), default=-1))
        order = sorted(range(len(graph.ops)), key=lambda at: (level[at], at))
        writer = Writer(graph)
        for number in sorted(set(level)):
            before = [writer.index[at] for at in order if level[at] == number - 1]
            barrier = writer.add(Build(TUPLE, tuple(before))) if before and len(graph.inputs) == 0 else None
            for at in order:
                if level[at] == number:
                    op = rewired(graph.ops[at], writer.at, lambda body: body)
                    if isinstance(op, Call) and barrier is not None:
                        last = writer.add(local(_first, op.args[-1], barrier))
                        op = attrs.evolve(op, args=(*op.args[:-1], last))
                    writer.index[at] = writer.add(op)
        return Graph(tuple(writer.ops), writer.index[graph.output].index)

    return Rewriting(Threads(4), levelled)


# closing


class Late:
    """An instance that is made when it is first called."""

    def __init__(self, callee: Instance) -> None:
        self.callee = callee
        self.made: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.made = self.made or self.callee.construct()
        return self.made(*args, **kwargs)


@breaks("instances_are_made_at_deploy")
def lazy_instances() -> Executor:
    """Instances are made when they are first called."""

    def changed() -> Callable[[Callee], Callee]:
        made: dict[Callee, Callee] = {}

        def late(callee: Callee) -> Callee:
            if isinstance(callee, Instance) and callee.cls.__name__ in {"Alone", "Broken"}:
                return made.setdefault(callee, Function(Late(callee), callee.options.but({"name": callee.name})))
            return callee

        return late

    return Rewriting(Inline(), lambda graph: with_callees(graph, changed()))


@breaks("close_answers_what_was_accepted")
def hasty() -> Executor:
    """Closing drops what has not been begun."""

    class Hasty(Around):
        def __init__(self, inner: Deployment, plan: Plan) -> None:
            super().__init__(inner, plan)
            self.futures: list[Future[Any]] = []

        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            self.futures.append(self.inner.submit(inputs))
            return self.futures[-1]

        def close(self) -> None:
            for future in self.futures:
                future.cancel()
            super().close()

    return Deploying(Interleaved(0), Hasty)


@breaks("a_closed_deployment_refuses")
def reopening() -> Executor:
    """A deployment that is closed opens again when it is used."""

    class Reopening(Around):
        def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
            try:
                return self.inner.submit(inputs)
            except ClosedError:
                self.inner = Threads(2).deploy(self.plan)
                return self.inner.submit(inputs)

    return Deploying(Threads(2), Reopening)


@breaks("close_frees_the_instances")
def immortal() -> Executor:
    """Instances are never let go."""
    kept: list[object] = []

    def made(callee: Instance) -> Any:
        kept.append(callee.construct())
        return kept[-1]

    def changed() -> Callable[[Callee], Callee]:
        known: dict[Callee, Callee] = {}

        def keeping(callee: Callee) -> Callee:
            if isinstance(callee, Instance) and callee.cls.__name__ == "Alone":
                named = callee.options.but({"name": callee.name})
                return known.setdefault(callee, Instance(partial(made, callee), (), (), named))
            return callee

        return keeping

    return Rewriting(Inline(), lambda graph: with_callees(graph, changed()))
