"""Chains that go from replica to replica: sent at once, and as exact as if each part were sent by itself."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import INPUT, Ray, Retry, bind, deploy, gather
from dataflow.errors import ReplicaLostError, StepTimeoutError
from dataflow.testing.witness import Witness
from tests.ray import steps
from tests.ray.counting import counted
from tests.ray.steps import placed

SECONDS = 60.0


@pytest.fixture
def path(tmp_path: Any) -> str:
    return str(tmp_path / "witness")


def marked(path: str, word: str, x: Any) -> Any:
    """A step with replicas of its own, which writes a word down."""
    return placed(steps.mark, "actor", name=word)(path, word, x)


def test_each_hop_is_a_call_and_no_value_comes_by() -> None:
    """40 hops between two replicas and a task, with an array of 1 MB."""
    models = [bind(steps.Adder, 1), bind(steps.Adder, 2)]
    node: Any = INPUT
    for k in range(40):
        node = models[k % 2](node)
    with deploy(steps.first(node), Ray()) as pipeline:
        pipeline.call(steps.array.fn(1, 0))
        with counted() as counts:
            assert pipeline.call(steps.array.fn(1, 5)) == 65
    assert counts.calls == 40
    assert counts.tasks == 1
    assert counts.fetched < 20_000


def test_the_part_that_fails_is_named_and_what_follows_is_not_called(path: str) -> None:
    failing = placed(steps.fails, "actor")(marked(path, "one", marked(path, "zero", INPUT)))
    with deploy(marked(path, "three", failing), Ray()) as pipeline:
        for _ in range(2):
            with pytest.raises(LookupError) as caught:
                pipeline.call("x")
            (note,) = caught.value.__notes__
            assert note.startswith("in fails, composed at ")
    assert Witness(path).marks() == ["zero", "one"] * 2


def test_the_part_that_is_lost_is_named(path: str) -> None:
    """As far as Ray tells; what came before it is not done again."""
    fatal = placed(steps.fatal, "actor", retries=Retry(0, lost=1))
    chain = marked(path, "after", fatal.options(name="deadly")(placed(steps.same, "actor")(path)))
    with deploy(gather(marked(path, "before", 1), chain), Ray()) as pipeline:
        error = pipeline.submit().exception(SECONDS)
    assert isinstance(error, ReplicaLostError)
    assert error.__notes__[0].startswith("in deadly, composed at ")
    assert Witness(path).count("called") == 2
    assert Witness(path).count("after") == 0


def test_a_part_that_hangs_frees_the_chain(path: str) -> None:
    hanging = placed(steps.hang_if, "actor", timeout=0.5)
    with deploy(marked(path, "after", hanging(path, placed(steps.same, "actor")(INPUT))), Ray()) as pipeline:
        assert pipeline.call("go") == "after"
        assert isinstance(pipeline.submit("hang").exception(SECONDS), StepTimeoutError)
        assert pipeline.call("go") == "after"
    assert Witness(path).count("hang") == 1
    assert Witness(path).count("after") == 2


def test_calls_overlap_in_a_chain() -> None:
    """What one call has sent ahead does not keep a replica from another call."""
    models = [bind(steps.Adder, 1), bind(steps.Adder, 2)]
    node: Any = INPUT
    for k in range(30):
        node = models[k % 2](node)
    with deploy(node, Ray(), max_in_flight=20) as pipeline:
        assert list(pipeline.stream(range(40))) == [k + 45 for k in range(40)]
