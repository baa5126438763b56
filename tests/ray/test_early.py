"""What reads a call that is under way is sent after it at once, and counts as if it had been sent when its turn came."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from dataflow import INPUT, Batch, Node, Pipeline, Ray, Retry, deploy, gather
from dataflow.errors import ReplicaLostError, StepTimeoutError
from dataflow.testing.witness import Witness
from tests.patience import eventually
from tests.ray import steps
from tests.ray.counting import counted
from tests.ray.steps import placed

SECONDS = 60.0


@pytest.fixture
def path(tmp_path: Any) -> str:
    return str(tmp_path / "witness")


def diamond(path: str, placement: str, first: Any, **changes: Any) -> Node[Any]:
    """A step, two that read its value, and one that reads theirs."""
    ready = placed(first, placement)(path, INPUT)
    sides = [placed(steps.mark, placement, name=word, **changes)(path, word, ready) for word in ("left", "right")]
    return placed(steps.join, placement)(*sides)  # type: ignore[no-any-return]  # a step of any kind


def warm(pipeline: Pipeline[..., Any], path: str) -> None:
    """Have it known what the steps cost, and forget what they wrote."""
    for _ in range(3):
        assert pipeline.call("go") == "left+right"
    Path(path).unlink()


@pytest.mark.parametrize("placement", ["actor", "task"])
def test_all_of_a_diamond_is_under_way_before_its_first_step_has_ended(path: str, placement: str) -> None:
    with deploy(diamond(path, placement, steps.held_if), Ray()) as pipeline:
        warm(pipeline, path)
        with counted() as counts:
            future = pipeline.submit("hold")
            assert eventually(lambda: counts.calls + counts.tasks == 4)
            Witness(path).wait_for("held")
            assert Witness(path).marks() == ["held"]
        Witness(path).mark("open")
        assert future.result(SECONDS) == "left+right"
        assert sorted(Witness(path).marks()) == ["held", "left", "open", "right"]
        assert pipeline.call("go") == "left+right"


@pytest.mark.parametrize(
    "changes", [{"retries": Retry(0, lost=0)}, {"batch": Batch(size=4, wait=0.01)}], ids=["once", "batch"]
)
def test_what_must_not_wait_there_is_not_sent_early(path: str, changes: Any) -> None:
    with deploy(diamond(path, "actor", steps.held_if, **changes), Ray()) as pipeline:
        warm(pipeline, path)
        with counted() as counts:
            future = pipeline.submit("hold")
            Witness(path).wait_for("held")
            time.sleep(0.1)
            assert counts.calls == 1
        Witness(path).mark("open")
        assert future.result(SECONDS) == "left+right"


@pytest.mark.parametrize("placement", ["actor", "task"])
def test_what_reads_a_failure_is_not_called(path: str, placement: str) -> None:
    with deploy(diamond(path, placement, steps.fails_if), Ray()) as pipeline:
        warm(pipeline, path)
        for _ in range(3):
            with pytest.raises(LookupError, match="no") as caught:
                pipeline.call("fail")
            assert [note.split(",")[0] for note in caught.value.__notes__] == ["in fails_if"]
        assert Witness(path).marks() == []
        assert pipeline.call("go") == "left+right"
        assert sorted(Witness(path).marks()) == ["left", "right"]


def test_a_failure_beside_is_the_one_that_comes_first(path: str) -> None:
    """Both sides of a diamond fail, the later one at once: the error is that of the first."""
    ready = placed(steps.same, "actor")(INPUT)
    sides = [placed(steps.fails_late_if, "actor", name=f"side{seconds}")(seconds, ready) for seconds in (0.2, 0.0)]
    with deploy(placed(steps.listed, "actor")(*sides), Ray()) as pipeline:
        for _ in range(3):
            assert pipeline.call("go") == ["go", "go"]
        for _ in range(3):
            with pytest.raises(LookupError) as caught:
                pipeline.call("fail")
            assert caught.value.__notes__[0].startswith("in side0.2, composed at ")


def test_what_reads_a_call_that_is_given_back_is_sent_again(path: str) -> None:
    """A chain of two that takes longer than it usually does is given back in between: its readers find no value."""
    ready = steps.same(steps.slow_if(path, INPUT))
    sides = [placed(steps.mark, "actor", name=word)(path, word, ready) for word in ("left", "right")]
    with deploy(placed(steps.join, "actor")(*sides), Ray()) as pipeline:
        warm(pipeline, path)
        assert pipeline.call("slow") == "left+right"
        assert sorted(Witness(path).marks()) == ["left", "right", "slow"]


def test_a_value_that_one_reader_has_had_is_there_for_one_that_is_sent_again(path: str) -> None:
    """One reader's answer says that a value was given, which nobody looks at; another one waits for a chain, too."""
    ready = placed(steps.same, "actor")(INPUT)
    chain = steps.same(steps.slow_if(path, ready))
    with deploy(
        gather(placed(steps.mark, "actor")(path, "left", ready), steps.listed(ready, chain)), Ray()
    ) as pipeline:
        for _ in range(3):
            assert pipeline.call("go") == ("left", ["go", "go"])
        assert pipeline.call("slow") == ("left", ["slow", "slow"])
        assert Witness(path).count("slow") == 1


