"""Exceptions of every kind reach the caller as themselves, from tasks and from replicas."""

from __future__ import annotations

import threading
import traceback
from typing import Any

import pytest

from dataflow import INPUT, Ray, bind, deploy, fan_out, gather, recover, run, step, submit
from dataflow.errors import NotSerializableError, StepError, StepResultError
from dataflow.testing.witness import Witness
from tests.faults.test_exceptions import KINDS, Unconstructible, described, fail, failing
from tests.patience import within
from tests.ray import steps
from tests.ray.steps import PLACEMENTS, placed

SECONDS = 60.0
each_placement = pytest.mark.parametrize("placement", PLACEMENTS)


def raised_by(node: Any) -> BaseException:
    """The error with which a node ends."""
    error = within(lambda: submit(node, executor=Ray()).exception(SECONDS), SECONDS + 5)
    assert error is not None
    return error


@pytest.fixture(scope="module", params=PLACEMENTS)
def poisoned(request: pytest.FixtureRequest, local_ray: None) -> Any:
    """A pipeline that raises what it is asked for, over and over: its workers live on."""
    with deploy(placed(failing, request.param)(INPUT), Ray()) as pipeline:
        yield pipeline


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_keeps_type_arguments_and_attributes(kind: str, poisoned: Any) -> None:
    error = within(lambda: poisoned.submit(kind).exception(SECONDS), SECONDS + 5)
    if kind == "unpicklable argument":
        assert type(error) is ValueError
        assert len(error.args) == 1
    else:
        assert described(error) == described(KINDS[kind]())
    notes = error.__notes__
    assert len([note for note in notes if note.startswith("in fail, composed at ")]) == 1
    assert [note for note in notes if "in fail" not in note] == (["mine"] if kind == "with a note" else [])


def test_an_error_in_a_fan_out_and_in_a_chain_is_named_once() -> None:
    error = raised_by(fan_out(lambda kind: failing(steps.same(kind)).map(repr), ["two arguments", "key"]))
    assert described(error) == described(KINDS["two arguments"]())
    (note,) = error.__notes__
    assert note.startswith("in fan_out[0] / fail, composed at ")


def test_the_traceback_shows_the_line_of_the_step() -> None:
    assert "raise KINDS[kind]()" in "".join(traceback.format_exception(raised_by(failing("plain"))))


@each_placement
@pytest.mark.parametrize("kind", ["two arguments", "frozen", "slots", "OSError", "group of two arguments"])
def test_a_handler_is_given_the_error_itself(kind: str, placement: str) -> None:
    def look(error: Exception) -> tuple[str, list[str]]:
        return type(error).__name__, sorted(str(described(error)))

    handled = recover(placed(failing, placement)(kind), lambda error: error.map(look))
    assert run(handled, executor=Ray()) == (type(KINDS[kind]()).__name__, sorted(str(described(KINDS[kind]()))))


def test_a_local_class_is_sent_whole() -> None:
    """Its class cannot be imported in this process, but it is the one of this process."""

    class Local(ValueError):
        pass

    def raise_local(_: int) -> None:
        raise Local("local")

    error = raised_by(step(raise_local)(1))
    assert type(error).__name__ == "Local" or isinstance(error, StepError)
    assert isinstance(error, ValueError | StepError)
    assert "local" in str(error)


@pytest.mark.parametrize("kind", ["plain", "two arguments", "BaseException", "SystemExit"])
def test_an_error_of_a_constructor_is_raised_at_deploy(kind: str) -> None:
    with pytest.raises(type(KINDS[kind]())) as caught:
        deploy(bind(Unconstructible, kind)(INPUT), Ray())
    assert "in the constructor of Unconstructible" in caught.value.__notes__
    assert described(caught.value) == described(KINDS[kind]())


def test_of_several_errors_the_earliest_is_raised() -> None:
    slow = steps.slow(0.2, 1)
    error = raised_by(gather(failing(steps.listed(slow).map(lambda _: "key")), failing("plain")))
    assert type(error) is KeyError


def count_up(path: str, x: Any) -> Any:
    Witness(path).mark("called")
    return x


def locked(path: str, _: Any) -> Any:
    """A result that cannot be sent."""
    Witness(path).mark("called")
    return threading.Lock()


class Unreadable:
    """Can be sent, but not read."""

    def __reduce__(self) -> Any:
        return fail, ("key",)


@each_placement
def test_an_argument_that_cannot_be_sent_is_named(placement: str) -> None:
    with deploy(placed(steps.same, placement)(INPUT), Ray()) as pipeline:
        with pytest.raises(NotSerializableError, match="argument 'x' of step 'same' cannot be sent") as caught:
            pipeline.call(threading.Lock())
        assert isinstance(caught.value, TypeError)
        assert pipeline.call(1) == 1


def test_a_literal_that_cannot_be_sent_is_named_at_deploy() -> None:
    with pytest.raises(NotSerializableError, match="argument 'y' of step 'add' cannot be sent"):
        deploy(steps.add(1, y=threading.Lock()), Ray())  # type: ignore[arg-type]


def test_a_step_that_cannot_be_sent_is_named_at_deploy() -> None:
    lock = threading.Lock()
    with pytest.raises(NotSerializableError, match="step 'guarded' cannot be sent"):
        deploy(step(lambda x: (lock, x)[1], name="guarded")(INPUT), Ray())


@each_placement
def test_a_result_that_cannot_be_sent_is_named_and_the_step_is_not_run_again(placement: str, tmp_path: Any) -> None:
    path = str(tmp_path / "witness")
    error = raised_by(placed(step(locked), placement)(path, 1))
    assert isinstance(error, NotSerializableError)
    assert "the result of step 'locked' cannot be sent" in str(error)
    assert Witness(path).marks() == ["called"]


def test_an_element_whose_result_cannot_be_sent_is_named(tmp_path: Any) -> None:
    path = str(tmp_path / "witness")
    error = raised_by(fan_out(lambda x: step(locked)(path, x), [1]))
    assert isinstance(error, NotSerializableError)
    assert "the result of step 'locked'" in str(error)
    assert error.__notes__[0].startswith("in fan_out[0] / locked")


def test_what_cannot_be_read_on_the_other_side_says_so() -> None:
    for node in (steps.same(steps.same(Unreadable())), placed(steps.same, "actor")(Unreadable())):
        error = raised_by(node)
        assert isinstance(error, NotSerializableError), error
        assert "was sent, but cannot be read on the other side" in str(error)
        assert any(note.startswith("in same") for note in error.__notes__)


def unreadable() -> Any:
    return Unreadable()


def test_a_value_of_the_flow_that_cannot_be_read_here_says_so() -> None:
    error = raised_by(step(unreadable)())
    assert isinstance(error, NotSerializableError), error
    assert "was sent, but cannot be read on the other side" in str(error)
    assert any(note.startswith("in unreadable") for note in error.__notes__)


def generated(n: int) -> Any:
    yield from range(n)


@each_placement
def test_a_generator_is_no_result(placement: str) -> None:
    """Raw Ray would keep its first item, or make a stream of references."""
    for made in (step(lambda n: generated(n)), step(lambda n: iter(range(n)))):
        with pytest.raises(StepResultError, match="can be read only once"):
            run(placed(made, placement)(5), executor=Ray())


def test_what_is_nested_too_deeply_is_refused() -> None:
    value: Any = None
    for _ in range(5000):
        value = [value]
    with deploy(steps.same(INPUT), Ray()) as pipeline:
        with pytest.raises(NotSerializableError, match="nested too deeply"):
            pipeline.call(value)
        assert pipeline.call(1) == 1
