"""A deployed flow: calls, streams, and an end."""

from __future__ import annotations

import gc
import itertools
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dataflow import INPUT, Future, Futures, In, Inline, Node, Pipeline, Threads, bind, deploy, flow, step
from dataflow.errors import ClosedError, DeployError, InputError, OptionTypeError, OptionValueError
from dataflow.ops import Input
from dataflow.signature import Inputs
from dataflow.stats import Stats
from tests.patience import DEADLINE, Gate, closing, eventually

ROOT = Path(__file__).parent.parent


@step
def double(x: int) -> int:
    return 2 * x


@step
def add(a: int, b: int) -> int:
    return a + b


@flow
def total(a: In[int], b: In[int] = 10) -> Node[int]:
    return add(double(a), b)


class Manual:
    """A deployment whose runs end when the test says so."""

    def __init__(self) -> None:
        self.runs: list[tuple[Mapping[str, object], Future[Any]]] = []
        self.changed = threading.Condition()
        self.closed = 0

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        future: Future[Any] = Future()
        with self.changed:
            self.runs.append((inputs, future))
            self.changed.notify_all()
        return future

    def finish(self, at: int, after: int = 0) -> None:
        """End a run, as soon as so many have begun."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.runs) >= max(after, at + 1), timeout=30)
        inputs, future = self.runs[at]
        future.set_result(inputs["x"])

    def finish_later(self, at: int, after: int = 0) -> threading.Thread:
        """The same in a thread of its own."""
        thread = threading.Thread(target=self.finish, args=(at, after))
        thread.start()
        return thread

    def close(self) -> None:
        self.closed += 1


def pipeline_of(deployment: Any, max_in_flight: int = 3) -> Pipeline[Any, Any]:
    return Pipeline(Inputs.of("flow 'f'", [Input("x"), Input("y", 0)]), deployment, max_in_flight)


def test_calls_take_the_parameters_of_the_flow() -> None:
    with total.deploy() as pipeline:
        assert pipeline.call(1) == 12
        assert pipeline.call(1, 2) == 4
        assert pipeline.call(b=1, a=3) == 7


def test_submit_gives_a_future() -> None:
    with total.deploy() as pipeline:
        future = pipeline.submit(1, b=2)
        assert isinstance(future, Future)
        assert future.result(timeout=0) == 4


def test_an_error_of_a_step_is_raised_by_call_and_kept_by_the_future() -> None:
    inverse: Any = step(lambda x: 1 // x)
    with deploy(inverse(INPUT)) as pipeline:
        with pytest.raises(ZeroDivisionError):
            pipeline.call(0)
        assert isinstance(pipeline.submit(0).exception(timeout=0), ZeroDivisionError)
        assert pipeline.call(1) == 1


def test_wrong_inputs_are_refused_by_call_submit_and_stream_before_anything_runs() -> None:
    ran: list[Any] = []
    noted: Any = step(ran.append)
    with deploy(noted(INPUT)) as pipeline:
        for wrong in (pipeline.call, pipeline.submit):
            with pytest.raises(InputError, match="this pipeline is missing input 'INPUT'"):
                wrong()
            with pytest.raises(InputError, match="takes 1 inputs, not 2"):
                wrong(1, 2)
        with pytest.raises(InputError, match="has no input 'y'"):
            list(pipeline.stream([1], y=2))
    assert ran == []


def test_calls_do_not_share_state_but_that_of_the_instances() -> None:
    class Counter:
        def __init__(self) -> None:
            self.calls = 0

        def __call__(self, x: int) -> int:
            self.calls += 1
            return self.calls

    counter = bind(Counter)
    with deploy(counter(INPUT)) as pipeline, deploy(counter(INPUT)) as other:
        assert [pipeline.call(0) for _ in range(3)] == [1, 2, 3]
        assert other.call(0) == 1


# stream


def test_a_stream_is_in_order_and_takes_shared_arguments() -> None:
    with total.deploy() as pipeline:
        assert list(pipeline.stream([1, 2, 3])) == [12, 14, 16]
        assert list(pipeline.stream(iter([1, 2]), b=0)) == [2, 4]
        assert list(pipeline.stream([])) == []


def test_a_stream_is_in_order_whatever_ends_first() -> None:
    manual = Manual()
    stream = pipeline_of(manual).stream("abc")
    results: list[Any] = []
    reader = threading.Thread(target=lambda: results.extend(stream))
    reader.start()
    for at in (2, 0, 1):
        manual.finish(at, after=3)
    reader.join(timeout=30)
    assert results == ["a", "b", "c"]


@pytest.mark.parametrize("window", [1, 2, 5])
def test_a_stream_pulls_at_most_so_many_ahead(window: int) -> None:
    manual = Manual()
    pulled = itertools.count()
    latest = -1

    def items() -> Iterator[int]:
        nonlocal latest
        for item in pulled:
            latest = item
            yield item

    pipeline = pipeline_of(manual, window)
    stream = pipeline.stream(items())
    assert latest == -1
    taken = []
    for k in range(20):
        thread = manual.finish_later(k)
        taken.append(next(stream))
        thread.join(30)
        assert latest - k < window
    assert taken == list(range(20))
    stream.close()  # type: ignore[attr-defined]  # it is a generator


def test_closing_a_stream_early_cancels_what_is_in_flight_and_closes_the_source() -> None:
    manual = Manual()
    ended: list[bool] = []

    def items() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            ended.append(True)

    source = items()
    stream: Any = pipeline_of(manual).stream(source)
    thread = manual.finish_later(0, after=3)
    assert next(stream) == 0
    thread.join(30)
    stream.close()
    assert [future.cancelled() for _, future in manual.runs[1:]] == [True] * (len(manual.runs) - 1)
    assert len(manual.runs) <= 4
    del stream, source
    gc.collect()
    assert ended == [True]


def test_an_error_in_a_stream_comes_in_its_turn_and_ends_it() -> None:
    inverse: Any = step(lambda x: 6 // x)
    with deploy(inverse(INPUT)) as pipeline:
        stream = pipeline.stream([1, 0, 2])
        assert next(stream) == 6
        with pytest.raises(ZeroDivisionError):
            next(stream)
        assert list(stream) == []


def test_an_error_of_the_source_is_itself() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("source")

    with total.deploy() as pipeline:
        stream = pipeline.stream(items())
        assert next(stream) == 12
        with pytest.raises(OSError, match="source"):
            next(stream)


def test_what_cannot_be_iterated_over_is_refused_at_once() -> None:
    wrong: Any = 3
    with total.deploy() as pipeline, pytest.raises(InputError, match="streams over an iterable of values, not 3"):
        pipeline.stream(wrong)


def test_inline_a_stream_computes_one_item_at_a_time() -> None:
    ran: Any = []
    noted: Any = step(lambda x: ran.append(x) or x)
    with deploy(noted(INPUT)) as pipeline:
        stream = pipeline.stream(itertools.count())
        assert [next(stream), next(stream)] == [0, 1]
        assert ran == [0, 1]


# close


def test_a_closed_pipeline_refuses_calls() -> None:
    pipeline = total.deploy()
    pipeline.close()
    for use in (pipeline.call, pipeline.submit):
        with pytest.raises(ClosedError, match="this pipeline is closed; deploy the flow again"):
            use(1)
    with pytest.raises(ClosedError):
        pipeline.stream([1])


def test_closing_ends_a_stream_that_is_under_way() -> None:
    pipeline = total.deploy()
    stream = pipeline.stream(itertools.count())
    assert next(stream) == 10
    pipeline.close()
    with pytest.raises(ClosedError):
        list(stream)


def test_closing_twice_closes_the_deployment_once() -> None:
    manual = Manual()
    pipeline = pipeline_of(manual)
    with pipeline as same:
        assert same is pipeline
    pipeline.close()
    assert manual.closed == 1


def test_the_context_manager_closes_after_an_error_and_lets_it_pass() -> None:
    manual = Manual()
    with pytest.raises(KeyError), pipeline_of(manual):
        raise KeyError
    assert manual.closed == 1


def test_dropping_the_last_reference_frees_the_instances() -> None:
    alive: list[weakref.ref[Any]] = []

    class Kept:
        def __init__(self) -> None:
            alive.append(weakref.ref(self))

        def __call__(self, x: int) -> int:
            return x

    pipeline: Any = deploy(bind(Kept)(INPUT))
    assert pipeline.call(1) == 1
    del pipeline
    gc.collect()
    assert [ref() for ref in alive] == [None]


def test_closing_frees_the_instances() -> None:
    alive: list[weakref.ref[Any]] = []

    class Kept:
        def __init__(self) -> None:
            alive.append(weakref.ref(self))

        def __call__(self, x: int) -> int:
            return x

    pipeline: Any = deploy(bind(Kept)(INPUT))
    assert pipeline.call(1) == 1
    pipeline.close()
    gc.collect()
    assert [ref() for ref in alive] == [None]


FORKED = """
import os, sys
from dataflow import INPUT, deploy
from dataflow.errors import ClosedError
pipeline = deploy(INPUT.map(abs))
child = os.fork()
if child == 0:
    try:
        pipeline.call(-1)
    except ClosedError as error:
        pipeline.close()
        os._exit(0 if f"lives in process {os.getppid()}" in str(error) else 3)
    os._exit(4)
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0, status
assert pipeline.call(-1) == 1
pipeline.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_pipeline_belongs_to_the_process_that_deployed_it() -> None:
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=50, cwd=ROOT)