def test_a_reader_that_is_lost_is_done_again(path: str) -> None:
    ready = placed(steps.same, "actor")(INPUT)
    fatal = placed(steps.fatal_once, "actor", retries=Retry(0, lost=1))(path, ready, 7)
    node = placed(steps.listed, "actor")(fatal, placed(steps.double, "actor")(ready))
    with deploy(node, Ray()) as pipeline:
        for x in range(3):
            assert pipeline.call(x) == [x, 2 * x]
        assert pipeline.call(7) == [7, 14]
        assert pipeline.call(8) == [8, 16]


@pytest.mark.parametrize("lost", [0, 1])
def test_a_first_step_that_is_lost_is_done_again_or_named(path: str, lost: int) -> None:
    first = placed(steps.fatal_once, "actor", retries=Retry(0, lost=lost))(path, INPUT, 7)
    sides = [placed(steps.add, "actor", name=f"add{k}")(first, k) for k in range(2)]
    with deploy(placed(steps.listed, "actor")(*sides), Ray()) as pipeline:
        for x in range(3):
            assert pipeline.call(x) == [x, x + 1]
        error = pipeline.submit(7).exception(SECONDS)
        if lost:
            assert error is None
        else:
            assert isinstance(error, ReplicaLostError)
            assert error.step == "fatal_once"
        assert pipeline.call(8) == [8, 9]


def test_a_first_step_that_hangs_is_named_and_frees_the_others(path: str) -> None:
    first = placed(steps.hang_if, "actor", timeout=0.5)(path, INPUT)
    sides = [placed(steps.mark, "actor", name=word)(path, word, first) for word in ("left", "right")]
    with deploy(placed(steps.join, "actor")(*sides), Ray()) as pipeline:
        warm(pipeline, path)
        error = pipeline.submit("hang").exception(SECONDS)
        assert isinstance(error, StepTimeoutError)
        assert error.__notes__[0].startswith("in hang_if, composed at ")
        assert pipeline.call("go") == "left+right"
        assert Witness(path).marks().count("left") == 1


def test_one_answer_of_a_diamond_is_looked_at(path: str) -> None:
    """Of the four calls, two objects come here; now and then those of another one, so that its cost stays known."""
    with deploy(diamond(path, "actor", steps.held_if), Ray()) as pipeline:
        warm(pipeline, path)
        with counted() as counts:
            for _ in range(16):
                pipeline.call("go")
        assert counts.calls == 64
        assert counts.objects <= 16 * 2 + 2 * 6


def test_a_large_value_goes_from_worker_to_worker() -> None:
    ready = placed(steps.twice, "actor")(INPUT)
    sides = [placed(steps.plus, "actor", name=f"plus{k}")(ready, ready) for k in range(2)]
    with deploy(placed(steps.first, "actor")(placed(steps.plus, "actor", name="last")(*sides)), Ray()) as pipeline:
        for fill in range(3):
            assert pipeline.call(steps.array.fn(1, fill)) == 8 * fill
        with counted() as counts:
            assert pipeline.call(steps.array.fn(1, 5)) == 40
        assert counts.fetched < 100_000


def test_callers_at_the_same_time_get_their_own() -> None:
    ready = placed(steps.one, "actor")(INPUT)
    sides = [placed(steps.add, "actor", name=f"add{k}")(ready, k) for k in range(3)]
    with deploy(gather(placed(steps.listed, "actor")(*sides), ready), Ray(), max_in_flight=16) as pipeline:
        expected = [([1 + x, 2 + x, 3 + x], 1 + x) for x in range(60)]
        assert [pipeline.call(x) for x in range(5)] == expected[:5]
        assert list(pipeline.stream(range(60))) == expected
