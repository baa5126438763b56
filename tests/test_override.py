"""Options that are changed at deploy."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import In, Inline, Node, Options, Retry, bind, cond, const, deploy, fan_out, flow, recover, step
from dataflow.errors import DeployError, OptionTypeError, OptionValueError
from dataflow.lower import lower
from dataflow.override import overridden, with_callees


class Scorer:
    def __init__(self, weight: int) -> None:
        self.weight = weight

    def __call__(self, x: int) -> int:
        return self.weight * x


@step(retries=1, timeout=9)
def parse(text: str) -> int:
    return int(text)


@flow
def scores(texts: In[list[str]]) -> Node[list[int]]:
    score: Any = bind(Scorer, 2)
    return fan_out(lambda text: recover(score(parse(text)), lambda error: const(0)), texts)


def options_of(graph: Any) -> dict[str, Options]:
    return {callee.name: callee.options for callee in graph.callees()}


def test_nothing_asked_for_is_the_same_graph() -> None:
    graph = scores.graph
    assert overridden(graph, {}, {}) is graph


def test_options_are_merged_over_those_of_the_step_in_bodies_too() -> None:
    changed = overridden(scores.graph, {"Scorer": 4}, {"parse": {"retries": 3}})
    assert options_of(changed)["parse"] == Options(retries=Retry(3), timeout=9)
    assert options_of(changed)["Scorer"] == Options(replicas=4)


def test_the_graph_itself_does_not_change() -> None:
    graph = scores.graph
    before = options_of(graph)
    overridden(graph, {"Scorer": 4}, {})
    assert options_of(graph) == before


def test_replicas_and_options_of_one_step_go_together() -> None:
    changed = overridden(scores.graph, {"Scorer": 4}, {"Scorer": {"max_concurrency": 2}})
    assert options_of(changed)["Scorer"] == Options(replicas=4, max_concurrency=2)


def test_the_meaning_stays() -> None:
    with scores.deploy(Inline(), replicas={"Scorer": 2}, options={"parse": {"retries": 0}}) as pipeline:
        assert pipeline.call(["1", "x", "3"]) == [2, 0, 6]


@pytest.mark.parametrize("asked", [({"Scorr": 2}, {}), ({}, {"Scorr": {"replicas": 2}})])
def test_an_unknown_step_is_refused_with_the_nearest_name(asked: Any) -> None:
    with pytest.raises(DeployError, match=r"no step 'Scorr'; did you mean 'Scorer'\?"):
        overridden(scores.graph, *asked)


def test_an_unknown_step_without_a_near_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(DeployError, match=r"its steps are Scorer, parse"):
        overridden(scores.graph, {"zzz": 2}, {})


def test_replicas_are_for_classes() -> None:
    with pytest.raises(DeployError, match="step 'parse' is a function"):
        overridden(scores.graph, {"parse": 2}, {})


@pytest.mark.parametrize(("count", "kind"), [(0, OptionValueError), (True, OptionTypeError), ("2", OptionTypeError)])
def test_a_wrong_number_of_replicas_is_refused(count: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="replicas"):
        overridden(scores.graph, {"Scorer": count}, {})


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(OptionTypeError, match="there is no option 'retires'"):
        overridden(scores.graph, {}, {"parse": {"retires": 1}})


def test_no_constructor_runs_when_the_override_is_wrong() -> None:
    made: list[int] = []

    class Model:
        def __init__(self) -> None:
            made.append(1)

        def __call__(self, x: int) -> int:
            return x

    model: Any = bind(Model)
    with pytest.raises(DeployError):
        deploy(model(1), replicas={"Modell": 2})
    assert made == []


def test_with_callees_keeps_the_rest_of_the_graph() -> None:
    graph = lower(cond(const(True), parse("1"), const(2)))
    again = with_callees(graph, lambda callee: callee)
    assert again == graph
    assert again.places == graph.places
