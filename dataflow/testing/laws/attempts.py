"""Retries and timeouts are as the steps say."""

from __future__ import annotations

from dataflow.combinators.recover import recover
from dataflow.constant import const
from dataflow.errors import StepTimeoutError
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import flaky, flaky_lookup, flaky_twice, flaky_value, linger, linger_twice
from dataflow.testing.outcome import outcome


def retries_are_as_said(bench: Bench) -> None:
    """A step is tried 1 + retries times, if its error is one of `on`, and no more often once it has a value."""
    for step, failures, tries in (
        (flaky, 1, 1),
        (flaky_twice, 9, 3),
        (flaky_twice, 1, 2),
        (flaky_lookup, 9, 3),
        (flaky_value, 9, 1),
    ):
        witness = bench.witness()
        ended = outcome(lambda step=step, witness=witness, n=failures: bench.run(step(witness.path, "try", n)))  # type: ignore[misc]  # binds this round
        agree(bool(ended.error), failures >= tries)
        agree(witness.count("try"), tries)


def timeouts_are_as_said(bench: Bench) -> None:
    """An attempt that takes longer than `timeout` is a StepTimeoutError, which may be retried and recovered."""
    witness, long = bench.witness(), bench.patience
    try:
        for step, tries in ((linger, 1), (linger_twice, 3)):
            ended = outcome(lambda step=step: bench.run(step(witness.path, "try", long)))  # type: ignore[misc]  # binds this round
            assert isinstance(ended.raised, StepTimeoutError), f"it ended with {ended}"
            assert bench.sees(lambda tries=tries: witness.count("try") >= tries), "an attempt did not begin"  # type: ignore[misc]  # the same
            agree(witness.count("try"), tries)
        node = recover(linger(witness.path, "try", long), lambda error: const("late"), on=StepTimeoutError)
        agree(bench.run(node), "late")
    finally:
        witness.mark("over")
