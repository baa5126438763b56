"""A flow that is deployed on Ray: its replicas share the work, and end with it."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import Counter
from typing import Any

import pytest

from dataflow import INPUT, Ray, Threads, bind, deploy, flow, gather, run, step
from dataflow.errors import NestedRunError
from dataflow.events import Event, StepFailed, StepFinished, StepStarted
from dataflow.testing.witness import Witness
from tests.patience import eventually
from tests.ray import steps
from tests.ray.cluster import alive_actors
from tests.ray.steps import placed
from tests.ray.subprocesses import run_program


@pytest.fixture
def path(tmp_path: Any) -> str:
    return str(tmp_path / "witness")


def test_every_replica_gets_work(path: str) -> None:
    """Of calls one after the other, and of calls at once."""
    with deploy(steps.noted(path, replicas=3)(INPUT), Ray(), max_in_flight=12) as pipeline:
        assert [pipeline.call(k) for k in range(9)] == list(range(9))
        counts = Counter(mark for mark in Witness(path).marks() if mark.startswith("called"))
        assert sorted(counts.values()) == [3, 3, 3]
        assert pipeline.stats().replicas == {"Noted": (3, 3, 3)}
        assert list(pipeline.stream(range(60))) == list(range(60))
        assert sum(pipeline.stats().replicas["Noted"]) == 69
    made = [mark for mark in Witness(path).marks() if mark.startswith("made")]
    assert len(set(made)) == len(made) == 3


def test_a_call_goes_to_the_least_loaded_replica(path: str) -> None:
    """While one replica is at work, all other calls go to the other one."""
    with deploy(placed(steps.gate, "actor", replicas=2)(path, INPUT), Ray()) as pipeline:
        stuck = pipeline.submit("open")
        Witness(path).wait_for("begun", 60)
        (other,) = {pipeline.call("no gate") for _ in range(6)}
        Witness(path).mark("open")
        assert stuck.result(60) != other


def test_two_calls_meet_in_one_replica(path: str) -> None:
    """With max_concurrency=2."""
    node = bind(steps.Meeting).options(max_concurrency=2)
    pair: Any = flow(lambda path, word, other: node(path, word, other))
    with pair.deploy(Ray()) as pipeline:
        futures = [pipeline.submit(path, *words) for words in (("a", "b"), ("b", "a"))]
        assert len({future.result() for future in futures}) == 1


def test_calls_in_flight_do_not_disturb_each_other() -> None:
    """Some fail, and the others do not notice."""
    with deploy(steps.fail_if_odd(bind(steps.Adder, 0)(INPUT)), Ray(), max_in_flight=40) as pipeline:
        futures = [pipeline.submit(k) for k in range(40)]
        for k, future in enumerate(futures):
            if k % 2:
                error = future.exception(60)
                assert isinstance(error, LookupError)
                assert error.args == (k,)
            else:
                assert future.result(60) == k


def test_a_stream_takes_no_more_than_it_may(path: str) -> None:
    pulled: list[int] = []

    def numbers() -> Any:
        for k in range(100):
            pulled.append(k)
            yield k

    with deploy(bind(steps.Adder, 1)(INPUT), Ray(), max_in_flight=5) as pipeline:
        for at, value in enumerate(pipeline.stream(numbers())):
            assert value == at + 1
            assert len(pulled) <= at + 1 + 5
            if at == 20:
                break
        assert eventually(lambda: pipeline.stats().in_flight == 0)
        assert pipeline.call(1) == 2


def test_replicas_come_and_go_with_scale(path: str) -> None:
    with deploy(steps.noted(path)(INPUT), Ray(), max_in_flight=30) as pipeline:
        pipeline.scale({"Noted": 3})
        assert len(alive_actors()) == 3
        futures = [pipeline.submit(k) for k in range(30)]
        pipeline.scale({"Noted": 1})
        assert [future.result(60) for future in futures] == list(range(30))
        assert eventually(lambda: len(alive_actors()) == 1)
        assert pipeline.call(1) == 1
        assert len(pipeline.stats().replicas["Noted"]) == 1


@pytest.mark.parametrize("end", ["close", "drop"])
def test_the_end_of_a_pipeline_is_the_end_of_its_actors(end: str) -> None:
    pipeline = deploy(gather(bind(steps.Adder, 1)(INPUT), placed(steps.one, "actor")(INPUT)), Ray())
    assert pipeline.call(1) == (2, 2)
    assert len(alive_actors()) == 2
    if end == "close":
        pipeline.close()
    del pipeline
    gc.collect()
    assert eventually(lambda: not alive_actors())


def test_a_pipeline_that_is_dropped_answers_what_it_has_taken() -> None:
    pipeline = deploy(bind(steps.Adder, 1)(steps.slow(0.3, INPUT)), Ray())
    future = pipeline.submit(1)
    del pipeline
    assert future.result(60) == 2
    assert eventually(lambda: not alive_actors())


def test_a_constructor_that_fails_leaves_no_actor() -> None:
    node = gather(bind(steps.Adder, 1)(INPUT), bind(steps.Unconstructible, "no")(INPUT))
    with pytest.raises(LookupError, match="no"):
        deploy(node, Ray())
    assert eventually(lambda: not alive_actors())


def test_a_future_can_be_awaited() -> None:
    async def both(pipeline: Any) -> list[int]:
        return list(await asyncio.gather(*[pipeline.submit(k) for k in range(10)]))

    with deploy(bind(steps.Adder, 1)(INPUT), Ray()) as pipeline:
        assert asyncio.run(both(pipeline)) == list(range(1, 11))


def test_a_cancelled_run_is_over_and_others_go_on(path: str) -> None:
    """What waits in Ray for its turn is not begun."""
    late = placed(steps.slow_mark, "task")
    with deploy(late(path, 0.3, INPUT), Ray()) as pipeline:
        futures = [pipeline.submit(str(k)) for k in range(30)]
        Witness(path).wait_for("0", 60)
        for future in futures[1:]:
            future.cancel()
        assert futures[0].result(60) == "0"
        assert pipeline.call("after") == "after"
    assert len(Witness(path).marks()) < 12


def test_observers_are_told_of_every_step(path: str) -> None:
    seen: list[Event] = []
    node = steps.double(bind(steps.Adder, 1)(steps.one(INPUT)))
    with deploy(node, Ray(), observe=[seen.append]) as pipeline:
        assert pipeline.call(1) == 6
    names = [event.step for event in seen if isinstance(event, StepFinished)]
    assert names == ["one", "Adder", "double"]
    assert [event.step for event in seen if isinstance(event, StepStarted)] == names
    del seen[:]
    with pytest.raises(LookupError), deploy(steps.fails(INPUT), Ray(), observe=[seen.append]) as pipeline:
        pipeline.call(1)
    (failed,) = [event for event in seen if isinstance(event, StepFailed)]
    assert isinstance(failed.error, LookupError)


def test_a_run_in_a_step_on_the_same_ray_is_refused_if_it_could_wait_for_ever() -> None:
    nested = step(lambda x: run(steps.one(x), executor=Ray()))
    with pytest.raises(NestedRunError):
        run(nested(1), executor=Ray())
    fine = step(lambda x: run(steps.one(x), executor=Threads(1)))
    assert run(fine(1), executor=Ray()) == 2


def test_several_threads_use_one_pipeline() -> None:
    found: dict[int, int] = {}
    with deploy(bind(steps.Adder, 1)(INPUT), Ray()) as pipeline:

        def ask(k: int) -> None:
            found[k] = pipeline.call(k)

        threads = [threading.Thread(target=ask, args=(k,)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert found == {k: k + 1 for k in range(8)}


SHUT_DOWN = """
import ray
from dataflow import INPUT, Ray, bind, deploy
from dataflow.errors import ClosedError
from tests.ray import steps

pipeline = deploy(bind(steps.Adder, 1)(steps.one(INPUT)), Ray(settings={"num_cpus": 1, "log_to_driver": False}))
assert pipeline.call(1) == 3
ray.shutdown()
try:
    pipeline.call(1)
except ClosedError as error:
    assert "has been shut down" in str(error), error
else:
    raise AssertionError("answered without a Ray")
assert not ray.is_initialized(), "a Ray was started behind the user's back"
pipeline.close()
with deploy(steps.one(INPUT), Ray(settings={"num_cpus": 1, "log_to_driver": False})) as other:
    assert other.call(1) == 2
print("right")
"""


def test_a_ray_that_is_shut_down_is_an_error_and_none_is_started() -> None:
    assert run_program(SHUT_DOWN).endswith("right\n")
