"""Law 11: instances live from deploy to close, one for each replica."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest

from dataflow import Inline, Node, Threads, bind, expand, fan_out, flow, gather, recover, run, step
from dataflow.errors import ClosedError, InputError
from dataflow.executors.base import Executor
from dataflow.testing.steps import mix
from tests.laws.executors import each_concurrent, each_executor

PATIENCE = 20.0


class Model:
    """Counts its instances."""

    made: list[weakref.ref[Model]] = []

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        Model.made.append(weakref.ref(self))

    def __call__(self, x: int) -> int:
        return x + self.offset


@pytest.fixture(autouse=True)
def count_anew() -> None:
    Model.made = []


def alive() -> int:
    gc.collect()
    return sum(ref() is not None for ref in Model.made)


def gone() -> bool:
    """Whether no instance is left, once workers have let go of them."""
    deadline = time.monotonic() + PATIENCE
    while alive() and time.monotonic() < deadline:
        time.sleep(0.001)
    return alive() == 0


@flow
def moved(x: Node[int]) -> Node[int]:
    return bind(Model, 5)(x)


@each_executor
def test_constructors_run_at_deploy(executor: Executor) -> None:
    """Composition constructs nothing, deploy each instance once, calls nothing more."""
    node = bind(Model, 1)(bind(Model, 2)(3))
    assert moved.graph is not None
    assert not Model.made
    with moved.deploy(executor) as pipeline:
        assert len(Model.made) == 1
        assert [pipeline.call(x) for x in range(5)] == [5, 6, 7, 8, 9]
        assert list(pipeline.stream(range(3))) == [5, 6, 7]
        assert len(Model.made) == 1
    assert run(node, executor=executor) == 6
    assert len(Model.made) == 3


@each_executor
def test_one_instance_for_each_bind(executor: Executor) -> None:
    """One step called twice has one instance; two binds have two, wherever they are called."""
    one, other = bind(Model, 1), bind(Model, 2)

    @flow
    def both(x: Node[int]) -> Node[Any]:
        bodies = fan_out(lambda y: one(other(y)), [1, 2, 3])
        return gather(one(x), one(x), other(x), bodies, recover(one(x), lambda error: other(1)))

    with both.deploy(executor) as pipeline:
        assert len(Model.made) == 2
        assert pipeline.call(1) == (2, 2, 3, [4, 5, 6], 2)
    assert len(Model.made) == 2


@each_executor
def test_an_instance_of_a_growing_graph_is_made_once(executor: Executor) -> None:
    """A class step that only a grown graph calls is constructed once per run, not once per growth."""
    one = bind(Model, 1)

    def grow(x: int) -> Node[int]:
        return one(x)

    assert run(fan_out(lambda x: expand(x, grow), range(5)), executor=executor) == [1, 2, 3, 4, 5]
    assert len(Model.made) == 1


@each_executor
def test_closing_frees_every_instance(executor: Executor) -> None:
    """close() frees them; so does leaving the context, twice or after an error; then the pipeline refuses calls."""
    pipeline = moved.deploy(executor, replicas={"Model": 3})
    assert 1 <= alive() <= 3
    assert pipeline.call(1) == 6
    pipeline.close()
    pipeline.close()
    assert gone()
    with pytest.raises(ClosedError):
        pipeline.call(1)
    with pytest.raises(ClosedError):
        pipeline.submit(1)
    with pytest.raises(KeyError), moved.deploy(executor):
        raise KeyError
    assert gone()


@each_executor
def test_dropping_the_pipeline_frees_every_instance(executor: Executor) -> None:
    """The last reference counts as close()."""
    threads = threading.active_count()
    pipeline = moved.deploy(executor)
    assert pipeline.call(1) == 6
    del pipeline
    assert gone()
    deadline = time.monotonic() + PATIENCE
    while threading.active_count() > threads + 4 and time.monotonic() < deadline:
        time.sleep(0.001)
    assert threading.active_count() <= threads + 4  # a ThreadPoolExecutor keeps up to 4


@each_executor
def test_a_run_frees_every_instance(executor: Executor) -> None:
    """run() is deploy, one call and close; also if it fails."""
    assert run(bind(Model, 1)(1), executor=executor) == 2
    with pytest.raises(TypeError):
        run(bind(Model, 1)("one"), executor=executor)
    assert gone()


def test_each_replica_is_constructed_once_and_gets_work() -> None:
    """Four replicas are four instances, which work at the same time."""
    meeting = threading.Barrier(4)

    class Attendant(Model):
        def __call__(self, x: int) -> int:
            meeting.wait(PATIENCE)
            return x

    @flow
    def attend(xs: Node[list[int]]) -> Node[list[int]]:
        return fan_out(bind(Attendant), xs)

    with attend.deploy(Threads(4), replicas={"Attendant": 4}) as pipeline:
        assert len(Model.made) == 4
        assert pipeline.call([1, 2, 3, 4]) == [1, 2, 3, 4]
    assert len(Model.made) == 4
    assert gone()


@each_executor
def test_a_replica_works_on_one_call_at_a_time(executor: Executor) -> None:
    """With max_concurrency=1, calls of one instance do not overlap."""

    class Alone:
        def __init__(self) -> None:
            self.busy = threading.Lock()

        def __call__(self, x: int) -> int:
            assert self.busy.acquire(blocking=False)
            time.sleep(0.001)
            self.busy.release()
            return x

    assert run(fan_out(bind(Alone), range(20)), executor=executor) == list(range(20))


@each_executor
def test_an_error_of_a_constructor_is_deploy_s(executor: Executor) -> None:
    """It is raised by deploy as itself, says whose it is, and leaves no instance behind."""

    class Broken:
        def __init__(self) -> None:
            raise KeyError("weights")

        def __call__(self, x: int) -> int:
            return x

    @flow
    def broken(x: Node[int]) -> Node[int]:
        return bind(Broken)(bind(Model)(x))

    with pytest.raises(KeyError) as caught:
        broken.deploy(executor)
    assert caught.value.args == ("weights",)
    assert any("Broken" in note for note in caught.value.__notes__)
    del caught
    assert gone()


@each_executor
def test_calls_in_flight_are_isolated(executor: Executor) -> None:
    """100 calls under way at once have each their own values, errors and branches."""

    @flow
    def program(x: Node[int]) -> Node[Any]:
        many = fan_out(lambda y: mix(y, x), [x, x])
        return recover(gather(x, many, bind(Model, 1)(x)), lambda error: x)

    with program.deploy(executor) as pipeline:
        futures = [pipeline.submit(x) for x in range(100)]
        assert [future.result(PATIENCE) for future in futures] == [(x, [mix.fn(x, x)] * 2, x + 1) for x in range(100)]


@each_concurrent
def test_a_failed_call_does_not_disturb_another(executor: Executor) -> None:
    """One call waits while another one fails; then it ends as if alone."""
    failed = threading.Event()

    @step
    def work(x: int) -> int:
        if x == 0:
            raise KeyError(x)
        assert failed.wait(PATIENCE)
        return x

    @flow
    def program(x: Node[int]) -> Node[int]:
        return mix(work(x), 0)

    with program.deploy(executor) as pipeline:
        good, bad = pipeline.submit(1), pipeline.submit(0)
        assert isinstance(bad.exception(PATIENCE), KeyError)
        failed.set()
        assert good.result(PATIENCE) == 2


@each_executor
def test_close_lets_calls_in_flight_end(executor: Executor) -> None:
    """What was submitted before close() has its value."""
    pipeline = moved.deploy(executor)
    futures = [pipeline.submit(x) for x in range(20)]
    pipeline.close()
    assert [future.result(PATIENCE) for future in futures] == [x + 5 for x in range(20)]


@each_executor
def test_arguments_are_bound_before_anything_runs(executor: Executor) -> None:
    """A missing or unknown argument is an InputError; by position and by name mean the same."""

    @flow
    def named(x: Node[int], y: Node[int] | int = 7) -> Node[int]:
        return mix(x, y)

    with named.deploy(executor) as pipeline:
        assert pipeline.call(1) == pipeline.call(x=1, y=7) == pipeline.call(1, y=7) == mix.fn(1, 7)
        for args, kwargs in (((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})):
            with pytest.raises(InputError):
                pipeline.call(*args, **kwargs)


def test_inline_constructs_in_the_caller_s_thread() -> None:
    """Inline needs no other thread at all."""
    threads = []

    class Here:
        def __init__(self) -> None:
            threads.append(threading.current_thread())

        def __call__(self, x: int) -> int:
            threads.append(threading.current_thread())
            return x

    run(bind(Here)(1), executor=Inline())
    assert threads == [threading.current_thread()] * 2
