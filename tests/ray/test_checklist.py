"""Rows R of the behaviours that comparable libraries assert: the pipeline API that this one descends from.

Each holds with steps placed as actors, and as tasks.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from dataflow import INPUT, Ray, bind, deploy, fan_out, flow, gather, run, step
from dataflow.errors import ClosedError
from dataflow.testing.witness import Witness
from tests.ray import steps
from tests.ray.steps import PLACEMENTS, placed

each_placement = pytest.mark.parametrize("placement", PLACEMENTS)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(str(tmp_path / "witness"))


@each_placement
def test_r4_an_input_and_a_node_in_one_step(placement: str) -> None:
    join, step2 = placed(steps.join, placement), placed(steps.step2, placement)
    with deploy(join(INPUT, step2(INPUT)), Ray()) as pipeline:
        assert pipeline.call("x") == "x+x|step2"


@each_placement
def test_r5_keywords_and_constants(placement: str) -> None:
    join = placed(steps.join, placement)
    with deploy(join(steps.step1(INPUT), sep=steps.step2(INPUT), end="?"), Ray()) as pipeline:
        assert pipeline.call("x") == "x|step1?"
    with deploy(join("a", INPUT, sep=steps.step2(INPUT), end="?"), Ray()) as pipeline:
        assert pipeline.call("x") == "ax|step2x?"


@each_placement
def test_r6_a_chain(placement: str) -> None:
    step1, step2 = placed(steps.step1, placement), placed(steps.step2, placement)
    with step2(step1(INPUT)).deploy(Ray()) as pipeline:
        assert pipeline.call("HELLO") == "HELLO|step1|step2"


@each_placement
def test_r7_a_diamond_keeps_the_order_of_arguments(placement: str) -> None:
    step1, step2, join = (placed(made, placement) for made in (steps.step1, steps.step2, steps.join))
    source = placed(steps.same, placement)(INPUT)
    with join(step1(source), step2(source)).deploy(Ray()) as pipeline:
        assert pipeline.call("HELLO") == "HELLO|step1+HELLO|step2"
    with join(step2(source), step1(source)).deploy(Ray()) as pipeline:
        assert pipeline.call("HELLO") == "HELLO|step2+HELLO|step1"


@each_placement
def test_r8_one_input_read_by_two_steps(placement: str) -> None:
    step1, step2, join = (placed(made, placement) for made in (steps.step1, steps.step2, steps.join))
    with deploy(join(step1(INPUT), step2(INPUT)), Ray()) as pipeline:
        assert pipeline.call("x") == "x|step1+x|step2"


@each_placement
def test_r9_a_class_step_is_constructed_once_and_called_for_each_request(placement: str, witness: Witness) -> None:
    with steps.noted(witness.path, placement)(INPUT).deploy(Ray()) as pipeline:
        assert [pipeline.call(name) for name in ("ada", "bob", "cid")] == ["ada", "bob", "cid"]
    marks = witness.marks()
    processes = {mark.partition(" ")[2] for mark in marks}
    assert len([mark for mark in marks if mark.startswith("made")]) == len(processes)
    assert len([mark for mark in marks if mark.startswith("called")]) == 3
    assert str(os.getpid()) not in processes, "never in the driver"
    if placement == "actor":
        assert len(processes) == 1


def test_r10_the_constructor_runs_at_deploy_only(witness: Witness) -> None:
    made = steps.noted(witness.path)
    node: Any = made(INPUT)
    assert flow(lambda: node).graph.labels()
    assert witness.marks() == []
    with node.deploy(Ray()):
        (mark,) = witness.marks()
        assert mark.startswith("made ")


@each_placement
def test_r11_classes_and_functions_mix(placement: str) -> None:
    adder = placed(bind(steps.Adder, 2), placement)
    with steps.double(adder(steps.one(INPUT))).deploy(Ray()) as pipeline:
        assert pipeline.call(1) == 8


def test_r15_a_closed_pipeline_refuses() -> None:
    pipeline = steps.step1(INPUT).deploy(Ray())
    pipeline.close()
    pipeline.close()
    with pytest.raises(ClosedError, match="deploy the flow again"):
        pipeline.call("x")


@each_placement
def test_r16_the_documented_examples(placement: str) -> None:
    echo = placed(steps.same, placement, replicas=2)
    with echo(INPUT).deploy(Ray()) as pipeline:
        assert pipeline.call(42) == 42
    double, one = placed(steps.double, placement), placed(steps.one, placement)
    with double(one(INPUT)).deploy(Ray()) as pipeline:
        assert pipeline.call(1) == 4
    with placed(bind(steps.Adder, 2), placement)(INPUT).deploy(Ray()) as pipeline:
        assert pipeline.call(2) == 4
    counter = placed(bind(steps.Counter), placement, replicas=2)
    with counter(INPUT).deploy(Ray()) as pipeline:
        assert [pipeline.call(k)[0] for k in range(4)] == [0, 1, 2, 3]


@each_placement
def test_r17_an_ensemble_preprocesses_once_and_joins_in_order(placement: str, witness: Witness) -> None:
    listed = placed(steps.listed, placement)
    prepared = placed(steps.mark, placement)(witness.path, "image", INPUT)
    votes = [placed(bind(steps.Classifier, name), placement)(prepared) for name in ("a", "b", "c")]
    with deploy(listed(*votes), Ray()) as pipeline:
        assert pipeline.call("IMG") == ["a(image)", "b(image)", "c(image)"]
    assert witness.marks() == ["image"]


@each_placement
def test_r19_independent_branches_overlap(placement: str, witness: Witness) -> None:
    left = placed(steps.meet, placement, name="left")(witness.path, "left", "right")
    right = placed(steps.meet, placement, name="right")(witness.path, "right", "left")
    assert run(gather(left, right), executor=Ray()) == (True, True)


def test_placements_mix_in_one_graph() -> None:
    """Driver, task and actor, each where it says."""
    here = os.getpid()
    a = placed(steps.process, "driver")()
    b = placed(steps.process, "task")(a)
    c = placed(steps.process, "actor")(b)
    d = placed(steps.process, "driver")(c)
    found = run(gather(a, b, c, d), executor=Ray())
    assert found[0] == found[3] == here
    assert len({*found}) == 3


def test_auto_is_an_actor_for_classes_and_a_task_for_functions(witness: Witness) -> None:
    with deploy(gather(bind(steps.Noted, witness.path)(INPUT), steps.process(INPUT)), Ray()) as pipeline:
        _, task = pipeline.call(1)
        made, called = (mark.partition(" ")[2] for mark in witness.marks())
    assert made == called
    assert task not in (os.getpid(), int(made))


def test_a_trivial_map_stays_with_its_producer() -> None:
    """No task of its own: it runs where its argument was made."""
    where, mapped = run(steps.process().map(lambda made: (made, os.getpid())), executor=Ray())
    assert where == mapped != os.getpid()


@each_placement
def test_a_fan_out_of_classes_and_functions_keeps_its_order(placement: str) -> None:
    adder, double = placed(bind(steps.Adder, 2), placement, replicas=2), placed(steps.double, placement)
    body = flow(lambda x: adder(double(x)))
    assert run(fan_out(body, list(range(50))), executor=Ray()) == [2 * x + 2 for x in range(50)]


@each_placement
def test_lambdas_closures_and_local_classes_are_steps_here_too(placement: str) -> None:
    amount = 10

    class Local:
        def __call__(self, x: int) -> int:
            return x + amount

    loose: Any = step(lambda x: x * amount)
    with placed(bind(Local), placement)(placed(loose, placement)(INPUT)).deploy(Ray()) as pipeline:
        assert pipeline.call(3) == 40
