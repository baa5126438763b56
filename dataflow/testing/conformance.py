"""The conformance suite: every law, tried on an executor, and reported one by one."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import attrs

from dataflow.errors import DataflowError
from dataflow.executors.base import Executor
from dataflow.testing.laws.attempts import retries_are_as_said, timeouts_are_as_said
from dataflow.testing.laws.bench import Bench, Law
from dataflow.testing.laws.cancellation import a_cancelled_run_starts_nothing_more
from dataflow.testing.laws.closing import (
    a_closed_deployment_refuses,
    close_answers_what_was_accepted,
    close_frees_the_instances,
    instances_are_made_at_deploy,
)
from dataflow.testing.laws.concurrency import (
    an_instance_works_on_one_call_at_a_time,
    calls_in_flight_do_not_see_each_other,
    calls_overlap,
    elements_are_worked_on_depth_first,
    no_step_waits_for_a_level,
    steps_overlap,
)
from dataflow.testing.laws.demand import only_what_is_needed_runs
from dataflow.testing.laws.errors import (
    a_pipeline_survives_errors,
    an_error_says_where,
    errors_are_those_of_the_reference,
    nothing_starts_after_an_error,
    the_earliest_error_is_raised,
)
from dataflow.testing.laws.once import a_shared_node_runs_once, each_run_runs_anew, two_calls_are_two_nodes
from dataflow.testing.laws.order import a_selector_comes_before_its_case, what_is_read_comes_first
from dataflow.testing.laws.release import a_run_that_is_over_holds_nothing, values_are_dropped_after_their_last_reader
from dataflow.testing.laws.values import (
    elements_keep_their_order,
    falsy_values_are_values,
    values_are_those_of_the_reference,
)
from dataflow.testing.witness import PATIENCE, discard

LAWS: Final[tuple[Law, ...]] = (
    values_are_those_of_the_reference,
    elements_keep_their_order,
    falsy_values_are_values,
    a_selector_comes_before_its_case,
    what_is_read_comes_first,
    a_shared_node_runs_once,
    two_calls_are_two_nodes,
    each_run_runs_anew,
    only_what_is_needed_runs,
    errors_are_those_of_the_reference,
    the_earliest_error_is_raised,
    an_error_says_where,
    nothing_starts_after_an_error,
    a_pipeline_survives_errors,
    retries_are_as_said,
    timeouts_are_as_said,
    a_cancelled_run_starts_nothing_more,
    values_are_dropped_after_their_last_reader,
    a_run_that_is_over_holds_nothing,
    calls_in_flight_do_not_see_each_other,
    an_instance_works_on_one_call_at_a_time,
    elements_are_worked_on_depth_first,
    instances_are_made_at_deploy,
    close_answers_what_was_accepted,
    a_closed_deployment_refuses,
    close_frees_the_instances,
)
"""What every executor keeps."""

OVERLAPPING: Final[tuple[Law, ...]] = (steps_overlap, calls_overlap, no_step_waits_for_a_level)
"""What an executor keeps besides that works on several steps at a time."""

LONGEST: Final = 120.0
"""Seconds after which a law is given up, if nothing else is said: the executor hangs."""

Factory = Callable[[], Executor | AbstractContextManager[Executor]]


class HangsError(AssertionError):
    """A law did not come to an end."""


class ConformanceError(ExceptionGroup[Exception], DataflowError):
    """An executor breaks laws; each of them is an exception of the group, with the law's name and equation noted.

    Attributes:
        report: how each law ended.
    """

    report: Report

    def derive(self, excs: Sequence[Exception], /) -> ConformanceError:  # type: ignore[override]  # a group of the same kind
        """A part of the group."""
        part = ConformanceError(self.message, excs)
        part.report = self.report
        return part


@attrs.frozen
class Report:
    """How each law ended.

    Attributes:
        executor: what was tried, as text.
        outcomes: for each law, by name: None if it holds, else what went wrong.
    """

    executor: str
    outcomes: Mapping[str, Exception | None]

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the laws that do not hold."""
        return tuple(name for name, error in self.outcomes.items() if error is not None)

    def __str__(self) -> str:
        lines = [f"{'FAILED' if error else 'passed'}  {name}" for name, error in self.outcomes.items()]
        return "\n".join([self.executor, *lines])