@pytest.mark.parametrize("most", [0, -1, True, 1.5, "16", None])
def test_the_window_is_a_whole_number(most: Any) -> None:
    with pytest.raises(DeployError, match="max_in_flight must be an int of at least 1"):
        total.deploy(max_in_flight=most)


def test_a_pipeline_says_what_it_takes_and_whether_it_is_closed() -> None:
    pipeline = total.deploy()
    assert repr(pipeline) == "<Pipeline(a, b)>"
    pipeline.close()
    assert repr(pipeline) == "<Pipeline(a, b) closed>"


class Tally:
    """A class step."""

    def __call__(self, x: int) -> int:
        return x


tallied = bind(Tally)(INPUT)


@pytest.fixture(params=["inline", "threads", "pool"])
def executor(request: pytest.FixtureRequest) -> Iterator[Any]:
    with ThreadPoolExecutor(2) as pool:
        yield {"inline": Inline(), "threads": Threads(4), "pool": Futures(pool)}[request.param]


def test_stats_count_the_calls_of_each_copy(executor: Any) -> None:
    with deploy(tallied, executor, replicas={"Tally": 2}) as pipeline:
        assert list(pipeline.stream(range(10))) == list(range(10))
        stats = pipeline.stats()
    assert stats.in_flight == 0
    assert sum(stats.replicas["Tally"]) == 10
    assert len(stats.replicas["Tally"]) == (2 if executor == Threads(4) else 1)


