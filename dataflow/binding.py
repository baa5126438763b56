"""Arguments that do not fit what is called, said with its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.errors import CompositionError
from dataflow.loading import load
from dataflow.written import written


def wired(function: Callable[..., Any], who: str, args: Sequence[object], kwargs: Mapping[str, object]) -> Any:
    """Call a wiring function.

    Args:
        function: what to call.
        who: what to call it in a message.
        args: its arguments by place.
        kwargs: those by name.

    Returns:
        What it returns.

    Raises:
        CompositionError: the arguments do not fit its parameters. A TypeError that comes from within is not touched.

    >>> wired(lambda x: x, "the body of fan_out()", [1, 2], {})
    Traceback (most recent call last):
    dataflow.errors.CompositionError: the body of fan_out(): too many positional arguments; its signature is (x)
    """
    try:
        return function(*args, **kwargs)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:  # raised by the call itself
            _refuse(function, who, args, kwargs)
        raise


def _refuse(function: Callable[..., Any], who: str, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    try:
        expected = inspect.signature(function)
    except (TypeError, ValueError):  # a function of C may have none
        return
    bind_call(expected, who, tuple(args), dict(kwargs))


def bind_call(expected: inspect.Signature, who: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Check that arguments fit a signature.

    Args:
        expected: the signature.
        who: what to call its owner, at the beginning of the message.
        args: by place.
        kwargs: by name.

    Raises:
        CompositionError: they do not; the message shows the signature.

    >>> bind_call(inspect.signature(lambda x, scale=1: x), "step 'f'", (1,), {"scal": 2})
    Traceback (most recent call last):
    dataflow.errors.CompositionError: step 'f': got an unexpected keyword argument 'scal', did you mean 'scale'?...
    """
    params = expected.parameters.values()
    strangers = (
        [] if any(param.kind is param.VAR_KEYWORD for param in params) else set(kwargs) - set(expected.parameters)
    )
    if strangers:
        near = load("difflib").get_close_matches(min(strangers), expected.parameters, 1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        raise CompositionError(
            f"{who}: got an unexpected keyword argument {min(strangers)!r}{hint}; its signature is {written(expected)}"
        ) from None
    try:
        expected.bind(*args, **kwargs)
    except TypeError as error:
        raise CompositionError(f"{who}: {error}; its signature is {written(expected)}") from None
