"""The laws of the conformance suite on Ray: with calls and elements sent together, and each by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow import Ray
from dataflow.testing import check_executor
from dataflow.testing.conformance import LAWS, OVERLAPPING
from dataflow.testing.laws.bench import Bench, Law
from dataflow.testing.laws.values import elements_keep_their_order, falsy_values_are_values
from tests.ray.conftest import CPUS

EXAMPLES = 12
"""Each deploys, and starts processes for its class steps; `python -m tests.ray.soak laws` tries more."""

together_and_apart = pytest.mark.parametrize("fuse", [True, False], ids=["together", "apart"])


@together_and_apart
@pytest.mark.parametrize("law", [*LAWS, *OVERLAPPING], ids=lambda law: law.__name__)
def test_law(law: Law, fuse: bool, tmp_path: Path) -> None:
    """What `check_executor(Ray, at_once=2)` checks, each with a name of its own."""
    law(Bench(Ray(fuse=fuse), tmp_path, at_once=CPUS, examples=EXAMPLES if fuse else EXAMPLES // 2))


def test_the_suite_takes_the_executor_as_it_is() -> None:
    """`check_executor` makes a fresh Ray for each law, and leaves it."""
    report = check_executor(Ray, laws=(elements_keep_their_order, falsy_values_are_values), at_once=CPUS)
    assert report.failed == ()
    assert report.executor == "<Ray executor>"
