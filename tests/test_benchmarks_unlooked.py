"""Generated code without its looks at values: only meanwhile, and only without these."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from benchmarks import unlooked as module
from benchmarks.graphs import TRIVIAL
from benchmarks.unlooked import unlooked
from benchmarks.wiring import compiled, wired
from dataflow import INPUT, deploy, step
from dataflow.errors import StepResultError
from dataflow.executors.straight_text import Text


@pytest.mark.parametrize("name", TRIVIAL)
def test_the_value_is_the_same(name: str) -> None:
    workload = TRIVIAL[name](60)
    with unlooked(), deploy(wired(workload)) as pipeline:
        workload.check(compiled(partial(pipeline.call, *workload.inputs))())


def test_an_iterator_passes_inside_and_is_refused_again_outside() -> None:
    bad: Any = step(lambda x: iter(()) if x else 1)
    with unlooked(), deploy(bad(INPUT)) as pipeline:
        assert compiled(partial(pipeline.call, 0))() == 1
        assert list(pipeline.call(1)) == []
    with deploy(bad(INPUT)) as pipeline:
        assert compiled(partial(pipeline.call, 0))() == 1
        with pytest.raises(StepResultError):
            pipeline.call(1)


def test_code_that_looks_in_another_way_is_not_timed() -> None:
    text = Text(("def piece(x):", " return x"), (-1, -1))
    with unlooked(), pytest.raises(AssertionError, match="change LOOK"):
        str(text)
    assert str(text) == "def piece(x):\n return x"
    assert module.LOOK.match("  if my_f_0_kind is not v1.__class__: my_f_0_kind = f_0_kind = f_0_seen(v1)")