def test_stats_count_the_copies_of_every_step_of_a_name(executor: Any) -> None:
    with deploy(bind(Tally)(bind(Tally)(INPUT)), executor) as pipeline:
        assert [pipeline.call(at) for at in range(3)] == [0, 1, 2]
        assert pipeline.stats().replicas == {"Tally": (3, 3)}


def test_stats_count_runs_in_flight(executor: Any) -> None:
    gate = Gate()
    with closing(deploy(step(gate.wait)(INPUT), executor)) as pipeline:
        threads = [threading.Thread(target=pipeline.call, args=(at,)) for at in range(2)]
        for thread in threads:
            thread.start()
        gate.arrived()
        gate.arrived()
        assert pipeline.stats() == Stats(2, {})
        gate.open.set()
        for thread in threads:
            thread.join()
        assert eventually(lambda: pipeline.stats() == Stats(0, {}))


def test_scaling_changes_the_number_of_copies_and_no_result(executor: Any) -> None:
    with deploy(tallied, executor) as pipeline:
        for count in (3, 1, 2):
            pipeline.scale({"Tally": count})
            assert len(pipeline.stats().replicas["Tally"]) == (count if executor == Threads(4) else 1)
            assert list(pipeline.stream(range(20))) == list(range(20))


def test_new_copies_take_calls_that_wait() -> None:
    gate = Gate()

    class Slow:
        def __call__(self, x: int) -> int:
            gate.wait(x)
            return x

    with closing(deploy(bind(Slow)(INPUT), Threads(4))) as pipeline:
        futures = [pipeline.submit(at) for at in range(3)]
        gate.arrived()
        assert not gate.come.acquire(timeout=0.05), "there is one copy"
        pipeline.scale({"Slow": 3})
        gate.arrived()
        gate.arrived()
        gate.open.set()
        assert [future.result(DEADLINE) for future in futures] == [0, 1, 2]


@pytest.mark.parametrize(
    ("replicas", "error", "words"),
    [
        ({"Taly": 2}, DeployError, "did you mean 'Tally'"),
        ({"double": 2}, DeployError, "is a function"),
        ({"Tally": 0}, OptionValueError, "replicas"),
        ({"Tally": "2"}, OptionTypeError, "replicas"),
    ],
)
def test_what_cannot_be_scaled_is_an_error(executor: Any, replicas: Any, error: Any, words: str) -> None:
    with deploy(double(tallied), executor) as pipeline:
        with pytest.raises(error, match=words):
            pipeline.scale(replicas)
        assert pipeline.call(1) == 2


def test_a_closed_pipeline_is_neither_scaled_nor_asked(executor: Any) -> None:
    pipeline = deploy(tallied, executor)
    pipeline.close()
    with pytest.raises(ClosedError):
        pipeline.scale({"Tally": 2})
    with pytest.raises(ClosedError):
        pipeline.stats()


def test_a_deployment_need_not_tell() -> None:
    pipeline = pipeline_of(Manual())
    pipeline.scale({})
    with pytest.raises(DeployError, match="does not tell"):
        pipeline.stats()