def check_executor(
    factory: Factory,
    *,
    at_once: int = 1,
    examples: int = 60,
    patience: float = PATIENCE,
    longest: float = LONGEST,
    laws: Sequence[Law] | None = None,
) -> Report:
    """Hold an executor to every law of `dataflow`.

    Args:
        factory: makes a fresh executor for each law; or a context manager that gives one, and frees it when it is
            left. Steps, arguments and results of the laws can be pickled, and steps can be imported.
        at_once: how many steps the executor works on at a time; with 2 or more it must be seen to do so.
        examples: how many random programs a law that holds for all is tried on.
        patience: seconds after which what should happen at some time has not happened.
        longest: seconds after which a law is given up, and its executor left alone; more than 120 where to deploy
            takes seconds.
        laws: which laws; by default all that are to hold for `at_once`.

    Returns:
        How each law ended: all hold.

    Raises:
        ConformanceError: a group of what went wrong, law by law; its `report` has those that hold, too.
        MissingExtraError: the package hypothesis is not installed.

    >>> from dataflow import Inline
    >>> report = check_executor(Inline, examples=5)
    >>> report.failed, report.outcomes["elements_keep_their_order"]
    ((), None)
    """
    chosen = (*LAWS, *(OVERLAPPING if at_once > 1 else ())) if laws is None else laws
    outcomes: dict[str, Exception | None] = {}
    shown = ""
    for law in chosen:
        with _folder() as folder, ExitStack() as left:
            executor = left.enter_context(_made(factory))
            shown = repr(executor)
            ended = _tried(law, Bench(executor, folder, at_once, examples, patience), longest)
            if isinstance(ended, HangsError):
                _abandon(left.pop_all())
            outcomes[law.__name__] = ended
    report = Report(shown, outcomes)
    if report.failed:
        raise _error(report)
    return report


@contextmanager
def _made(factory: Factory) -> Iterator[Executor]:
    made = factory()
    if isinstance(made, AbstractContextManager):
        with made as executor:
            yield executor
    else:
        yield made


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for one law. What an executor leaves running may still write there when it is removed."""
    folder = tempfile.mkdtemp(prefix="dataflow-law-")
    try:
        yield Path(folder)
    finally:
        discard(folder)


def _abandon(left: ExitStack) -> None:
    """Free an executor that hangs: that may hang too, so nobody waits for it."""

    def free() -> None:
        with suppress(BaseException):  # whatever it is, the law has failed already
            left.close()

    threading.Thread(target=free, daemon=True).start()


def _tried(law: Law, bench: Bench, longest: float) -> Exception | None:
    """How a law ends, in a thread of its own: what hangs is a failure of this law, and not of the whole suite."""
    ended: list[Exception | None] = []

    def attempt() -> None:
        try:
            law(bench)
        except BaseException as error:  # whatever comes out of a law, also what an executor lets through
            ended.append(_noted(error, law))
        else:
            ended.append(None)

    thread = threading.Thread(target=attempt, name=law.__name__, daemon=True)
    thread.start()
    thread.join(longest)
    return ended[0] if ended else _noted(HangsError(f"not done after {longest} s"), law)


def _noted(error: BaseException, law: Law) -> Exception:
    found = error if isinstance(error, Exception) else AssertionError(f"{error!r} came out of the executor")
    found.add_note(f"law {law.__name__}: {' '.join((law.__doc__ or '').split())}")
    return found


def _error(report: Report) -> ConformanceError:
    broken = [error for error in report.outcomes.values() if error is not None]
    error = ConformanceError(f"{report.executor} breaks {', '.join(report.failed)}", broken)
    error.report = report
    return error
