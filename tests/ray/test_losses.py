"""Workers and replicas that are lost: every node has one result, and what must not be repeated is not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dataflow import INPUT, Ray, Retry, bind, const, deploy, expand, fan_out, run
from dataflow.errors import InfeasibleError, ReplicaLostError, StepTimeoutError
from dataflow.options import Resources
from dataflow.testing.witness import Witness
from tests.patience import eventually
from tests.ray import steps
from tests.ray.cluster import alive_actors
from tests.ray.losing import kill_replicas, kill_workers
from tests.ray.steps import placed

SECONDS = 60.0


@pytest.fixture
def path(tmp_path: Any) -> str:
    return str(tmp_path / "witness")


def test_a_run_survives_the_loss_of_workers() -> None:
    """200 nodes, 5 workers killed: the same value, and no more repeated than was under way."""
    lost = kill_workers(nodes=200, kills=5)
    assert lost.value == lost.expected
    assert lost.kills == 5
    assert lost.executions <= lost.nodes + lost.kills * lost.slots


def test_a_fan_out_survives_the_loss_of_workers(path: str) -> None:
    """An element that kills its worker, once."""
    body = lambda x: steps.fatal_once(path, x, 7)  # noqa: E731
    assert run(fan_out(body, list(range(20))), executor=Ray()) == list(range(20))
    assert 2 <= Witness(path).count("7") <= 3


def test_a_pipeline_survives_the_loss_of_replicas() -> None:
    """300 calls of two replicas, of which 4 are killed at work: none is lost, none has a wrong answer."""
    lost = kill_replicas(calls=300, kills=4)
    assert lost.value == lost.expected
    assert lost.kills == 4
    assert lost.executions <= lost.nodes + lost.kills * lost.slots


@pytest.mark.parametrize("size", [1_000_000, 12_000_000])
def test_a_replica_that_was_constructed_with_much_comes_back(path: str, size: int) -> None:
    """What Ray keeps for that, and what is too large for it."""
    with deploy(bind(steps.Laden, bytes(size), path)(INPUT), Ray()) as pipeline:
        assert pipeline.submit(1).result(SECONDS) == size + 1
    assert Witness(path).count("1") == 2


def test_a_worker_that_is_lost_too_often_is_an_error_that_says_so(path: str) -> None:
    twice = steps.fatal.options(retries=Retry(0, lost=1))
    with pytest.raises(ReplicaLostError, match="may have been executed") as caught:
        run(twice(path), executor=Ray())
    assert Witness(path).count("called") == 2
    assert caught.value.__notes__[0].startswith("in fatal, composed at ")


@pytest.mark.parametrize("placement", steps.PLACEMENTS)
def test_what_must_not_be_repeated_is_not(path: str, placement: str) -> None:
    once = placed(steps.fatal, placement, retries=Retry(0, lost=0))
    with pytest.raises(ReplicaLostError, match="may have been executed"):
        run(once(path), executor=Ray())
    assert Witness(path).count("called") == 1


def test_without_retries_exactly_the_calls_in_flight_fail(path: str) -> None:
    """One call of eight kills the replica; those that wait for it are answered by the next."""
    once = placed(steps.fatal_at, "actor", retries=Retry(0, lost=0))
    with deploy(once(path, INPUT, 2), Ray(), max_in_flight=8) as pipeline:
        futures = [pipeline.submit(k) for k in range(8)]
        errors = [future.exception(SECONDS) for future in futures]
        assert [k for k, error in enumerate(errors) if error is not None] == [2]
        assert isinstance(errors[2], ReplicaLostError)
        assert "may have been executed" in str(errors[2])
        assert [future.result(0) for k, future in enumerate(futures) if k != 2] == [0, 1, 3, 4, 5, 6, 7]
    assert sorted(Witness(path).marks()) == [str(k) for k in range(8)]


@pytest.mark.parametrize("placement", steps.PLACEMENTS)
def test_a_call_that_hangs_frees_its_caller_and_its_replica(path: str, placement: str) -> None:
    """It is not run again, and the next call is answered."""
    hanging = placed(steps.hang_if, placement, timeout=0.5)
    with deploy(hanging(path, INPUT), Ray()) as pipeline:
        assert pipeline.call("go") == "go"
        begun = time.monotonic()
        with pytest.raises(StepTimeoutError, match=r"step 'hang_if' took longer than its timeout of 0.5 s"):
            pipeline.call("hang")
        first = time.monotonic()
        assert pipeline.call("go") == "go"
        assert first - begun < SECONDS
    assert Witness(path).count("hang") == 1


def test_calls_that_wait_behind_one_that_hangs_are_answered(path: str) -> None:
    hanging = placed(steps.hang_if, "actor", timeout=0.5, retries=Retry(0, lost=0))
    with deploy(hanging(path, INPUT), Ray(), max_in_flight=6) as pipeline:
        words = ["go", "hang", "go", "hang", "go", "go"]
        futures = [pipeline.submit(word) for word in words]
        errors = [future.exception(SECONDS) for future in futures]
    assert [type(error) for error in errors] == [StepTimeoutError if word == "hang" else type(None) for word in words]
    assert Witness(path).marks().count("hang") == 2


def infeasible(work: Any) -> InfeasibleError:
    begun = time.monotonic()
    with pytest.raises(InfeasibleError) as caught:
        work()
    assert time.monotonic() - begun < 10, "within the 5 s of the contract, and some for a busy machine"
    return caught.value


@pytest.mark.parametrize("placement", steps.PLACEMENTS)
def test_what_there_is_no_room_for_is_an_error_at_deploy(placement: str) -> None:
    made = placed(steps.same, placement, resources=Resources(num_cpus=99))
    error = infeasible(lambda: deploy(made(INPUT), Ray()))
    assert str(error) == "step 'same' needs 99 CPU, but the nodes have 2 CPU"
    assert (error.step, error.need) == ("same", {"CPU": 99})
    assert not alive_actors()


def test_what_a_graph_grows_that_there_is_no_room_for_is_an_error_of_the_run() -> None:
    made = placed(steps.same, "task", resources=Resources(custom={"licence": 1}))
    error = infeasible(lambda: run(expand(const(1), lambda x: made(x)), executor=Ray()))
    assert "needs 1 CPU, 1 licence" in str(error)


def test_scaling_beyond_the_room_is_an_error() -> None:
    model = bind(steps.Adder, 1).options(resources=Resources(num_cpus=1))
    with deploy(model(INPUT), Ray()) as pipeline:
        pipeline.scale({"Adder": 2})
        assert "1 CPU" in str(infeasible(lambda: pipeline.scale({"Adder": 5})))
        assert pipeline.call(1) == 2
        assert len(pipeline.stats().replicas["Adder"]) == 2


def test_deploying_and_closing_again_and_again_leaves_nothing() -> None:
    """No actor; `python -m tests.ray.soak` looks at memory, too."""
    for k in range(5):
        with deploy(bind(steps.Adder, k)(steps.one(INPUT)), Ray()) as pipeline:
            assert pipeline.call(1) == 2 + k
    assert eventually(lambda: not alive_actors())
