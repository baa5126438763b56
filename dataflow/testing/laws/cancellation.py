"""What cancelling does."""

from __future__ import annotations

import concurrent.futures
import threading

from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import gated

SOON = 0.5
"""Seconds after which the gate opens by itself, for executors that run in the caller's thread."""


def a_cancelled_run_starts_nothing_more(bench: Bench) -> None:
    """If future.cancel(), no further step of the run starts, result() raises CancelledError, and others go on."""
    witness = bench.witness()
    opener = threading.Timer(SOON, lambda: witness.mark("go"))
    opener.start()
    with gated.deploy(bench.executor) as pipeline:
        future = pipeline.submit(witness.path, "first", "go", "second", bench.patience)
        cancelled = future.cancel()
        opener.join()
        agree(pipeline.call(witness.path, "third", "go", "fourth", bench.patience), "fourth")
        if witness.count("first"):
            witness.wait_for("first ended")
        agree(pipeline.call(witness.path, "fifth", "go", "sixth", bench.patience), "sixth")
    assert future.done(), "the pipeline is closed, and a future of it is not done"
    agree(future.cancelled(), cancelled)
    if cancelled:
        error = _error_of(future)
        assert isinstance(error, concurrent.futures.CancelledError), f"the future that was cancelled has {error!r}"
        agree(witness.count("second"), 0)
    else:
        agree(future.result(), "second")


def _error_of(future: concurrent.futures.Future[str]) -> BaseException | None:
    try:
        future.result(0)
    except BaseException as error:  # whatever it is
        return error
    return None
