"""Law 7: errors reach the caller as themselves, with a note that says where."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given

from dataflow import Inline, Node, Retry, const, expand, fan_out, flow, gather, iterate, recover, run, step, submit
from dataflow.executors.base import Executor
from dataflow.testing.interleaved import Interleaved
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import Abort, TwoReasonsError, again, fail, fail_if_odd, kept, mix, recorded, two, weigh
from dataflow.testing.strategies import programs
from tests.laws.executors import (
    Forced,
    across_processes,
    each_concurrent,
    each_executor,
    ended_on,
    everywhere,
    examples,
)
from tests.patience import given_time

PATIENCE = 20.0
MOMENT = 0.05


def notes(error: BaseException | None) -> list[str]:
    """The notes of an error that say where it happened."""
    return [note for note in getattr(error, "__notes__", []) if note.startswith("in ")]


@everywhere
@examples(100)
@given(programs())
def test_one_note_says_where(executor: Executor, program: Program) -> None:
    """An error has one note of each place that raised it, with a line of the program: those that it has on every executor.

    That is one, unless a handler raises again what it got. Where steps run at the same time, a handler may do so that
    does not run in order, since the run has failed before it: then its note is there too.
    """
    ended = ended_on(executor, program)
    assume(ended.raised is not None)
    found = notes(ended.raised)
    assert len(found) == 1 or (len(set(found)) == len(found) and "again" in program.text)
    for one in found:
        line = int(re.search(r", composed at <program>:(\d+)$", one)[1])  # type: ignore[index]  # no match fails too
        assert 1 < line <= program.text.count("\n") + 1
    in_order = notes(ended_on(Inline(), program).raised)
    assert found[0] == in_order[0]
    assert set(in_order) <= set(found)
    more = set(found) - set(in_order)
    assert not more or not isinstance(executor, Inline | Forced)
    assert all(" / again, composed" in one for one in more)


def test_a_handler_that_raises_again_after_the_run_has_failed_in_order_is_noted_if_it_ran() -> None:
    """The two handlers get one error: the first does not run, and the second raises it again or is not run any more."""
    bad = fail(1, "ValueError")
    node = gather(
        recover(bad, lambda error: mix(weigh({error, bad})), on=ValueError), recover(bad, again, on=ValueError)
    )
    seen = set()
    for seed in range(40):
        with recorded() as log:
            found = notes(caught(node, Interleaved(seed)))
        seen.add(len(found))
        assert found[0].startswith("in fail, composed at ")
        assert len(found) == 1 or "again" in "".join(log)
        assert all(one.startswith("in recover#2 / again, composed at ") for one in found[1:])
    assert seen == {1, 2}
    assert len(notes(caught(node, Inline()))) == 1


@step
def explode(x: Any) -> Any:
    raise ValueError("boom", x)


@step(name="quiet one")
def explode_if_two(x: int) -> int:
    if x == 2:
        raise TwoReasonsError("boom", x)
    return x


def caught(node: Node[Any], executor: Executor) -> BaseException:
    with pytest.raises(BaseException) as info:
        run(node, executor=executor)
    return info.value


@each_executor
def test_the_error_itself_arrives(executor: Executor) -> None:
    """The object that was raised is the object that is caught, attributes, cause and all."""
    error = TwoReasonsError("one", "two")
    cause = KeyError("cause")

    @step
    def raises() -> int:
        raise error from cause

    assert caught(mix(raises()), executor) is error
    assert (error.first, error.second, error.__cause__) == ("one", "two", cause)
    with pytest.raises(TwoReasonsError):
        submit(raises(), executor=executor).result(PATIENCE)
    assert submit(raises(), executor=executor).exception(PATIENCE) is error


@across_processes
@pytest.mark.parametrize("kind", ["ValueError", "KeyError", "StopIteration", "TwoReasonsError", "Abort"])
def test_every_kind_crosses_processes(executor: Executor, kind: str) -> None:
    """Type, args and attributes survive; `except Kind` works."""
    assert outcome(lambda: run(fail(3, kind), executor=executor)) == outcome(lambda: fail.fn(3, kind))


@each_executor
def test_errors_that_are_no_exceptions_pass_too(executor: Executor) -> None:
    """BaseException is not stopped by recover(on=Exception), nor swallowed by a worker."""
    assert isinstance(caught(recover(fail(1, "Abort"), kept), executor), Abort)
    for kind in (SystemExit, GeneratorExit):

        @step
        def leave(kind: Any = kind) -> int:
            raise kind(3)

        error = caught(fan_out(lambda x: mix(x, leave()), [1]), executor)
        assert type(error) is kind
        assert error.args == (3,)


@each_executor
def test_stop_iteration_is_an_error_like_others(executor: Executor) -> None:
    """A StopIteration from a step ends no loop of ours, in a branch, a body, a round or a handler."""
    bad = fail(1, "StopIteration")
    ways = [
        bad,
        mix(bad),
        fan_out(lambda x: mix(x, bad), [1, 2]),
        fan_out(lambda x: fail(x, "StopIteration"), [1]),
        iterate(lambda x: fail(x, "StopIteration"), 1, limit=3),
        expand(const(1), lambda x: fail(x, "StopIteration")),
        recover(fail(1, "KeyError"), lambda error: fail(1, "StopIteration")),
        recover(bad, lambda error: mix(error, bad)),
    ]
    for node in ways:
        error = caught(node, executor)
        assert type(error) is StopIteration
        assert error.args == ("reason", 1)
    assert run(recover(bad, kept), executor=executor) == ["StopIteration", "reason", 1]


@each_executor
def test_the_note_names_step_path_and_line(executor: Executor) -> None:
    """`in fan_out[1] / fan_out#2[0] / quiet one, composed at file:line of the call`."""

    def body(xs: Node[list[int]]) -> Node[Any]:
        first = fan_out(mix, xs)
        return gather(first, fan_out(lambda x: explode_if_two(x), xs))  # THE LINE

    error = caught(fan_out(body, [[1], [2, 3]]), executor)
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    line = next(at for at, text in enumerate(lines, 1) if text.endswith("# THE LINE"))
    assert len(notes(error)) == 1
    assert notes(error)[0].startswith("in fan_out[1] / fan_out#2[0] / quiet one, composed at ")
    assert notes(error)[0].endswith(f"test_errors.py:{line}")


@each_executor
def test_the_note_names_rounds_branches_and_handlers(executor: Executor) -> None:
    """Inside iterate it names the round, inside other combinators the combinator."""
    looped = caught(iterate(lambda x: explode_if_two(step(lambda y: y + 1)(x)), 0, limit=9), executor)
    assert notes(looped)[0].startswith("in iterate[1] / quiet one, ")
    handled = caught(recover(fail(1, "KeyError"), lambda error: explode(error)), executor)
    assert notes(handled)[0].startswith("in recover / explode, ")
    grown = caught(expand(const(2), lambda x: explode(x)), executor)
    assert notes(grown)[0].startswith("in expand / explode, ")


@each_executor
def test_one_error_that_is_read_twice_has_one_note(executor: Executor) -> None:
    """A failed node that several others need is noted once, where it failed."""
    bad = explode(1)
    node = gather(recover(mix(bad), kept), recover(fan_out(lambda x: mix(x, bad), [1, 2]), kept), bad)
    assert len(notes(caught(node, executor))) == 1


@each_executor
def test_each_run_raises_its_own_error_with_one_note(executor: Executor) -> None:
    """Notes do not pile up from run to run."""
    node = explode(1)
    for _ in range(3):
        assert len(notes(caught(node, executor))) == 1


@each_executor
def test_the_earliest_in_graph_order_wins(executor: Executor) -> None:
    """Of several errors the one that was composed first is raised."""
    first, second = fail(1, "KeyError"), fail(2, "ValueError")
    for node in (mix(second, first), gather(second, first), [second, first]):
        assert type(caught(gather(mix(node)), executor)) is KeyError
    nested = fan_out(lambda x: fail_if_odd(x, "KeyError"), [2, 1, 3])
    assert caught(nested, executor).args == ("reason", 1)
    rounds = gather(fan_out(lambda x: mix(x, fail(x, "KeyError")), [5, 6]), fail(7, "ValueError"))
    assert caught(rounds, executor).args == ("reason", 5)


@each_concurrent
def test_the_earliest_wins_even_if_it_comes_last(executor: Executor) -> None:
    """The error that is raised does not depend on which step was faster."""
    second_failed = threading.Event()

    @step
    def slow() -> int:
        assert second_failed.wait(PATIENCE)
        raise KeyError("slow")

    @step
    def quick() -> int:
        second_failed.set()
        raise ValueError("quick")

    error = caught(gather(slow(), quick()), executor)
    assert error.args == ("slow",)
    for _ in range(20):
        second_failed.clear()
        assert caught(fan_out(lambda x: fail_if_odd(x, "KeyError"), range(20)), executor).args == ("reason", 1)


@each_concurrent
@pytest.mark.parametrize("first", ["fails", "passes"])
def test_the_earliest_element_wins_whichever_fails_first(executor: Executor, first: str) -> None:
    """Elements 1, 2 and then 0 end: the error of the fan-out is that of the earliest which fails."""
    meeting, failed = threading.Barrier(3), {at: threading.Event() for at in range(3)}
    before = {0: 2, 2: 1}

    @step
    def work(x: int) -> int:
        meeting.wait(PATIENCE)
        if x in before:
            assert failed[before[x]].wait(PATIENCE)
            time.sleep(MOMENT)  # so that the executor knows of it, too
        failed[x].set()
        if x == 0 and first == "passes":
            return x
        raise KeyError(x)

    error = submit(fan_out(work, range(3)), executor=executor).exception(PATIENCE)
    assert type(error) is KeyError
    assert error.args == (0 if first == "fails" else 1,)


@each_executor
def test_no_new_node_starts_after_an_error(executor: Executor) -> None:
    """What is composed after a failed node, and needs it or not, does not run on and on."""
    failed, known, caller = threading.Event(), threading.Event(), threading.get_ident()
    begun: list[int] = []

    @step
    def bad() -> int:
        failed.set()
        raise KeyError("bad")

    @step
    def link(x: int) -> int:
        if failed.is_set():  # else this executor takes the chain first, as it may
            begun.append(x)
            assert threading.get_ident() == caller or known.wait(PATIENCE)
        return x

    first = bad()
    chain: Node[Any] = const(0)
    for _ in range(3000):
        chain = link(chain)
    future = submit(gather(first, chain), executor=executor)
    future.add_done_callback(lambda _: known.set())
    assert type(future.exception(PATIENCE)) is KeyError
    assert len(begun) <= (20 if isinstance(executor, Interleaved) else 1), "what had begun before the error was known"


@each_concurrent
def test_a_later_error_lets_nothing_start_after_an_earlier_one(executor: Executor) -> None:
    """What is composed after a failed node does not start, also if another node fails before the run has ended."""
    assert given_time(lambda moment: started_after_two_errors(executor, moment) == [])


def started_after_two_errors(executor: Executor, moment: float) -> list[int]:
    """What starts after a node that has failed, if a later one fails too, each known for a moment."""
    meeting, first_failed, last_failed, read = threading.Barrier(4), *[threading.Event() for _ in range(3)]
    started: list[int] = []

    def come(wait_for: threading.Event, tell: threading.Event) -> None:
        meeting.wait(PATIENCE)
        assert wait_for.wait(PATIENCE)
        time.sleep(moment)  # so that what has been told of is known to the executor, too
        tell.set()

    @step
    def slow() -> None:
        come(read, threading.Event())

    @step
    def first() -> None:
        meeting.wait(PATIENCE)
        first_failed.set()
        raise KeyError("first")

    @step
    def between() -> int:
        come(last_failed, read)
        return 1

    @step
    def last() -> None:
        come(first_failed, last_failed)
        raise ValueError("last")

    nodes = [slow(), first(), between()]
    after = step(started.append)(nodes[2])
    assert caught(gather(*nodes, after, last()), executor).args == ("first",)
    return started


@each_executor
def test_a_step_whose_argument_failed_does_not_run(executor: Executor) -> None:
    """f(n) raises what n raises, without a call of f; recovered or not."""
    with recorded() as log:
        assert run(recover(two(fail(1, "KeyError")), kept), executor=executor) == ["KeyError", "reason", 1]
        caught(two(fail(1, "KeyError")), executor)
    assert not any("two" in entry for entry in log)


@each_executor
def test_an_error_is_tried_again_only_as_retries_say(executor: Executor) -> None:
    """`retries` is 0 by default; with Retry(times, on) an error of `on` gets so many further attempts."""
    attempts = []

    def flaky(x: int) -> int:
        attempts.append(x)
        raise KeyError(x)

    for retries, count in ((0, 1), (2, 3), (Retry(times=2, on=LookupError), 3), (Retry(times=2, on=ValueError), 1)):
        attempts.clear()
        assert type(caught(step(retries=retries)(flaky)(1), executor)) is KeyError
        assert len(attempts) == count


@each_executor
def test_a_pipeline_survives_errors(executor: Executor) -> None:
    """After a failed call the next one is as good as the first."""

    @flow
    def checked(x: Node[int]) -> Node[list[int]]:
        return fan_out(lambda y: fail_if_odd(y, "KeyError"), two(x))

    with checked.deploy(executor) as pipeline:
        for _ in range(3):
            with pytest.raises(KeyError):
                pipeline.call(1)
            assert pipeline.submit(2).exception(PATIENCE) is not None
