"""How a step wants to be run: hints that never change what a graph means.

Set in the decorator (`@step(retries=2)`), per use (`score.options(timeout=5)`) and at deploy
(`flow.deploy(options={"score": {"replicas": 4}})`); the later wins. All of them are checked when they are written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypedDict, cast

import attrs

from dataflow.errors import OptionTypeError, OptionValueError

Placement: TypeAlias = Literal["auto", "driver", "task", "actor"]

PLACEMENTS = ("auto", "driver", "task", "actor")
LONGEST_NAME = 200

_Check: TypeAlias = Callable[[object, "attrs.Attribute[Any]", Any], None]


def _whole(least: int) -> _Check:
    """A check that a value is an int (no bool) of at least `least`."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        wanted = f"{attribute.name} must be an int of at least {least}, not {value!r}"
        if isinstance(value, bool) or not isinstance(value, int):
            raise OptionTypeError(wanted)
        if value < least:
            raise OptionValueError(wanted)

    return check


def _number(*, above: bool) -> _Check:
    """A check that a value is a finite number: of at least 0, or above it."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        wanted = f"{attribute.name} must be a finite number {'above' if above else 'of at least'} 0, not {value!r}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OptionTypeError(wanted)
        if not math.isfinite(value) or value < 0 or (above and value == 0):
            raise OptionValueError(wanted)

    return check


def _optional(check: _Check) -> _Check:
    def check_if_given(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None:
            check(instance, attribute, value)

    return check_if_given


def exception_types(value: object, name: str) -> tuple[type[Exception], ...]:
    """One exception class or a tuple of them, as a tuple; refuses what would also catch Ctrl-C or an exit."""
    kinds = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise OptionTypeError(f"{name} must be Exception classes, not {kind!r}")
    if not kinds:
        raise OptionValueError(f"{name} must name at least one Exception class")
    return cast("tuple[type[Exception], ...]", kinds)


def _retry_on(value: type[Exception] | tuple[type[Exception], ...]) -> tuple[type[Exception], ...]:
    return exception_types(value, "Retry.on")


@attrs.frozen
class Retry:
    """When a failed step is tried again.

    Args:
        times: how many further attempts an application error gets.
        on: the exception classes that are tried again.
        delay: seconds before the first further attempt.
        backoff: what the delay is multiplied by after each further attempt.
        lost: how many further attempts a lost worker or replica gets (0 for a step that must not repeat).

    Raises:
        OptionTypeError: a field has the wrong type, or `on` is not made of Exception classes.
        OptionValueError: a field is out of its range.

    >>> Retry(times=3, on=ConnectionError).on
    (<class 'ConnectionError'>,)
    """

    times: int = attrs.field(default=1, validator=_whole(0))
    on: tuple[type[Exception], ...] = attrs.field(default=(Exception,), converter=_retry_on)
    delay: float = attrs.field(default=0.0, validator=_number(above=False))
    backoff: float = attrs.field(default=2.0, validator=_number(above=True))
    lost: int = attrs.field(default=3, validator=_whole(0))


def _custom(value: Mapping[str, float] | Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return _as_amounts(value)


def _as_amounts(value: object) -> tuple[tuple[str, float], ...]:
    try:
        amounts: dict[Any, Any] = dict(cast("Mapping[Any, Any]", value))
    except (TypeError, ValueError):
        raise OptionTypeError(f"custom must be a mapping from names to amounts, not {value!r}") from None
    for name, amount in amounts.items():
        wanted = f"custom[{name!r}] must be a finite number of at least 0, not {amount!r}"
        if not isinstance(name, str) or isinstance(amount, bool) or not isinstance(amount, int | float):
            raise OptionTypeError(wanted)
        if not math.isfinite(amount) or amount < 0:
            raise OptionValueError(wanted)
    return tuple(sorted(amounts.items()))


@attrs.frozen
class Resources:
    """What one call (of a task) or one replica (of an actor) occupies while it runs.

    Args:
        num_cpus: CPU cores; None is one for a task, and for a replica none: of these there may be more than cores.
        num_gpus: GPUs.
        memory: bytes.
        custom: other resources by name, as the cluster names them.

    Raises:
        OptionTypeError: an amount is not a number.
        OptionValueError: an amount is negative or not finite.

    >>> Resources(num_cpus=2).num_cpus
    2
    """

    num_cpus: float | None = attrs.field(default=None, validator=_optional(_number(above=False)))
    num_gpus: float = attrs.field(default=0, validator=_number(above=False))
    memory: int | None = attrs.field(default=None, validator=_optional(_whole(0)))
    custom: tuple[tuple[str, float], ...] = attrs.field(default=(), converter=_custom)


@attrs.frozen
class Batch:
    """How an executor may group calls of one step on the wire; each call is still run and answered on its own.

    Args:
        size: the most calls in one group.
        wait: the longest that a call waits for others, in seconds.

    >>> Batch(size=32)
    Batch(size=32, wait=0.0)
    """

    size: int = attrs.field(default=1, validator=_whole(1))
    wait: float = attrs.field(default=0.0, validator=_number(above=False))


def check_name(value: object, what: str) -> str:
    """The rule for names of steps and inputs: a printable str of 1 to 200 characters without '/'."""
    if not isinstance(value, str):
        raise OptionTypeError(f"{what} must be a str, not {value!r}")
    if not 0 < len(value) <= LONGEST_NAME or "/" in value or not value.isprintable():
        raise OptionValueError(
            f"{what} must be 1 to {LONGEST_NAME} printable characters without '/', not {value[:40]!r}"
        )
    return value


def _name(value: str | None) -> str | None:
    return None if value is None else check_name(value, "name")


def _retries(value: int | Retry) -> Retry:
    return _as_retry(value)


def _as_retry(value: object) -> Retry:
    if isinstance(value, Retry):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise OptionTypeError(f"retries must be an int of at least 0 or a Retry, not {value!r}")
    if value < 0:
        raise OptionValueError(f"retries must be an int of at least 0 or a Retry, not {value!r}")
    return Retry(times=value)


def _placement(value: Placement) -> Placement:
    return _as_placement(value)


def _as_placement(value: object) -> Placement:
    if not isinstance(value, str):
        raise OptionTypeError(f"placement must be one of {', '.join(PLACEMENTS)}, not {value!r}")
    if value.lower() not in PLACEMENTS:
        raise OptionValueError(f"placement must be one of {', '.join(PLACEMENTS)}, not {value!r}")
    return cast("Placement", value.lower())


@attrs.frozen(kw_only=True)
class Options:
    """All options of a step.

    Args:
        name: what the step is called in texts, errors and overrides; by default its `__name__`.
        pure: calls with equal arguments may run once instead of each.
        retries: further attempts after an application error: a number, or a `Retry`.
        timeout: seconds for one attempt; None is no limit.
        placement: where a distributed executor runs it; case does not matter.
        replicas: live copies of a class step's instance.
        resources: what one call or replica occupies.
        batch: how calls may be grouped on the wire; None is not at all.
        max_concurrency: calls that one replica works on at a time.

    Raises:
        OptionTypeError: an option has the wrong type.
        OptionValueError: an option is out of its range.

    >>> Options(placement="ACTOR", replicas=2).placement
    'actor'
    """

    name: str | None = attrs.field(default=None, converter=_name)
    pure: bool = attrs.field(default=False)
    retries: Retry = attrs.field(default=Retry(times=0), converter=_retries)
    timeout: float | None = attrs.field(default=None, validator=_optional(_number(above=True)))
    placement: Placement = attrs.field(default="auto", converter=_placement)
    replicas: int = attrs.field(default=1, validator=_whole(1))
    resources: Resources = attrs.field(factory=Resources)
    batch: Batch | None = attrs.field(default=None)
    max_concurrency: int = attrs.field(default=1, validator=_whole(1))

    @pure.validator
    def _check_pure(self, _: attrs.Attribute[bool], value: object) -> None:
        if not isinstance(value, bool):
            raise OptionTypeError(f"pure must be True or False, not {value!r}")

    @resources.validator
    def _check_resources(self, _: attrs.Attribute[Resources], value: object) -> None:
        if not isinstance(value, Resources):
            raise OptionTypeError(f"resources must be a Resources, not {value!r}")

    @batch.validator
    def _check_batch(self, _: attrs.Attribute[Batch | None], value: object) -> None:
        if value is not None and not isinstance(value, Batch):
            raise OptionTypeError(f"batch must be a Batch or None, not {value!r}")

    def but(self, changes: Mapping[str, object]) -> Options:
        """These options with some changed; an unknown one is refused with the list of those that exist."""
        known = {field.name for field in attrs.fields(Options)}
        for name in changes:
            if name not in known:
                raise OptionTypeError(f"there is no option {name!r}; options are {', '.join(sorted(known))}")
        fields = cast("dict[str, Any]", dict(changes))
        return attrs.evolve(self, **fields) if changes else self


DEFAULTS = Options()


class OptionChanges(TypedDict, total=False):
    """Some options, as keywords of `step(...)` and `Step.options(...)` and in `deploy(options={name: {...}})`.

    The fields are those of `Options`.

    >>> changes: OptionChanges = {"retries": 2, "timeout": 1.5}
    >>> DEFAULTS.but(changes).retries.times
    2
    """

    name: str | None
    pure: bool
    retries: int | Retry
    timeout: float | None
    placement: Placement
    replicas: int
    resources: Resources
    batch: Batch | None
    max_concurrency: int
