"""Random programs and containers of every kind mean on Ray what they mean by the definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from dataflow import INPUT, Ray, bind, const, deploy, expand, fan_out, gather, recover, run, step
from dataflow.executors.ray import work
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import TwoReasonsError, fail, kept, mix, weigh
from dataflow.testing.strategies import programs
from tests.laws.executors import ended
from tests.laws.test_meaning import CONTAINERS, as_called
from tests.patience import eventually
from tests.ray import steps
from tests.ray.cluster import alive_actors
from tests.ray.steps import PLACEMENTS, placed


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_meaning_with_all_steps_as_tasks(program: Program) -> None:
    """flow.deploy(Ray()).call(*xs) = reference(flow.graph, xs), wherever its steps are placed."""
    names = {callee.name for callee in program.flow.graph.callees() if callee.options.placement == "auto"}

    def work() -> object:
        with program.flow.deploy(Ray(), options={name: {"placement": "task"} for name in names}) as pipeline:
            return pipeline.call(*program.values)

    assert outcome(work) == ended(program)


@pytest.mark.parametrize("budget", [work.BUDGET, 0.0], ids=["as it is", "given back"])
@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(program=programs())
def test_meaning_of_calls_that_are_made_again(budget: float, program: Program) -> None:
    """Once it is known that steps are brief, their calls are sent before what they read is there: it means the same.

    So it does if every chain is given back after each of its calls, and what reads it is sent again.
    """
    wanted = ended(program)
    with pytest.MonkeyPatch.context() as patch, program.flow.deploy(Ray()) as pipeline:
        patch.setattr(work, "BUDGET", budget)
        assert [outcome(lambda: pipeline.call(*program.values)) for _ in range(3)] == [wanted] * 3


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_nodes_are_found_in_every_container(placement: str) -> None:
    """[[f(C(a, b))]] = f.fn(C([[a]], [[b]])), for each kind of container, however the argument is passed."""
    called = placed(as_called, placement)

    def one(container: Callable[[Any, Any], Any]) -> Any:
        return called(container(mix(1), const(2)), *[container(mix(3), 4)], key=container(5, mix(6)))

    def wanted(container: Callable[[Any, Any], Any]) -> Any:
        m = mix.fn
        return ((container(m(1), 2), container(m(3), 4)), {"key": container(5, m(6))})

    node = gather([one(container) for container in CONTAINERS.values()])
    assert outcome(lambda: run(node, executor=Ray())) == outcome(lambda: [*map(wanted, CONTAINERS.values())])


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_composition_is_application(placement: str) -> None:
    """[[f(a, b)]] = f.fn([[a]], [[b]]), positional, by name and variadic."""
    a, b, f, g = mix(4), mix(5), placed(mix, placement), placed(weigh, placement)
    x, y = mix.fn(4), mix.fn(5)
    assert run(f(a, b), f(a, y=b), f(y=b, x=a), executor=Ray()) == (mix.fn(x, y),) * 3
    assert run(g(*[a, b], key=a, other=b), executor=Ray()) == weigh.fn(x, y, key=x, other=y)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_an_error_that_is_a_value_is_whole(placement: str) -> None:
    """A handler, and whoever comes after it, gets the error with its type, arguments and attributes."""
    node = recover(fail(2, "TwoReasonsError"), placed(kept, placement), on=TwoReasonsError)
    assert run(node, executor=Ray()) == ["TwoReasonsError", "reason and 2"]
    listed: Any = recover(fail(2, "TwoReasonsError"), placed(steps.listed, placement))
    (error,) = run(listed, executor=Ray())
    assert type(error) is TwoReasonsError
    assert (error.args, error.first, error.second) == (("reason and 2",), "reason", 2)


def test_a_graph_that_grows_has_its_own_replicas_which_end_with_it() -> None:
    """Also ones that were not known at deploy."""

    def grow(n: int) -> Any:
        return fan_out(bind(steps.Adder, n), list(range(n)))

    with expand(steps.same(INPUT), grow).deploy(Ray()) as pipeline:
        for n in (3, 0, 2):
            assert pipeline.call(n) == [n + k for k in range(n)]
        assert eventually(lambda: not alive_actors())


@pytest.mark.parametrize("size", [10, 2_000, 100_000])
def test_arrays_of_any_size_are_passed_on(size: int) -> None:
    """From step to step, by way of the driver or not; small ones travel in other ways than large ones."""
    model = bind(steps.Adder, 1)
    rows = fan_out(lambda row: model(model(row)), steps.listed(INPUT, steps.plus(INPUT, INPUT)))
    with deploy(steps.plus(rows[0], model(rows[1])), Ray()) as pipeline:
        found = pipeline.call(np.arange(size))
    assert (found == 3 * np.arange(size) + 5).all()


def test_values_that_ray_treats_in_its_own_way_are_values() -> None:
    """Lists keep the identity of their items, and bytes stay bytes."""
    doubled: Any = step(lambda x: [x, x])
    (first, second) = run(doubled([1, 2]), executor=Ray())
    assert first is second
    assert run(steps.same(b"\0" * 300_000), executor=Ray()) == b"\0" * 300_000


KINDS: dict[str, Callable[[list[int]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "bytes": bytes,
    "array": np.array,
    "keys": dict.fromkeys,
    "text": lambda items: "".join(map(str, items)),
}


@step
def as_kind(kind: str, items: list[int]) -> Any:
    """The items as one of what a fan-out may work on."""
    return KINDS[kind](items)


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fuse", [True, False])
def test_a_fan_out_works_on_whatever_a_step_has_made(kind: str, count: int, fuse: bool) -> None:
    """[[fan_out(f, xs)]] = [f.fn(x) for x in [[xs]]], where xs is far away."""
    made = as_kind(kind, list(range(count)))
    wanted = [mix.fn(x) for x in KINDS[kind](list(range(count)))]
    assert run(fan_out(mix, made), executor=Ray(fuse=fuse)) == wanted
    assert run(fan_out(mix, made.map(lambda found: found)), executor=Ray(fuse=fuse)) == wanted
