"""What is asked for in a frame: regions that are begun once, fail in their own order, and are forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import Node, cond, const, fan_out, gather, recover, step, switch
from dataflow.executors.base import PENDING
from dataflow.executors.demand import NOWHERE
from dataflow.executors.demand import Schedule as Ops
from dataflow.lower import lower
from tests.schedules import Schedule, newest_first, oldest_first, shuffled


class Noting:
    """Steps that write down that they ran; those whose name begins with bad raise it."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.step: Any = step(self.note)

    def note(self, name: str, *_: object) -> str:
        self.ran.append(name)
        if name.startswith("bad"):
            raise KeyError(name)
        return name

    def __call__(self, name: str, *inputs: Any) -> Any:
        return self.step(name, *inputs)


def result_of(node: Node[Any], order: object, workers: int = 3) -> Any:
    return Schedule(lower(node), {}, shuffled(order), workers=workers).result()


def test_how_far_a_schedule_has_come() -> None:
    values: list[Any] = [PENDING] * 4
    ops = Ops((1, 3))
    assert ops.first_undone(values) == 1
    values[3] = None
    assert ops.first_undone(values) == 1
    values[1] = "done"
    assert ops.first_undone(values) == NOWHERE
    values[1] = PENDING
    assert ops.first_undone(values) == NOWHERE, "what is done stays done, though its value is dropped"


def test_an_empty_schedule_is_done() -> None:
    assert Ops(()).first_undone([]) == NOWHERE


@pytest.mark.parametrize("order", range(10))
def test_only_what_is_asked_for_runs_and_only_once(order: int) -> None:
    note = Noting()
    shared, other = note("shared"), note("other")
    cases = {"a": note("a", shared), "b": note("b", other)}
    node = gather(*[switch(const(key), cases) for key in "aaa"], cond(const(True), note("c", shared), other))
    assert result_of(node, order) == ("a", "a", "a", "c")
    assert sorted(note.ran) == ["a", "c", "shared"]


@pytest.mark.parametrize("order", range(10))
def test_a_region_fails_with_its_first_error_in_order(order: int) -> None:
    note = Noting()
    region = gather(note("x"), note("bad 1", note("y")), note("bad 2"), note("z"))
    node = recover(region, lambda error: error.map(lambda e: e.args[0]))
    assert result_of(node, order) == "bad 1"


@pytest.mark.parametrize("order", range(10))
def test_what_comes_before_a_failure_still_runs_and_what_comes_after_does_not_start(order: int) -> None:
    note = Noting()
    first = note("first", note("before"))
    bad = note("bad")
    last = note("last", note("after", first))
    node = recover(gather(first, bad, last), lambda error: note("handled", error))
    assert result_of(node, order, workers=1) == "handled"
    assert {"before", "first", "bad", "handled"} <= set(note.ran)
    assert note.ran.count("handled") == 1


@pytest.mark.parametrize("pick", [oldest_first, newest_first], ids=["oldest", "newest"])
def test_a_failed_region_fails_whoever_asks_later(pick: Any) -> None:
    note = Noting()
    region = note("after", note("bad"))
    first = recover(region, lambda error: note("handled 1", error))
    second = recover(note("use", region, first), lambda error: note("handled 2", error))
    assert Schedule(lower(second), {}, pick).result() == "handled 2"
    assert sorted(note.ran) == ["bad", "handled 1", "handled 2"] or sorted(note.ran) == ["bad", "handled 2"]


@pytest.mark.parametrize("order", range(20))
def test_nested_regions_and_a_recover_at_each_depth(order: int) -> None:
    note = Noting()
    deep = note("bad deep", note("base"))
    inner = recover(note("inner", deep), lambda error: note("bad handler", error), on=KeyError)
    outer = recover(cond(const(True), note("outer", inner), const(0)), lambda error: error.map(lambda e: e.args[0]))
    assert result_of(gather(outer, recover(deep, lambda error: note("shallow", error))), order) == (
        "bad handler",
        "shallow",
    )
    assert note.ran.count("bad deep") == 1
    assert note.ran.count("base") == 1


@pytest.mark.parametrize("order", range(20))
def test_an_error_that_no_recover_handles_goes_through_all_of_them(order: int) -> None:
    note = Noting()
    node = note("bad")
    for _ in range(5):
        node = recover(cond(const(True), note("more", node), const(0)), lambda error: note("handled"), on=ValueError)
    with pytest.raises(KeyError, match="bad"):
        result_of(node, order)
    assert note.ran == ["bad"]


def test_values_that_only_a_region_not_taken_would_read_are_dropped_at_once() -> None:
    note = Noting()
    value = note("value")
    chosen = switch(const("b"), {"a": note("a", note("more", value)), "b": const("b")})
    schedule = Schedule(lower(gather(note("read", value), chosen)), {}, oldest_first)
    frame = schedule.ready[0][0]
    at = next(at for at, op in enumerate(frame.network.graph.ops) if getattr(op, "args", ())[:1] == ("value",))
    assert schedule.result() == ("read", "b")
    assert frame.values[at] is None


@pytest.mark.parametrize("order", range(20))
def test_elements_wait_for_what_another_element_asked_for(order: int) -> None:
    note = Noting()
    captured = note("captured", note("base"))
    node = fan_out(lambda x: cond(const(True), note("use", x, captured), captured), list("abcde"))
    assert result_of(node, order) == ["use"] * 5
    assert sorted(note.ran) == ["base", "captured", *["use"] * 5]


@pytest.mark.parametrize("order", range(20))
def test_an_element_that_fails_does_not_take_what_others_wait_for_with_it(order: int) -> None:
    note = Noting()
    captured = note("captured", note("base"))
    failing = recover(
        fan_out(lambda x: gather(note("bad", x), note("use", captured)), [1, 2]), lambda e: note("handled", e)
    )
    node = gather(failing, recover(note("later", captured, failing), lambda e: note("never", e)))
    assert result_of(node, order) == ("handled", "later")
    assert note.ran.count("captured") == note.ran.count("base") == 1
