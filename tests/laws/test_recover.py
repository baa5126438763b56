"""Law 9: recover is `try` around the expression."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, cond, const, expand, fan_out, gather, iterate, recover, run, step, switch
from dataflow.errors import LimitError, NoMatchError
from dataflow.executors.base import Executor
from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import ERRORS, TwoReasonsError, again, fail, fail_if_odd, kept, mix, recorded, two
from dataflow.testing.strategies import programs
from tests.laws.executors import each_executor, ended, everywhere, examples

KINDS: list[Any] = [Exception, ValueError, LookupError, (KeyError, TwoReasonsError), TypeError, StopIteration]


@everywhere
@examples(150)
@given(program=programs(), on=st.sampled_from(KINDS))
def test_recover_is_try(executor: Executor, program: Program, on: Any) -> None:
    """recover(n, h, on) = try: [[n]], except on as error: [[h(error)]]."""
    alone = ended(program)
    node = recover(program.flow(*map(const, program.values)), kept, on=on)
    assert outcome(lambda: run(node, executor=executor)) == _tried(alone, on)


def _tried(alone: Outcome, on: Any) -> Outcome:
    try:
        if alone.raised is not None:
            raise alone.raised
    except on as error:
        caught = error
        return outcome(lambda: kept.fn(caught))
    except BaseException:  # passes the recover
        return alone
    return alone


@everywhere
@examples(30)
@given(program=programs())
def test_a_handler_that_raises_again_changes_nothing(executor: Executor, program: Program) -> None:
    """recover(n, raise) = n, and recover(recover(n, raise), h) = recover(n, h)."""
    node = program.flow(*map(const, program.values))
    assert outcome(lambda: run(recover(node, again), executor=executor)) == ended(program)
    both = recover(recover(node, again), kept)
    assert outcome(lambda: run(both, executor=executor)) == outcome(lambda: run(recover(node, kept), executor=executor))


@everywhere
def test_any_error_on_the_way_counts(executor: Executor) -> None:
    """An error of anything that n needed is caught: steps, routing, loops, bodies, growth, and containers."""
    bad = fail(1, "KeyError")
    ways: list[tuple[Node[Any], type[Exception]]] = [
        (mix(mix(bad)), KeyError),
        (gather(const(1), bad), KeyError),
        (fan_out(lambda x: mix(x, bad), [1, 2]), KeyError),
        (cond(const(True), bad, const(1)), KeyError),
        (switch(const(1), {2: const(2)}), NoMatchError),
        (iterate(mix, 1, until=lambda x: False, limit=2), LimitError),
        (expand(const(1), lambda x: fail(x, "KeyError")), KeyError),
        (const({})["key"], KeyError),
        (const(1).map(len), TypeError),
        (mix(const([1]), {const(1): const([])[0]}), IndexError),
        (recover(bad, again), KeyError),
        (recover(bad, kept, on=ValueError), KeyError),
    ]
    for node, kind in ways:
        assert run(recover(node, kept, on=kind), executor=executor)[0] == kind.__name__
        with pytest.raises(kind):
            run(recover(node, kept, on=TwoReasonsError), executor=executor)


@everywhere
def test_the_outcome_is_the_earliest_argument_s_error(executor: Executor) -> None:
    """f(a, b) where both fail gives the error that was composed first, in a guard as outside it."""
    first, second = fail(1, "KeyError"), fail(2, "ValueError")
    assert run(recover(mix(second, first), kept), executor=executor) == ["KeyError", "reason", 1]
    assert run(recover(gather(second, first), kept), executor=executor) == ["KeyError", "reason", 1]


@each_executor
def test_a_handled_error_is_not_the_run_s(executor: Executor) -> None:
    """What does not need the failed node goes on, and reads from inside a guard and outside it agree."""
    bad = fail_if_odd(1, "KeyError")
    handled = recover(bad, lambda error: mix(error, 1))
    with recorded() as log:
        values = run(handled, fan_out(lambda x: mix(x, handled), [1, 2]), two(handled), executor=executor)
    assert values[2][0] == values[0]
    assert len(log) == 1 + 1 + 2 + 1


@everywhere
def test_a_guard_in_each_element(executor: Executor) -> None:
    """fan_out(x -> recover(f(x), h), xs) = [f(x), or h of its error, for x in xs]."""
    node = fan_out(lambda x: recover(fail_if_odd(x, "KeyError"), lambda error: gather(x, kept(error))), range(6))
    wanted = [x if x % 2 == 0 else (x, ["KeyError", "reason", x]) for x in range(6)]
    assert run(node, executor=executor) == wanted


@each_executor
def test_both_handlers_get_the_same_error(executor: Executor) -> None:
    """A node that fails once has one error, whoever handles it."""

    @step
    def identity(error: BaseException) -> int:
        return id(error)

    bad = fail(1, "KeyError")
    kept_alive = recover(bad, kept)
    one, two_, _ = run(recover(bad, identity), recover(mix(bad), identity), kept_alive, executor=executor)
    assert one == two_


@everywhere
def test_nested_guards_choose_by_kind(executor: Executor) -> None:
    """The innermost guard whose `on` fits handles the error."""
    for kind, wanted in (("KeyError", "inner"), ("ValueError", "outer")):
        inner = recover(fail(1, kind), lambda error: const("inner"), on=LookupError)
        outer = recover(inner, lambda error: const("outer"), on=(ValueError, KeyError))
        assert run(outer, executor=executor) == wanted


@everywhere
def test_each_guard_judges_for_itself(executor: Executor) -> None:
    """(recover(n, g, on=E), recover(n, h, on=F)) is g(e) and what n raises, if n raises an E that is no F."""
    bad, wanted = fail(1, "KeyError"), ["KeyError", "reason", 1]
    for node in (bad, mix(bad)):
        first = recover(bad, kept, on=LookupError)
        second = recover(node, lambda error: const("not mine"), on=ValueError)
        for pair in (gather(first, second), gather(second, first)):
            with pytest.raises(KeyError):
                run(pair, executor=executor)
            assert run(first, recover(pair, kept), executor=executor) == (wanted, wanted)


@everywhere
@pytest.mark.parametrize("kind", sorted(set(ERRORS) - {"Abort"}))
def test_a_handler_gets_the_error_itself(executor: Executor, kind: str) -> None:
    """recover(n, h) = h(e), with e of the same type and arguments as it was raised, also inside of containers."""
    bad = fail(1, kind)
    raised = outcome(lambda: fail.fn(1, kind)).raised
    assert raised is not None
    wanted = [kept.fn(raised), (kind, 5)]
    handled = recover(bad, lambda error: gather([kept(error), named((error, 5))]))
    assert run(handled, executor=executor) == wanted


@step
def named(pair: tuple[BaseException, int]) -> tuple[str, int]:
    return type(pair[0]).__name__, pair[1]
