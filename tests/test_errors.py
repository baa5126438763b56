"""Every error derives from `DataflowError` and from the built-in that callers would expect, and survives pickling."""

from __future__ import annotations

import inspect
import pickle

import pytest

from dataflow import errors

BUILTINS = {
    "CompositionError": TypeError,
    "SwitchKeysError": ValueError,
    "GraphError": ValueError,
    "InputError": TypeError,
    "OptionTypeError": TypeError,
    "OptionValueError": ValueError,
    "DuplicateNameError": ValueError,
    "DeployError": ValueError,
    "InfeasibleError": ValueError,
    "ClosedError": RuntimeError,
    "StepResultError": TypeError,
    "StepTimeoutError": TimeoutError,
    "NoMatchError": LookupError,
    "SwitchKeyError": TypeError,
    "FanOutError": TypeError,
    "LimitError": RuntimeError,
    "NotSerializableError": TypeError,
    "MissingExtraError": ImportError,
    "StepError": Exception,
    "LargeLiteralError": ValueError,
}
ALL = [
    cls
    for cls in vars(errors).values()
    if inspect.isclass(cls) and issubclass(cls, Exception) and cls.__module__ == errors.__name__
]


@pytest.mark.parametrize("name", BUILTINS)
def test_is_caught_as_the_expected_built_in(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, BUILTINS[name])
    assert issubclass(kind, errors.DataflowError)


@pytest.mark.parametrize("kind", ALL)
def test_has_a_docstring_and_its_message_is_its_text(kind: type[Exception]) -> None:
    assert inspect.getdoc(kind)
    assert str(kind("what went wrong")) == "what went wrong"


@pytest.mark.parametrize("kind", ALL)
def test_survives_pickling(kind: type[Exception]) -> None:
    again = pickle.loads(pickle.dumps(kind("what went wrong")))
    assert type(again) is kind
    assert again.args == ("what went wrong",)


def test_attributes_survive_pickling() -> None:
    no_match = pickle.loads(pickle.dumps(errors.NoMatchError("none", 3, (1, 2))))
    assert (no_match.value, no_match.keys) == (3, (1, 2))
    assert pickle.loads(pickle.dumps(errors.SwitchKeyError("no hash", [1]))).value == [1]
    assert pickle.loads(pickle.dumps(errors.LimitError("too many", 7))).limit == 7
    infeasible = pickle.loads(pickle.dumps(errors.InfeasibleError("no room", "f", {"CPU": 2}, ({"CPU": 1},))))
    assert (infeasible.step, infeasible.need, infeasible.have) == ("f", {"CPU": 2}, ({"CPU": 1},))
    step_error = pickle.loads(pickle.dumps(errors.StepError("failed", "OddError", "Traceback...")))
    assert (step_error.kind, step_error.text) == ("OddError", "Traceback...")


def test_a_warning_is_a_warning_of_users_and_no_error() -> None:
    assert issubclass(errors.LargeLiteralWarning, UserWarning)
    assert not issubclass(errors.LargeLiteralWarning, errors.DataflowError)


def test_base_is_a_plain_exception() -> None:
    """`except DataflowError` must never catch Ctrl-C, nor an error of a step."""
    assert errors.DataflowError.__bases__ == (Exception,)
