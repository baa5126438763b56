"""Plans as programs: regions on demand, bodies in frames of their own, values dropped after their last reader."""

from __future__ import annotations

import gc
from collections import Counter
from typing import Any

import pytest
from hypothesis import given

from dataflow import Inline, Node, bind, cond, const, expand, fan_out, fold, gather, iterate, recover, run, step, switch
from dataflow.executors.calls import Calls
from dataflow.executors.program import MAIN, Program
from dataflow.lower import lower
from dataflow.plan import plan
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program as RandomProgram
from dataflow.testing.reference import reference
from dataflow.testing.steps import recorded
from dataflow.testing.strategies import programs


class Tracked:
    """A value that is counted while it is alive."""

    alive = 0
    most = 0

    def __init__(self, *_: object) -> None:
        Tracked.alive += 1
        Tracked.most = max(Tracked.most, Tracked.alive)

    def __del__(self) -> None:
        Tracked.alive -= 1


@pytest.fixture(autouse=True)
def fresh() -> None:
    gc.collect()
    Tracked.alive = Tracked.most = 0


make: Any = step(lambda *xs: Tracked(*xs))
count: Any = step(lambda *xs: Tracked.alive)


def _fail(*_: object) -> None:
    raise KeyError("missing")


fail: Any = step(_fail)


def program_of(node: Node[Any]) -> Program:
    made = plan(lower(node))
    return Program(made, Calls(made))


def test_main_holds_what_always_runs_and_each_target_has_its_region() -> None:
    made = program_of(cond(const(True), step(len)(const("a")), const(2)))
    assert [at for at in made.code if at != MAIN] == list(made.plan.regions)
    assert [one[0] for one in made.code[MAIN]] == list(made.plan.main)


def test_the_template_is_not_written_by_runs() -> None:
    made = gather([const(3), const(1)]).map(sorted)
    deployment = Inline().deploy(plan(lower(made)))
    before = list(deployment._program.template) if deployment._program else []
    assert [deployment.call({}) for _ in range(3)] == [[1, 3]] * 3
    assert deployment._program is not None
    assert deployment._program.template == before


@given(programs())
def test_a_program_means_what_the_definition_says_and_runs_the_same(program: RandomProgram) -> None:
    """Values, errors, and how often each step ran, in the same order."""
    with recorded() as wanted:
        expected = outcome(lambda: reference(program.flow.graph, program.values))
    with recorded() as ran:
        assert outcome(lambda: program.flow.run(*program.values)) == expected
    assert Counter(ran) == Counter(wanted) or "pure(" in "".join(wanted)


def test_a_chain_holds_two_values_at_a_time() -> None:
    node: Any = make()
    for _ in range(50):
        node = make(node)
    run(node)
    assert Tracked.most == 2
    assert Tracked.alive == 0


def test_a_value_lives_until_its_last_reader_and_no_longer() -> None:
    value = make()
    first = count(value)
    second = count(value, first)
    after = count(second)
    assert run(gather(first, second, after)) == (1, 1, 0)


def test_a_value_that_only_a_branch_not_taken_would_read_is_dropped() -> None:
    value = make()
    chosen = cond(const(False), count(value), const(-1))
    assert run(gather(chosen, count(chosen))) == (-1, 0)


def test_a_value_is_dropped_after_the_branch_that_read_it() -> None:
    value = make()
    chosen = cond(const(True), count(value), const(-1))
    assert run(gather(chosen, count(chosen))) == (1, 0)


def test_items_of_a_fan_out_are_dropped_one_by_one() -> None:
    sizes = fan_out(lambda x: count(make(x)), list(range(20)))
    assert run(sizes) == [1] * 20
    assert Tracked.most == 1


def test_rounds_of_a_loop_hold_two_values() -> None:
    run(count(iterate(make, make(), limit=30)))
    assert Tracked.most <= 3
    assert Tracked.alive == 0


def test_a_fold_holds_what_it_has_and_what_comes() -> None:
    run(fold(lambda so_far, x: make(x), list(range(30)), const(0)).map(lambda _: 0))
    assert Tracked.most <= 3
    assert Tracked.alive == 0


def test_after_an_error_nothing_of_the_run_is_alive() -> None:
    with pytest.raises(KeyError) as caught:
        run(fail(make(), fan_out(make, [1, 2]), iterate(make, 1, limit=2)))
    del caught
    gc.collect()
    assert Tracked.alive == 0


def test_an_error_that_is_kept_keeps_no_values_of_other_steps() -> None:
    with pytest.raises(KeyError) as caught:
        run(gather(make(), fan_out(make, [1]), fail(const(1))))
    assert caught.value.args == ("missing",)
    assert Tracked.alive == 0, "the traceback must not hold the engine's own frames"


@pytest.mark.parametrize("shape", ["same frame", "elements", "rounds", "handler"])
def test_what_failed_once_is_not_run_again(shape: str) -> None:
    """Though it is deep in a region that several others ask for."""
    ran: list[str] = []

    def note(name: str, *_: object) -> str:
        ran.append(name)
        if name == "bad":
            raise KeyError(name)
        return name

    noted: Any = step(note)
    target = noted("after", noted("bad", noted("before")))

    def use(_: object) -> Any:
        return recover(noted("use", target), lambda error: noted("handled", error))

    def take(_: object) -> Any:
        return recover(target, lambda error: noted("handled", error))

    nodes: dict[str, Any] = {
        "same frame": gather(use(0), take(0)),
        "elements": fan_out(use, [1, 2]),
        "rounds": iterate(use, "", limit=2),
        "handler": recover(target, lambda error: gather(use(0), take(0))),
    }
    run(nodes[shape])
    assert Counter(ran) == {"before": 1, "bad": 1, "handled": 2}


def test_a_node_of_two_regions_runs_once_whichever_comes_first() -> None:
    ran: list[str] = []

    def note() -> int:
        ran.append("shared")
        return 1

    shared: Any = step(note)()
    for keys in ((0, 1), (1, 0)):
        ran.clear()
        chosen = [switch(const(key), {0: shared.map(abs), 1: shared.map(float)}) for key in keys]
        assert run(gather(*chosen)) == (1, 1)
        assert ran == ["shared"]


def test_a_graph_that_grows_has_the_instances_of_the_graphs_around_it() -> None:
    class Counting:
        def __init__(self) -> None:
            self.count = 0

        def __call__(self, *_: object) -> int:
            self.count += 1
            return self.count

    def shape(counted: Any) -> Node[Any]:
        return gather(counted(0), expand(const(1), lambda _: expand(counted(1), lambda _: counted(2))))

    counted: Any = Counting
    assert run(shape(bind(counted))) == reference(lower(shape(bind(counted)))) == (1, 3)
