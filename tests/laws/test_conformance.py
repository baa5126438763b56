"""The laws of the conformance suite, one by one, on our executors."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.executors.base import Executor
from dataflow.testing.conformance import LAWS, OVERLAPPING
from dataflow.testing.laws.bench import Bench, Law
from tests.laws.executors import across_processes, each_concurrent, each_executor

each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
each_overlapping_law = pytest.mark.parametrize("law", OVERLAPPING, ids=lambda law: law.__name__)


@each_executor
@each_law
def test_law(law: Law, executor: Executor, tmp_path: Path) -> None:
    """What `check_executor` checks, each with a name of its own."""
    law(Bench(executor, tmp_path, at_once=4))


@each_concurrent
@each_overlapping_law
def test_law_of_those_that_overlap(law: Law, executor: Executor, tmp_path: Path) -> None:
    """What `check_executor(..., at_once=4)` checks besides."""
    law(Bench(executor, tmp_path, at_once=4))


@across_processes
@pytest.mark.parametrize("law", [*LAWS, *OVERLAPPING], ids=lambda law: law.__name__)
def test_law_across_processes(law: Law, executor: Executor, tmp_path: Path) -> None:
    """The same, where steps run in other processes."""
    law(Bench(executor, tmp_path, at_once=2, examples=30))
