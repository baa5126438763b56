"""Options are checked when they are written, do not change, and say what they refuse."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

from dataflow.errors import OptionTypeError, OptionValueError
from dataflow.options import DEFAULTS, Batch, Options, Resources, Retry, check_name, exception_types


def test_defaults_are_those_of_the_design() -> None:
    assert Options() == DEFAULTS
    assert (DEFAULTS.name, DEFAULTS.pure, DEFAULTS.timeout, DEFAULTS.placement) == (None, False, None, "auto")
    assert (DEFAULTS.replicas, DEFAULTS.max_concurrency, DEFAULTS.batch) == (1, 1, None)
    assert DEFAULTS.retries == Retry(times=0)
    assert DEFAULTS.retries.lost == 3
    assert DEFAULTS.resources == Resources(num_cpus=None, num_gpus=0, memory=None)


def test_a_number_of_retries_becomes_a_retry() -> None:
    assert Options(retries=2).retries == Retry(times=2)
    assert Options(retries=Retry(5, on=OSError)).retries.on == (OSError,)


@pytest.mark.parametrize("given", ["actor", "ACTOR", "Actor"])
def test_placement_ignores_case(given: Any) -> None:
    assert Options(placement=given).placement == "actor"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 3),
        ("name", b"f"),
        ("pure", 1),
        ("pure", None),
        ("retries", True),
        ("retries", 1.5),
        ("retries", "2"),
        ("retries", None),
        ("timeout", "1"),
        ("timeout", True),
        ("placement", None),
        ("placement", 3),
        ("replicas", True),
        ("replicas", 1.5),
        ("replicas", "2"),
        ("replicas", None),
        ("resources", {"num_cpus": 1}),
        ("batch", 8),
        ("max_concurrency", False),
        ("max_concurrency", 2.0),
    ],
)
def test_a_wrong_type_is_an_option_type_error_that_names_option_and_value(name: str, value: object) -> None:
    made: Any = Options
    with pytest.raises(OptionTypeError, match=name) as caught:
        made(**{name: value})
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("retries", -1),
        ("timeout", 0),
        ("timeout", -0.1),
        ("timeout", float("nan")),
        ("timeout", float("inf")),
        ("placement", "gpu"),
        ("replicas", 0),
        ("replicas", -1),
        ("max_concurrency", 0),
    ],
)
def test_a_value_out_of_range_is_an_option_value_error_that_names_option_and_value(name: str, value: object) -> None:
    made: Any = Options
    with pytest.raises(OptionValueError, match=name) as caught:
        made(**{name: value})
    assert repr(value) in str(caught.value)


def test_but_changes_some_and_leaves_the_rest() -> None:
    options = Options(name="f", pure=True)
    changed = options.but({"replicas": 3})
    assert (changed.name, changed.pure, changed.replicas) == ("f", True, 3)
    assert options.replicas == 1
    assert options.but({}) is options


def test_but_checks_and_converts_what_it_changes() -> None:
    assert DEFAULTS.but({"retries": 2, "placement": "TASK"}) == Options(retries=Retry(2), placement="task")
    with pytest.raises(OptionValueError, match="replicas"):
        DEFAULTS.but({"replicas": 0})


def test_but_refuses_an_unknown_option_and_shows_the_known_ones() -> None:
    with pytest.raises(OptionTypeError, match=r"'retires'.*retries"):
        DEFAULTS.but({"retires": 2})


@pytest.mark.parametrize("value", [Options(), Retry(), Resources(), Batch()])
def test_options_are_frozen_comparable_hashable_and_picklable(value: Any) -> None:
    field = attrs.fields(type(value))[0].name
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, field, None)
    assert hash(value) == hash(attrs.evolve(value))
    assert pickle.loads(pickle.dumps(value)) == value


def test_retry_takes_one_class_or_several() -> None:
    assert Retry(on=OSError).on == (OSError,)
    assert Retry(on=(OSError, ValueError)).on == (OSError, ValueError)


@pytest.mark.parametrize(
    "on", [BaseException, KeyboardInterrupt, SystemExit, int, "ValueError", ValueError(), None, [OSError]]
)
def test_retry_refuses_what_is_not_an_exception_class(on: Any) -> None:
    with pytest.raises(OptionTypeError, match=r"Retry\.on must be Exception classes"):
        Retry(on=on)


def test_retry_on_nothing_is_refused() -> None:
    with pytest.raises(OptionValueError, match="at least one"):
        Retry(on=())


@pytest.mark.parametrize("field", ["times", "lost"])
@pytest.mark.parametrize(("value", "kind"), [(-1, OptionValueError), (True, OptionTypeError), (1.0, OptionTypeError)])
def test_retry_counts_are_whole_numbers(field: str, value: object, kind: type[Exception]) -> None:
    made: Any = Retry
    with pytest.raises(kind, match=field):
        made(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("delay", -1), ("delay", float("inf")), ("backoff", 0), ("backoff", -2), ("backoff", float("nan"))],
)
def test_retry_delays_are_finite(field: str, value: float) -> None:
    made: Any = Retry
    with pytest.raises(OptionValueError, match=field):
        made(**{field: value})


@pytest.mark.parametrize("field", ["num_cpus", "num_gpus"])
@pytest.mark.parametrize(("value", "kind"), [(-1, OptionValueError), ("1", OptionTypeError), (True, OptionTypeError)])
def test_resources_are_amounts(field: str, value: object, kind: type[Exception]) -> None:
    made: Any = Resources
    with pytest.raises(kind, match=field):
        made(**{field: value})


def test_resources_may_be_fractions_and_custom_ones_compare_whatever_their_order() -> None:
    assert Resources(num_gpus=0.5).num_gpus == 0.5
    assert Resources(custom={"tpu": 1, "disk": 2}) == Resources(custom={"disk": 2, "tpu": 1})


@pytest.mark.parametrize(
    ("custom", "kind"),
    [
        ({"tpu": -1}, OptionValueError),
        ({"tpu": float("nan")}, OptionValueError),
        ({"tpu": "1"}, OptionTypeError),
        ({1: 1}, OptionTypeError),
        (5, OptionTypeError),
    ],
)
def test_custom_resources_are_amounts_too(custom: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="custom"):
        Resources(custom=custom)


def test_memory_is_a_whole_number_of_bytes() -> None:
    wrong: Any = 1.5
    assert Resources(memory=10**9).memory == 10**9
    with pytest.raises(OptionTypeError, match="memory"):
        Resources(memory=wrong)


@pytest.mark.parametrize(("size", "kind"), [(0, OptionValueError), (True, OptionTypeError), (1.5, OptionTypeError)])
def test_a_batch_has_a_size(size: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="size"):
        Batch(size=size)


@pytest.mark.parametrize("name", ["x", "a b", "x" * 200, "größe", "f[0]", "a.b:c"])
def test_names_that_are_taken(name: str) -> None:
    assert check_name(name, "a name") == name


@pytest.mark.parametrize("name", ["", "a/b", "a\0b", "a\nb", "\x1b[0m", "x" * 201, "\ud800"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(OptionValueError, match="a name must be 1 to 200 printable characters"):
        check_name(name, "a name")


def test_a_long_name_is_not_printed_whole() -> None:
    with pytest.raises(OptionValueError) as caught:
        check_name("x" * 10_000, "a name")
    assert len(str(caught.value)) < 200


def test_exception_types_gives_a_tuple() -> None:
    assert exception_types(ValueError, "on") == (ValueError,)
    assert exception_types((ValueError, OSError), "on") == (ValueError, OSError)
    with pytest.raises(OptionTypeError, match="on must be Exception classes, not 3"):
        exception_types((ValueError, 3), "on")
