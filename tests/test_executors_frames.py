"""Graphs under way: whatever order things happen in, the answer is the same, and nothing gets stuck or runs twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataflow import INPUT, Node, cond, const, fan_out, gather, recover, step, switch
from dataflow.executors.frames import Frame
from dataflow.executors.network import Network
from dataflow.executors.news import News, Run
from dataflow.future import Future
from dataflow.lower import lower
from dataflow.plan import plan
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.strategies import programs
from tests.faults.test_concurrency import Tape, composed
from tests.schedules import Schedule, newest_first, oldest_first, shuffled


def ran(node: Node[Any], pick: Any = oldest_first, **settings: int) -> Any:
    """The value of a node in one order."""
    return Schedule(lower(node), {}, pick, **settings).result()


@given(programs(), st.integers(0, 1 << 20), st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=3 * settings().max_examples)
def test_every_order_gives_the_answer_of_the_definition(program: Program, seed: int, width: int, workers: int) -> None:
    expected = outcome(lambda: reference(program.flow.graph, program.values))
    for pick in (shuffled(seed), oldest_first, newest_first):
        graph = program.flow.graph
        inputs = dict(zip([given.name for given in graph.inputs], program.values, strict=True))
        found = outcome(Schedule(graph, inputs, pick, width=width, workers=workers).result)
        assert (found.value, found.error) == (expected.value, expected.error)


@pytest.mark.parametrize("block", range(4))
def test_every_order_of_deep_graphs_gives_the_answer_of_the_definition(block: int) -> None:
    """The graphs of the tests on threads, each in several orders that can be had again."""
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        expected = outcome(lambda: reference(lower(composed(seed, Tape()))))
        for order in range(4):
            pick = (oldest_first, newest_first, shuffled(f"{seed}a"), shuffled(f"{seed}b"))[order]
            graph = lower(composed(seed, Tape()))
            found = outcome(Schedule(graph, {}, pick, width=1 + order, workers=1 + order).result)
            assert (found.value, found.error) == (expected.value, expected.error), f"seed {seed}, order {order}"


def test_a_frame_starts_with_what_waits_for_nothing() -> None:
    graph = lower(gather(INPUT.map(abs), INPUT.map(float)).map(sum))
    run: Run = Run(Future())
    frame = Frame(Network(plan(graph), lambda callee: None), run, run, None)
    news = News()
    frame.start(news)
    assert sorted(at for _, at in news.spread()) == [1, 2]


def test_an_op_is_ready_when_the_last_thing_it_waits_for_has_happened() -> None:
    graph = lower(gather(INPUT.map(abs), INPUT.map(float)).map(sum))
    run: Run = Run(Future())
    frame = Frame(Network(plan(graph), lambda callee: None), run, run, None)
    news = News()
    frame.start(news)
    news.spread()
    frame.deliver(2, 1.0, news)
    assert news.spread() == []
    frame.deliver(1, 1, news)
    assert news.spread() == [(frame, 3)]


def test_a_value_is_dropped_when_its_last_reader_has_ended() -> None:
    graph = lower(gather(INPUT.map(abs), INPUT.map(float)).map(sum))
    run: Run = Run(Future())
    frame = Frame(Network(plan(graph), lambda callee: None), run, run, None)
    frame.values[0] = "input"
    news = News()
    frame.start(news)
    frame.deliver(2, 1.0, news)
    assert frame.values[0] == "input"
    frame.deliver(1, 1, news)
    assert frame.values[0] is None
    frame.deliver(3, (1, 1.0), news)
    assert frame.values[1:3] == [None, None]
    assert frame.values[3] == (1, 1.0)


def test_a_graph_whose_output_is_given_ends_at_once() -> None:
    run: Run = Run(Future())
    frame = Frame(Network(plan(lower(INPUT)), lambda callee: None), run, run, None)
    frame.values[0] = "given"
    news = News()
    frame.start(news)
    assert news.spread() == []
    assert run.future.result(0) == "given"


def test_a_cancelled_run_starts_nothing_more_and_sets_no_result() -> None:
    schedule = Schedule(lower(const(1).map(abs).map(float)), {}, oldest_first)
    schedule.step()
    assert schedule.future.cancel()
    while schedule.step():
        pass
    assert schedule.future.cancelled()
    assert len(schedule.started) <= 2


fail: Any = step(lambda name, *_: {}[name])
one: Any = step(lambda *_: 1)


@pytest.mark.parametrize("order", range(20))
def test_the_first_failure_in_order_is_the_error_and_the_others_are_attached(order: int) -> None:
    graph = lower(gather(fail("first"), one(), fail("second"), fail("third")))
    schedule = Schedule(graph, {}, shuffled(order), workers=4)
    with pytest.raises(KeyError) as caught:
        schedule.result()
    assert caught.value.args == ("first",)
    attached = [note for note in caught.value.__notes__ if note.startswith("also failed: ")]
    assert all("'second'" in note or "'third'" in note for note in attached)


def test_failures_that_come_before_that_of_the_first_are_attached_in_order() -> None:
    schedule = Schedule(
        lower(gather(fail("first"), fail("second"), fail("third"))), {}, lambda count: min(count, 3) - 1
    )
    for _ in range(3):
        schedule.start(*schedule.ready.pop())  # all three have begun
    for at in (2, 1, 0):
        error = next(each for each in schedule.under_way if each[3].args == (("first", "second", "third")[at],))
        schedule.under_way.remove(error)
        schedule.end(*error)
        schedule.ready += schedule.news.spread()
    caught = schedule.future.exception(0)
    assert caught is not None
    attached = [note.split(" (")[0] for note in caught.__notes__[1:]]
    assert attached == ["also failed: KeyError: 'second'", "also failed: KeyError: 'third'"]


def test_an_error_that_was_handled_is_not_attached() -> None:
    handled = recover(fail("handled"), lambda error: one(error))
    node = gather(fail("first", handled), recover(fail("late"), one))
    for order in range(20):
        with pytest.raises(KeyError) as caught:
            ran(node, shuffled(order))
        assert caught.value.args == ("first",)
        assert len(caught.value.__notes__) == 1


@pytest.mark.parametrize("order", range(40))
def test_what_was_put_off_is_taken_up_when_another_asks_for_it(order: int) -> None:
    base = one()
    bad = fail("bad")
    put_off = one(one(base))
    guarded: Any = recover(gather(bad, put_off), one)
    node = cond(guarded, one(put_off), const(0))
    assert ran(node, shuffled(order), workers=3) == 1


@pytest.mark.parametrize("order", range(40))
def test_elements_that_share_what_fails_and_what_does_not(order: int) -> None:
    good, bad = one(one()), fail("bad", one())
    body = fan_out(lambda x: recover(switch(x, {0: one(bad), 1: one(good)}), lambda error: one(good)), [0, 1, 0, 1, 0])
    assert ran(gather(body, recover(fan_out(lambda x: one(bad), [1, 2]), one)), shuffled(order)) == ([1] * 5, 1)
