"""`recover` is what `try` around the expression would do."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow import cond, const, fan_out, gather, recover, run, step, switch
from dataflow.errors import CompositionError, NoMatchError, OptionTypeError, OptionValueError


@step
def fail(x: Any) -> Any:
    raise ValueError("failed", x)


@step
def quit_(x: Any) -> Any:
    raise KeyboardInterrupt


@step
def words(error: Exception) -> Any:
    return f"{type(error).__name__}: {error.args[-1]}"


@step
def double(x: int) -> int:
    return 2 * x


def test_a_value_passes_and_the_handler_never_runs() -> None:
    assert run(recover(double(2), fail)) == 4


def test_an_error_goes_to_the_handler() -> None:
    assert run(recover(fail(1), words)) == "ValueError: 1"


def test_the_handler_gets_the_error_itself() -> None:
    error: Any = run(recover(fail(1), step(lambda error: [error])))[0]
    assert type(error) is ValueError
    assert error.args == ("failed", 1)


def test_an_error_of_anything_that_the_node_needed_counts() -> None:
    assert run(recover(double(double(fail(7))), words)) == "ValueError: 7"


def test_steps_after_the_error_do_not_run() -> None:
    ran: list[Any] = []
    after: Any = step(ran.append)
    run(recover(after(fail(1)), words))
    assert ran == []


def test_of_two_failed_arguments_the_one_composed_first_counts() -> None:
    pair: Any = step(lambda a, b: (a, b))
    assert run(recover(pair(fail(1), fail(2)), words)) == "ValueError: 1"
    second, first = fail(2), fail(1)
    assert run(recover(pair(first, second), words)) == "ValueError: 2"


def test_other_kinds_pass() -> None:
    with pytest.raises(ValueError, match="failed"):
        run(recover(fail(1), words, on=OSError))
    assert run(recover(fail(1), words, on=(OSError, ValueError))) == "ValueError: 1"
    assert run(recover(fail(1), words, on=Exception)) == "ValueError: 1"


def test_ctrl_c_is_never_handled() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(recover(quit_(1), words))


def test_a_handler_may_fail_too_and_be_guarded_itself() -> None:
    again: Any = step(lambda error: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        run(recover(fail(1), again))
    assert run(recover(recover(fail(1), again), step(lambda error: type(error).__name__))) == "ZeroDivisionError"


def test_a_handler_may_be_a_function_that_wires_and_captures() -> None:
    ran: list[Any] = []

    def spare(x: Any) -> Any:
        ran.append(x)
        return x

    other: Any = step(spare)(5)
    assert run(recover(fail(1), lambda error: double(other))) == 10
    assert ran == [5]
    assert run(recover(const(1), lambda error: double(other))) == 1
    assert ran == [5]


def test_a_failed_node_that_is_read_twice_fails_both_and_runs_once() -> None:
    ran: list[Any] = []

    def once(x: Any) -> Any:
        ran.append(x)
        raise ValueError("failed", x)

    node: Any = step(once)(1)
    assert run(gather(recover(node, words), recover(double(node), words))) == ("ValueError: 1", "ValueError: 1")
    assert ran == [1]


def test_what_is_guarded_runs_only_on_demand() -> None:
    ran: list[Any] = []
    noted: Any = step(ran.append)
    run(cond(const(False), recover(noted(1), words), const(0)))
    assert ran == []


def test_each_item_of_a_fan_out_recovers_on_its_own() -> None:
    inverse: Any = step(lambda x: 6 // x)
    assert run(fan_out(lambda x: recover(inverse(x), step(lambda error: None)), [1, 0, 2])) == [6, None, 3]


def test_errors_of_dataflow_itself_can_be_handled() -> None:
    missing = switch(const(9), {1: const(1)})
    assert run(recover(missing, step(lambda error: error.value), on=NoMatchError)) == 9


def test_a_literal_or_placeholder_needs_no_handler() -> None:
    assert run(recover(const(None), words)) is None


@pytest.mark.parametrize("wrong", [3, None, double])
def test_what_is_no_node_is_refused(wrong: Any) -> None:
    with pytest.raises(CompositionError, match=r"recover\(\)"):
        recover(wrong, words)


@pytest.mark.parametrize("handler", [3, None, const(1)])
def test_a_handler_must_be_callable(handler: Any) -> None:
    with pytest.raises(CompositionError, match=r"recover\(\) takes a step"):
        recover(const(1), handler)


def test_a_handler_must_return_a_node() -> None:
    with pytest.raises(CompositionError, match="not a node"):
        loose: Any = lambda error: None  # noqa: E731  # typed as anything
        recover(const(1), loose)


@pytest.mark.parametrize("on", [BaseException, KeyboardInterrupt, "ValueError", int, [ValueError], (ValueError, 3)])
def test_on_must_be_exception_classes(on: Any) -> None:
    with pytest.raises(OptionTypeError, match="on must be Exception classes"):
        recover(const(1), words, on=on)


def test_on_nothing_is_refused() -> None:
    with pytest.raises(OptionValueError, match="at least one"):
        recover(const(1), words, on=())
