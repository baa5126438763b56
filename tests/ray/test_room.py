"""What steps occupy, and that too much of it is an error with need and have."""

from __future__ import annotations

import time
from typing import Any

import pytest
import ray

from dataflow import Options, Resources
from dataflow.errors import DeployError, InfeasibleError
from dataflow.executors.ray.room import actor_settings, amounts, check_room, lacking, task_settings
from tests.patience import eventually

FULL = Resources(num_cpus=2, num_gpus=0.5, memory=1 << 20, custom={"licence": 1})


def test_a_task_takes_a_cpu_and_a_replica_none_unless_they_say() -> None:
    assert task_settings(Options()) == {"num_cpus": 1}
    assert actor_settings(Options()) == {"num_cpus": 0}
    said = {"num_cpus": 2, "num_gpus": 0.5, "memory": 1 << 20, "resources": {"licence": 1}}
    assert task_settings(Options(resources=FULL)) == said
    assert actor_settings(Options(resources=FULL)) == said


def test_the_settings_are_those_of_ray() -> None:
    """Ray takes them, and a call gets what it needs."""

    @ray.remote
    def assigned() -> Any:
        return ray.get_runtime_context().get_assigned_resources()

    settings = task_settings(Options(resources=Resources(num_cpus=2, memory=1 << 20)))
    assert ray.get(assigned.options(**settings).remote()) == {"CPU": 2, "memory": 1 << 20}
    assert amounts(settings) == {"CPU": 2, "memory": 1 << 20}


def test_what_is_not_needed_is_no_amount() -> None:
    assert amounts(actor_settings(Options())) == {}
    assert amounts(task_settings(Options(resources=FULL))) == {"CPU": 2, "GPU": 0.5, "memory": 1 << 20, "licence": 1}


NODES = [{"CPU": 3.0, "GPU": 1.0}, {"CPU": 3.0}]


@pytest.mark.parametrize(
    ("wanted", "step"),
    [
        ([], None),
        ([("a", {"CPU": 3}, 2)], None),
        ([("a", {"CPU": 2}, 3)], "a"),  # 6 CPUs in all, but only one pair on each node
        ([("a", {"CPU": 4}, 1)], "a"),
        ([("a", {"CPU": 4}, 0)], "a"),
        ([("a", {"CPU": 1}, 4), ("b", {"CPU": 2}, 1)], None),
        ([("a", {"CPU": 3}, 2), ("b", {"CPU": 1}, 0)], "b"),  # a task beside replicas that stay
        ([("a", {"CPU": 3}, 0), ("b", {"CPU": 3}, 0)], None),  # tasks take turns
        ([("a", {"GPU": 1, "CPU": 1}, 1), ("b", {"CPU": 2}, 2)], None),
        ([("a", {"GPU": 1}, 2)], "a"),
        ([("a", {"licence": 1}, 0)], "a"),
        ([("a", {}, 10_000)], None),
    ],
)
def test_which_step_has_no_room(wanted: Any, step: str | None) -> None:
    found = lacking(wanted, NODES)
    assert (found and found[0]) == step


def infeasible(*wanted: tuple[str, dict[str, float], int]) -> InfeasibleError:
    """The error, which comes within the 5 s of the contract (and some for a busy machine)."""
    begun = time.monotonic()
    with pytest.raises(InfeasibleError) as caught:
        check_room(wanted)
    assert time.monotonic() - begun < 10
    assert isinstance(caught.value, DeployError)
    return caught.value


def test_room_for_all_is_no_error() -> None:
    cpus = ray.cluster_resources()["CPU"]
    check_room([("a", {"CPU": 1}, int(cpus)), ("b", {}, 1000)])
    check_room([("a", {"CPU": cpus}, 0), ("b", {"CPU": cpus}, 0)])


def test_too_much_for_one_names_need_and_have() -> None:
    cpus = ray.cluster_resources()["CPU"]
    error = infeasible(("model", {"CPU": 99, "licence": 2}, 1))
    assert str(error) == f"step 'model' needs 99 CPU, 2 licence, but the nodes have {cpus:g} CPU, 0 licence"
    assert (error.step, error.need) == ("model", {"CPU": 99, "licence": 2})
    assert error.have[0]["CPU"] == cpus


def test_too_much_for_all_names_the_count_and_the_others() -> None:
    cpus = int(ray.cluster_resources()["CPU"])
    error = infeasible(("model", {"CPU": 1}, cpus + 1))
    assert str(error).startswith(f"{cpus + 1} replicas of step 'model' need 1 CPU each, but the nodes have {cpus} CPU")
    error = infeasible(("model", {"CPU": 1}, cpus), ("score", {"CPU": 1}, 0))
    assert str(error).startswith("step 'score' needs 1 CPU beside the replicas of 'model', but")


def test_what_others_occupy_is_waited_for_and_then_named() -> None:
    @ray.remote
    class Occupant:
        def ready(self) -> None:
            pass

    cpus = ray.cluster_resources()["CPU"]
    loose: Any = Occupant
    occupant = loose.options(num_cpus=cpus).remote()
    ray.get(occupant.ready.remote())
    error = infeasible(("model", {"CPU": 1}, 1))
    assert str(error) == "step 'model' needs 1 CPU, but others occupy what there is; now the nodes have 0 CPU"
    check_room([("score", {"CPU": 1}, 0)])  # a task waits itself
    ray.kill(occupant)
    check_room([("model", {"CPU": 1}, 1)])
    assert eventually(lambda: ray.available_resources().get("CPU") == cpus)
