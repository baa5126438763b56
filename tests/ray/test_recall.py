"""How workers learn that a run is over, and that nothing is left of it among the names of the cluster."""

from __future__ import annotations

from typing import Any

from ray.experimental import internal_kv

from dataflow import INPUT, Ray, deploy
from dataflow.executors.ray.recall import SPACE, Recall, is_over
from dataflow.testing.witness import Witness
from tests.patience import eventually
from tests.ray import steps


def test_a_mark_is_there_until_nothing_is_under_way() -> None:
    recall = Recall("process", 3)
    assert not is_over(recall.key(1))
    recall.mark([1, 2])
    recall.mark([2])
    assert [is_over(recall.key(run)) for run in (1, 2, 3)] == [True, True, False]
    assert not is_over(Recall("process", 4).key(1))
    recall.keep(run for run in [2])
    assert [is_over(recall.key(run)) for run in (1, 2)] == [False, True]
    recall.keep([])
    assert not is_over(recall.key(2))


def test_a_head_that_cannot_be_asked_stops_nothing(monkeypatch: Any) -> None:
    def unreachable(*_: object, **__: object) -> bool:
        raise ConnectionError("no head")

    monkeypatch.setattr(internal_kv, "_internal_kv_exists", unreachable)
    assert not is_over(b"key")


def test_a_pipeline_leaves_no_mark(tmp_path: Any) -> None:
    witness = Witness(str(tmp_path / "witness"))
    with deploy(steps.slow_mark(witness.path, 0.3, INPUT), Ray()) as pipeline:
        futures = [pipeline.submit(str(k)) for k in range(10)]
        witness.wait_for("0", 60)
        assert all(future.cancel() for future in futures[4:])
        assert [future.result(60) for future in futures[:4]] == ["0", "1", "2", "3"]
    assert eventually(lambda: internal_kv._internal_kv_list(b"over-", namespace=SPACE) == [])
