"""Values and exceptions on their way between processes."""

from __future__ import annotations

import pickle
import threading
import traceback
from typing import Any

import pytest

from dataflow.errors import NotSerializableError, StepError
from dataflow.executors.envelope import Sealed, open_error, opened, seal, seal_error
from tests.faults.test_exceptions import KINDS, described


class Unpicklable:
    def __reduce__(self) -> str:
        raise TypeError("stays here")


class Unreadable:
    def __reduce__(self) -> Any:
        return int, ("not a number",)


class Odd(Exception):
    """With attributes of all kinds."""


class Unequal:
    """Picklable; comparing it raises, as arrays do."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("ambiguous")

    def __hash__(self) -> int:
        return 1


def round_trip(error: BaseException) -> Any:
    """An exception as the other process gets it."""
    sealed = seal_error(error)
    assert not sealed.ended
    return open_error(pickle.loads(pickle.dumps(sealed)))


def raised(error: BaseException) -> BaseException:
    """The same with a traceback."""
    try:
        raise error
    except BaseException as caught:
        return caught


class TwoReasonsError(Exception):
    """Passes on one argument of its two, so that pickle alone cannot restore it."""

    def __init__(self, one: object, other: object) -> None:
        super().__init__(f"{one} and {other}")
        self.one, self.other = one, other


def test_errors_inside_of_values_come_back_as_those_that_are_raised() -> None:
    error = TwoReasonsError(1, [2])
    locked = Odd("with a lock")
    locked.lock = threading.Lock()  # type: ignore[attr-defined]  # an attribute that cannot be pickled
    found = opened(seal({"k": [error, (error, locked), KeyError("plain")]}, "it"), "it")["k"]
    assert (type(found[0]), found[0].args, found[0].one, found[0].other) == (TwoReasonsError, ("1 and [2]",), 1, [2])
    assert found[1][0] is found[0]
    assert (type(found[1][1]), found[1][1].args, type(found[1][1].lock)) == (Odd, ("with a lock",), str)
    assert (type(found[2]), found[2].args) == (KeyError, ("plain",))


def test_an_error_inside_of_a_value_that_no_name_leads_to_is_told_by_its_text() -> None:
    class Local(Exception):
        pass

    (found,) = opened(seal([Local("x")], "it"), "it")
    assert type(found) is StepError
    assert "Local" in str(found)
    assert "x" in str(found)


@pytest.mark.parametrize("value", [None, 1, [1, {"k": (2,)}], b"x" * 1000, len, Odd], ids=repr)
def test_values_come_back_equal(value: object) -> None:
    assert opened(seal(value, "it"), "it") == value


def test_what_cannot_be_sent_is_named_with_the_reason() -> None:
    with pytest.raises(
        NotSerializableError, match="argument 'x' cannot be sent to another process: stays here"
    ) as caught:
        seal(Unpicklable(), "argument 'x'")
    assert isinstance(caught.value.__cause__, TypeError)


def test_what_is_nested_too_deeply_is_an_error() -> None:
    nested: list[Any] = []
    for _ in range(10_000):
        nested = [nested]
    with pytest.raises(NotSerializableError, match="nested too deeply"):
        seal(nested, "it")
    while nested:
        nested = nested.pop()


def test_what_cannot_be_read_is_named_with_the_reason() -> None:
    with pytest.raises(NotSerializableError, match="the result was sent, but cannot be read") as caught:
        opened(seal(Unreadable(), "the result"), "the result")
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_of_any_kind_comes_back_whole(kind: str) -> None:
    error = raised(KINDS[kind]())
    found = round_trip(error)
    if kind == "unpicklable argument":
        assert type(found) is ValueError
        assert len(found.args) == 1
    else:
        assert described(found) == described(error)
    assert getattr(found, "__notes__", []) == getattr(error, "__notes__", [])


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_may_be_sent_again(kind: str) -> None:
    once = round_trip(raised(KINDS[kind]()))
    assert described(round_trip(once)) == described(once)


def test_attributes_that_cannot_be_sent_arrive_as_their_text_and_the_others_as_they_are() -> None:
    error: Any = Odd("odd")
    error.lock, error.number, error.items, error.fn = threading.Lock(), 3, [1, 2], lambda: 1
    error.unreadable, error.unequal = Unreadable(), Unequal()
    found = round_trip(error)
    assert "lock" in found.lock
    assert "lambda" in found.fn
    assert (found.number, found.items) == (3, [1, 2])
    assert isinstance(found.unreadable, str)
    assert isinstance(found.unequal, Unequal)


def test_arguments_that_cannot_be_sent_arrive_as_their_text() -> None:
    found = round_trip(ValueError("a", threading.Lock(), 3))
    assert (found.args[0], found.args[2]) == ("a", 3)
    assert "lock" in found.args[1]


def test_the_traceback_arrives_as_text() -> None:
    found = round_trip(raised(ValueError("x")))
    text = "".join(traceback.format_exception(found))
    assert "raise error" in text
    assert "test_executors_envelope.py" in text


def test_causes_and_contexts_arrive_as_text() -> None:
    error = ValueError("effect")
    error.__cause__ = KeyError("cause")
    assert "KeyError: 'cause'" in "".join(traceback.format_exception(round_trip(error)))


def test_a_class_that_cannot_be_imported_arrives_as_a_step_error() -> None:
    class Local(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    found = round_trip(raised(Local("x")))
    assert isinstance(found, StepError)
    assert found.kind.endswith("Local")
    assert "raise error" in found.text


def test_notes_are_kept() -> None:
    error = ValueError("x")
    error.add_note("one")
    error.add_note("two")
    assert round_trip(error).__notes__ == ["one", "two"]


def test_an_error_in_an_envelope_that_cannot_be_opened_is_an_error_too() -> None:
    with pytest.raises(NotSerializableError):
        open_error(Sealed(False, b"not a pickle", "text"))
