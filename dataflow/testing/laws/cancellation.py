"""What cancelling does."""

from __future__ import annotations

import concurrent.futures
import threading

from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import gated
from dataflow.testing.witness import NeverError, Witness

SOON = 0.5
"""Seconds after which the gate opens by itself at first, for executors that run in the caller's thread."""


def a_cancelled_run_starts_nothing_more(bench: Bench) -> None:
    """If future.cancel(), no further step of the run starts, result() raises CancelledError, and others go on."""
    soon = SOON
    while not _tried(bench, soon):
        soon *= 4
        if soon > 4 * bench.patience:
            raise NeverError(f"no run could be cancelled while its first step waited for {soon / 4} s")


def _tried(bench: Bench, soon: float) -> bool:
    """Hold the law to one run; False if its gate opened before it was cancelled, so that it shows nothing."""
    witness, asked = bench.witness(), threading.Event()
    opened = list[bool]()
    opener = threading.Thread(target=lambda: opened.append(_open(witness, asked, soon)))
    with gated.deploy(bench.executor) as pipeline:
        opener.start()
        try:
            future = pipeline.submit(witness.path, "first", "go", "second", bench.patience)
            at_once = witness.count("second") > 0  # it ran in the caller's thread, perhaps
            cancelled = future.cancel()
        finally:
            asked.set()
            opener.join()
        agree(pipeline.call(witness.path, "third", "go", "fourth", bench.patience), "fourth")
        if witness.count("first"):
            witness.wait_for("first ended")
        agree(pipeline.call(witness.path, "fifth", "go", "sixth", bench.patience), "sixth")
    assert future.done(), "the pipeline is closed, and a future of it is not done"
    agree(future.cancelled(), cancelled)
    if not cancelled:
        agree(future.result(), "second")
        return at_once or opened == [True]
    error = _error_of(future)
    assert isinstance(error, concurrent.futures.CancelledError), f"the future that was cancelled has {error!r}"
    if opened == [True]:
        agree(witness.count("second"), 0)
    return opened == [True]


def _open(witness: Witness, asked: threading.Event, soon: float) -> bool:
    """Open the gate when the run has been cancelled, or after some time; whether it has been."""
    cancelled = asked.wait(soon)
    witness.mark("go")
    return cancelled


def _error_of(future: concurrent.futures.Future[str]) -> BaseException | None:
    try:
        future.result(0)
    except BaseException as error:  # whatever it is
        return error
    return None
